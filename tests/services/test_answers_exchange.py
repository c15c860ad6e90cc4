"""The answers file, out and in: exactly the format, and whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from backend.adapters import clock
from backend.adapters.context import Context
from backend.assessments import service as assessments
from backend.assessments.rules.answers_file import AnswersHeader, read_answers
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, FileRefused, NotFound
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Questionnaire
from tests import world
from tests.snapshot import everything

pytestmark = pytest.mark.usefixtures("database", "context")
YEAR, TODAY = clock.today().year, clock.today().isoformat()


@pytest.fixture
async def owner(database: str, context: Context) -> Actor:
    return await world.a_company()


@pytest.fixture
async def draft(owner: Actor) -> UUID:
    assessment_id = await world.a_started(owner)
    await assessments.answer(owner, assessment_id, "C01", {"value": 2}, "Approved in May.", 0)
    await assessments.answer(owner, assessment_id, "C04", {"value": "82.50"}, "", 0)
    await assessments.answer(owner, assessment_id, "C02", {"unknown": True}, "", 0)
    await assessments.answer(owner, assessment_id, "C03", {"value": 1}, "", 0)
    await assessments.answer(owner, assessment_id, "C03", None, "Only a note.", 1)
    for name in ("policy.pdf", "minute.pdf", "policy.pdf"):
        await world.attach(owner, assessment_id, "C01", name=name)
    return assessment_id


def composed(header: AnswersHeader) -> Questionnaire:
    return sectors.get_questionnaire(header.modules, header.form)


async def test_the_file_is_exactly_as_the_format_says(owner: Actor, draft: UUID) -> None:
    found = await assessments.export_answers(owner, draft)
    assert found == {
        "questionnaire": {"modules": ["core@2026.1", "tourism@2026.1"], "form": "full"},
        "period": YEAR,
        "reference_date": TODAY,
        "answers": {
            "C01": {"value": 2, "evidence": ["policy.pdf", "minute.pdf"], "note": "Approved in May."},
            "C02": {"unknown": True},
            "C04": {"value": "82.50"},
        },
    }
    assert list(found["answers"]) == ["C01", "C02", "C04"]
    read = read_answers(json.dumps(found).encode(), "answers.json", composed)
    view = await assessments.get_assessment(owner, draft)
    assert {name: answer.value for name, answer in read.answers.items()} == {
        name: view.answers[name].answer.value for name in found["answers"]
    }


async def test_what_was_submitted_is_written_with_its_own_reference_date(owner: Actor) -> None:
    done = await world.an_approved(owner)
    view = await assessments.get_assessment(owner, done)
    assert view.reference_date is not None
    assert (await assessments.export_answers(owner, done))["reference_date"] == view.reference_date.isoformat()


async def test_a_file_changes_what_differs_and_leaves_the_rest(owner: Actor, draft: UUID) -> None:
    given = await assessments.export_answers(owner, draft)
    given["answers"] = {
        "C01": {"value": 3, "evidence": ["elsewhere.pdf"]},
        "C04": {"value": "82.5"},
        "P01": {"value": "120"},
        "C05": {"not_applicable": "We have no such suppliers."},
    }
    done = await world.bring_answers(owner, draft, given)
    assert (done.taken, done.unchanged) == (("C01", "P01", "C05"), 1)
    view = await assessments.get_assessment(owner, draft)
    assert (view.answers["C01"].answer.value, view.answers["C01"].note, view.answers["C01"].version) == (3, "", 2)
    assert view.answers["C01"].answer.evidence == ("policy.pdf", "minute.pdf", "policy.pdf")
    assert view.answers["C04"].version == 1
    assert view.answers["C02"].answer.unknown
    assert view.answers["C05"].answer.not_applicable == "We have no such suppliers."
    assert (await world.bring_answers(owner, draft, given)).taken == ()


async def test_its_own_export_changes_nothing(owner: Actor, draft: UUID) -> None:
    given = await assessments.export_answers(owner, draft)
    before = await everything()
    done = await world.bring_answers(owner, draft, given)
    assert (done.taken, done.unchanged) == ((), 3)
    assert await everything() == before


Change = Callable[[dict[str, Any]], object]
REFUSED: list[tuple[Change, str, str, str]] = [
    (lambda given: given["answers"].update(C09={"value": "3"}), "answers.C09.value", '"C09"', "level from 0 to 4"),
    (lambda given: given["answers"].update(C04={"value": 82.5}), "answers.C04.value", '"C04"', "in quotes"),
    (lambda given: given["answers"].update(C99={"value": 3}), "answers", '"C99"', "no question 'C99'"),
    (
        lambda given: given["questionnaire"].update(modules=["core@2026.1"]),
        "questionnaire.modules",
        '"modules"',
        "this assessment is to core@2026.1, tourism@2026.1 in the form full",
    ),
    (
        lambda given: given["questionnaire"].update(form="supplier"),
        "questionnaire.modules",
        '"modules"',
        "the file is to core@2026.1, tourism@2026.1 in the form supplier",
    ),
    (lambda given: given.update(period=YEAR - 1), "period", '"period"', f"this assessment is for {YEAR}"),
    (lambda given: given.update(reference_date="2099-01-01"), "reference_date", '"reference_date"', "in the future"),
    (
        lambda given: given.update(verifications={"C01": {"verdict": "confirmed"}}),
        "verifications",
        '"verifications"',
        "an auditor's to give",
    ),
]


@pytest.mark.parametrize(("change", "where", "line_of", "said"), REFUSED, ids=[one[3] for one in REFUSED])
async def test_a_file_with_anything_wrong_is_refused_with_its_line_and_nothing_is_stored(
    owner: Actor, draft: UUID, change: Change, where: str, line_of: str, said: str
) -> None:
    given = await assessments.export_answers(owner, draft)
    given["answers"]["P01"] = {"value": "120"}
    change(given)
    text = json.dumps(given, indent=1)
    before = await everything()
    with pytest.raises(FileRefused) as refused:
        await assessments.import_answers(owner, draft, text.encode(), "folder/ours.json")
    (problem,) = refused.value.problems
    lines = [number for number, line in enumerate(text.split("\n"), start=1) if line_of in line]
    assert (problem.file, problem.where) == ("ours.json", where)
    assert problem.line in range(lines[0], lines[0] + 2)
    assert said in problem.reason
    assert await everything() == before


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b"PK\x03\x04", b'{"period": 1, "period": 2}'])
async def test_what_is_no_answers_file_is_refused(owner: Actor, draft: UUID, data: bytes) -> None:
    before = await everything()
    with pytest.raises(FileRefused):
        await assessments.import_answers(owner, draft, data, "answers.json")
    assert await everything() == before


async def test_only_a_draft_takes_a_file_and_only_from_its_own_organisation(owner: Actor, draft: UUID) -> None:
    given = await assessments.export_answers(owner, draft)
    other = await world.a_company("Other Hotels Ltd", "owner@other.example")
    with pytest.raises(NotFound):
        await world.bring_answers(other, draft, given)
    with pytest.raises(NotFound):
        await assessments.export_answers(other, draft)
    done = await world.an_approved(owner, YEAR - 1)
    before = await everything()
    with pytest.raises(Conflict):
        await world.bring_answers(owner, done, await assessments.export_answers(owner, done))
    assert await everything() == before
