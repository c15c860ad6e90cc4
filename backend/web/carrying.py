"""Answers that come along: from an earlier year, and to the newest questionnaire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from backend.assessments import service as assessments
from backend.assessments.rules.views import AssessmentView
from backend.kernel.errors import Invalid
from backend.web.forms import texts
from backend.web.language import CurrentLanguage
from backend.web.render import page, say
from backend.web.session import CurrentActor

AnyRequest = Request[Any, Any, Any]
NAV = "/assessments"


@post("/assessments/{assessment_id:uuid}/take-over", status_code=200)
async def do_take_over(
    request: AnyRequest, actor: CurrentActor, language: CurrentLanguage, assessment_id: FromPath[UUID]
) -> Template:
    await assessments.get_assessment(actor, assessment_id)
    given = texts(await request.form(), "from")["from"]
    try:
        from_id = UUID(given)
    except ValueError:
        raise Invalid("Choose the assessment to take over from.", {"from": "Choose an earlier year."}) from None
    done = await assessments.take_over(actor, assessment_id, from_id)
    view = await assessments.get_assessment(actor, assessment_id)
    return page(
        "assessments/came_along.html",
        actor,
        NAV,
        language=language,
        a=view,
        title=f"Taken over from {done.period}",
        kept=len(done.taken),
        what_now="Each is marked until somebody confirms it: by saving it, or a whole section at once.",
        again=_listed(view, done.left_out),
        new=[],
    )


@post("/assessments/{assessment_id:uuid}/carry", status_code=200)
async def do_carry(actor: CurrentActor, language: CurrentLanguage, assessment_id: FromPath[UUID]) -> Template:
    done = await assessments.carry_to_newest(actor, assessment_id)
    view = await assessments.get_assessment(actor, assessment_id)
    sections = _sections(view)
    questions = {question.id: question for question in view.questionnaire.questions}
    return page(
        "assessments/came_along.html",
        actor,
        NAV,
        language=language,
        a=view,
        title=f"Now on {' and '.join(done.modules)}",
        kept=len(done.kept),
        what_now="They stand as they were. Answer what is listed below anew; the history keeps the earlier answers.",
        again=_listed(view, done.again),
        new=[(sections[one], one, say(questions[one].text, language), None) for one in done.new],
    )


@post("/assessments/{assessment_id:uuid}/sections/{section_id:str}/confirm", status_code=303)
async def do_confirm(actor: CurrentActor, assessment_id: FromPath[UUID], section_id: FromPath[str]) -> Response[Any]:
    await assessments.confirm_section(actor, assessment_id, section_id)
    return Redirect(f"{NAV}/{assessment_id}/sections/{section_id}", status_code=303)


def _listed(view: AssessmentView, reasons: Mapping[str, str]) -> list[dict[str, str]]:
    sections = _sections(view)
    return [
        {"question_id": question_id, "section_id": sections.get(question_id, ""), "reason": reason}
        for question_id, reason in sorted(reasons.items())
    ]


def _sections(view: AssessmentView) -> dict[str, str]:
    return {question.id: section.id for section in view.questionnaire.sections for question in section.questions}


HANDLERS = [do_take_over, do_carry, do_confirm]
