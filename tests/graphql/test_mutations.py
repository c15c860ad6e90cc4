"""Mutations: what each refuses, by code and field, for whom, and that nothing changed when it did."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from strawberry.types.base import StrawberryObjectDefinition

from backend.adapters import clock, db
from backend.assessments import service as assessments
from backend.attestations import service as attestations
from backend.graphql.schema import schema
from backend.kernel.vocabulary import Role
from backend.organisations import service as organisations
from tests import world
from tests.conftest import Databases
from tests.graphql.conftest import Api
from tests.site import a_client, fresh_app
from tests.snapshot import everything

YEAR = clock.today().year
PDF = base64.b64encode(world.PDF).decode()
# Each mutation, as a member would call it; $a is an assessment.
CALLS = {
    "startAssessment": f"mutation {{ startAssessment(period: {YEAR}) {{ id }} }}",
    "answer": 'mutation($a: UUID!) { answer(assessmentId: $a, questionId: "C01", given: {value: 3}) { version } }',
    "attachEvidence": (
        'mutation($a: UUID!) { attachEvidence(assessmentId: $a, questionId: "C01", fileName: "policy.pdf", '
        f'content: "{PDF}") {{ id }} }}'
    ),
    "submitAssessment": "mutation($a: UUID!) { submitAssessment(assessmentId: $a) { method } }",
    "reopenAssessment": "mutation($a: UUID!) { reopenAssessment(assessmentId: $a) { state } }",
    "approveAssessment": "mutation($a: UUID!) { approveAssessment(assessmentId: $a) { state } }",
    "publishAssessment": "mutation($a: UUID!) { publishAssessment(assessmentId: $a) { attestationId } }",
    "takeOverAnswers": "mutation($a: UUID!) { takeOverAnswers(assessmentId: $a, fromId: $a) { taken } }",
    "confirmSection": 'mutation($a: UUID!) { confirmSection(assessmentId: $a, sectionId: "core-policy") }',
    "carryToNewest": "mutation($a: UUID!) { carryToNewest(assessmentId: $a) { kept } }",
    "importAnswers": "mutation($a: UUID!) { importAnswers(assessmentId: $a, answers: {}) { taken } }",
}
OPEN = {"signUp", "signIn"}
EDITS, SIGNS = {Role.OWNER, Role.EDITOR}, {Role.OWNER, Role.SIGNATORY}
ROLES = {
    "startAssessment": EDITS,
    "answer": EDITS,
    "attachEvidence": EDITS,
    "submitAssessment": EDITS,
    "reopenAssessment": EDITS | SIGNS,
    "approveAssessment": SIGNS,
    "publishAssessment": SIGNS,
    "takeOverAnswers": EDITS,
    "confirmSection": EDITS,
    "carryToNewest": EDITS,
    "importAnswers": EDITS,
}
ANSWER = """mutation($a: UUID!, $q: String!, $g: AnswerInput!, $v: Int!, $n: String!) {
  answer(assessmentId: $a, questionId: $q, given: $g, version: $v, note: $n) { questionId version asked } }"""
ATTACH = """mutation($a: UUID!, $c: Base64!) {
  attachEvidence(assessmentId: $a, questionId: "C01", fileName: "policy.pdf", content: $c) { kind sizeBytes } }"""


@pytest.fixture(scope="module")
async def api(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    """Give a site of two organisations that nothing was published on yet."""
    async with (
        fresh_app(databases, tmp_path_factory.mktemp("site")) as app,
        a_client(app) as client,
    ):
        owner = await world.a_company()
        await world.a_company("Other Hotels Ltd", "owner@other.example")
        tokens = [await organisations.sign_in(f"owner@{name}.example", world.PASSWORD) for name in ("test", "other")]
        yield Api(app, client, owner, tokens[0], tokens[1], uuid4(), uuid4(), [])


@pytest.fixture
async def draft(api: Api) -> AsyncIterator[str]:
    assessment_id = await world.a_started(api.owner, 2005)
    yield str(assessment_id)
    await db.fetch("DELETE FROM assessment WHERE id = $1", assessment_id)


async def a_member(api: Api, role: Role) -> str:
    """Return the token of a member of the owner's organisation with this role alone."""
    email = f"{role.value}@{uuid4().hex}.example"
    token = await organisations.invite_member(api.owner, "Alex Test", email, [role.value])
    return await organisations.accept_invitation(token, world.PASSWORD)


def test_every_mutation_has_its_case() -> None:
    mutations = schema.get_type_by_name("Mutation")
    assert isinstance(mutations, StrawberryObjectDefinition)
    names = {schema.config.name_converter.from_field(field) for field in mutations.fields}
    assert names == CALLS.keys() | OPEN
    assert ROLES.keys() == CALLS.keys()


