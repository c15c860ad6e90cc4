// Saves each answer as it is given. Contract: nothing typed is lost. What could not be saved stays in the form and
// in this browser's storage, is tried again, and leaving the page with it asks first.

interface Saved {
  version: number;
  savedAt: string;
  asked: string[];
  progress: { id: string; asked: number; settled: number }[];
}

interface Refused {
  message: string;
  newer?: { version: number; note: string; content: unknown } | null;
}

const TYPING_MS = 700;
const RETRY_MS = 5000;
const KEPT = "para73:answer:";

class AnswerForm {
  private timer = 0;
  private saving = false;
  private again = false;
  dirty = false;

  constructor(private readonly form: HTMLFormElement) {
    form.querySelectorAll<HTMLElement>("[data-plain]").forEach((button) => (button.hidden = true));
    form.addEventListener("input", (event) => this.changed(event));
    form.addEventListener("change", (event) => this.changed(event));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const clears = (event.submitter as HTMLElement | null)?.hasAttribute("data-clear");
      if (clears) this.clear();
      void this.save();
    });
    this.restore();
  }

  private changed(event: Event): void {
    const target = event.target as HTMLInputElement;
    if (target.name === "value") {
      this.pick("value");
      this.keepExclusive(target);
    }
    this.dirty = true;
    this.keep();
    window.clearTimeout(this.timer);
    const typing = event.type === "input" && (target.type === "text" || target.tagName === "TEXTAREA");
    const waits = target.name === "kind" && target.value === "not_applicable" && !this.text("reason");
    if (waits) {
      this.say("Say why it does not apply, and it is saved.");
      this.form.querySelector<HTMLElement>("[name=reason]")?.focus();
      return;
    }
    if (event.type === "change" || typing) this.timer = window.setTimeout(() => void this.save(), typing ? TYPING_MS : 0);
  }

  private pick(kind: string): void {
    const radio = this.form.querySelector<HTMLInputElement>(`[name=kind][value=${kind}]`);
    if (radio) radio.checked = true;
  }

  private keepExclusive(target: HTMLInputElement): void {
    if (target.type !== "checkbox" || !target.checked) return;
    const alone = target.hasAttribute("data-exclusive");
    for (const other of this.form.querySelectorAll<HTMLInputElement>("[name=value]")) {
      if (other !== target && (alone || other.hasAttribute("data-exclusive"))) other.checked = false;
    }
  }

  private clear(): void {
    for (const input of this.form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[name=value], [name=reason]")) {
      if (input instanceof HTMLInputElement && (input.type === "radio" || input.type === "checkbox")) input.checked = false;
      else input.value = "";
    }
    this.pick("value");
  }

  private text(name: string): string {
    return String(new FormData(this.form).get(name) ?? "").trim();
  }

  private body(): URLSearchParams {
    const body = new URLSearchParams();
    new FormData(this.form).forEach((value, name) => body.append(name, String(value)));
    return body;
  }

  async save(): Promise<void> {
    window.clearTimeout(this.timer);
    if (this.saving) {
      this.again = true;
      return;
    }
    this.saving = true;
    this.again = false;
    this.say("Saving ...");
    try {
      const response = await fetch(this.form.action, {
        method: "POST",
        body: this.body(),
        headers: { accept: "application/json" },
      });
      const told: unknown = await response.json();
      if (response.ok) this.saved(told as Saved);
      else this.refused(response.status, told as Refused);
    } catch {
      this.say("Not saved: no connection. It is kept here and tried again.", "failed");
      this.timer = window.setTimeout(() => void this.save(), RETRY_MS);
    } finally {
      this.saving = false;
    }
    if (this.again) await this.save();
  }

  private saved(told: Saved): void {
    this.version(told.version);
    if (!this.again) {
      this.dirty = false;
      localStorage.removeItem(this.key);
    }
    this.form.querySelector(".conflict")?.remove();
    this.form.closest("article")?.querySelector("[data-error-summary]")?.remove();
    const clear = this.form.querySelector<HTMLElement>("[data-clear]");
    if (clear) clear.hidden = false;
    const at = new Date(told.savedAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    this.say(`Saved at ${at}`, "saved");
    showAsked(told.asked);
    showProgress(told.progress);
  }

  private refused(status: number, told: Refused): void {
    this.say(`Not saved. ${told.message}`, "failed");
    if (status === 409 && told.newer) this.offer(told.newer);
    else if (status >= 500) this.timer = window.setTimeout(() => void this.save(), RETRY_MS);
  }

  private offer(newer: { version: number; content: unknown }): void {
    this.form.querySelector(".conflict")?.remove();
    const box = document.createElement("div");
    box.className = "conflict";
    box.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = "Somebody else answered this meanwhile. Yours is still in the form.";
    const mine = button("Save mine over it", () => {
      this.version(newer.version);
      void this.save();
    });
    const theirs = button("Show theirs", () => {
      this.dirty = false;
      localStorage.removeItem(this.key);
      window.location.reload();
    });
    const row = document.createElement("div");
    row.className = "row";
    row.append(mine, theirs);
    box.append(text, row);
    this.form.append(box);
  }

  private version(value: number): void {
    const input = this.form.querySelector<HTMLInputElement>("[name=version]");
    if (input) input.value = String(value);
  }

  private say(text: string, state = ""): void {
    const place = this.form.querySelector<HTMLElement>("[data-save-state]");
    if (!place) return;
    place.textContent = text;
    place.dataset.state = state;
  }

  private get key(): string {
    return KEPT + this.form.action;
  }

  private keep(): void {
    const body = this.body();
    body.delete("_csrf_token");
    localStorage.setItem(this.key, body.toString());
  }

  private restore(): void {
    const kept = localStorage.getItem(this.key);
    if (!kept) return;
    const given = new URLSearchParams(kept);
    if (given.get("version") !== this.text("version")) {
      localStorage.removeItem(this.key);
      return;
    }
    for (const input of this.form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")) {
      if (input.name === "_csrf_token" || !input.name) continue;
      if (input instanceof HTMLInputElement && (input.type === "radio" || input.type === "checkbox")) {
        input.checked = given.getAll(input.name).includes(input.value);
      } else if (given.has(input.name)) input.value = given.get(input.name) ?? "";
    }
    this.dirty = true;
    void this.save();
  }
}

