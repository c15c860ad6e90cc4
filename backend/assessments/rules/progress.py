"""How far an assessment is: per section, and what is still missing before it can be submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.applicability import applicable_ids
from backend.sectors.rules.questionnaire import Question, Questionnaire, QuestionType


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """`asked` questions of the section apply now; `settled` of them have an answer of any kind."""

    section_id: str
    title: str
    module_id: str
    asked: int
    settled: int

    @property
    def missing(self) -> int:
        return self.asked - self.settled


@dataclass(frozen=True, slots=True)
class Missing:
    """One question that must be answered before the assessment can be submitted."""

    question_id: str
    section_id: str
    text: str


def is_settled(answer: Answer | None) -> bool:
    """Whether a question has a value, a "do not know" or a reason why it does not apply."""
    return answer is not None and (answer.value is not None or answer.unknown or answer.not_applicable is not None)


def must_be_settled(question: Question) -> bool:
    """Whether a question has to be answered before submission.

    A free text is optional. A date may stay open, because "never" has no date; it then earns 0
    (docs/decisions/0005).
    """
    return question.type not in (QuestionType.TEXT, QuestionType.DATE)


def progress_of(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> tuple[SectionProgress, ...]:
    """Return the progress of each section, in order. Free texts and dates may stay open and do not count."""
    asked = applicable_ids(questionnaire.questions, answers)
    return tuple(
        SectionProgress(
            section_id=section.id,
            title=section.title["en"],
            module_id=module.id,
            asked=len(wanted),
            settled=sum(is_settled(answers.get(question_id)) for question_id in wanted),
        )
        for module in questionnaire.modules
        for section in module.sections
        for wanted in [[q.id for q in section.questions if q.id in asked and must_be_settled(q)]]
    )


def missing_of(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> tuple[Missing, ...]:
    """Return what is missing, in the order of the questionnaire."""
    asked = applicable_ids(questionnaire.questions, answers)
    return tuple(
        Missing(question.id, section.id, question.text["en"])
        for section in questionnaire.sections
        for question in section.questions
        if question.id in asked and must_be_settled(question) and not is_settled(answers.get(question.id))
    )
