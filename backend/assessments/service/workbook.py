"""The workbook: out with the answers there are, and back in with what was filled in offline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from backend.adapters import clock
from backend.adapters.db import unit_of_work
from backend.adapters.spreadsheet import read_cells
from backend.assessments import queries
from backend.assessments.rules.progress import is_settled
from backend.assessments.rules.views import AssessmentView
from backend.assessments.rules.workbook import WorkbookLayout, layout_of
from backend.assessments.rules.workbook_facts import Stood, WorkbookFacts, read_facts, what_is_said
from backend.assessments.rules.workbook_merging import conflict, merge, without_evidence
from backend.assessments.rules.workbook_package import require_workbook
from backend.assessments.rules.workbook_reading import WorkbookImport, read_answers
from backend.assessments.service.answering import require_draft
from backend.assessments.service.reading import (
    NOT_HERE,
    get_assessment,
    load_answers,
    member_names,
    questionnaire_of,
)
from backend.assessments.service.saving import save_all
from backend.assessments.service.workbook_start import StartSheet
from backend.assessments.service.workbook_writing import write_workbook
from backend.kernel.actor import Actor
from backend.kernel.errors import Invalid, NotFound
from backend.kernel.vocabulary import Form, Role
from backend.organisations import service as organisations
from backend.sectors.rules.languages import in_language
from backend.sectors.rules.questionnaire import Notice


async def export_workbook(actor: Actor, assessment_id: UUID, language: str) -> tuple[str, bytes]:
    """Return the assessment's workbook in a language as (file name, bytes), filled with the answers there are.

    Raises NotSignedIn, NotFound, and Invalid for a language that the library does not have.
    """
    view = await get_assessment(actor, assessment_id)
    layout = layout_of(view.questionnaire, language)
    organisation = await organisations.get_own_organisation(actor)
    facts = _facts_of(view, language)
    start = _start_of(view, layout, facts, organisation.legal_name)
    # Small enough to be written here: some hundredths of a second.
    return f"para73-{view.period}-{language}.xlsx", write_workbook(layout, start, facts, view.answers)


async def import_workbook(actor: Actor, assessment_id: UUID, data: bytes) -> WorkbookImport:
    """Command: save what was filled in or changed in a workbook, and list what was not taken, with its cells.

    Raises Invalid for a file that is no such workbook or belongs to another questionnaire, form or period,
    LimitReached for its size, Conflict where the assessment is not a draft, NotFound.
    """
    _, member_id = actor.require_role(Role.EDITOR)
    _draft(await queries.find_assessment(actor, assessment_id))
    require_workbook(data)
    # Read before the transaction, which is kept short.
    sheets = await read_cells(data)
    facts = read_facts(sheets)
    async with unit_of_work():
        row = _draft(await queries.find_assessment_for_share(actor, assessment_id))
        questionnaire = questionnaire_of(row)
        _require_same(facts, row)
        reading = read_answers(layout_of(questionnaire, facts.language), sheets, clock.today())
        standing = await load_answers(actor, assessment_id, questionnaire, {}, await member_names(actor))
        merged = merge(reading.filled, facts.stood if facts.assessment == str(assessment_id) else {}, standing)
        rows = [(one.question_id, one.answer) for one in merged.changes]
        late = await save_all(assessment_id, rows, standing, member_id, clock.now())
    conflicts = [*merged.conflicts, *(conflict(one, None) for one in merged.changes if one.question_id in late)]
    saved = [one for one in merged.changes if one.question_id not in late]
    return WorkbookImport(
        taken=tuple(one.question_id for one in saved),
        cleared=tuple(one.question_id for one in saved if not is_settled(one.answer)),
        unchanged=merged.unchanged,
        problems=(*reading.problems, *conflicts),
    )


def _draft(row: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if row is None:
        raise NotFound(NOT_HERE)
    require_draft(row["state"])
    return row


def _require_same(facts: WorkbookFacts, row: Mapping[str, Any]) -> None:
    """Raise Invalid where the workbook belongs to another questionnaire, form or period."""
    wrong = ""
    if facts.questionnaire_digest != row["questionnaire_digest"]:
        wrong = (
            f"This workbook belongs to another questionnaire ({', '.join(facts.modules)}), and this assessment to "
            f"{', '.join(row['modules'])}. Download the workbook of this assessment and copy your answers over."
        )
    elif facts.form != row["form"]:
        wrong = (
            f"This workbook is of the {facts.form} form, and this assessment of the {row['form']} form. Download the "
            "workbook of this assessment and copy your answers over."
        )
    elif facts.period != str(row["period"]):
        wrong = (
            f"This workbook is for {facts.period}, and this assessment for {row['period']}. To use last year's "
            "answers, take them over on the page of this assessment; then download its workbook."
        )
    if wrong:
        raise Invalid(wrong, {"file": wrong})


def _facts_of(view: AssessmentView, language: str) -> WorkbookFacts:
    return WorkbookFacts(
        questionnaire_digest=view.questionnaire.digest,
        modules=view.modules,
        form=view.form.value,
        language=language,
        assessment=str(view.id),
        period=str(view.period),
        made_at=clock.now().isoformat(timespec="seconds"),
        stood={
            question_id: Stood(stored.version, what_is_said(without_evidence(stored), stored.note))
            for question_id, stored in view.answers.items()
        },
    )


def _start_of(view: AssessmentView, layout: WorkbookLayout, facts: WorkbookFacts, organisation: str) -> StartSheet:
    words, modules = layout.words, view.questionnaire.modules
    titles = (f"{in_language(one.title, layout.language).text} ({one.reference})" for one in modules)
    is_supplier = view.form is Form.SUPPLIER
    notices = (notice for one in modules for notice in one.supplier_notices) if is_supplier else ()
    return StartSheet(
        facts=(
            organisation,
            str(view.period),
            ", ".join(titles),
            words.supplier_form if is_supplier else words.full_form,
            facts.made_at[:10],
            view.questionnaire.digest,
        ),
        notices=tuple(_notice_words(notice, layout) for notice in notices),
    )


def _notice_words(notice: Notice, layout: WorkbookLayout) -> str:
    text = in_language(notice.text, layout.language).text
    if notice.last_checked is None:
        return text
    return layout.words.law.format(text=text, day=notice.last_checked.isoformat())