function button(label: string, run: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--quiet button--small";
  made.textContent = label;
  made.addEventListener("click", run);
  return made;
}

function showAsked(asked: string[]): void {
  const now = new Set(asked);
  for (const card of document.querySelectorAll<HTMLElement>("[data-question]")) {
    const isAsked = now.has(card.dataset.question ?? "");
    const version = card.querySelector<HTMLInputElement>("[name=version]")?.value ?? "0";
    card.hidden = !isAsked && version === "0";
    const mark = card.querySelector<HTMLElement>("[data-not-asked]");
    if (mark) mark.hidden = isAsked;
  }
}

function showProgress(progress: Saved["progress"]): void {
  for (const part of progress) {
    const count = document.querySelector<HTMLElement>(`[data-section="${CSS.escape(part.id)}"] [data-count]`);
    if (!count) continue;
    count.closest("li")?.classList.toggle("sections__none", part.asked === 0);
    if (part.asked === 0) count.textContent = "not asked";
    else count.textContent = part.settled === part.asked ? "done" : `${part.settled} of ${part.asked}`;
  }
}

function wireEvidence(form: HTMLFormElement): void {
  const file = form.querySelector<HTMLInputElement>("input[type=file]");
  const state = form.querySelector<HTMLElement>("[data-attach-state]");
  const list = form.closest("[data-evidence]")?.querySelector("[data-documents]");
  if (!file || !state || !list) return;
  form.querySelectorAll<HTMLElement>("[data-plain]").forEach((plain) => (plain.hidden = true));
  file.addEventListener("change", () => {
    if (file.files?.length) attach(form, file, state, list);
  });
}

