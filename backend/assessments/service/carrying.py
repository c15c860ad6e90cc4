"""Answers that come along: from last year's assessment into this one, and from one version of a module to the next.

An answer comes along where its question kept its meaning and the answer still fits it; the rest is listed. What was
taken over is marked until somebody confirms it, because nobody has said yet that it is still true. Documents do not
come along: evidence belongs to its period.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.adapters import clock
from backend.adapters.db import unit_of_work
from backend.assessments import queries
from backend.assessments.rules.values import answer_from_content
from backend.assessments.rules.views import Carried, TakenOver
from backend.assessments.service.answering import require_draft
from backend.assessments.service.reading import NOT_HERE, questionnaire_of
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, Invalid, NotFound
from backend.kernel.vocabulary import Form, Role
from backend.sectors import service as sectors
from backend.sectors.rules.diff import carried_ids
from backend.sectors.rules.questionnaire import Question, Questionnaire

_NO_QUESTION = "the questionnaire does not ask this any more"
_OTHER_MEANING = "the question has another kind of answer now"


async def take_over(actor: Actor, assessment_id: UUID, from_id: UUID) -> TakenOver:
    """Command: copy the answers of an earlier assessment to questions that have none yet, each to be confirmed.

    Raises NotFound, Conflict (not a draft), and Invalid where both are the same or the other one is not earlier.
    """
    _, member_id = actor.require_role(Role.EDITOR)
    async with unit_of_work():
        row = await _draft(actor, assessment_id)
        source = await queries.find_assessment(actor, from_id)
        if source is None:
            raise NotFound(NOT_HERE)
        if source["period"] >= row["period"]:
            raise Invalid("Choose an earlier assessment.", {"from": "Answers come from an earlier year."})
        fitting, left_out = _fitting(
            questionnaire_of(source), questionnaire_of(row), await queries.list_answers(actor, [from_id])
        )
        standing = {one["question_id"]: one for one in await queries.list_answers(actor, [assessment_id])}
        taken: list[str] = []
        for question_id, answer in fitting.items():
            present = standing.get(question_id)
            if present is not None and present["content"] is not None:
                continue
            await _write(assessment_id, question_id, answer, present, str(member_id))
            taken.append(question_id)
        await queries.mark_taken_from(assessment_id, taken, source["period"])
    return TakenOver(source["period"], tuple(taken), left_out)


async def confirm_section(actor: Actor, assessment_id: UUID, section_id: str) -> int:
    """Command: confirm every answer of a section that was taken over; return how many. Raises NotFound, Conflict."""
    _, member_id = actor.require_role(Role.EDITOR)
    async with unit_of_work():
        row = await _draft(actor, assessment_id)
        section = next((one for one in questionnaire_of(row).sections if one.id == section_id), None)
        if section is None:
            raise NotFound("This questionnaire has no such section.")
        ids = [question.id for question in section.questions]
        return await queries.confirm_taken(assessment_id, ids, str(member_id), clock.now())


async def carry_to_newest(actor: Actor, assessment_id: UUID) -> Carried:
    """Command: put a draft on the newest version of its modules.

    Answers to questions that kept their meaning stay; the others are cleared (their history stays) and listed.
    Raises NotFound, and Conflict where it is no draft or stands on the newest modules already.
    """
    _, member_id = actor.require_role(Role.EDITOR)
    async with unit_of_work():
        row = await _draft(actor, assessment_id)
        newest = sectors.newest_of(row["modules"])
        if list(newest) == list(row["modules"]):
            raise Conflict("This assessment stands on the newest questionnaire already.")
        before, now = questionnaire_of(row), sectors.get_questionnaire(newest, Form(row["form"]))
        standing = await queries.list_answers(actor, [assessment_id])
        fitting, again = _fitting(before, now, standing)
        for answer in standing:
            if answer["question_id"] in again and answer["content"] is not None:
                cleared = {"content": None, "note": answer["note"]}
                await _write(assessment_id, answer["question_id"], cleared, answer, str(member_id))
        changes = {"modules": list(newest), "questionnaire_digest": now.digest}
        await queries.update_assessment(assessment_id, changes)
    known = {question.id for question in before.questions}
    return Carried(
        modules_before=tuple(row["modules"]),
        modules=newest,
        kept=tuple(fitting),
        again=again,
        new=tuple(question.id for question in now.questions if question.id not in known),
    )


async def _draft(actor: Actor, assessment_id: UUID) -> dict[str, Any]:
    row = await queries.find_assessment_for_update(actor, assessment_id)
    if row is None:
        raise NotFound(NOT_HERE)
    require_draft(row["state"])
    return row


def _fitting(
    before: Questionnaire, now: Questionnaire, answers: list[dict[str, Any]]
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Return (rows whose answer fits the new questionnaire, why each other one does not), both by question id."""
    carried = carried_ids(before, now)
    questions = {question.id: question for question in now.questions}
    fitting: dict[str, dict[str, Any]] = {}
    left_out: dict[str, str] = {}
    for row in answers:
        question_id = row["question_id"]
        if row["content"] is None:
            continue
        if question_id not in questions:
            left_out[question_id] = _NO_QUESTION
        elif question_id not in carried:
            left_out[question_id] = _OTHER_MEANING
        elif (reason := _why_unfit(questions[question_id], row["content"])) is not None:
            left_out[question_id] = reason
        else:
            fitting[question_id] = row
    return fitting, left_out


def _why_unfit(question: Question, content: Mapping[str, Any]) -> str | None:
    try:
        answer_from_content(question, content, clock.today())
    except Invalid as error:
        return error.message
    return None


async def _write(
    assessment_id: UUID, question_id: str, answer: Mapping[str, Any], present: Mapping[str, Any] | None, by: str
) -> None:
    version = present["version"] if present is not None else 0
    written = await queries.write_answer(
        clock.new_id(), assessment_id, question_id, answer["content"], answer["note"], version, by, clock.now()
    )
    if written is None:
        raise Conflict("Somebody answered at the same moment. Nothing was changed; try again.")
