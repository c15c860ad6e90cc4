"""Steps that many tests share, all through the services that pages and GraphQL use."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from backend.adapters import clock
from backend.assessments import service as assessments
from backend.assessments.rules.views import AnswersImport
from backend.attestations import service as attestations
from backend.commands.samples import sample_answer
from backend.kernel.actor import Actor
from backend.organisations import service as organisations
from backend.organisations.rules.people import SignUp
from backend.sectors.rules.questionnaire import QuestionType

PASSWORD = "twelve letters and more"
PDF = b"%PDF-1.7\nInvented for a test.\n"


async def a_company(name: str = "Test Hotels Ltd", email: str = "owner@test.example") -> Actor:
    """Sign a company up and return its owner."""
    await organisations.sign_up(
        SignUp(legal_name=name, country="KE", sectors=("tourism",), name="Robin Test", email=email, password=PASSWORD)
    )
    actor = await organisations.actor_of_session(await organisations.sign_in(email, PASSWORD))
    assert actor is not None
    return actor


async def a_started(actor: Actor, period: int | None = None) -> UUID:
    return await assessments.start(actor, period or clock.today().year)


async def answer_everything(actor: Actor, assessment_id: UUID, ambition: int = 3) -> None:
    """Answer each question that applies, as a company of this ambition would."""
    view = await assessments.get_assessment(actor, assessment_id)
    asked = view.asked
    for question in view.questionnaire.questions:
        if question.id in asked and question.type is not QuestionType.TEXT:
            version = view.answers[question.id].version if question.id in view.answers else 0
            content = sample_answer(question, ambition)
            asked = (await assessments.answer(actor, assessment_id, question.id, content, "", version)).asked


async def attach(
    actor: Actor, assessment_id: UUID, question_id: str, data: bytes = PDF, name: str = "policy.pdf"
) -> UUID:
    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(data), 65_536):
            yield data[at : at + 65_536]

    return (await assessments.attach_evidence(actor, assessment_id, question_id, name, chunks())).id


async def an_approved(actor: Actor, period: int | None = None, ambition: int = 3) -> UUID:
    assessment_id = await a_started(actor, period)
    await answer_everything(actor, assessment_id, ambition)
    await assessments.submit(actor, assessment_id)
    await assessments.approve(actor, assessment_id)
    return assessment_id


async def a_published(actor: Actor, period: int | None = None, ambition: int = 3) -> UUID:
    """Return the id of an attestation that is issued, and not covered yet."""
    return await attestations.publish(actor, await an_approved(actor, period, ambition))


async def bring_answers(actor: Actor, assessment_id: UUID, answers: dict[str, Any]) -> AnswersImport:
    """Bring an answers file in."""
    data = json.dumps(answers).encode()
    return await assessments.import_answers(actor, assessment_id, data, "answers.json")
