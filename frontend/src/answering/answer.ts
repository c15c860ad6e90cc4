// Saves each answer as it is given. Contract: nothing typed is lost. What could not be saved stays in the form and
// in this browser's storage, is tried again, and leaving the page with it asks first.

import * as kept from "./kept";
import { button, hidePlain, paragraph, say, signIn } from "./parts";
import { type SectionProgress, showAsked, showProgress } from "./progress";

interface Saved {
  version: number;
  savedAt: string;
  savedBy: string;
  asked: string[];
  progress: SectionProgress[];
}

interface Newer {
  version: number;
  words: string;
  note: string;
  answeredBy: string;
  answeredAt: string;
}

interface Refused {
  message: string;
  newer?: Newer | null;
}

type Field = HTMLInputElement | HTMLTextAreaElement;

const TYPING_MS = 700;
const RETRY_MS = 5000;
const CHOOSE = "Not saved yet: choose below which answer stands.";

export class AnswerForm {
  private timer = 0;
  private edits = 0;
  private savedEdits = 0;
  private isSaving = false;
  private newer: Newer | null = null;
  private setAside: HTMLInputElement[] = [];

  constructor(private readonly form: HTMLFormElement) {
    hidePlain(form);
    // A choice fires "input" and "change" alike, so one of the two is enough; typed text fires "change" when it is left.
    form.addEventListener("input", (event) => isTyped(event.target) && this.changed(event.target as Field, TYPING_MS));
    form.addEventListener("change", (event) => {
      if (!isTyped(event.target)) this.changed(event.target as Field, 0);
      else if (this.isDirty) this.retry();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if ((event.submitter as HTMLElement | null)?.hasAttribute("data-clear")) this.clear();
      void this.save();
    });
    this.restore();
  }

  get isDirty(): boolean {
    return this.edits > this.savedEdits;
  }

  retry(): void {
    if (!this.newer) void this.save();
  }

  private changed(field: Field, wait: number): void {
    if (field.name === "value") {
      this.pick("value");
      this.setAside = [];
      this.keepExclusive(field);
    } else if (field.name === "kind") this.setAsideUnless(field.value === "value");
    this.edited();
    window.clearTimeout(this.timer);
    if (field.name === "kind" && field.value === "not_applicable" && !this.text("reason")) {
      this.say("", "Say why it does not apply; then it is saved.");
      this.form.querySelector<HTMLElement>("[name=reason]")?.focus();
    } else if (this.newer) {
      this.say("failed", CHOOSE);
    } else this.timer = window.setTimeout(() => void this.save(), wait);
  }

  private edited(): void {
    this.edits += 1;
    kept.keep(this.form.action, this.fields());
  }

  private pick(kind: string): void {
    const radio = this.form.querySelector<HTMLInputElement>(`[name=kind][value=${kind}]`);
    if (radio) radio.checked = true;
  }

  /** With "do not know" nothing above stays chosen; going back to "as given above" chooses it again. */
  private setAsideUnless(isValue: boolean): void {
    if (isValue) {
      this.setAside.forEach((input) => (input.checked = true));
      this.setAside = [];
      return;
    }
    const chosen = [...this.form.querySelectorAll<HTMLInputElement>("[name=value]:checked")];
    if (chosen.length > 0) this.setAside = chosen;
    chosen.forEach((input) => (input.checked = false));
  }

  private keepExclusive(field: Field): void {
    if (!(field instanceof HTMLInputElement) || field.type !== "checkbox" || !field.checked) return;
    const isAlone = field.hasAttribute("data-exclusive");
    for (const other of this.form.querySelectorAll<HTMLInputElement>("[name=value]")) {
      if (other !== field && (isAlone || other.hasAttribute("data-exclusive"))) other.checked = false;
    }
  }

  private clear(): void {
    this.setAside = [];
    for (const field of this.form.querySelectorAll<Field>("[name=value], [name=reason]")) {
      if (isTyped(field)) field.value = "";
      else (field as HTMLInputElement).checked = false;
    }
    this.pick("value");
    this.edited();
  }

  private text(name: string): string {
    return String(new FormData(this.form).get(name) ?? "").trim();
  }

  private fields(): URLSearchParams {
    const fields = new URLSearchParams();
    new FormData(this.form).forEach((value, name) => fields.append(name, String(value)));
    return fields;
  }

