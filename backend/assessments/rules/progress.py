"""How far an assessment is: per section, and what is still missing before it can be submitted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.applicability import applicable_ids
from backend.sectors.rules.questionnaire import Question, Questionnaire, QuestionType, Text


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """`asked` questions of the section apply now; `settled` of them have an answer of any kind."""

    section_id: str
    title: Text
    module_id: str
    asked: int
    settled: int

    @property
    def missing(self) -> int:
        return self.asked - self.settled


@dataclass(frozen=True, slots=True)
class Missing:
    """One question that must be answered before the assessment can be submitted.

    `taken_from` is the period from which there is an answer already, which somebody still has to confirm.
    """

    question_id: str
    section_id: str
    text: Text
    taken_from: int | None = None


def is_settled(answer: Answer | None) -> bool:
    """Whether a question has a value, a "do not know" or a reason why it does not apply."""
    return answer is not None and (answer.value is not None or answer.unknown or answer.not_applicable is not None)


def must_be_settled(question: Question) -> bool:
    """Whether a question has to be answered before submission.

    A free text is optional. A date may stay open, because "never" has no date; it then earns 0
    (docs/decisions/0005).
    """
    return question.type not in (QuestionType.TEXT, QuestionType.DATE)


def progress_of(
    questionnaire: Questionnaire, answers: Mapping[str, Answer], unconfirmed: Collection[str] = ()
) -> tuple[SectionProgress, ...]:
    """Return the progress of each section, in order. Free texts and dates may stay open and do not count.

    `unconfirmed` are the questions whose answers were taken over; they are not settled until somebody confirms them.
    """
    asked = applicable_ids(questionnaire.questions, answers)
    return tuple(
        SectionProgress(
            section_id=section.id,
            title=section.title,
            module_id=module.id,
            asked=len(wanted),
            settled=sum(is_settled(answers.get(one)) and one not in unconfirmed for one in wanted),
        )
        for module in questionnaire.modules
        for section in module.sections
        for wanted in [[q.id for q in section.questions if q.id in asked and must_be_settled(q)]]
    )


def missing_of(
    questionnaire: Questionnaire, answers: Mapping[str, Answer], taken_from: Mapping[str, int] | None = None
) -> tuple[Missing, ...]:
    """Return what is missing, in the order of the questionnaire.

    `taken_from` gives the period of each answer that was taken over and is not confirmed: nobody has said yet that
    it is still true, so it is missing whatever its type.
    """
    asked, unconfirmed = applicable_ids(questionnaire.questions, answers), taken_from or {}
    return tuple(
        Missing(question.id, section.id, question.text, unconfirmed.get(question.id))
        for section in questionnaire.sections
        for question in section.questions
        if question.id in asked
        and (question.id in unconfirmed or (must_be_settled(question) and not is_settled(answers.get(question.id))))
    )
