"""GraphQL at its address: whose authority counts, what is too much for one request, and what caches may keep."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient, Response
from litestar import Litestar

from backend.graphql.limits import MAX_ALIASES, MAX_DEPTH
from backend.kernel.actor import Actor
from backend.organisations import service as organisations
from backend.transparency import service as transparency
from backend.web.session import SESSION_COOKIE
from tests import world
from tests.conftest import Databases
from tests.site import a_client, fresh_app

QUERY = "{ logHead { size } }"
OWN = "{ ownOrganisation { legalName } }"


def code_of(response: Response) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


@pytest.fixture(scope="module")
async def app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Litestar]:
    async with fresh_app(databases, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[AsyncClient]:
    async with a_client(app) as made:
        yield made


@pytest.fixture(scope="module")
async def owner(app: Litestar) -> Actor:
    return await world.a_company()


@pytest.fixture(scope="module")
async def token(owner: Actor) -> str:
    return await organisations.sign_in("owner@test.example", world.PASSWORD)


async def test_a_cookie_gives_no_authority_so_no_other_site_can_act_for_a_member(
    client: AsyncClient, owner: Actor, token: str
) -> None:
    start = "mutation { startAssessment(period: 2020) { id } }"
    client.cookies.set(SESSION_COOKIE, token, client.base_url.host)
    assert (await client.get("/assessments")).status_code == 200, "the cookie is good on pages"
    assert (await client.post("/graphql", json={"query": OWN})).json() == {"data": {"ownOrganisation": None}}
    assert code_of(await client.post("/graphql", json={"query": start})) == "not_signed_in"
    client.cookies.clear()
    bearer = {"authorization": f"Bearer {token}"}
    told = await client.post("/graphql", json={"query": OWN}, headers=bearer)
    assert told.json()["data"]["ownOrganisation"]["legalName"] == "Test Hotels Ltd"


async def test_only_a_bearer_token_is_an_authority(client: AsyncClient, owner: Actor, token: str) -> None:
    for header in (token, f"Basic {token}", f"Bearer{token}", "Bearer ", f"Bearer x{token}", "Bearer é"):
        headers = [(b"authorization", header.encode()), (b"content-type", b"application/json")]
        told = await client.post("/graphql", content=json.dumps({"query": OWN}).encode(), headers=headers)
        assert told.json() == {"data": {"ownOrganisation": None}}, header
    for header in (f"bearer {token}", f"Bearer  {token} "):
        told = await client.post("/graphql", json={"query": OWN}, headers={"authorization": header})
        assert told.json()["data"]["ownOrganisation"] is not None, header


async def test_a_token_that_was_signed_out_is_the_public(client: AsyncClient, owner: Actor) -> None:
    token = await organisations.sign_in("owner@test.example", world.PASSWORD)
    await organisations.sign_out(token)
    told = await client.post("/graphql", json={"query": OWN}, headers={"authorization": f"Bearer {token}"})
    assert told.json() == {"data": {"ownOrganisation": None}}


@pytest.mark.parametrize(
    "body",
    [
        [{"query": QUERY}],
        [{"query": QUERY}, {"query": QUERY}],
        QUERY,
        None,
        1,
        {"query": None},
        {"query": [QUERY]},
        {"queries": QUERY},
        {"query": QUERY, "variables": "{}"},
        {"query": QUERY, "operationName": ["A"]},
    ],
)
async def test_one_request_is_one_object_with_one_query(client: AsyncClient, body: object) -> None:
    kind = {"content-type": "application/json"}
    response = await client.post("/graphql", content=json.dumps(body).encode(), headers=kind)
    assert (response.status_code, code_of(response)) == (400, "request_refused")


async def test_a_body_that_cannot_be_read_is_refused(client: AsyncClient) -> None:
    kind = {"content-type": "application/json"}
    for body in (b"{", b"\xff\xfe", b'{"query": "\xff"}', b"[" * 100_000, b'{"query": ' + b'{"a":' * 50_000):
        response = await client.post("/graphql", content=body, headers=kind)
        assert (response.status_code, code_of(response)) == (400, "request_refused"), body[:20]
    response = await client.get("/graphql", params={"query": QUERY, "variables": "{"})
    assert (response.status_code, code_of(response)) == (400, "request_refused")
    response = await client.post("/graphql", content=b" " * 1024 * 1025, headers={**kind, "accept": "application/json"})
    assert (response.status_code, response.json()["code"]) == (413, "http")


async def test_other_media_types_are_refused_so_that_no_form_of_another_site_gets_in(client: AsyncClient) -> None:
    body = json.dumps({"query": QUERY}).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "", "json"):
        response = await client.post("/graphql", content=body, headers={"content-type": kind})
        assert (response.status_code, code_of(response)) == (415, "request_refused"), kind
    kind = "application/json; charset=utf-8"
    assert (await client.post("/graphql", content=body, headers={"content-type": kind})).status_code == 200


@pytest.mark.parametrize(
    ("operations", "named", "code"),
    [
        ("query A { logHead { size } } query B { logHead { origin } }", None, "query_refused"),
        (
            'query A { logHead { size } } mutation B { signIn(email: "", password: "") { token } }',
            None,
            "query_refused",
        ),
        ("query A { logHead { size } }", "B", "request_refused"),
        ("subscription { logHead { size } }", None, "request_refused"),
        ("fragment A on LogHead { size }", None, "request_refused"),
    ],
)
async def test_which_operation_is_meant_must_be_plain(
    client: AsyncClient, operations: str, named: str | None, code: str
) -> None:
    response = await client.post("/graphql", json={"query": operations, "operationName": named})
    assert code_of(response) == code
    assert "data" not in response.json()


async def test_a_named_operation_is_found_among_several(client: AsyncClient) -> None:
    operations = "query A { logHead { size } } query B { logHead { origin } }"
    for name, field in (("A", "size"), ("B", "origin")):
        response = await client.post("/graphql", json={"query": operations, "operationName": name})
        assert list(response.json()["data"]["logHead"]) == [field]


TOO_MUCH = {
    "depth": '{ __type(name: "Query") ' + "{ fields { type " * MAX_DEPTH + "{ name }" + " } }" * MAX_DEPTH + " }",
    "brackets": "{" * 3000,
    "lists": "{ questionnaire(reference: " + "[" * 3500 + "}",
    "aliases": "{" + " ".join(f"a{n}: logHead {{ size }}" for n in range(MAX_ALIASES + 1)) + "}",
    "tokens": "{" + " a" * 5000 + "}",
    "a circle of fragments": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
}


@pytest.mark.parametrize("what", TOO_MUCH)
async def test_what_is_too_much_for_one_request_is_refused_as_the_querys_fault(client: AsyncClient, what: str) -> None:
    response = await client.post("/graphql", json={"query": TOO_MUCH[what]})
    assert (response.status_code, code_of(response)) == (200, "query_refused")
    assert "data" not in response.json()


async def test_as_many_aliases_as_are_allowed_are_answered(client: AsyncClient) -> None:
    query = "{" + " ".join(f"a{n}: logHead {{ size }}" for n in range(MAX_ALIASES)) + "}"
    assert len((await client.post("/graphql", json={"query": query})).json()["data"]) == MAX_ALIASES


@pytest.mark.parametrize("text", ["x", "", "00000000", "00000000-0000-0000-0000-00000000000g"])
async def test_an_id_that_is_none_is_the_querys_fault_however_it_is_given(client: AsyncClient, text: str) -> None:
    literal = await client.post("/graphql", json={"query": f'{{ assessment(id: "{text}") {{ id }} }}'})
    query = "query($i: UUID!) { assessment(id: $i) { id } }"
    variable = await client.post("/graphql", json={"query": query, "variables": {"i": text}})
    missing = await client.post("/graphql", json={"query": query})
    for response in (literal, variable, missing):
        assert code_of(response) == "query_refused"
        assert "data" not in response.json()


async def test_a_public_get_may_be_kept_until_the_head_moves_and_nothing_else_may(
    client: AsyncClient, owner: Actor, token: str
) -> None:
    address = {"query": QUERY}
    first = await client.get("/graphql", params=address)
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert "set-cookie" not in first.headers
    known = {"if-none-match": first.headers["etag"]}
    again = await client.get("/graphql", params=address, headers=known)
    assert (again.status_code, again.content) == (304, b"")
    other_type = {**known, "accept": "application/graphql-response+json"}
    assert (await client.get("/graphql", params=address, headers=other_type)).status_code == 200
    for response in (
        await client.get("/graphql", params=address, headers={"authorization": f"Bearer {token}"}),
        await client.get("/graphql", params={"query": "{ publishedScores(first: 0) { treeSize } }"}),
        await client.get("/graphql", params={"query": "{ nothing }"}),
        await client.post("/graphql", json=address),
    ):
        assert response.headers["cache-control"] == "no-store"
        assert "etag" not in response.headers
    await world.a_published(owner)
    await transparency.sequence()
    moved = await client.get("/graphql", params=address, headers=known)
    assert moved.status_code == 200
    assert moved.headers["para73-tree-size"] == moved.json()["data"]["logHead"]["size"]


async def test_any_site_may_read_and_none_may_read_with_somebodys_cookies(client: AsyncClient) -> None:
    for response in (await client.get("/graphql", params={"query": QUERY}), await client.post("/graphql", json=[])):
        assert response.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in response.headers