  private async save(): Promise<void> {
    window.clearTimeout(this.timer);
    if (this.isSaving) return;
    this.isSaving = true;
    const sent = this.edits;
    const fields = this.fields();
    this.say("", "Saving ...");
    try {
      const response = await fetch(this.form.action, {
        method: "POST",
        body: fields,
        headers: { accept: "application/json" },
      });
      const told: unknown = await response.json();
      if (response.ok) this.saved(told as Saved, sent, fields);
      else this.refused(response.status, told as Refused);
    } catch {
      this.say("failed", "Not saved: no connection. It is kept in this browser and tried again.");
      this.timer = window.setTimeout(() => void this.save(), RETRY_MS);
      return;
    } finally {
      this.isSaving = false;
    }
    if (this.edits > sent && !this.newer) await this.save();
  }

  private saved(told: Saved, sent: number, fields: URLSearchParams): void {
    this.setVersion(told.version);
    this.savedEdits = sent;
    if (this.isDirty) kept.keep(this.form.action, this.fields());
    else kept.forget(this.form.action);
    this.settle();
    this.form.closest("article")?.querySelector("[data-error-summary]")?.remove();
    const isHeld = fields.get("kind") !== "value" || fields.getAll("value").some((value) => value.trim() !== "");
    this.form.closest("article")?.toggleAttribute("data-held", isHeld);
    const clear = this.form.querySelector<HTMLElement>("[data-clear]");
    if (clear) clear.hidden = !isHeld;
    const cameUp = showAsked(told.asked);
    showProgress(told.progress);
    const more = cameUp === 0 ? "" : `. ${cameUp} more question${cameUp === 1 ? " is" : "s are"} asked now`;
    this.say("", `${isHeld ? "Saved" : "Cleared"} at ${clockTime(told.savedAt)} by ${told.savedBy}${more}`);
  }

  private refused(status: number, told: Refused): void {
    if (status === 401) {
      this.say("failed", "Not saved: you are signed out. It is kept in this browser until you are back. ", signIn());
      return;
    }
    if (status === 409 && told.newer) {
      this.offer(told.newer);
      return;
    }
    this.say("failed", `Not saved. ${told.message}`);
    if (status >= 500) this.timer = window.setTimeout(() => void this.save(), RETRY_MS);
  }

  /** Somebody else was first: show what they said, keep what was typed, and let the person choose. */
  private offer(newer: Newer): void {
    this.settle();
    this.newer = newer;
    this.say("failed", CHOOSE);
    const box = document.createElement("div");
    box.className = "conflict";
    box.setAttribute("role", "alert");
    const theirs = document.createElement("blockquote");
    theirs.append(paragraph(newer.words));
    if (newer.note) theirs.append(paragraph(`Note: ${newer.note}`));
    const row = document.createElement("div");
    row.className = "row";
    row.append(
      button("Save mine over it", () => {
        this.setVersion(newer.version);
        this.settle();
        void this.save();
      }),
      button("Keep theirs", () => {
        this.savedEdits = this.edits;
        kept.forget(this.form.action);
        window.location.reload();
      }),
    );
    const who = paragraph(`${newer.answeredBy} answered this at ${clockTime(newer.answeredAt)}, while you did:`);
    box.append(who, theirs, paragraph("What you gave is still in the form above."), row);
    this.form.append(box);
  }

  private settle(): void {
    this.newer = null;
    this.form.querySelector(".conflict")?.remove();
  }

  private setVersion(value: number): void {
    const input = this.form.querySelector<HTMLInputElement>("[name=version]");
    if (input) input.value = String(value);
  }

  private say(state: string, ...parts: (Node | string)[]): void {
    const place = this.form.querySelector<HTMLElement>("[data-save-state]");
    if (place) say(place, state, ...parts);
  }

  /** Put back what was kept, with the version it was typed over: where another one stands now, the server says so. */
  private restore(): void {
    const given = kept.find(this.form.action);
    if (!given) return;
    for (const field of this.form.querySelectorAll<Field>("input[name], textarea[name]")) {
      if (field.name === "_csrf_token") continue;
      if (isTyped(field)) field.value = given.get(field.name) ?? field.value;
      else (field as HTMLInputElement).checked = given.getAll(field.name).includes(field.value);
    }
    this.edits += 1;
    void this.save();
  }
}

function isTyped(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && target.type !== "radio" && target.type !== "checkbox";
}

function clockTime(at: string): string {
  return new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
