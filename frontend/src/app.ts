/** What every page may use and no page needs: the menu, copy buttons, a warning before typed text is lost. */

function closeMenus(): void {
  const menus = document.querySelectorAll<HTMLDetailsElement>("details[data-menu]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus) {
      if (!menu.open) continue;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of menus) {
      if (menu.open && event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
    }
  });
}

function showCopyButtons(): void {
  // Browsers hand out the clipboard on https and on this machine only; elsewhere the text can still be selected.
  if (!("clipboard" in navigator)) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    button.hidden = false;
    const label = button.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset["copy"] ?? "");
        button.textContent = "Copied";
      } catch {
        button.textContent = "Select and copy by hand";
      }
      setTimeout(() => (button.textContent = label), 2500);
    });
  }
}

/** Forms marked `data-warn-unsaved` ask before the page goes away with something typed and not sent. */
function warnOfUnsaved(): void {
  const dirty = new Set<HTMLFormElement>();
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-warn-unsaved]")) {
    form.addEventListener("input", () => dirty.add(form));
    form.addEventListener("submit", () => dirty.delete(form));
    // Whoever saves by script says so with this event.
    form.addEventListener("para73:saved", () => dirty.delete(form));
  }
  window.addEventListener("beforeunload", (event) => {
    if (dirty.size > 0) event.preventDefault();
  });
}

function focusErrors(): void {
  document.querySelector<HTMLElement>("[data-error-summary]")?.focus();
}

closeMenus();
showCopyButtons();
warnOfUnsaved();
focusErrors();
