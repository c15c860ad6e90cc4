"""Saving one answer: checked against its question, under an optimistic lock, with every earlier version kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.adapters import clock
from backend.adapters.db import unit_of_work
from backend.assessments import queries
from backend.assessments.rules.applicability import applicable_ids
from backend.assessments.rules.progress import progress_of
from backend.assessments.rules.values import answer_from_content, answer_to_content, read_note
from backend.assessments.rules.views import AnswerSaved, StoredAnswer
from backend.assessments.service.reading import NOT_HERE, load_answers, member_names, questionnaire_of, unconfirmed_of
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, Invalid, NotFound
from backend.kernel.vocabulary import AssessmentState, Role
from backend.sectors.rules.questionnaire import Question, Questionnaire


async def answer(
    actor: Actor,
    assessment_id: UUID,
    question_id: str,
    content: Mapping[str, Any] | None,
    note: str,
    version: int,
) -> AnswerSaved:
    """Command: save the answer to one question; `content` is as in an answers file, None clears it.

    `version` is the one the answer was read with (0: there was none). Raises Invalid with `fields`
    value or note, NotFound, and Conflict (`newer`: StoredAnswer) where somebody else saved first or the
    assessment is not a draft any more. Saving the same thing twice is one change.
    """
    _, member_id = actor.require_role(Role.EDITOR)
    note = read_note(note)
    at = clock.now()
    async with unit_of_work():
        row = await queries.find_assessment_for_share(actor, assessment_id)
        if row is None:
            raise NotFound(NOT_HERE)
        require_draft(row["state"])
        questionnaire = questionnaire_of(row)
        question = question_of(questionnaire, question_id)
        checked = _checked(question, content)
        written = await queries.write_answer(
            clock.new_id(), assessment_id, question_id, checked, note, version, str(member_id), at
        )
        names = await member_names(actor) if written is None else {}
        stored = await load_answers(actor, assessment_id, questionnaire, {}, names)
    if written is None:
        written = _settle_conflict(stored.get(question_id), checked, note)
    answers = {name: one.answer for name, one in stored.items()}
    return AnswerSaved(
        question_id=question_id,
        version=written,
        answered_at=at,
        asked=applicable_ids(questionnaire.questions, answers),
        progress=progress_of(questionnaire, answers, unconfirmed_of(stored)),
    )


def require_draft(state: str) -> None:
    """Raise Conflict where answers and evidence are closed."""
    if state != AssessmentState.DRAFT:
        raise Conflict(f"This assessment is {state}. Reopen it to change an answer.")


def question_of(questionnaire: Questionnaire, question_id: str) -> Question:
    """Return the question. Raises NotFound where the questionnaire has none of this id."""
    for question in questionnaire.questions:
        if question.id == question_id:
            return question
    raise NotFound(f"This questionnaire has no question {question_id}.")


def _checked(question: Question, content: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if content is None:
        return None
    try:
        return answer_to_content(answer_from_content(question, content, clock.today()))
    except Invalid as error:
        raise Invalid(error.message, {"value": error.message, **error.fields}) from error


def _settle_conflict(newer: StoredAnswer | None, content: dict[str, Any] | None, note: str) -> int:
    """Return the standing version where it says the same (a repeated save); raise Conflict otherwise."""
    if newer is None:
        raise Conflict("This answer changed meanwhile. Load the page again.", None)
    standing = answer_to_content(newer.answer) or None
    if standing == content and newer.note == note:
        return newer.version
    raise Conflict("Somebody else changed this answer meanwhile. Yours was not saved over it.", newer)
