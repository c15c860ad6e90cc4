/** A section of the questionnaire: every answer saves itself, evidence is sent as it is chosen, sections fold away. */
import { AnswerForm } from "./answering/answer";
import { wireEvidence } from "./answering/evidence";

function foldSections(): void {
  const nav = document.querySelector<HTMLElement>("[data-survey-nav]");
  const fold = nav?.querySelector<HTMLDetailsElement>("[data-fold-small]");
  if (!nav || !fold) return;
  if (window.matchMedia("(max-width: 60rem)").matches) fold.open = false;
  const here = nav.querySelector<HTMLElement>("[aria-current]");
  // The list scrolls in its own frame; the page itself must stay where the address's fragment put it.
  if (here) nav.scrollTop = here.offsetTop - nav.clientHeight / 2;
}

const forms = [...document.querySelectorAll<HTMLFormElement>("form[data-autosave]")].map((form) => new AnswerForm(form));
document.querySelectorAll<HTMLElement>("[data-evidence]").forEach(wireEvidence);
window.addEventListener("beforeunload", (event) => {
  if (forms.some((form) => form.isDirty)) event.preventDefault();
});
window.addEventListener("online", () => forms.filter((form) => form.isDirty).forEach((form) => form.retry()));
foldSections();
