"""Answers that come along: from last year, and from one version of the questionnaire to the next."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from backend.adapters import clock, db
from backend.adapters.context import Context
from backend.assessments import service as assessments
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, Invalid, NotFound
from backend.sectors import service as sectors
from backend.sectors.service import modules
from tests import world

pytestmark = pytest.mark.usefixtures("database", "context")
YEAR = clock.today().year


@pytest.fixture
async def owner(database: str, context: Context) -> Actor:
    return await world.a_company()


@pytest.fixture
def own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a library that a test may add versions to; the process forgets it afterwards."""
    folder = tmp_path / "library"
    shutil.copytree(Path(str(modules.LIBRARY)), folder)
    monkeypatch.setattr(modules, "LIBRARY", folder)
    forget()
    yield folder
    monkeypatch.undo()
    forget()


def forget() -> None:
    modules.library.cache_clear()
    modules._composed.cache_clear()


def publish_next(folder: Path, changes: dict[str, str]) -> None:
    """Add tourism@2027.1: the present version with these pieces of text replaced, each found exactly once."""
    text = (folder / "tourism" / "2026.1.yaml").read_text().replace('version: "2026.1"', 'version: "2027.1"')
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "tourism" / "2027.1.yaml").write_text(text)
    forget()


async def last_year(owner: Actor) -> UUID:
    assessment_id = await world.a_started(owner, YEAR - 1)
    await assessments.answer(owner, assessment_id, "P01", {"value": "120"}, "", 0)
    await assessments.answer(owner, assessment_id, "C01", {"value": 3}, "Approved in May.", 0)
    await assessments.answer(owner, assessment_id, "C09", {"unknown": True}, "", 0)
    return assessment_id


async def test_what_is_taken_over_is_marked_until_it_is_confirmed(owner: Actor) -> None:
    earlier, now = await last_year(owner), await world.a_started(owner)
    taken = await assessments.take_over(owner, now, earlier)
    assert (taken.period, sorted(taken.taken), dict(taken.left_out)) == (YEAR - 1, ["C01", "C09", "P01"], {})
    view = await assessments.get_assessment(owner, now)
    assert view.answers["C01"].answer.value == 3
    assert view.answers["C01"].note == "Approved in May."
    assert view.answers["C01"].taken_from == YEAR - 1
    missing = {one.question_id: one.taken_from for one in view.missing}
    assert (missing["C01"], missing["C09"], missing["C02"]) == (YEAR - 1, YEAR - 1, None)
    assert sum(section.settled for section in view.progress) == 0

    await assessments.answer(owner, now, "C01", {"value": 3}, "Approved in May.", view.answers["C01"].version)
    view = await assessments.get_assessment(owner, now)
    assert view.answers["C01"].taken_from is None
    assert "C01" not in {one.question_id for one in view.missing}


async def test_a_section_is_confirmed_at_once_and_the_history_says_by_whom(owner: Actor) -> None:
    earlier, now = await last_year(owner), await world.a_started(owner)
    await assessments.take_over(owner, now, earlier)
    assert await assessments.confirm_section(owner, now, "core-profile") == 1
    assert await assessments.confirm_section(owner, now, "core-profile") == 0
    view = await assessments.get_assessment(owner, now)
    assert view.answers["P01"].taken_from is None
    assert view.answers["C01"].taken_from == YEAR - 1
    rows = await db.fetch(
        "SELECT version, answered_by FROM answer_version WHERE assessment = $1 AND question_id = 'P01' ORDER BY 1", now
    )
    assert [(row["version"], row["answered_by"]) for row in rows] == [
        (1, str(owner.member_id)),
        (2, str(owner.member_id)),
    ]
    with pytest.raises(NotFound):
        await assessments.confirm_section(owner, now, "no-such-section")


async def test_an_assessment_with_answers_to_confirm_cannot_be_submitted(owner: Actor) -> None:
    earlier = await world.a_started(owner, YEAR - 1)
    await world.answer_everything(owner, earlier)
    now = await world.a_started(owner)
    await assessments.take_over(owner, now, earlier)
    with pytest.raises(Invalid) as refused:
        await assessments.submit(owner, now)
    assert "C01" in refused.value.fields
    view = await assessments.get_assessment(owner, now)
    for section in view.questionnaire.sections:
        await assessments.confirm_section(owner, now, section.id)
    before = (await assessments.get_assessment(owner, earlier)).answers
    after = (await assessments.get_assessment(owner, now)).answers
    assert {name: one.answer for name, one in before.items()} == {name: one.answer for name, one in after.items()}
    await assessments.submit(owner, now)


