"""How many statements a read costs: exactly so many, however many rows there are."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from backend.adapters import db
from backend.assessments import service as assessments
from backend.web.session import SESSION_COOKIE
from tests import world
from tests.graphql.conftest import YEAR, Api
from tests.many import copy_published
from tests.statements import Statements, listening

SCORES = """{ publishedScores(first: %d) { treeSize nodes {
  company { id name country } sectors period
  declared { scoreBp level clauses { clause scoreBp } } evidenced { scoreBp } verified { scoreBp }
  attestation { id status digest credentialUrl proofUrl supersededBy } } } }"""


@pytest.fixture(scope="module", autouse=True)
async def statements(api: Api) -> AsyncIterator[Statements]:
    async with listening() as made:
        yield made


async def test_fifty_published_scores_cost_two_statements(api: Api, statements: Statements) -> None:
    """The head of the log, and the page of scores with everything in it."""
    for first in (1, 50):
        with statements.counted() as seen:
            told = await api.data(SCORES % first)
        assert len(told["publishedScores"]["nodes"]) == first
        assert len(seen) == 2, seen
    await copy_published(api.newest, 40, first=100)
    with statements.counted() as seen:
        assert len((await api.data(SCORES % 100))["publishedScores"]["nodes"]) == 100
    assert len(seen) == 2, seen


async def test_a_count_and_the_head_asked_for_beside_them_cost_one_more_and_none(
    api: Api, statements: Statements
) -> None:
    with statements.counted() as seen:
        await api.data("{ logHead { size } publishedScores(first: 5) { totalCount treeSize nodes { period } } }")
    assert len(seen) == 3, seen


async def test_questionnaires_cost_nothing_but_the_head(api: Api, statements: Statements) -> None:
    with statements.counted() as seen:
        await api.data("{ questionnaires { sections { questions { id text } } } }")
    assert len(seen) == 1, seen


async def test_the_public_list_costs_three_statements(api: Api, statements: Statements) -> None:
    for path in ("/attestations", "/", "/attestations?country=KE&order=name"):
        with statements.counted() as seen:
            assert (await api.client.get(path)).status_code == 200
        assert len(seen) == 3, (path, seen)


async def test_an_attestation_and_its_files_cost_the_same_however_long_the_log_is(
    api: Api, statements: Statements
) -> None:
    costs = {"": 2, ".json": 2, ".tlog-proof": 4, ".bundle": 5}
    for ending, cost in costs.items():
        with statements.counted() as seen:
            assert (await api.client.get(f"/attestations/{api.newest}{ending}")).status_code == 200
        assert len(seen) == cost, (ending, seen)


async def test_an_assessment_costs_the_same_with_one_answer_and_with_all(api: Api, statements: Statements) -> None:
    """The member, the assessment, names, documents and answers; the overview looks for earlier years as well."""
    api.client.cookies.set(SESSION_COOKIE, api.token, api.client.base_url.host)
    assessment_id = await world.a_started(api.owner, YEAR + 1)
    pages = {"": 9, "/sections/core-policy": 5, "/review": 5}
    query = "query($a: UUID!) { assessment(id: $a) { progress { asked } answers { content evidence { id } } } }"

    async def cost() -> dict[str, int]:
        found: dict[str, int] = {}
        for page in pages:
            with statements.counted() as seen:
                assert (await api.client.get(f"/assessments/{assessment_id}{page}")).status_code == 200
            found[page] = len(seen)
        with statements.counted() as seen:
            await api.data(query, {"a": str(assessment_id)}, api.token)
        found["graphql"] = len(seen)
        return found

    await assessments.answer(api.owner, assessment_id, "C01", {"value": 3}, "", 0)
    before = await cost()
    assert before == {**pages, "graphql": 6}
    await world.answer_everything(api.owner, assessment_id)
    for _ in range(5):
        await world.attach(api.owner, assessment_id, "C01")
    assert await cost() == before


async def test_saving_one_answer_costs_the_same_with_one_answer_and_with_all(api: Api, statements: Statements) -> None:
    (assessment_id,) = [card.id for card in await assessments.list_assessments(api.owner) if card.period == YEAR + 1]
    version = (await assessments.get_assessment(api.owner, assessment_id)).answers["C01"].version
    with statements.counted() as seen:
        await assessments.answer(api.owner, assessment_id, "C01", {"value": 2}, "", version)
    whole = [one for one in seen if one not in ("BEGIN;", "COMMIT;")]
    assert len(whole) == 3, seen


async def test_the_list_of_assessments_costs_the_same_however_many_there_are(api: Api, statements: Statements) -> None:
    api.client.cookies.set(SESSION_COOKIE, api.token, api.client.base_url.host)
    query = "{ assessments { id period progress { asked settled } answers { content } scorecard { method } } }"

    async def cost() -> tuple[int, int]:
        with statements.counted() as seen:
            assert (await api.client.get("/assessments")).status_code == 200
        page = len(seen)
        with statements.counted() as seen:
            await api.data(query, token=api.token)
        return page, len(seen)

    before = await cost()
    for period in range(2010, 2016):
        await world.a_started(api.owner, period)
    assert await cost() == before
    await db.fetch("DELETE FROM assessment WHERE period BETWEEN 2010 AND 2015")
