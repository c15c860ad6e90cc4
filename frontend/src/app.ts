/** What every page may use and no page needs: the menu, copy buttons, times of this place, the way to what went wrong. */

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

/** Times marked `data-local` stand in UTC until here; people read their own clock. */
function showLocalTimes(): void {
  const words = new Intl.DateTimeFormat("en-GB", { dateStyle: "long" });
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-local]")) {
    const at = new Date(time.dateTime);
    time.title = time.textContent ?? "";
    time.textContent = `${words.format(at)}, ${clock.format(at)}`;
  }
}

function focusErrors(): void {
  document.querySelector<HTMLElement>("[data-error-summary]")?.focus();
}

closeMenus();
showCopyButtons();
showLocalTimes();
focusErrors();
