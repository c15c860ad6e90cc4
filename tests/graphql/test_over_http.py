"""GraphQL over HTTP: media types, statuses, and what is refused before anything runs."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from httpx import AsyncClient, Response

QUERY = "{ logHead { size } }"
SIGN_IN = 'mutation { signIn(email: "nobody@test.example", password: "not a secret at all") { token } }'
PLAIN, OWN = "application/json", "application/graphql-response+json"


def code_of(response: Response) -> str:
    body: dict[str, Any] = response.json()
    return str(body["errors"][0]["extensions"]["code"])


@pytest.mark.parametrize("accept", [PLAIN, OWN])
async def test_each_caller_gets_the_media_type_that_it_asked_for(client: AsyncClient, accept: str) -> None:
    response = await client.post("/graphql", json={"query": QUERY}, headers={"accept": accept})
    assert (response.status_code, response.headers["content-type"]) == (200, f"{accept}; charset=utf-8")
    assert response.headers["vary"] == "accept"
    assert response.headers["para73-tree-size"] == response.json()["data"]["logHead"]["size"]


async def test_many_callers_at_once_each_get_their_own_answer(client: AsyncClient) -> None:
    asked = [PLAIN, OWN] * 10
    responses = await asyncio.gather(
        *(client.post("/graphql", json={"query": QUERY}, headers={"accept": accept}) for accept in asked)
    )
    assert [response.headers["content-type"].partition(";")[0] for response in responses] == asked


@pytest.mark.parametrize(("accept", "status"), [(PLAIN, 200), (OWN, 400)])
@pytest.mark.parametrize("query", ["{ nothingOfThisName }", "{{", "{ publishedScores(first: true) { totalCount } }"])
async def test_a_query_that_cannot_run_has_no_data(client: AsyncClient, query: str, accept: str, status: int) -> None:
    response = await client.post("/graphql", json={"query": query}, headers={"accept": accept})
    assert (response.status_code, code_of(response)) == (status, "query_refused")
    assert "data" not in response.json()


async def test_an_expected_error_is_a_200_with_its_code(client: AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": SIGN_IN}, headers={"accept": OWN})
    assert (response.status_code, code_of(response)) == (200, "invalid")


async def test_a_get_never_changes_anything(client: AsyncClient) -> None:
    response = await client.get("/graphql", params={"query": SIGN_IN})
    assert (response.status_code, response.headers["allow"], code_of(response)) == (405, "POST", "request_refused")
    assert (await client.get("/graphql", params={"query": QUERY})).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"[]",
        b"{}",
        b'{"query": ""}',
        b'{"query": 1}',
        b'{"query": "{ logHead { size } }", "variables": []}',
        b'{"query": "{ logHead { size } }", "operationName": 1}',
        b'{"query": "query A { logHead { size } }", "operationName": "B"}',
    ],
)
async def test_a_body_that_is_no_request_is_refused(client: AsyncClient, body: bytes) -> None:
    response = await client.post("/graphql", content=body, headers={"content-type": PLAIN})
    assert (response.status_code, code_of(response)) == (400, "request_refused")


async def test_another_media_type_is_refused(client: AsyncClient) -> None:
    response = await client.post("/graphql", content=QUERY, headers={"content-type": "application/graphql"})
    assert (response.status_code, code_of(response)) == (415, "request_refused")


async def test_what_somebody_typed_is_not_logged(client: AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await client.post("/graphql", json={"query": SIGN_IN})
    assert "not a secret at all" not in caplog.text
