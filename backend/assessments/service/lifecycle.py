"""From draft to published: each step is one command, one transaction, one allowed change of state."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.adapters import clock
from backend.adapters.db import assert_in_unit_of_work, unit_of_work
from backend.assessments import queries
from backend.assessments.rules.lifecycle import Step, after
from backend.assessments.rules.progress import missing_of
from backend.assessments.rules.scorecard import Scorecard
from backend.assessments.rules.scoring import score
from backend.assessments.service.reading import NOT_HERE, load_answers, load_evidence, questionnaire_of, unconfirmed_of
from backend.assessments.tables import Assessment
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, Invalid, NotFound
from backend.kernel.vocabulary import AssessmentState, Form, Role
from backend.organisations import service as organisations
from backend.sectors import service as sectors

FIRST_PERIOD = 2000


async def start(actor: Actor, period: int, form: Form = Form.FULL) -> UUID:
    """Command: start an assessment of the actor's organisation for a year; return its id.

    The supplier form is the short one, which customers ask for. The newest modules of the organisation's sectors
    are used, and stay. Raises Invalid for a year that cannot be, and Conflict where one of this form for this year
    is open already (`newer`: its id).
    """
    organisation_id, member_id = actor.require_role(Role.EDITOR)
    now = clock.now()
    if not FIRST_PERIOD <= period <= now.year + 1:
        raise Invalid(
            "Choose another year.",
            {"period": f"Give a year from {FIRST_PERIOD} to {now.year + 1}, such as {now.year}."},
        )
    organisation = await organisations.get_own_organisation(actor)
    modules = sectors.current_references(organisation.sectors)
    assessment_id = clock.new_id()
    for row in await queries.list_assessments(actor):
        open_state = row["state"] in (AssessmentState.DRAFT, AssessmentState.SUBMITTED, AssessmentState.APPROVED)
        if (row["period"], row["form"]) == (period, form) and open_state:
            raise Conflict(f"An assessment for {period} is open already. Go on with that one.", row["id"])
    async with unit_of_work():
        await Assessment(
            id=assessment_id,
            organisation=organisation_id,
            period=period,
            form=form.value,
            modules=list(modules),
            questionnaire_digest=sectors.get_questionnaire(modules).digest,
            state=AssessmentState.DRAFT.value,
            started_at=now,
            started_by=str(member_id),
        ).save()
    return assessment_id


async def submit(actor: Actor, assessment_id: UUID) -> Scorecard:
    """Command: close the answers and score them on three bases, with today as the reference date.

    Raises Invalid where questions are open (`fields`: question id to its text), Conflict, NotFound.
    """
    _, member_id = actor.require_role(Role.EDITOR)
    today, now = clock.today(), clock.now()
    async with unit_of_work():
        row = await _locked(actor, assessment_id)
        state = after(AssessmentState(row["state"]), Step.SUBMIT)
        questionnaire = questionnaire_of(row)
        evidence = await load_evidence(actor, assessment_id, {})
        stored = await load_answers(actor, assessment_id, questionnaire, evidence, {})
        answers = {question_id: one.answer for question_id, one in stored.items()}
        missing = missing_of(questionnaire, answers, unconfirmed_of(stored))
        if missing:
            count = f"{len(missing)} questions are" if len(missing) > 1 else "One question is"
            raise Invalid(
                f"{count} still open. Answer each, or say that you do not know; confirm what was taken over.",
                {one.question_id: one.text["en"] for one in missing},
            )
        scorecard = score(questionnaire, answers, today)
        await queries.update_assessment(
            assessment_id,
            {
                "state": state.value,
                "reference_date": today,
                "scorecard": scorecard.to_json(),
                "submitted_at": now,
                "submitted_by": str(member_id),
            },
        )
    return scorecard


async def reopen(actor: Actor, assessment_id: UUID) -> None:
    """Command: back to draft, so that answers can be changed; its score goes. Raises Conflict, NotFound."""
    actor.require_role(Role.EDITOR, Role.SIGNATORY)
    async with unit_of_work():
        row = await _locked(actor, assessment_id)
        state = after(AssessmentState(row["state"]), Step.REOPEN)
        cleared = dict.fromkeys(
            ("reference_date", "scorecard", "submitted_at", "submitted_by", "approved_at", "approved_by")
        )
        await queries.update_assessment(assessment_id, {"state": state.value, **cleared})


async def approve(actor: Actor, assessment_id: UUID) -> None:
    """Command: the signatory stands for the answers. Raises NotAllowed, Conflict, NotFound."""
    _, member_id = actor.require_role(Role.SIGNATORY)
    async with unit_of_work():
        row = await _locked(actor, assessment_id)
        state = after(AssessmentState(row["state"]), Step.APPROVE)
        await queries.update_assessment(
            assessment_id, {"state": state.value, "approved_at": clock.now(), "approved_by": str(member_id)}
        )


async def mark_published(actor: Actor, assessment_id: UUID) -> None:
    """Step: the assessment becomes published; it is never edited again.

    Raises NotFound, and Conflict for a state that does not lead there, or for a supplier form: what is published
    answers the whole questionnaire.
    """
    assert_in_unit_of_work()
    row = await _locked(actor, assessment_id)
    if row["form"] != Form.FULL:
        raise Conflict("The supplier form is for your customers. Only the whole questionnaire is published.")
    state = after(AssessmentState(row["state"]), Step.PUBLISH)
    await queries.update_assessment(assessment_id, {"state": state.value, "published_at": clock.now()})


async def mark_superseded(actor: Actor, assessment_id: UUID) -> None:
    """Step: a later attestation took this one's place. Raises Conflict, NotFound."""
    assert_in_unit_of_work()
    row = await _locked(actor, assessment_id)
    state = after(AssessmentState(row["state"]), Step.SUPERSEDE)
    await queries.update_assessment(assessment_id, {"state": state.value})


async def _locked(actor: Actor, assessment_id: UUID) -> dict[str, Any]:
    row = await queries.find_assessment_for_update(actor, assessment_id)
    if row is None:
        raise NotFound(NOT_HERE)
    return row
