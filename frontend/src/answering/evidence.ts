// Documents of one question: sent as they are chosen, listed, taken off and put back.

import { button, hidePlain, link, say, signIn } from "./parts";

interface Stored {
  fileName: string;
  kind: string;
  sizeBytes: number;
  href: string;
}

interface Outcome {
  status: number;
  told: (Partial<Stored> & { message?: string }) | null;
}

export function wireEvidence(place: HTMLElement): void {
  const form = place.querySelector<HTMLFormElement>("form[data-attach]");
  const file = form?.querySelector<HTMLInputElement>("input[type=file]");
  const state = form?.querySelector<HTMLElement>("[data-attach-state]");
  const list = place.querySelector<HTMLElement>("[data-documents]");
  if (!form || !file || !state || !list) return;
  hidePlain(form);
  file.multiple = true;
  file.addEventListener("change", () => void attachAll(form, file, state, list));
  for (const plain of list.querySelectorAll<HTMLFormElement>("form[data-remove]")) {
    const line = plain.closest("li");
    const document = line?.querySelector<HTMLAnchorElement>("a");
    if (line && document) plain.replaceWith(removal(document, form, line));
  }
}

async function attachAll(
  form: HTMLFormElement,
  file: HTMLInputElement,
  state: HTMLElement,
  list: HTMLElement,
): Promise<void> {
  const chosen = [...(file.files ?? [])];
  const attached: string[] = [];
  file.disabled = true;
  for (const one of chosen) {
    const problem = await attachOne(form, one, state, list);
    if (problem.length > 0) {
      say(state, "failed", `${one.name} was not attached. `, ...problem);
      break;
    }
    attached.push(one.name);
    say(state, "", `Attached ${attached.join(", ")}`);
  }
  file.value = "";
  file.disabled = false;
}

/** Send one document; return why it was not attached, or nothing. */
async function attachOne(
  form: HTMLFormElement,
  one: File,
  state: HTMLElement,
  list: HTMLElement,
): Promise<(Node | string)[]> {
  const limit = Number(form.dataset["maxBytes"]);
  if (one.size > limit) return [`It has ${size(one.size)}, and ${size(limit)} is the most. Split it, or save it smaller.`];
  say(state, "", `Sending ${one.name} ...`);
  const { status, told } = await send(form, one, (percent) => say(state, "", `Sending ${one.name}: ${percent} %`));
  if (status === 201 && told?.href) {
    list.append(documentLine(told as Stored, form));
    return [];
  }
  if (status === 0) return ["There is no connection. Choose it again once there is."];
  if (status === 401) return ["You are signed out. ", signIn()];
  return [told?.message ?? "Try again."];
}

// XMLHttpRequest, because fetch tells nothing of how much of an upload is sent.
function send(form: HTMLFormElement, one: File, onPercent: (percent: number) => void): Promise<Outcome> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.set("_csrf_token", token(form));
    body.set("file", one, one.name);
    request.open("POST", form.action);
    request.setRequestHeader("accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onPercent(Math.floor((100 * event.loaded) / event.total));
    });
    request.addEventListener("load", () => resolve({ status: request.status, told: request.response }));
    request.addEventListener("error", () => resolve({ status: 0, told: null }));
    request.send(body);
  });
}

function documentLine(told: Stored, form: HTMLFormElement): HTMLElement {
  const line = document.createElement("li");
  const name = link(told.fileName, told.href);
  name.download = "";
  const facts = document.createElement("span");
  facts.className = "muted small";
  facts.textContent = `${told.kind.toUpperCase()}, ${size(told.sizeBytes)}`;
  line.append(name, " ", facts, removal(name, form, line));
  return line;
}

/** A button that takes the document off and then offers to put it back. */
function removal(name: HTMLAnchorElement, form: HTMLFormElement, line: HTMLElement): HTMLButtonElement {
  const made = button("Remove", () => void toggle(), "link");
  const gone = document.createElement("span");
  gone.setAttribute("role", "status");
  line.prepend(gone);
  let isRemoved = false;
  const title = name.textContent ?? "";
  made.setAttribute("aria-label", `Remove ${title}`);

  async function toggle(): Promise<void> {
    const response = await fetch(`${name.getAttribute("href")}/${isRemoved ? "restore" : "remove"}`, {
      method: "POST",
      body: new URLSearchParams({ _csrf_token: token(form) }),
      headers: { accept: "application/json" },
    }).catch(() => null);
    if (!response?.ok) {
      gone.textContent = isRemoved ? "Not put back: try again" : "Not removed: try again";
      return;
    }
    isRemoved = !isRemoved;
    line.querySelectorAll<HTMLElement>("a, .muted").forEach((part) => (part.hidden = isRemoved));
    gone.textContent = isRemoved ? `Removed ${title}` : "";
    made.textContent = isRemoved ? "Undo" : "Remove";
    made.setAttribute("aria-label", isRemoved ? `Undo: put ${title} back` : `Remove ${title}`);
  }
  return made;
}

function token(form: HTMLFormElement): string {
  return form.querySelector<HTMLInputElement>("[name=_csrf_token]")?.value ?? "";
}

/** The same words as the server's. */
function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} kB` : `${Number((bytes / 1024 / 1024).toFixed(1))} MB`;
}
