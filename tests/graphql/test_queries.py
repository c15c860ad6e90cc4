"""What an NGO asks: the query of the issue as it is written, filters, orders, and pages without gaps or repeats."""

from __future__ import annotations

import base64
import json
from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend.adapters import clock
from backend.attestations import service as attestations
from backend.kernel.vocabulary import Basis
from backend.sectors import service as sectors
from backend.transparency import service as transparency
from tests.graphql.conftest import COPIES, YEAR, Api
from tests.many import COUNTRIES, copy_published
from tests.site import BASE_URL

# Word for word from the issue: this must go on working as it stands.
OF_THE_ISSUE = (
    "publishedScores(first: 1) { nodes { company { name country } declared { scoreBp } evidenced { scoreBp } "
    "verified { scoreBp } attestation { id credentialUrl proofUrl } } }"
)
PAGE = """
query($first: Int!, $after: String, $order: ScoreOrder!, $country: String, $sector: String, $period: Int,
      $search: String) {
  publishedScores(first: $first, after: $after, order: $order, country: $country, sector: $sector, period: $period,
                  search: $search) {
    nodes { company { name country } period attestation { id } } totalCount treeSize
    pageInfo { hasNextPage endCursor }
  }
}
"""
ORDERS = ["NEWEST", "HIGHEST_DECLARED", "NAME"]


async def page(api: Api, first: int = 100, order: str = "NEWEST", **given: Any) -> dict[str, Any]:
    data = await api.data(PAGE, {"first": first, "order": order, **given})
    found: dict[str, Any] = data["publishedScores"]
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [node["attestation"]["id"] for node in found["nodes"]]


async def test_the_query_of_the_issue_works_as_it_is_written(api: Api) -> None:
    detail = await attestations.get_public(api.copies[-1])
    bases = detail.attestation.bases
    address = f"{BASE_URL}/attestations/{api.copies[-1]}"
    assert await api.data(f"{{ {OF_THE_ISSUE} }}") == {
        "publishedScores": {
            "nodes": [
                {
                    "company": {"name": detail.attestation.company_name, "country": detail.attestation.country},
                    "declared": {"scoreBp": bases[Basis.DECLARED].score_bp},
                    "evidenced": {"scoreBp": bases[Basis.EVIDENCED].score_bp},
                    "verified": {"scoreBp": bases[Basis.VERIFIED].score_bp},
                    "attestation": {
                        "id": str(api.copies[-1]),
                        "credentialUrl": f"{address}.json",
                        "proofUrl": f"{address}.tlog-proof",
                    },
                }
            ]
        }
    }


async def test_the_addresses_that_it_gives_hold_what_they_say(api: Api) -> None:
    query = """query($i: UUID!) { publishedScore(attestationId: $i) {
      attestation { pageUrl credentialUrl proofUrl digest } } }"""
    told = (await api.data(query, {"i": str(api.newest)}))["publishedScore"]["attestation"]
    assert (await api.client.get(told["pageUrl"])).status_code == 200
    assert (await api.client.get(told["credentialUrl"])).json()["id"].endswith(str(api.newest))
    assert told["digest"].split(":")[1] in (await api.client.get(told["pageUrl"])).text
    assert (await api.client.get(told["proofUrl"])).text.startswith("c2sp.org/tlog-proof@v1")


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 7, 61])
async def test_pages_together_are_the_whole_list_without_gaps_or_repeats(api: Api, order: str, size: int) -> None:
    whole = await page(api, 100, order)
    assert (len(ids(whole)), whole["totalCount"]) == (COPIES + 1, COPIES + 1)
    assert whole["pageInfo"] == {"hasNextPage": False, "endCursor": None}
    gathered: list[str] = []
    after: str | None = None
    while True:
        found = await page(api, size, order, after=after)
        assert found["totalCount"] == COPIES + 1
        gathered += ids(found)
        after = found["pageInfo"]["endCursor"]
        assert found["pageInfo"]["hasNextPage"] == (after is not None)
        if after is None:
            break
        assert len(ids(found)) == size
    assert gathered == ids(whole)
    assert set(gathered) == {str(one) for one in [*api.copies, api.newest]}


async def test_lists_are_in_their_order(api: Api) -> None:
    newest = await page(api, 100, "NEWEST")
    assert ids(newest) == [str(one) for one in [*reversed(api.copies), api.newest]]
    names = [node["company"]["name"] for node in (await page(api, 100, "NAME"))["nodes"]]
    assert names == sorted(names, key=str.lower)
    highest = ids(await page(api, 100, "HIGHEST_DECLARED"))
    real = (await attestations.get_public(api.newest)).attestation.bases[Basis.DECLARED].score_bp or 0
    scores = {str(one): -1 if n % 10 == 0 else n % 7 * 1000 for n, one in enumerate(api.copies)} | {
        str(api.newest): real
    }
    assert [scores[one] for one in highest] == sorted(scores.values(), reverse=True)