@pytest.mark.parametrize("name", CALLS)
async def test_the_public_and_whoever_has_a_made_up_token_change_nothing(api: Api, draft: str, name: str) -> None:
    before = await everything()
    variables = {"a": draft} if "$a" in CALLS[name] else None
    for token in ("", "made-up", "Bearer", "\x7f"):
        assert (await api.problem(CALLS[name], variables, token))["code"] == "not_signed_in"
    assert await everything() == before


@pytest.mark.parametrize("name", CALLS.keys() - {"startAssessment"})
async def test_another_organisation_finds_nothing_and_changes_nothing(api: Api, draft: str, name: str) -> None:
    before = await everything()
    theirs = await api.problem(CALLS[name], {"a": draft}, api.stranger_token)
    nobodys = await api.problem(CALLS[name], {"a": str(uuid4())}, api.stranger_token)
    assert theirs == nobodys == {"code": "not_found"}
    assert await everything() == before


async def test_each_role_may_do_what_it_is_for_and_nothing_else(api: Api, draft: str) -> None:
    for role in Role:
        token = await a_member(api, role)
        before = await everything()
        for name, roles in ROLES.items():
            unknown = {"a": str(uuid4())} if "$a" in CALLS[name] else None
            if role not in roles:
                variables = {"a": draft} if unknown else None
                assert (await api.problem(CALLS[name], variables, token))["code"] == "not_allowed", (role, name)
            elif unknown:
                assert (await api.problem(CALLS[name], unknown, token))["code"] == "not_found", (role, name)
        assert await everything() == before


async def test_a_sign_up_tells_every_wrong_field_and_signs_in_when_there_is_none(api: Api) -> None:
    query = "mutation($g: SignUpInput!) { signUp(given: $g) { token } }"
    given = {"legalName": "X", "country": "ZZ", "sectors": [], "name": "", "email": "x", "password": "short"}
    before = await everything()
    problem = await api.problem(query, {"g": given})
    assert problem["code"] == "invalid"
    assert set(problem["fields"]) == {"legal_name", "country", "sectors", "name", "email", "password"}
    nul = {"legalName": "A\x00B", "country": "KE", "sectors": ["tourism"], "name": "R", "email": "r@new.example"}
    problem = await api.problem(query, {"g": {**nul, "password": "\ud800" * 12}})
    assert set(problem["fields"]) == {"legal_name", "password"}
    assert await everything() == before
    told = await api.data(query, {"g": {**nul, "legalName": "New Hotels Ltd", "password": world.PASSWORD}})
    own = await api.data("{ ownOrganisation { legalName } }", token=told["signUp"]["token"])
    assert own == {"ownOrganisation": {"legalName": "New Hotels Ltd"}}


async def test_signing_in_fails_in_the_same_words_and_stops_after_too_many_tries(api: Api) -> None:
    query = "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { token } }"
    for email in ("owner@test.example", "nobody@test.example", "\x00", "\ud800"):
        problem = await api.problem(query, {"e": email, "p": "not the password"})
        assert (problem["code"], list(problem["fields"])) == ("invalid", ["password"])
    digest = hashlib.sha256(b"nobody@test.example").digest()
    for _ in range(9):
        await db.fetch("INSERT INTO sign_in_attempt VALUES ($1, $2, $3)", uuid4(), digest, clock.now())
    problem = await api.problem(query, {"e": "nobody@test.example", "p": "not the password"})
    assert problem == {"code": "too_many", "retryAfterSeconds": 900}


async def test_starting_again_is_a_conflict_and_an_impossible_year_is_invalid(api: Api, draft: str) -> None:
    before = await everything()
    again = "mutation { startAssessment(period: 2005) { id } }"
    assert (await api.problem(again, token=api.token))["code"] == "conflict"
    problem = await api.problem("mutation { startAssessment(period: 1999) { id } }", token=api.token)
    assert (problem["code"], list(problem["fields"])) == ("invalid", ["period"])
    assert await everything() == before


async def answer(
    api: Api, draft: str, given: dict[str, Any], version: int = 0, note: str = "", question: str = "C01"
) -> Any:
    variables = {"a": draft, "q": question, "g": given, "v": version, "n": note}
    return await api.send(ANSWER, variables, api.token)


async def test_an_answer_is_saved_and_the_next_one_must_know_its_version(api: Api, draft: str) -> None:
    saved = (await answer(api, draft, {"value": 2}, 0, "hers"))["data"]["answer"]
    assert (saved["questionId"], saved["version"]) == ("C01", 1)
    assert "C01" in saved["asked"]
    late = (await answer(api, draft, {"value": 4}, 0, "his"))["errors"][0]["extensions"]
    assert late == {"code": "conflict", "newer": {"version": 1, "content": {"value": 2}, "note": "hers"}}
    assert (await answer(api, draft, {"unknown": True}, 1))["data"]["answer"]["version"] == 2
    assert (await answer(api, draft, {}, 2))["data"]["answer"]["version"] == 3
    query = "query($a: UUID!) { assessment(id: $a) { answers { questionId content note version asked } } }"
    told = await api.data(query, {"a": draft}, api.token)
    cleared = {"questionId": "C01", "content": None, "note": "", "version": 3, "asked": True}
    assert told["assessment"]["answers"] == [cleared]


