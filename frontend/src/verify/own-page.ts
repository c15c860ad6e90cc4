// The page of one attestation checks itself: it fetches its bundle and the keys once, and needs no network afterwards.
import type { Bytes } from "./bytes";
import { element } from "./dom";
import { Invalid } from "./invalid";
import { type Later, type Report, verifyAttestation } from "./report";
import { readTrust } from "./trust";
import { showProblem, showReport } from "./view";
import { VERDICTS } from "./words";

const KEYS =
  "That these are the right keys: they came from this site, as the page did. Save the bundle and check it against a " +
  "trust.json that you got earlier, and you need not trust this site.";

export class OwnPage {
  private readonly result: HTMLElement;
  private readonly status: HTMLElement;

  constructor(private readonly place: HTMLElement) {
    this.result = place.querySelector<HTMLElement>("[data-verify-result]") ?? place;
    this.status = place.querySelector<HTMLElement>("[data-verify-status]") ?? place;
  }

  async check(): Promise<void> {
    this.status.textContent = "Fetching the attestation, its proof and the keys ...";
    try {
      const [bundle, trust] = await Promise.all([this.load("bundleUrl"), this.load("trustUrl")]);
      this.status.textContent = "Checking signature, log and dates in your browser ...";
      const report = await verifyAttestation(bundle, null, readTrust(trust), new Date(), this.later());
      this.show(report);
    } catch (error) {
      this.fail(error instanceof Invalid ? `This site's keys cannot be used: ${error.message}.` : "");
    }
  }

  private show(report: Report): void {
    const named = report.facts.get("attestation");
    if (report.facts.size && !(typeof named === "string" && named.endsWith(`/${this.place.dataset["id"]}`))) {
      this.fail("The bundle that this site gave is about another attestation than this page.");
      return;
    }
    const { size, status } = this.place.dataset;
    const told = `This page says: ${status === "superseded" ? "a later one took its place" : "none"}, as of tree size ${size}. `;
    const later = `${told}That is this site’s word, and was not checked.`;
    showReport(this.result, report, { level: 3, isOwnPage: true, files: [], keys: KEYS, later, ignored: [] });
    this.status.textContent = `Checked in your browser: ${VERDICTS[report.verdict].word.toLowerCase()}.`;
  }

  /** What the site admits against its own attestation is believed; that nothing came later is only its word. */
  private later(): Later | null {
    const status = this.place.dataset["status"];
    if (status !== "superseded" && status !== "revoked") return null;
    return { superseded: status === "superseded", revoked: status === "revoked" };
  }

  private async load(name: "bundleUrl" | "trustUrl"): Promise<Bytes> {
    const response = await fetch(this.place.dataset[name] ?? "");
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  private fail(reason: string): void {
    const again = element("button", { class: "button button--quiet button--small", type: "button" }, "Try again");
    again.addEventListener("click", () => void this.check());
    const what = reason || "The attestation, its proof or the keys could not be fetched.";
    showProblem(this.result, "Not checked", [what, element("p", {}, again)], 3);
    this.status.textContent = "Not checked.";
  }
}
