/** Small pieces of page that answering and evidence both make. */

export function button(label: string, run: () => void, kind = "quiet"): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `button button--${kind} button--small`;
  made.textContent = label;
  made.addEventListener("click", run);
  return made;
}

export function paragraph(...parts: (Node | string)[]): HTMLParagraphElement {
  const made = document.createElement("p");
  made.append(...parts);
  return made;
}

export function link(label: string, href: string): HTMLAnchorElement {
  const made = document.createElement("a");
  made.href = href;
  made.textContent = label;
  return made;
}

/** The way to sign in that leads back to this page. */
export function signIn(): HTMLAnchorElement {
  return link("Sign in", `/sign-in?next=${encodeURIComponent(window.location.pathname)}`);
}

/** A place for a state in words; `state` is "failed" or nothing. */
export function say(place: HTMLElement, state: string, ...parts: (Node | string)[]): void {
  place.dataset["state"] = state;
  place.replaceChildren(...parts);
}

/** Show or hide what only a page without script needs. */
export function hidePlain(within: HTMLElement): void {
  within.querySelectorAll<HTMLElement>("[data-plain]").forEach((one) => (one.hidden = true));
}
