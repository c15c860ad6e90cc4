/** What one saved answer changes elsewhere on the page: which questions are asked, and how far each section is. */

export interface SectionProgress {
  id: string;
  asked: number;
  settled: number;
}

/** Show the questions that are asked now and hide those that are not; return how many came up. */
export function showAsked(asked: string[]): number {
  const now = new Set(asked);
  let cameUp = 0;
  for (const card of document.querySelectorAll<HTMLElement>("[data-question]")) {
    const isAsked = now.has(card.dataset["question"] ?? "");
    const wasHidden = card.hidden;
    card.hidden = !isAsked && !card.hasAttribute("data-held");
    if (wasHidden && !card.hidden) cameUp += 1;
    const mark = card.querySelector<HTMLElement>("[data-not-asked]");
    if (mark) mark.hidden = isAsked;
  }
  return cameUp;
}

export function showProgress(progress: SectionProgress[]): void {
  for (const part of progress) {
    const line = document.querySelector<HTMLElement>(`[data-section="${CSS.escape(part.id)}"]`);
    const count = line?.querySelector<HTMLElement>("[data-count]");
    if (!line || !count) continue;
    line.classList.toggle("sections__none", part.asked === 0);
    if (part.asked === 0) count.textContent = "not asked";
    else count.textContent = part.settled === part.asked ? "done" : `${part.settled} of ${part.asked}`;
  }
}