async def test_an_answer_that_stands_is_not_taken_over(owner: Actor) -> None:
    earlier, now = await last_year(owner), await world.a_started(owner)
    await assessments.answer(owner, now, "C01", {"value": 1}, "", 0)
    assert sorted((await assessments.take_over(owner, now, earlier)).taken) == ["C09", "P01"]
    assert sorted((await assessments.take_over(owner, now, earlier)).taken) == []
    view = await assessments.get_assessment(owner, now)
    assert (view.answers["C01"].answer.value, view.answers["C01"].taken_from) == (1, None)


async def test_only_an_earlier_assessment_of_ones_own_is_taken_over(owner: Actor) -> None:
    now = await world.a_started(owner)
    other = await world.a_company("Other Hotels Ltd", "owner@other.example")
    theirs = await last_year(other)
    with pytest.raises(NotFound):
        await assessments.take_over(owner, now, theirs)
    with pytest.raises(NotFound):
        await assessments.take_over(other, now, theirs)
    with pytest.raises(Invalid):
        await assessments.take_over(owner, now, now)
    assert (await assessments.get_assessment(owner, now)).answers == {}


async def test_a_question_that_lost_its_meaning_is_not_taken_over(owner: Actor, own_library: Path) -> None:
    earlier = await world.a_started(owner, YEAR - 1)
    await assessments.answer(owner, earlier, "P02", {"value": ["excursions"]}, "", 0)
    await assessments.answer(owner, earlier, "P03", {"value": "visits"}, "", 0)
    await assessments.answer(owner, earlier, "P12", {"value": "4"}, "", 0)
    publish_next(own_library, {"unit: destinations": "unit: countries"})
    now = await world.a_started(owner)
    taken = await assessments.take_over(owner, now, earlier)
    assert sorted(taken.taken) == ["P02", "P03"]
    assert dict(taken.left_out) == {"P12": "the question has another kind of answer now"}


async def test_a_draft_is_carried_to_the_newest_version(owner: Actor, own_library: Path) -> None:
    draft = await world.a_started(owner)
    with pytest.raises(Conflict):
        await assessments.carry_to_newest(owner, draft)
    await assessments.answer(owner, draft, "C01", {"value": 3}, "", 0)
    await assessments.answer(owner, draft, "P03", {"value": "visits"}, "", 0)
    await assessments.answer(owner, draft, "P12", {"value": "4"}, "kept note", 0)
    publish_next(
        own_library,
        {
            "unit: destinations": "unit: countries",
            "Do you sell or arrange community visits or volunteering?": "Do you arrange visits or volunteering?",
            "- id: P13": "- id: P13new",
            "{question: P13, equals: none}": "{question: P13new, equals: none}",
        },
    )
    carried = await assessments.carry_to_newest(owner, draft)
    assert carried.modules == ("core@2026.1", "tourism@2027.1")
    assert sorted(carried.kept) == ["C01", "P03"]
    assert dict(carried.again) == {"P12": "the question has another kind of answer now"}
    assert carried.new == ("P13new",)
    view = await assessments.get_assessment(owner, draft)
    assert view.modules == carried.modules
    assert view.answers["C01"].answer.value == 3
    assert view.answers["P12"].answer.value is None
    assert view.answers["P12"].version == 2
    rows = await db.fetch("SELECT content FROM answer_version WHERE question_id = 'P12' ORDER BY version")
    assert [row["content"] for row in rows] == ['{"value": "4"}', None]
    row = (await db.fetch("SELECT questionnaire_digest AS digest FROM assessment WHERE id = $1", draft))[0]
    assert row["digest"] == sectors.get_questionnaire(carried.modules).digest


async def test_what_was_submitted_is_not_carried(owner: Actor, own_library: Path) -> None:
    done = await world.an_approved(owner)
    publish_next(own_library, {"unit: destinations": "unit: countries"})
    with pytest.raises(Conflict):
        await assessments.carry_to_newest(owner, done)
    assert (await assessments.get_assessment(owner, done)).modules == ("core@2026.1", "tourism@2026.1")