async def test_going_on_after_the_log_has_grown_repeats_nothing_and_leaves_nothing_out(api: Api) -> None:
    first = await page(api, 10)
    old = ids(await page(api, 100))
    added = await copy_published(api.newest, 3, first=COPIES)
    rest = await page(api, 100, after=first["pageInfo"]["endCursor"])
    assert ids(first) + ids(rest) == old
    assert ids(await page(api, 3)) == [str(one) for one in reversed(added)]
    await take_away(added)


async def take_away(added: list[UUID]) -> None:
    """Leave the module's list as it was; the log keeps its entries."""
    from backend.adapters import db

    await db.fetch("DELETE FROM attestation WHERE id = ANY($1::uuid[])", added)


async def test_filters_narrow_the_list_and_its_count(api: Api) -> None:
    whole = await page(api)
    by_country = Counter(node["company"]["country"] for node in whole["nodes"])
    for country in COUNTRIES:
        for written in (country, country.lower()):
            found = await page(api, country=written)
            assert {node["company"]["country"] for node in found["nodes"]} == {country}
            assert len(found["nodes"]) == found["totalCount"] == by_country[country]
    assert (await page(api, sector="tourism"))["totalCount"] == COPIES + 1
    assert (await page(api, sector="finance"))["totalCount"] == 0
    assert (await page(api, period=YEAR))["totalCount"] == COPIES + 1
    assert (await page(api, period=YEAR - 1))["totalCount"] == 0, "what is superseded is not in the list"
    assert (await page(api, search="TEST hot"))["totalCount"] == 1
    assert (await page(api, search="hotels 3"))["totalCount"] == sum(n % 8 == 3 for n in range(COPIES))
    both = await page(api, country="KE", search="hotels 3")
    assert {(node["company"]["country"], node["company"]["name"]) for node in both["nodes"]} == {
        ("KE", "Copied Hotels 3 Ltd")
    }


@pytest.mark.parametrize("search", ["%", "_", "Hotels%", "\\", "' OR 1=1 --", "Hotels  3", ""])
async def test_a_search_is_for_its_own_characters_and_nothing_else(api: Api, search: str) -> None:
    assert (await page(api, search=search))["totalCount"] == (0 if search else COPIES + 1)


@pytest.mark.parametrize("field", ["search", "country", "sector"])
async def test_a_filter_that_no_database_can_hold_is_refused_by_name(api: Api, field: str) -> None:
    for text in ("\x00", "a\x00b", "\ud800"):
        problem = await api.problem(PAGE, {"first": 1, "order": "NEWEST", field: text})
        assert (problem["code"], list(problem["fields"])) == ("invalid", [field])


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


NIL = str(UUID(int=0))
BAD_CURSORS = {
    "NEWEST": [
        "x",
        "é",
        "=",
        "AAAA",
        "a" * 3000,
        cursor(),
        cursor("newest"),
        cursor("newest", "5"),
        cursor("newest", 5, NIL),
        cursor("newest", "5", "not an id"),
        cursor("newest", "five", NIL),
        cursor("newest", "5.0", NIL),
        cursor("newest", "1_0", NIL),
        cursor("newest", " 5", NIL),
        cursor("newest", "٥", NIL),
        cursor("newest", "9" * 19, NIL),
        cursor("newest", "9" * 5000, NIL),
        cursor("name", "x", NIL),
        cursor("newest", None, NIL),
        cursor(["newest"], "5", NIL),
    ],
    "HIGHEST_DECLARED": [cursor("highest_declared", str(2**31), NIL), cursor("newest", "5", NIL)],
    "NAME": [cursor("name", "\x00", NIL), cursor("name", "\ud800", NIL), cursor("newest", "5", NIL)],
}


@pytest.mark.parametrize("order", ORDERS)
async def test_a_cursor_that_this_list_did_not_give_is_refused_by_name(api: Api, order: str) -> None:
    for after in BAD_CURSORS[order]:
        problem = await api.problem(PAGE, {"first": 1, "order": order, "after": after})
        assert (problem["code"], list(problem["fields"])) == ("invalid", ["after"]), after


async def test_a_cursor_of_one_order_is_no_cursor_of_another(api: Api) -> None:
    for given in ORDERS:
        after = (await page(api, 1, given))["pageInfo"]["endCursor"]
        for order in ORDERS:
            if order != given:
                problem = await api.problem(PAGE, {"first": 1, "order": order, "after": after})
                assert list(problem["fields"]) == ["after"]


@pytest.mark.parametrize("first", [-1, 0, 101, 2**31 - 1])
async def test_a_page_has_1_to_100_scores(api: Api, first: int) -> None:
    problem = await api.problem(PAGE, {"first": first, "order": "NEWEST"})
    assert (problem["code"], list(problem["fields"])) == ("invalid", ["first"])