async def test_a_wrong_answer_is_refused_by_field_and_nothing_is_stored(api: Api, draft: str) -> None:
    before = await everything()
    for given, note, field in (
        ({"value": 5}, "", "value"),
        ({"value": "3"}, "", "value"),
        ({"value": True}, "", "value"),
        ({"value": 3.0}, "", "value"),
        ({"value": {"a": 1}}, "", "value"),
        ({"value": 3, "unknown": True}, "", "value"),
        ({"unknown": True, "notApplicable": "We have none of it."}, "", "value"),
        ({"value": 3}, "n" * 5001, "note"),
        ({"value": 3}, "\x00", "note"),
        ({"value": 3}, "\ud800", "note"),
    ):
        extensions = (await answer(api, draft, given, 0, note))["errors"][0]["extensions"]
        assert extensions["code"] == "invalid", given
        assert field in extensions["fields"], given
    extensions = (await answer(api, draft, {"value": 3}, 0, "", "Z99"))["errors"][0]["extensions"]
    assert extensions == {"code": "not_found"}
    assert await everything() == before


async def test_a_document_is_taken_in_strict_base64(api: Api, draft: str) -> None:
    before = await everything()
    for text in ("%%%", PDF[:-1], PDF.replace("=", "") + "*", "-_" + PDF, PDF[:5] + "\n" + PDF[5:], " " + PDF):
        assert (await api.problem(ATTACH, {"a": draft, "c": text}, api.token))["code"] == "query_refused"
    for data in (b"", b"\x89PNG\r\n\x1a\n\0\0\0\0"):
        problem = await api.problem(ATTACH, {"a": draft, "c": base64.b64encode(data).decode()}, api.token)
        assert problem["code"] == "invalid"
    assert await everything() == before
    told = (await api.data(ATTACH, {"a": draft, "c": PDF}, api.token))["attachEvidence"]
    assert (told["kind"], told["sizeBytes"]) == ("pdf", len(world.PDF))


async def test_a_document_that_is_too_large_for_one_request_is_refused(api: Api, draft: str) -> None:
    before = await everything()
    content = base64.b64encode(b"%PDF-1.7\n" + b"x" * 1024 * 1024).decode()
    body = {"query": ATTACH, "variables": {"a": draft, "c": content}}
    headers = {"authorization": f"Bearer {api.token}", "accept": "application/json"}
    response = await api.client.post("/graphql", json=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (413, "http")
    assert await everything() == before


async def test_the_way_to_publication_tells_at_each_step_why_it_cannot_be_gone_yet(api: Api) -> None:
    assessment_id = await world.a_started(api.owner, 2006)
    variables = {"a": str(assessment_id)}
    before = await everything()
    problem = await api.problem(CALLS["submitAssessment"], variables, api.token)
    view = await assessments.get_assessment(api.owner, assessment_id)
    assert problem["code"] == "invalid"
    assert list(problem["fields"]) == [one.question_id for one in view.missing]
    for name in ("approveAssessment", "publishAssessment", "reopenAssessment"):
        assert (await api.problem(CALLS[name], variables, api.token))["code"] == "conflict"
    assert await everything() == before
    await world.answer_everything(api.owner, assessment_id)
    assert await api.data(CALLS["submitAssessment"], variables, api.token) == {"submitAssessment": {"method": 1}}
    for name in ("answer", "attachEvidence", "submitAssessment", "publishAssessment"):
        assert (await api.problem(CALLS[name], variables, api.token))["code"] == "conflict"
    told = await api.data(CALLS["approveAssessment"], variables, api.token)
    assert told == {"approveAssessment": {"state": "approved"}}
    told = await api.data(CALLS["publishAssessment"], variables, api.token)
    own = [str(one.id) for one in await attestations.list_own(api.owner)]
    assert own == [told["publishAssessment"]["attestationId"]]
    before = await everything()
    for name in CALLS.keys() - {"startAssessment"}:
        assert (await api.problem(CALLS[name], variables, api.token))["code"] == "conflict"
    assert await everything() == before


async def test_mutations_of_one_request_run_one_after_the_other(api: Api, draft: str) -> None:
    query = """mutation($a: UUID!) {
      first: answer(assessmentId: $a, questionId: "C01", given: {value: 1}, version: 0) { version }
      second: answer(assessmentId: $a, questionId: "C01", given: {value: 2}, version: 1) { version }
      third: answer(assessmentId: $a, questionId: "C01", given: {value: 3}, version: 2) { version } }"""
    told = await api.data(query, {"a": draft}, api.token)
    assert told == {"first": {"version": 1}, "second": {"version": 2}, "third": {"version": 3}}
