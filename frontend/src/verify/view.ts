// The result as people read it: one verdict in a word with a shape and a colour, then its reasons, then what was said
// and checked, and at the end what no verdict can promise.
import { type Child, drawing, element } from "./dom";
import { engine } from "./ed25519";
import { factList } from "./facts";
import type { Report, Verdict } from "./report";
import type { Outcome, StepState } from "./steps";
import { LIBRARY, NOT_ASKED, NOT_PROMISED, NOT_SECURE, OUTCOMES, STEPS, VERDICTS, WHERE_PROOF_IS } from "./words";

const VERDICT_SHAPES: Readonly<Record<Verdict, string>> = {
  valid: "M12 3 4.5 6v5.5c0 4.6 3.1 7.7 7.5 9.5 4.4-1.8 7.5-4.9 7.5-9.5V6zM8.4 12l2.6 2.6 4.7-5.2",
  expired: "M12 3a9 9 0 1 0 .01 0M12 7.5V12l3 2",
  superseded: "M4 8h11v12H4zM8 8V4h12v12h-5M7 12h5M7 15.5h5",
  revoked: "M12 3a9 9 0 1 0 .01 0M5.7 5.7l12.6 12.6",
  unknown: "M12 3a9 9 0 1 0 .01 0M9.4 9.6a2.6 2.6 0 1 1 3.7 2.3c-.8.4-1.1.9-1.1 1.8M12 16.8v.1",
  forged: "M8.3 3h7.4L21 8.3v7.4L15.7 21H8.3L3 15.7V8.3zM9 9l6 6M15 9l-6 6",
};
const STEP_SHAPES: Readonly<Record<Outcome, string>> = {
  held: "M2 6.5 4.8 9.3 10 3",
  failed: "M2.5 2.5l7 7M9.5 2.5l-7 7",
  unreached: "M2 6h8",
};

export interface Shown {
  /** 2 below a page's title, 3 below a section's. */
  readonly level: 2 | 3;
  /** The page of one attestation shows all steps at once and does not link to itself. */
  readonly isOwnPage: boolean;
  /** The names of the files that were checked; empty on an attestation's own page. */
  readonly files: readonly string[];
  /** Whose keys were trusted, and what that is worth. */
  readonly keys: string;
  /** What was said of later entries by somebody who could know, where anybody did. */
  readonly later: string | null;
  /** What was dropped as well and not looked at. */
  readonly ignored: readonly string[];
}

export function showReport(place: HTMLElement, report: Report, how: Shown): void {
  const heading = how.level === 2 ? "h2" : "h3";
  const below = how.level === 2 ? "h3" : "h4";
  const words = VERDICTS[report.verdict];
  const head = element(
    "div",
    { class: "verdict__head" },
    drawing("0 0 24 24", VERDICT_SHAPES[report.verdict], "verdict__shape"),
    element("div", {}, element(heading, { class: "verdict__word" }, words.word), element("p", {}, words.line)),
    how.files.length ? element("p", { class: "verdict__files" }, how.files.join(", ")) : null,
  );
  const next = lacksProof(report) ? WHERE_PROOF_IS : words.next;
  const reasons = [...report.reasons, ...how.ignored];
  place.replaceChildren(
    element(
      "article",
      { class: `verdict verdict--${report.verdict}`, "data-verdict": report.verdict, "aria-label": `Verdict: ${words.word}` },
      head,
      part(below, "Reasons", element("ul", { class: "verdict__reasons" }, ...reasons.map((one) => element("li", {}, one)))),
      next ? element("p", { class: "verdict__next" }, next) : null,
      factsPart(below, report, how),
      stepsPart(below, report, how),
      part(below, "What it does not say", limits(report, how)),
    ),
  );
}

/** Show that nothing could be checked, and what to do; no verdict is given. */
export function showProblem(place: HTMLElement, title: string, lines: readonly Child[], level: 2 | 3 = 2): void {
  place.replaceChildren(
    element(
      "div",
      { class: "notice notice--wait", "data-problem": "" },
      drawing("0 0 24 24", "M12 9v4.5M12 16.8v.1M12 3.5 21.5 20h-19z"),
      element(
        "div",
        {},
        element(level === 2 ? "h2" : "h3", { class: "notice__title" }, title),
        ...lines.map((line) => (typeof line === "string" ? element("p", {}, line) : line)),
      ),
    ),
  );
}

function part(heading: "h3" | "h4", title: string, content: Child): HTMLElement {
  return element("section", { class: "verdict__part" }, element(heading, {}, title), content);
}

/** Whether the attestation is signed, and nothing was given that shows it in the log. */
function lacksProof(report: Report): boolean {
  return report.verdict === "unknown" && !report.facts.has("log index");
}

function factsTitle(report: Report): string {
  return report.verdict === "forged" ? "What the file says, which you should not rely on" : "What was signed";
}

function factsPart(heading: "h3" | "h4", report: Report, how: Shown): HTMLElement | null {
  if (!report.facts.size) return null;
  const list = factList(report, !how.isOwnPage);
  return how.isOwnPage ? fold(factsTitle(report), list) : part(heading, factsTitle(report), list);
}

function stepsPart(heading: "h3" | "h4", report: Report, how: Shown): HTMLElement {
  const list = element("ol", { class: "checks" }, ...report.steps.map((step) => stepLine(step, how)));
  return how.isOwnPage ? part(heading, "Step by step", list) : fold(`Step by step: ${counted(report.steps)}`, list);
}

function fold(title: string, content: HTMLElement): HTMLElement {
  return element("details", { class: "disclose verdict__fold" }, element("summary", {}, title), content);
}

/** Return how many steps ended how, such as "8 hold, 1 not asked". */
function counted(steps: readonly StepState[]): string {
  const counts = new Map<string, number>();
  for (const step of steps) {
    const word = outcomeOf(step);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word === "holds" && count > 1 ? "hold" : word}`).join(", ");
}

function outcomeOf(step: StepState): string {
  return step.id === "later" && step.outcome === "unreached" ? NOT_ASKED : OUTCOMES[step.outcome];
}

function stepLine(step: StepState, how: Shown): HTMLElement {
  const { name, note } = STEPS[step.id];
  // In the narrow column of an attestation's own page only what is not plain from the word needs a line.
  const told = step.id === "later" && how.later ? how.later : how.isOwnPage && step.outcome === "held" ? null : note;
  return element(
    "li",
    { class: `check check--${step.outcome}`, "data-step": step.id, "data-outcome": step.outcome },
    drawing("0 0 12 12", STEP_SHAPES[step.outcome]),
    element(
      "div",
      {},
      element("strong", {}, name),
      element("span", { class: "check__outcome" }, ` ${outcomeOf(step)}`),
      told ? element("span", { class: "check__note" }, told) : null,
    ),
  );
}

function limits(report: Report, how: Shown): HTMLElement {
  const lines = report.verdict === "forged" ? [how.keys] : [NOT_PROMISED, how.keys];
  if (engine() === "library") lines.push(LIBRARY);
  if (!window.isSecureContext) lines.push(NOT_SECURE);
  return element("ul", { class: "verdict__limits" }, ...lines.map((one) => element("li", {}, one)));
}
