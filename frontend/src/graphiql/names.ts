/** Names for what GraphiQL leaves without one, so that a screen reader can tell its editors apart. */

const NAMES: readonly [selector: string, name: string][] = [
  [".graphiql-query-editor textarea", "Query"],
  [".graphiql-editor-tool .graphiql-editor:nth-child(1) textarea", "Variables, as JSON"],
  [".graphiql-editor-tool .graphiql-editor:nth-child(2) textarea", "Headers, as JSON"],
  [".result-window textarea", "Answer"],
];

/** Name the editors as they come; the query itself scrolls, so it can be reached by keyboard as well. */
export function nameEditors(place: HTMLElement): void {
  const name = (): void => {
    for (const [selector, label] of NAMES) {
      const field = place.querySelector(selector);
      if (field && !field.hasAttribute("aria-label")) field.setAttribute("aria-label", label);
    }
    for (const scroll of place.querySelectorAll<HTMLElement>(".CodeMirror-scroll[tabindex='-1']")) scroll.tabIndex = 0;
  };
  new MutationObserver(name).observe(place, { childList: true, subtree: true });
  name();
}
