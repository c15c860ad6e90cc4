// What the attestation says, as people read it. A value of another kind than expected is shown as it stands.
import { type Child, element, vector } from "./dom";
import { readInstant } from "./instant";
import { plain } from "./python";
import type { Report } from "./report";
import type { Json } from "./strict-json";

const BASES = ["declared", "evidenced", "verified"];
const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const TICKS = [25, 50, 70, 85];

type Fact = Json | bigint | undefined;

/** Return the facts as a list; `links` where the attestation's own address is worth following. */
export function factList(report: Report, links: boolean): HTMLElement {
  const get = (name: string): Fact => report.facts.get(name);
  const list = element("dl", { class: "facts verdict__facts" });
  const add = (name: string, ...value: Child[]): void =>
    list.append(element("div", {}, element("dt", {}, name), element("dd", {}, ...value)));
  const sample = report.facts.has("sample") ? element("span", { class: "tag tag--sample" }, "Sample data") : null;
  add("Who", `${text(get("organisation"))}, ${country(get("country"))} `, sample);
  add("Period", text(get("period")));
  add("Scores", scores(report));
  add("Assurance", text(get("assurance")));
  add("Issued", instant(get("issued")));
  add("Valid until", instant(get("valid until")));
  if (report.facts.has("log index")) {
    add("Log position", `Entry ${text(get("log index"))} of ${text(get("tree size"))} in ${text(get("log"))}`);
  }
  add("Attestation", address(text(get("attestation")), links));
  return list;
}

/** Return who and for when, in one line. */
export function titleOf(report: Report): string {
  return `${text(report.facts.get("organisation"))}, ${text(report.facts.get("period"))}`;
}

function text(value: Fact): string {
  if (value === undefined || value === null) return "not said";
  return typeof value === "bigint" ? String(value) : plain(value);
}

function country(value: Fact): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "region" }).of(text(value)) ?? text(value);
  } catch {
    return text(value);
  }
}

function instant(value: Fact): Child {
  const at = readInstant(value);
  if (at === null) return text(value);
  return element("time", { datetime: text(value) }, `${DAY.format(at)}, ${TIME.format(at)} UTC`);
}

function address(value: string, links: boolean): Child {
  const isLink = links && /^https?:\/\//.test(value);
  return isLink ? element("a", { class: "digest", href: value, rel: "noreferrer" }, value) : element("span", { class: "digest" }, value);
}

function scores(report: Report): HTMLElement {
  const rows = [...report.facts.keys()].filter((name) => name.endsWith(" score (bp)"));
  const list = element("ul", { class: "verdict__scores" });
  for (const row of rows) {
    const basis = row.replace(" score (bp)", "");
    const bp = report.facts.get(row);
    const name = basis.charAt(0).toUpperCase() + basis.slice(1);
    list.append(element("li", {}, element("span", {}, name), bar(bp, basis), element("strong", {}, points(bp))));
  }
  return rows.length ? list : element("span", {}, "not said");
}

/** Return basis points as the pages show them: 8250 as 82.5. */
function points(bp: Fact): string {
  if (bp === null) return "no score";
  return typeof bp === "number" ? String(bp / 100) : text(bp);
}

function bar(bp: Fact, basis: string): SVGElement {
  const known = BASES.includes(basis) ? basis : "verified";
  const svg = vector("svg", { class: `bar bar--${known}`, "aria-hidden": "true", focusable: "false" });
  svg.append(vector("rect", { class: "bar__track", width: "100%", height: "100%", rx: "3" }));
  if (typeof bp === "number" && bp > 0) {
    const width = `${Math.min(100, bp / 100)}%`;
    const fill: Record<string, string> = known === "declared" ? { fill: "url(#hatch)" } : {};
    svg.append(vector("rect", { class: "bar__fill", width, height: "100%", rx: "3", ...fill }));
  }
  for (const at of TICKS) {
    svg.append(vector("line", { class: "bar__tick", x1: `${at}%`, x2: `${at}%`, y1: "0", y2: "100%" }));
  }
  return svg;
}