async def test_one_score_is_found_by_its_attestation_a_superseded_one_included(api: Api) -> None:
    query = """query($i: UUID!) { publishedScore(attestationId: $i) {
      period attestation { id status supersededBy logIndex issuedAt validUntil } } }"""
    newest = (await api.data(query, {"i": str(api.newest)}))["publishedScore"]
    assert (newest["period"], newest["attestation"]["status"]) == (YEAR, "valid")
    assert newest["attestation"]["supersededBy"] is None
    old = (await api.data(query, {"i": str(api.superseded)}))["publishedScore"]
    assert (old["period"], old["attestation"]["status"]) == (YEAR - 1, "superseded")
    assert old["attestation"]["supersededBy"] == str(api.newest)
    with clock.fixed_time(clock.now() + timedelta(days=366)):
        later = (await api.data(query, {"i": str(api.newest)}))["publishedScore"]
    assert later["attestation"]["status"] == "expired"
    assert (await api.data(query, {"i": str(uuid4())})) == {"publishedScore": None}


async def test_figures_are_those_of_the_signed_credential(api: Api) -> None:
    query = """query($i: UUID!) { publishedScore(attestationId: $i) { sectors company { id name isSample }
      declared { scoreBp uncappedBp level levelWithheld failedCritical
        clauses { clause scoreBp numerator denominator } } } }"""
    told = (await api.data(query, {"i": str(api.newest)}))["publishedScore"]
    subject = (await attestations.get_public(api.newest)).credential["credentialSubject"]
    assert told["company"] == {"id": str(api.owner.organisation_id), "name": subject["legalName"], "isSample": False}
    assert told["sectors"] == subject["sectors"]
    signed = subject["scores"]["declared"]
    assert (told["declared"]["scoreBp"], told["declared"]["uncappedBp"]) == (signed["scoreBp"], signed["uncappedBp"])
    assert told["declared"]["failedCritical"] == signed["failedCritical"]
    assert {one["clause"]: one["scoreBp"] for one in told["declared"]["clauses"]} == signed["clauses"]
    for one in told["declared"]["clauses"]:
        assert round(Fraction(one["numerator"], one["denominator"])) == one["scoreBp"]


async def test_the_head_of_the_log_is_the_published_one_in_every_part_of_an_answer(api: Api) -> None:
    query = "{ logHead { origin size rootHash checkpoint vkey } publishedScores(first: 1) { treeSize } }"
    told = await api.data(query)
    head = await transparency.find_head()
    assert head is not None
    assert told["logHead"] == {
        "origin": head.origin,
        "size": str(head.size),
        "rootHash": head.root.hex(),
        "checkpoint": head.note,
        "vkey": transparency.log_key().vkey,
    }
    assert told["publishedScores"]["treeSize"] == str(head.size)


async def test_questionnaires_are_told_whole(api: Api) -> None:
    query = """{ questionnaires { reference id version digest sections { id questions { id clause type weight
      options { id points } levels { level text } breakpoints { x points } } } } }"""
    told = (await api.data(query))["questionnaires"]
    modules = sectors.current_modules()
    assert [one["reference"] for one in told] == [module.reference for module in modules]
    for one, module in zip(told, modules, strict=True):
        asked = {question.id: question for section in module.sections for question in section.questions}
        shown = {question["id"]: question for section in one["sections"] for question in section["questions"]}
        assert shown.keys() == asked.keys()
        for name, question in asked.items():
            assert shown[name]["clause"] == (question.clause.value if question.clause else None)
            assert shown[name]["weight"] == (question.weight if question.counts else 0)
            assert len(shown[name]["options"]) == len(question.options)
    one = await api.data(
        '{ questionnaire(reference: "core@2026.1") { id } none: questionnaire(reference: "x") { id } }'
    )
    assert one == {"questionnaire": {"id": "core"}, "none": None}


async def test_what_is_private_is_nothing_to_the_public(api: Api) -> None:
    assert await api.data("{ ownOrganisation { legalName } }") == {"ownOrganisation": None}
    own = await api.data("{ ownOrganisation { legalName } }", token=api.token)
    assert own == {"ownOrganisation": {"legalName": "Test Hotels Ltd"}}
    for query in ("{ assessments { id } }", f'{{ assessment(id: "{uuid4()}") {{ id }} }}'):
        assert (await api.problem(query))["code"] == "not_signed_in"
    listed = await api.data("{ assessments { id period state } }", token=api.token)
    assert [one["period"] for one in listed["assessments"]] == [YEAR, YEAR - 1]
    theirs = listed["assessments"][0]["id"]
    assert await api.data("{ assessments { id } }", token=api.stranger_token) == {"assessments": []}
    query = f'{{ assessment(id: "{theirs}") {{ id }} }}'
    assert (await api.problem(query, token=api.stranger_token))["code"] == "not_found"
    assert (await api.data(query, token=api.token))["assessment"]["id"] == theirs
