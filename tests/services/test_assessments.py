"""An assessment's life: each step from each state, what it fixes at the start, and answers that nobody asks for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from backend.adapters import clock, db
from backend.adapters.context import Context
from backend.adapters.db import unit_of_work
from backend.assessments import service as assessments
from backend.assessments.rules.scoring import score
from backend.assessments.rules.views import StoredAnswer
from backend.attestations import service as attestations
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, Invalid
from backend.kernel.vocabulary import AssessmentState
from backend.sectors import service as sectors
from backend.transparency import service as transparency
from tests import world
from tests.conftest import Databases
from tests.site import fresh_context
from tests.snapshot import everything

YEAR = clock.today().year
Act = Callable[[Actor, UUID], Awaitable[object]]


@pytest.fixture(scope="module", autouse=True)
async def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Context]:
    async with fresh_context(databases, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
async def owner(site: Context) -> Actor:
    return await world.a_company()


@pytest.fixture
async def started(owner: Actor) -> AsyncIterator[UUID]:
    """Start an assessment of a year that no other test uses, and put it away afterwards."""
    assessment_id = await world.a_started(owner, 2001)
    yield assessment_id
    await db.fetch("DELETE FROM assessment WHERE id = $1", assessment_id)


async def supersede(actor: Actor, assessment_id: UUID) -> None:
    async with unit_of_work():
        await assessments.mark_superseded(actor, assessment_id)


STEPS: dict[str, Act] = {
    "submit": assessments.submit,
    "reopen": assessments.reopen,
    "approve": assessments.approve,
    "publish": attestations.publish,
    "supersede": supersede,
}
# product.md, An assessment's life. What is not here is refused.
LIFE = {
    "draft": {"submit": "submitted"},
    "submitted": {"approve": "approved", "reopen": "draft"},
    "approved": {"publish": "published", "reopen": "draft"},
    "published": {"supersede": "superseded"},
    "superseded": {},
}
# One way through all of it that takes each allowed step.
WALK = ["submit", "reopen", "submit", "approve", "reopen", "submit", "approve", "publish", "supersede"]


async def test_each_step_leads_on_from_its_states_and_from_any_other_changes_nothing() -> None:
    actor = await world.a_company("Walking Hotels Ltd", "owner@walking.example")
    assessment_id = await world.a_started(actor)
    await world.answer_everything(actor, assessment_id)
    refused: set[tuple[str, str]] = set()
    state = "draft"
    for taken in [*WALK, None]:
        before = await everything()
        for step in STEPS.keys() - LIFE[state].keys():
            with pytest.raises(Conflict):
                await STEPS[step](actor, assessment_id)
            refused.add((state, step))
        if state != "draft":
            with pytest.raises(Conflict):
                await assessments.answer(actor, assessment_id, "C01", {"value": 1}, "", 1)
            with pytest.raises(Conflict):
                await world.attach(actor, assessment_id, "C01")
        assert await everything() == before, state
        if taken is not None:
            await STEPS[taken](actor, assessment_id)
            state = LIFE[state][taken]
            assert (await assessments.get_assessment(actor, assessment_id)).state == state
    assert len(refused) + sum(map(len, LIFE.values())) == len(STEPS) * len(AssessmentState)


async def test_of_two_who_take_the_same_step_at_once_one_does(owner: Actor) -> None:
    assessment_id = await world.a_started(owner, 2003)
    await world.answer_everything(owner, assessment_id)
    for step in ("submit", "approve", "publish"):
        results = await asyncio.gather(*(STEPS[step](owner, assessment_id) for _ in range(3)), return_exceptions=True)
        assert sum(isinstance(result, Conflict) for result in results) == 2, results
        assert sum(not isinstance(result, BaseException) for result in results) == 1, results
    rows = await db.fetch("SELECT count(*) AS n FROM attestation WHERE assessment = $1", assessment_id)
    assert rows == [{"n": 1}]


async def test_an_assessment_that_is_open_is_not_started_again_and_one_that_is_published_may_be(owner: Actor) -> None:
    results = await asyncio.gather(*(world.a_started(owner, 2004) for _ in range(3)), return_exceptions=True)
    ids = [result for result in results if isinstance(result, UUID)]
    assert len(ids) == 1, results
    assert sum(isinstance(result, Conflict) for result in results) == 2
    with pytest.raises(Conflict) as caught:
        await world.a_started(owner, 2004)
    assert caught.value.newer == ids[0]
    assert [card.period for card in await assessments.list_assessments(owner)].count(2004) == 1
    assert await world.a_started(owner, 2003), "a correction of what was published"


async def test_a_year_that_cannot_be_is_refused_and_nothing_is_started(owner: Actor) -> None:
    before = await everything()
    for period in (-1, 0, 1999, YEAR + 2, 2**31):
        with pytest.raises(Invalid) as caught:
            await assessments.start(owner, period)
        assert list(caught.value.fields) == ["period"]
    assert await everything() == before
    for period in (2000, YEAR + 1):
        assert (await assessments.get_assessment(owner, await assessments.start(owner, period))).period == period


async def test_the_questionnaire_stays_the_one_that_was_started_with(owner: Actor, started: UUID) -> None:
    before = await assessments.get_assessment(owner, started)
    assert before.modules == sectors.current_references(["tourism"])
    await db.fetch("UPDATE organisation SET sectors = '{}'")
    try:
        after = await assessments.get_assessment(owner, started)
    finally:
        await db.fetch("UPDATE organisation SET sectors = '{tourism}'")
    assert after.modules == before.modules
    assert after.questionnaire == before.questionnaire
    rows = await db.fetch("SELECT questionnaire_digest AS digest FROM assessment WHERE id = $1", started)
    assert rows == [{"digest": before.questionnaire.digest}]


async def test_a_company_without_a_questionnaire_is_told_so_and_nothing_is_started() -> None:
    stranger = await world.a_company("Other Hotels Ltd", "owner@other.example")
    await db.fetch("UPDATE organisation SET sectors = '{mining}' WHERE id = $1", stranger.organisation_id)
    with pytest.raises(Invalid) as caught:
        await assessments.start(stranger, YEAR)
    assert list(caught.value.fields) == ["sectors"]
    assert await assessments.list_assessments(stranger) == []


async def test_what_is_missing_is_listed_in_the_order_of_the_questionnaire(owner: Actor, started: UUID) -> None:
    view = await assessments.get_assessment(owner, started)
    order = [question.id for question in view.questionnaire.questions]
    listed = [one.question_id for one in view.missing]
    assert listed == sorted(listed, key=order.index)
    with pytest.raises(Invalid) as caught:
        await assessments.submit(owner, started)
    assert list(caught.value.fields) == listed
    assert str(len(listed)) in caught.value.message


async def test_the_last_open_question_is_named_and_do_not_know_settles_it(owner: Actor, started: UUID) -> None:
    await world.answer_everything(owner, started)
    version = (await assessments.get_assessment(owner, started)).answers["C01"].version
    saved = await assessments.answer(owner, started, "C01", None, "", version)
    with pytest.raises(Invalid, match="One question is still open") as caught:
        await assessments.submit(owner, started)
    assert list(caught.value.fields) == ["C01"]
    await assessments.answer(owner, started, "C01", {"unknown": True}, "", saved.version)
    scorecard = await assessments.submit(owner, started)
    assert scorecard.counts.unknown == 1


async def test_a_submitted_assessment_is_scored_by_the_rules_on_the_day_of_submission(
    owner: Actor, started: UUID
) -> None:
    await world.answer_everything(owner, started)
    with clock.fixed_time(datetime(2027, 2, 1, 23, 59, tzinfo=UTC)):
        scorecard = await assessments.submit(owner, started)
    view = await assessments.get_assessment(owner, started)
    assert view.reference_date == date(2027, 2, 1)
    answers = {name: stored.answer for name, stored in view.answers.items()}
    assert score(view.questionnaire, answers, date(2027, 2, 1)) == scorecard == view.scorecard
    assert (view.submitted_by, view.submitted_at) == ("Robin Test", datetime(2027, 2, 1, 23, 59, tzinfo=UTC))


async def test_reopening_takes_score_and_signatures_away_and_leaves_answers(owner: Actor, started: UUID) -> None:
    await world.answer_everything(owner, started)
    answers = (await assessments.get_assessment(owner, started)).answers
    await assessments.submit(owner, started)
    await assessments.approve(owner, started)
    await assessments.reopen(owner, started)
    view = await assessments.get_assessment(owner, started)
    gone = (
        view.scorecard,
        view.reference_date,
        view.submitted_at,
        view.submitted_by,
        view.approved_at,
        view.approved_by,
    )
    assert gone == (None,) * 6
    assert view.answers == answers


async def test_an_answer_to_a_question_that_is_no_longer_asked_is_kept_and_ignored(owner: Actor, started: UUID) -> None:
    await world.answer_everything(owner, started)
    before = await assessments.get_assessment(owner, started)
    assert "C08" in before.asked
    kept = before.answers["C08"]
    saved = await assessments.answer(owner, started, "P05", {"value": "none"}, "", before.answers["P05"].version)
    assert "C08" not in saved.asked
    scorecard = await assessments.submit(owner, started)
    view = await assessments.get_assessment(owner, started)
    assert view.answers["C08"] == kept
    assert not scorecard.questions["C08"].applicable
    without = {name: stored.answer for name, stored in view.answers.items() if name != "C08"}
    assert view.reference_date is not None
    assert score(view.questionnaire, without, view.reference_date).bases == scorecard.bases
    await assessments.reopen(owner, started)
    again = await assessments.answer(owner, started, "P05", {"value": "some"}, "", saved.version)
    assert "C08" in again.asked
    assert (await assessments.get_assessment(owner, started)).answers["C08"] == kept


async def test_what_is_not_asked_is_not_committed_to_in_the_attestation(owner: Actor) -> None:
    assessment_id = await world.a_started(owner, 2005)
    await world.answer_everything(owner, assessment_id)
    version = (await assessments.get_assessment(owner, assessment_id)).answers["P05"].version
    await assessments.answer(owner, assessment_id, "P05", {"value": "none"}, "", version)
    await assessments.submit(owner, assessment_id)
    await assessments.approve(owner, assessment_id)
    attestation_id = await attestations.publish(owner, assessment_id)
    rows = await db.fetch("SELECT question_id FROM committed_answer WHERE attestation = $1", attestation_id)
    committed = {row["question_id"] for row in rows}
    assert "C01" in committed
    assert "C08" not in committed
    await transparency.sequence()


async def test_every_change_of_an_answer_is_a_version_of_its_history(owner: Actor, started: UUID) -> None:
    contents: list[dict[str, Any] | None] = [{"value": 2}, {"value": 2}, {"unknown": True}, None, {"value": 4}]
    notes = ["first", "second", "second", "", ""]
    for version, (content, note) in enumerate(zip(contents, notes, strict=True)):
        saved = await assessments.answer(owner, started, "C01", content, note, version)
        assert saved.version == version + 1
    rows = await db.fetch(
        "SELECT version, content::text, note, answered_by FROM answer_version WHERE assessment = $1 ORDER BY version",
        started,
    )
    assert [(row["version"], row["note"]) for row in rows] == list(enumerate(notes, start=1))
    assert [row["content"] for row in rows] == [
        '{"value": 2}',
        '{"value": 2}',
        '{"unknown": true}',
        None,
        '{"value": 4}',
    ]
    assert {row["answered_by"] for row in rows} == {str(owner.member_id)}


async def test_the_loser_of_a_conflict_is_told_what_stands_there_now(owner: Actor, started: UUID) -> None:
    await assessments.answer(owner, started, "C01", {"value": 2}, "hers", 0)
    late: list[tuple[dict[str, Any] | None, str, int]] = [
        ({"value": 4}, "his", 0),
        ({"value": 2}, "his", 0),
        ({"value": 4}, "his", 7),
        (None, "", 0),
    ]
    for content, note, version in late:
        with pytest.raises(Conflict) as caught:
            await assessments.answer(owner, started, "C01", content, note, version)
        newer = caught.value.newer
        assert isinstance(newer, StoredAnswer)
        assert (newer.answer.value, newer.note, newer.version) == (2, "hers", 1)
    assert (await assessments.get_assessment(owner, started)).answers["C01"].answer.value == 2
    rows = await db.fetch("SELECT count(*) AS n FROM answer_version WHERE assessment = $1", started)
    assert rows == [{"n": 1}]


async def test_a_note_that_cannot_be_kept_is_refused_and_nothing_is_stored(owner: Actor, started: UUID) -> None:
    for note in ("n" * 5001, "nul \x00", "half \ud800"):
        contents: list[dict[str, Any] | None] = [{"value": 2}, None]
        for content in contents:
            with pytest.raises(Invalid) as caught:
                await assessments.answer(owner, started, "C01", content, note, 0)
            assert list(caught.value.fields) == ["note"]
    assert await db.fetch("SELECT 1 FROM answer WHERE assessment = $1", started) == []
    assert (await assessments.answer(owner, started, "C01", {"value": 2}, "n" * 5000, 0)).version == 1