// XMLHttpRequest, because fetch tells nothing of how much of an upload is sent.
function attach(form: HTMLFormElement, file: HTMLInputElement, state: HTMLElement, list: Element): void {
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("accept", "application/json");
  request.responseType = "json";
  const body = new FormData(form);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) state.textContent = `Sending: ${Math.floor((100 * event.loaded) / event.total)} %`;
  });
  request.addEventListener("load", () => {
    file.disabled = false;
    const told = request.response as { message?: string; id: string; fileName: string; kind: string; href: string } | null;
    if (request.status !== 201 || !told) {
      state.dataset.state = "failed";
      state.textContent = `Not attached. ${told?.message ?? "Try again."}`;
      return;
    }
    state.dataset.state = "";
    state.textContent = `Attached ${told.fileName}`;
    file.value = "";
    list.append(documentLine(told, form));
  });
  request.addEventListener("error", () => {
    file.disabled = false;
    state.dataset.state = "failed";
    state.textContent = "Not attached: no connection. Choose the file again.";
  });
  state.dataset.state = "";
  state.textContent = "Sending ...";
  request.send(body);
  file.disabled = true;
}

function documentLine(told: { id: string; fileName: string; kind: string; href: string }, form: HTMLFormElement): Element {
  const line = document.createElement("li");
  const link = document.createElement("a");
  link.href = told.href;
  link.download = "";
  link.textContent = told.fileName;
  const kind = document.createElement("span");
  kind.className = "muted small";
  kind.textContent = told.kind.toUpperCase();
  line.append(link, kind, removeButton(told.href, told.fileName, form, line));
  return line;
}

function removeButton(href: string, name: string, tokenFrom: HTMLFormElement, line: Element): HTMLButtonElement {
  const made = button("Remove", () => void toggle());
  made.className = "button button--link button--small";
  made.setAttribute("aria-label", `Remove ${name}`);
  let removed = false;
  async function toggle(): Promise<void> {
    const token = new FormData(tokenFrom).get("_csrf_token");
    const response = await fetch(`${href}/${removed ? "restore" : "remove"}`, {
      method: "POST",
      body: new URLSearchParams({ _csrf_token: String(token) }),
      headers: { accept: "application/json" },
    }).catch(() => null);
    if (!response?.ok) {
      made.textContent = "Not done: try again";
      return;
    }
    removed = !removed;
    line.querySelector("a")?.toggleAttribute("hidden", removed);
    made.textContent = removed ? `Removed ${name}. Undo` : "Remove";
  }
  return made;
}

const forms = [...document.querySelectorAll<HTMLFormElement>("form[data-autosave]")]
  .filter((form) => form.querySelector("[data-save-state]"))
  .map((form) => new AnswerForm(form));
document.querySelectorAll<HTMLFormElement>("form[data-attach]").forEach(wireEvidence);
document.querySelectorAll<HTMLFormElement>("form[data-remove]").forEach((form) => {
  const line = form.closest("li");
  const link = line?.querySelector("a");
  const upload = form.closest("[data-evidence]")?.querySelector<HTMLFormElement>("form[data-attach]");
  if (line && link && upload) form.replaceWith(removeButton(link.getAttribute("href") ?? "", link.textContent ?? "", upload, line));
});
window.addEventListener("beforeunload", (event) => {
  if (forms.some((form) => form.dirty)) event.preventDefault();
});
window.addEventListener("online", () => forms.filter((form) => form.dirty).forEach((form) => void form.save()));
const fold = document.querySelector<HTMLDetailsElement>("[data-fold-small]");
if (fold && window.matchMedia("(max-width: 60rem)").matches) fold.open = false;
