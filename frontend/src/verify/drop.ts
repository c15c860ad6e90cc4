// The page on which somebody drops what was handed over. Nothing is sent anywhere: the files are read here.
import { utf8 } from "./bytes";
import { element } from "./dom";
import { titleOf } from "./facts";
import { type Handed, type Other, proofText, type Sorted, sortFiles } from "./files";
import { Invalid } from "./invalid";
import { Pinned } from "./pinned";
import { verifyAttestation } from "./report";
import { readTrust } from "./trust";
import { showProblem, showReport } from "./view";
import { VERDICTS } from "./words";

const HOW = "Drop the bundle (its name ends in .bundle), or the credential (.json) together with its .tlog-proof.";
const ABOUT: Readonly<Record<Other["kind"], string>> = {
  "a picture": "A picture of an attestation proves nothing: anybody can draw one. Ask for the bundle behind it.",
  "a web page": "A saved page proves nothing. Save the bundle that it offers under Files.",
  "a PDF": "A PDF is for reading. Ask for the bundle behind it, which is what was signed.",
  "an archive": "Unpack it first, then drop the bundle that is inside.",
  "a sound or a film": "Para73 signs nothing of this kind.",
  empty: "There is nothing in it. Get it again from whoever handed it over.",
  "too large": "An attestation has at most 2 MiB. Para73 signs nothing larger.",
  "not readable": "The browser cannot read it. A folder cannot be checked: drop the file that is inside.",
};

export class DropPage {
  private readonly result: HTMLElement;
  private readonly status: HTMLElement;
  private readonly zone: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly pinned: Pinned;
  private attestation: Handed | null = null;
  private proof: Handed | null = null;
  private ignored: string[] = [];
  private turn = 0;

  constructor(place: HTMLElement) {
    this.result = one(place, "[data-verify-result]");
    this.status = one(place, "[data-verify-status]");
    this.zone = one(place, "[data-verify-drop]");
    this.input = one(place, "[data-verify-file]");
    const site = readTrust(utf8(one(document, "#trust").textContent ?? "", "the page's trust"));
    this.pinned = new Pinned(document.querySelector("[data-verify-trust]"), site, () => void this.check());
    this.listen();
  }

  private listen(): void {
    this.input.addEventListener("change", () => {
      const files = [...(this.input.files ?? [])];
      // Emptied, so that choosing the same file again is a change again.
      this.input.value = "";
      if (files.length) void this.take(files);
    });
    // The whole window takes the drop: a file that misses the frame would replace the page.
    window.addEventListener("dragover", (event) => {
      event.preventDefault();
      this.zone.dataset["over"] = "true";
    });
    window.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) this.zone.dataset["over"] = "false";
    });
    window.addEventListener("drop", (event) => {
      event.preventDefault();
      this.zone.dataset["over"] = "false";
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length) void this.take(files);
    });
  }

  private async take(files: readonly File[]): Promise<void> {
    const turn = ++this.turn;
    this.status.textContent = "Reading ...";
    const sorted = await sortFiles(files);
    if (turn !== this.turn) return;
    const [trust] = sorted.trusts;
    if (this.refuse(sorted) || (trust && !this.pin(trust))) return;
    this.ignored = sorted.others.map((other) => `Not looked at: ${other.name}, which is ${other.kind}.`);
    const [attestation] = sorted.attestations;
    const [proof] = sorted.proofs;
    if (attestation) {
      this.attestation = attestation;
      this.proof = proof ?? null;
    } else if (proof) this.proof = proof;
    if (this.attestation) await this.check();
    else if (proof) this.tell("This is an inclusion proof alone", ["Drop the credential that it belongs to as well."]);
    else this.tell("These keys are pinned now", ["Drop the attestation, and it is checked against them.", HOW]);
  }

  /** Tell why nothing can be checked, and return true; false where it can. */
  private refuse(sorted: Sorted): boolean {
    const { attestations, proofs, trusts, others } = sorted;
    if (attestations.length > 1) {
      this.tell("Two attestations at once", ["One verdict is about one attestation. Drop one of these:", names(attestations)]);
    } else if (proofs.length > 1) {
      this.tell("More than one inclusion proof", ["Drop the credential with the one that belongs to it:", names(proofs)]);
    } else if (trusts.length > 1) {
      this.tell("More than one trust.json", ["Drop the one whose keys you trust:", names(trusts)]);
    } else if (others.length && !attestations.length && !proofs.length && !trusts.length) {
      const [other] = others as [Other];
      this.tell(title(other), [ABOUT[other.kind], HOW]);
    } else return false;
    return true;
  }

  private pin(file: Handed): boolean {
    try {
      this.pinned.bring(readTrust(file.data), file.name);
      return true;
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      this.tell(`${file.name} is not a trust file`, [`It cannot be used: ${error.message}. Nothing was checked.`]);
      return false;
    }
  }

  private async check(): Promise<void> {
    if (!this.attestation) return;
    const turn = ++this.turn;
    this.status.textContent = "Checking ...";
    const proof = this.proof ? proofText(this.proof) : null;
    const report = await verifyAttestation(this.attestation.data, proof, this.pinned.trust, new Date());
    if (turn !== this.turn) return;
    const files = [this.attestation.name, ...(this.proof ? [this.proof.name] : [])];
    const keys = this.pinned.limits;
    showReport(this.result, report, { level: 2, isOwnPage: false, files, keys, later: null, ignored: this.ignored });
    const about = report.facts.size ? `: ${titleOf(report)}` : "";
    this.status.textContent = `${VERDICTS[report.verdict].word}${about}. The reasons are below.`;
    this.bringIntoView();
  }

  private tell(heading: string, lines: readonly (string | HTMLElement)[]): void {
    showProblem(this.result, heading, lines);
    this.status.textContent = `${heading}. Nothing was checked.`;
    this.bringIntoView();
  }

  private bringIntoView(): void {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.result.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "nearest" });
  }
}

function title(other: Other): string {
  if (other.kind === "empty" || other.kind === "too large" || other.kind === "not readable") {
    return `${other.name} is ${other.kind}`;
  }
  return `${other.name} is ${other.kind}, not an attestation`;
}

function names(files: readonly Handed[]): HTMLElement {
  return element("ul", {}, ...files.map((file) => element("li", {}, file.name)));
}

function one<T extends HTMLElement>(root: ParentNode, selector: string): T {
  const found = root.querySelector<T>(selector);
  if (!found) throw new Error(`this page has no ${selector}`);
  return found;
}
