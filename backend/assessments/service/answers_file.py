"""An assessment's answers as a file (questionnaire-format.md, Answers): out, and back in whole or not at all."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from backend.adapters import clock
from backend.adapters.db import unit_of_work
from backend.assessments import queries
from backend.assessments.rules.answers_import import read_own_answers
from backend.assessments.rules.evidence import safe_file_name
from backend.assessments.rules.progress import is_settled
from backend.assessments.rules.values import answer_to_content
from backend.assessments.rules.views import AnswersImport
from backend.assessments.rules.workbook_facts import what_is_said
from backend.assessments.rules.workbook_merging import without_evidence
from backend.assessments.service.answering import require_draft
from backend.assessments.service.reading import NOT_HERE, get_assessment, load_answers, questionnaire_of
from backend.assessments.service.saving import save_all
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, NotFound
from backend.kernel.vocabulary import Form, Role


async def export_answers(actor: Actor, assessment_id: UUID) -> dict[str, Any]:
    """Return the answers file's JSON value. A note without an answer has no place in it.

    Raises NotSignedIn, NotFound.
    """
    view = await get_assessment(actor, assessment_id)
    answers: dict[str, Any] = {}
    for question in view.questionnaire.questions:
        stored = view.answers.get(question.id)
        if stored is None or not is_settled(stored.answer):
            continue
        answers[question.id] = answer_to_content(stored.answer)
        if stored.answer.evidence:
            # Two documents of one name are one piece of evidence to whoever reads the file.
            answers[question.id]["evidence"] = list(dict.fromkeys(stored.answer.evidence))
        if stored.note:
            answers[question.id]["note"] = stored.note
    return {
        "questionnaire": {"modules": list(view.modules), "form": view.form.value},
        "period": view.period,
        "reference_date": (view.reference_date or clock.today()).isoformat(),
        "answers": answers,
    }


async def import_answers(actor: Actor, assessment_id: UUID, data: bytes, file_name: str) -> AnswersImport:
    """Command: save the answers of a file over those that stand; what the file does not name stays as it is.

    The names of evidence are not taken: documents are attached on the pages. Raises FileRefused, with nothing
    stored, where anything in the file is wrong; Conflict where the assessment is not a draft or somebody answered at
    the same moment; NotFound.
    """
    _, member_id = actor.require_role(Role.EDITOR)
    row = await queries.find_assessment(actor, assessment_id)
    if row is None:
        raise NotFound(NOT_HERE)
    require_draft(row["state"])
    questionnaire, name = questionnaire_of(row), safe_file_name(file_name)
    given = await asyncio.to_thread(
        read_own_answers, data, name, questionnaire, row["modules"], Form(row["form"]), row["period"], clock.today()
    )
    async with unit_of_work():
        now = await queries.find_assessment_for_share(actor, assessment_id)
        if now is None:
            raise NotFound(NOT_HERE)
        require_draft(now["state"])
        if now["questionnaire_digest"] != row["questionnaire_digest"]:
            raise Conflict("This assessment was put on another questionnaire meanwhile. Nothing was stored.")
        standing = await load_answers(actor, assessment_id, questionnaire, {}, {})
        said = {one: what_is_said(without_evidence(stored), stored.note) for one, stored in standing.items()}
        changes = [
            (question_id, answer)
            for question_id, answer in given.items()
            if said.get(question_id) != what_is_said(answer, answer.note)
        ]
        if await save_all(assessment_id, changes, standing, member_id, clock.now()):
            raise Conflict("Somebody answered at the same moment. Nothing was stored; try again.")
    return AnswersImport(tuple(question_id for question_id, _ in changes), len(given) - len(changes))
