"""Sample data: invented companies, marked as such, brought in through the same services as real ones.

The answers follow from a company's ambition (0 to 4) and the question alone, so each load gives the same scores.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.adapters import clock
from backend.assessments import service as assessments
from backend.assessments.rules.answers import Answer
from backend.assessments.rules.applicability import applicable_ids
from backend.assessments.rules.values import answer_from_content
from backend.assessments.rules.views import AssessmentView
from backend.attestations import service as attestations
from backend.kernel.actor import Actor
from backend.kernel.errors import Invalid
from backend.kernel.vocabulary import Role
from backend.organisations import service as organisations
from backend.organisations.rules.people import SignUp
from backend.sectors.rules.questionnaire import EvidenceRule, Question, QuestionType
from backend.transparency import service as transparency

SAMPLE_PASSWORD = "sample words for a tour"
MAX_AMBITION = 4
_PERCENT = ("5", "35.5", "62", "84.25", "97")


@dataclass(frozen=True, slots=True)
class Sample:
    """One invented company. `answered` is the share of sections that are done; `publishes` what becomes of it."""

    name: str
    country: str
    domain: str
    ambition: int
    publishes: bool
    proves: bool = True
    sectors: tuple[str, ...] = ("tourism",)


SAMPLES = (
    Sample("Sample Lagoon Hotels Ltd", "KE", "lagoon.example", 4, True),
    Sample("Sample Tramontana Reisen GmbH", "AT", "tramontana.example", 3, True),
    Sample("Sample Coral Coast Resorts Inc", "PH", "coral.example", 3, True, proves=False),
    Sample("Sample Rutas del Sur SA", "PE", "rutas.example", 2, True),
    Sample("Sample Harbour Lodges plc", "GB", "harbour.example", 1, True, proves=False),
    Sample("Sample Meadow Networks SAS", "FR", "meadow.example", 3, True, sectors=("ict",)),
    Sample("Sample Harvest Bank plc", "GB", "harvest.example", 4, True, sectors=("finance",)),
    Sample("Sample Lantern Media SA", "MA", "lantern.example", 2, True, sectors=("media", "advertising")),
    Sample("Sample Palm Court Hotels Ltd", "TH", "palmcourt.example", 3, False),
)


def sample_accounts() -> list[tuple[str, str]]:
    """Return (e-mail address, what to see there) of the accounts worth trying."""
    draft, published = SAMPLES[-1], SAMPLES[0]
    return [
        (f"editor@{draft.domain}", "a hotel chain in the middle of its assessment"),
        (f"signatory@{draft.domain}", "its signatory, who approves and publishes"),
        (f"owner@{published.domain}", "a hotel chain that has published"),
    ]


async def load_samples() -> int:
    """Create what is missing; return how many companies were created. A load that was cut short goes on."""
    created = 0
    for sample in SAMPLES:
        try:
            await organisations.sign_up(
                SignUp(
                    legal_name=sample.name,
                    country=sample.country,
                    sectors=sample.sectors,
                    name="Robin Sample",
                    email=f"owner@{sample.domain}",
                    password=SAMPLE_PASSWORD,
                ),
                is_sample=True,
            )
        except Invalid:
            pass
        else:
            created += 1
        await _complete(sample)
    await transparency.sequence()
    return created


async def _complete(sample: Sample) -> None:
    """Bring one company to where its story stands; every step that was done before is passed over."""
    owner = await organisations.actor_of_session(await organisations.sign_in(f"owner@{sample.domain}", SAMPLE_PASSWORD))
    if owner is None:
        return
    await _add_members(owner, sample)
    if await assessments.list_assessments(owner):
        return
    assessment_id = await assessments.start(owner, clock.today().year)
    await _answer_all(owner, assessment_id, sample)
    if sample.publishes:
        await assessments.submit(owner, assessment_id)
        await assessments.approve(owner, assessment_id)
        await attestations.publish(owner, assessment_id)


async def _add_members(owner: Actor, sample: Sample) -> None:
    known = {member.email for member in await organisations.list_members(owner)}
    people = (("editor", "Alex Sample", Role.EDITOR), ("signatory", "Kim Sample", Role.SIGNATORY))
    for local, name, role in people:
        email = f"{local}@{sample.domain}"
        if email not in known:
            token = await organisations.invite_member(owner, name, email, [role.value])
            await organisations.accept_invitation(token, SAMPLE_PASSWORD)


async def _answer_all(owner: Actor, assessment_id: UUID, sample: Sample) -> None:
    view = await assessments.get_assessment(owner, assessment_id)
    sections = view.questionnaire.sections
    wanted = sections if sample.publishes else sections[: len(sections) // 2]
    contents: dict[str, dict[str, Any]] = {}
    answers: dict[str, Answer] = {}
    for question in [question for section in wanted for question in section.questions]:
        if question.type is QuestionType.TEXT or question.id not in applicable_ids(
            view.questionnaire.questions, answers
        ):
            continue
        contents[question.id] = sample_answer(question, sample.ambition)
        answers[question.id] = answer_from_content(question, contents[question.id], clock.today())
    file = {
        "questionnaire": {"modules": list(view.modules), "form": view.form.value},
        "period": view.period,
        "reference_date": clock.today().isoformat(),
        "answers": contents,
    }
    await assessments.import_answers(owner, assessment_id, json.dumps(file).encode(), "sample.json")
    for question in view.questionnaire.questions:
        if question.id in contents and sample.proves and question.evidence is EvidenceRule.REQUIRED:
            await _prove(owner, view, question)


async def _prove(owner: Actor, view: AssessmentView, question: Question) -> None:
    text = f"Sample document for {question.id}, invented for demonstration.\n".encode()

    async def chunks() -> AsyncIterator[bytes]:
        yield text

    await assessments.attach_evidence(owner, view.id, question.id, f"{question.id} sample record.txt", chunks())


def sample_answer(question: Question, ambition: int) -> dict[str, Any]:
    """Return an answer that a company of this ambition (0..4) would give, as in an answers file."""
    match question.type:
        case QuestionType.SCALE:
            # Nobody is equally good at everything: the question's id moves the level by one at most.
            return {"value": max(0, min(MAX_AMBITION, ambition - sum(question.id.encode()) % 2))}
        case QuestionType.CHOICE:
            ranked = sorted(question.options, key=lambda option: option.points)
            place = ambition * (len(ranked) - 1) // MAX_AMBITION
            return {"value": (ranked[place] if question.counts else question.options[-1]).id}
        case QuestionType.MULTI:
            real = [option.id for option in question.options if not option.exclusive]
            return {"value": real[: max(1, len(real) * (ambition + 1) // (MAX_AMBITION + 1))]}
        case QuestionType.PERCENT:
            return {"value": _PERCENT[ambition]}
        case QuestionType.NUMBER:
            return {"value": _number(question, ambition)}
        case QuestionType.DATE:
            years = 1 if ambition >= 2 else 3
            day = clock.today()
            return {"value": day.replace(year=day.year - years, day=min(day.day, 28)).isoformat()}
        case QuestionType.TEXT:
            return {"value": "Sample text."}


def _number(question: Question, ambition: int) -> str:
    """Take the breakpoint whose points come nearest to what the company would earn; a fact gets a round number."""
    if not question.breakpoints:
        return "120"
    best = min(question.breakpoints, key=lambda point: abs(point[1] - 25 * ambition))
    return str(best[0]) if best[0].denominator == 1 else str(float(best[0]))
