"""An organisation's assessments, from the list to publication. Saving answers and evidence: answering.py."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.params import FromPath
from litestar.response import Redirect, Template

from backend.adapters import clock
from backend.assessments import service as assessments
from backend.assessments.rules.evidence import MAX_EVIDENCE_BYTES
from backend.assessments.rules.views import AssessmentView
from backend.attestations import service as attestations
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, Invalid, NotFound
from backend.kernel.vocabulary import AssessmentState, Form, Role
from backend.organisations import service as organisations
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Notice
from backend.web.forms import whole_number
from backend.web.language import CurrentLanguage, keep_language
from backend.web.render import page
from backend.web.session import CurrentActor

AnyRequest = Request[Any, Any, Any]
NAV = "/assessments"
_OPEN = (AssessmentState.DRAFT, AssessmentState.SUBMITTED, AssessmentState.APPROVED)


def _may(actor: Actor) -> dict[str, bool]:
    """Return what a page offers to this member; the services decide for themselves."""
    return {
        "may_edit": bool(actor.roles & {Role.OWNER, Role.EDITOR}),
        "may_sign": bool(actor.roles & {Role.OWNER, Role.SIGNATORY}),
    }


async def _list_page(
    actor: Actor, values: dict[str, Any] | None = None, errors: dict[str, str] | None = None, status: int = 200
) -> Template:
    published = {one.assessment_id: one for one in await attestations.list_own(actor)}
    cards = await assessments.list_assessments(actor)
    this_year = clock.today().year
    is_open = any(card.period == this_year and card.state in _OPEN for card in cards)
    return page(
        "assessments/list.html",
        actor,
        NAV,
        status,
        organisation=await organisations.get_own_organisation(actor),
        assessments=cards,
        published=published,
        values=values or {"period": "" if is_open else str(this_year), "form": Form.FULL},
        errors=errors or {},
        **_may(actor),
    )


@get(NAV)
async def show_list(actor: CurrentActor) -> Template:
    actor.require_member()
    return await _list_page(actor)


@post("/assessments/start", status_code=303)
async def do_start(request: AnyRequest, actor: CurrentActor) -> Response[Any]:
    form = await request.form()
    try:
        assessment_id = await assessments.start(actor, whole_number(form, "period", "The year"), _form_of(form))
    except Invalid as error:
        return await _list_page(
            actor, {"period": str(form.get("period", "")), "form": _form_of(form)}, dict(error.fields), 422
        )
    except Conflict as error:
        if not isinstance(error.newer, UUID):
            raise
        assessment_id = error.newer
    return Redirect(f"{NAV}/{assessment_id}", status_code=303)


def _notices(view: AssessmentView) -> tuple[Notice, ...]:
    """Return what opens the supplier form; nothing for the whole questionnaire."""
    return view.questionnaire.modules[0].supplier_notices if view.form is Form.SUPPLIER else ()


def _form_of(form: FormMultiDict) -> Form:
    return Form.SUPPLIER if form.get("form") == Form.SUPPLIER else Form.FULL


@get("/assessments/{assessment_id:uuid}")
async def show_overview(actor: CurrentActor, language: CurrentLanguage, assessment_id: FromPath[UUID]) -> Template:
    view = await assessments.get_assessment(actor, assessment_id)
    own = [one for one in await attestations.list_own(actor) if one.assessment_id == assessment_id]
    newest = sectors.newest_of(view.modules)
    return page(
        "assessments/overview.html",
        actor,
        NAV,
        language=language,
        a=view,
        earlier=[card for card in await assessments.list_assessments(actor) if card.period < view.period],
        notices=_notices(view),
        newest=newest if newest != view.modules else None,
        attestation=own[0] if own else None,
        **_may(actor),
    )


@get("/assessments/{assessment_id:uuid}/sections/{section_id:str}")
async def show_section(
    request: AnyRequest,
    actor: CurrentActor,
    language: CurrentLanguage,
    assessment_id: FromPath[UUID],
    section_id: FromPath[str],
) -> Template:
    view = await assessments.get_assessment(actor, assessment_id)
    shown = section_page(actor, view, section_id, language)
    keep_language(request, shown)
    return shown


def section_page(
    actor: Actor,
    view: AssessmentView,
    section_id: str,
    language: str,
    problem: dict[str, Any] | None = None,
    status: int = 200,
) -> Template:
    """Return one section to answer. `problem` tells what was refused: question_id, message, typed, newer."""
    ids = [section.id for section in view.questionnaire.sections]
    if section_id not in ids:
        raise NotFound("This questionnaire has no such section.")
    at = ids.index(section_id)
    done = {section.section_id: section for section in view.progress}
    here = {question.id for question in view.questionnaire.sections[at].questions}
    return page(
        "assessments/section.html",
        actor,
        NAV,
        status,
        language=language,
        taken=sum(one.taken_from is not None for name, one in view.answers.items() if name in here),
        a=view,
        section=view.questionnaire.sections[at],
        progress=done[section_id],
        notices=() if at else _notices(view),
        previous=ids[at - 1] if at else None,
        following=ids[at + 1] if at + 1 < len(ids) else None,
        problem=problem,
        may_edit=view.is_open_for_answers and _may(actor)["may_edit"],
        today=clock.today(),
        max_evidence_bytes=MAX_EVIDENCE_BYTES,
    )


@get("/assessments/{assessment_id:uuid}/review")
async def show_review(actor: CurrentActor, language: CurrentLanguage, assessment_id: FromPath[UUID]) -> Template:
    view = await assessments.get_assessment(actor, assessment_id)
    unproven = [
        question
        for question in view.questionnaire.questions
        if question.id in view.asked
        and question.evidence.value == "required"
        and question.id in view.answers
        and view.answers[question.id].answer.value is not None
        and not view.evidence.get(question.id)
    ]
    sections = {question.id: section.id for section in view.questionnaire.sections for question in section.questions}
    return page(
        "assessments/review.html",
        actor,
        NAV,
        language=language,
        a=view,
        unproven=unproven,
        section_of=sections,
        **_may(actor),
    )


@post("/assessments/{assessment_id:uuid}/submit", status_code=303)
async def do_submit(actor: CurrentActor, assessment_id: FromPath[UUID]) -> Response[Any]:
    try:
        await assessments.submit(actor, assessment_id)
    except Invalid:
        return Redirect(f"{NAV}/{assessment_id}/review", status_code=303)
    return Redirect(f"{NAV}/{assessment_id}/scorecard", status_code=303)


@get("/assessments/{assessment_id:uuid}/scorecard")
async def show_scorecard(
    actor: CurrentActor, language: CurrentLanguage, assessment_id: FromPath[UUID]
) -> Response[Any]:
    view = await assessments.get_assessment(actor, assessment_id)
    if view.scorecard is None:
        return Redirect(f"{NAV}/{assessment_id}", status_code=303)
    return page(
        "assessments/scorecard.html",
        actor,
        NAV,
        language=language,
        a=view,
        organisation=await organisations.get_own_organisation(actor),
        scorecard=view.scorecard,
        **_may(actor),
    )


@post("/assessments/{assessment_id:uuid}/reopen", status_code=303)
async def do_reopen(actor: CurrentActor, assessment_id: FromPath[UUID]) -> Redirect:
    await assessments.reopen(actor, assessment_id)
    return Redirect(f"{NAV}/{assessment_id}", status_code=303)


@post("/assessments/{assessment_id:uuid}/approve", status_code=303)
async def do_approve(actor: CurrentActor, assessment_id: FromPath[UUID]) -> Redirect:
    await assessments.approve(actor, assessment_id)
    return Redirect(f"{NAV}/{assessment_id}", status_code=303)


@post("/assessments/{assessment_id:uuid}/publish", status_code=303)
async def do_publish(actor: CurrentActor, assessment_id: FromPath[UUID]) -> Redirect:
    try:
        attestation_id = await attestations.publish(actor, assessment_id)
    except Conflict:
        view = await assessments.get_assessment(actor, assessment_id)
        if view.state not in (AssessmentState.PUBLISHED, AssessmentState.SUPERSEDED):
            raise
        # A repeated press of the button: it is published already, and once only.
        own = {one.assessment_id: one.id for one in await attestations.list_own(actor)}
        attestation_id = own[assessment_id]
    return Redirect(f"/attestations/{attestation_id}", status_code=303)


HANDLERS = [
    show_list,
    do_start,
    show_overview,
    show_section,
    show_review,
    do_submit,
    show_scorecard,
    do_reopen,
    do_approve,
    do_publish,
]
