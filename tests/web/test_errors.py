"""Every expected error at both edges, and errors of ours, which show nothing of the inside."""

from __future__ import annotations

from typing import Any, cast

import pytest
from graphql import GraphQLError
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, get
from litestar.exceptions import HTTPException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from backend.adapters import db
from backend.graphql.errors import error_json
from backend.kernel import errors
from backend.kernel.errors import FileProblem, Para73Error
from backend.web import errors as web_errors
from backend.web.render import environment
from backend.web.session import SESSION_COOKIE
from tests import world

MESSAGE = "What would be right."
STATUS = {
    "not_signed_in": 401,
    "not_allowed": 403,
    "not_found": 404,
    "invalid": 422,
    "file_refused": 422,
    "conflict": 409,
    "limit_reached": 413,
    "too_many": 429,
    "unavailable": 503,
}


def subclasses(kind: type[Para73Error]) -> list[type[Para73Error]]:
    return [one for child in kind.__subclasses__() for one in (child, *subclasses(child))]


# Whatever package defines one: those of tests are not meant.
KINDS = [kind for kind in subclasses(Para73Error) if kind.__module__.startswith("backend.")]


def an_error(kind: type[Para73Error]) -> Para73Error:
    if kind is errors.TooMany:
        return errors.TooMany(MESSAGE, 900)
    if kind is errors.Invalid:
        return errors.Invalid(MESSAGE, {"period": "Give a year."})
    if kind is errors.FileRefused:
        return errors.FileRefused([FileProblem("answers.yaml", 3, 5, "answers.C01", MESSAGE)])
    return kind(MESSAGE)


def an_app(error: Exception) -> AsyncClient:
    """Return a client of an application that fails in this way, with the handlers of the real one."""

    @get("/fails")
    async def fails() -> None:
        raise error

    app = Litestar(
        route_handlers=[fails],
        exception_handlers={
            Para73Error: web_errors.on_expected,
            HTTPException: web_errors.on_http,
            Exception: web_errors.on_unexpected,
        },
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment())),
        openapi_config=None,
    )
    transport = ASGITransport(app=cast(Any, app), raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://para73.test")


def test_every_expected_error_has_a_code_and_a_status_of_its_own_line() -> None:
    assert {kind.code for kind in KINDS} == set(STATUS)
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert {kind: STATUS[kind.code] for kind in KINDS} == web_errors.STATUS


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
async def test_an_expected_error_is_a_page_for_people(kind: type[Para73Error]) -> None:
    async with an_app(an_error(kind)) as client:
        response = await client.get("/fails", headers={"accept": "text/html"})
    if kind is errors.NotSignedIn:
        assert (response.status_code, response.headers["location"]) == (303, "/sign-in?next=/fails")
        return
    assert response.status_code == STATUS[kind.code]
    assert MESSAGE in response.text
    assert response.headers.get("retry-after") == ("900" if kind is errors.TooMany else None)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
async def test_an_expected_error_is_json_for_scripts(kind: type[Para73Error]) -> None:
    async with an_app(an_error(kind)) as client:
        response = await client.get("/fails", headers={"accept": "application/json"})
    assert response.status_code == STATUS[kind.code]
    body = response.json()
    assert (body["code"], MESSAGE in body["message"]) == (kind.code, True)
    fields = {"period": "Give a year."} if kind is errors.Invalid else {}
    assert body.get("fields", {}) == fields


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_an_expected_error_has_its_code_in_graphql(kind: type[Para73Error]) -> None:
    shown = error_json(GraphQLError("the library's words", original_error=an_error(kind)))
    assert shown["extensions"]["code"] == kind.code
    assert MESSAGE in shown["message"]
    assert shown["extensions"].get("retryAfterSeconds") == (900 if kind is errors.TooMany else None)
    if kind is errors.Invalid:
        assert shown["extensions"]["fields"] == {"period": "Give a year."}


def assert_nothing_of_the_inside(text: str) -> None:
    for inside in ("Traceback", "asyncpg", "piccolo", "relation", "does not exist", "SELECT", ".py", "backend."):
        assert inside not in text, inside


async def test_an_error_of_ours_shows_its_number_and_nothing_of_the_inside(client: AsyncClient) -> None:
    await db.fetch("DROP TABLE attestation CASCADE")
    query = {"query": "{ publishedScores { treeSize } }"}
    for accept in ("text/html", "application/json"):
        response = await client.get("/attestations", headers={"accept": accept})
        assert response.status_code == 500
        assert_nothing_of_the_inside(response.text)
        if accept == "text/html":
            assert response.headers["x-request-id"] in response.text
        else:
            assert response.json()["code"] == "unexpected"
    response = await client.post("/graphql", json=query)
    assert response.json()["errors"][0]["extensions"] == {"code": "unexpected"}
    assert response.json()["data"] is None
    assert_nothing_of_the_inside(response.text)


async def test_a_database_that_is_gone_is_said_to_be_gone_to_everybody(client: AsyncClient, database: str) -> None:
    """Without a session nothing of a member is read; with one, the member is read first."""
    await world.a_company()
    from backend.organisations import service as organisations

    token = await organisations.sign_in("owner@test.example", world.PASSWORD)
    await db.close_pool()
    db.engine().config["dsn"] = "postgresql://nobody@127.0.0.1:1/nothing"
    query = {"query": "{ ownOrganisation { id } }"}
    for cookies in ({}, {"cookie": f"{SESSION_COOKIE}={token}"}):
        response = await client.get("/assessments" if cookies else "/attestations", headers=cookies)
        assert response.status_code == 503
        assert_nothing_of_the_inside(response.text)
    for headers in ({}, {"authorization": f"Bearer {token}"}):
        response = await client.post("/graphql", json=query, headers=headers)
        assert response.status_code == 503
        assert response.json()["errors"][0]["extensions"] == {"code": "unavailable"}
    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/healthz")).status_code == 200
    db.engine().config["dsn"] = database
    assert (await client.get("/attestations")).status_code == 200


async def test_a_newer_answer_comes_with_the_conflict_in_graphql(client: AsyncClient) -> None:
    owner = await world.a_company()
    assessment_id = await world.a_started(owner)
    from backend.assessments import service as assessments

    await assessments.answer(owner, assessment_id, "C01", {"value": 2}, "hers", 0)
    with pytest.raises(errors.Conflict) as caught:
        await assessments.answer(owner, assessment_id, "C01", {"value": 3}, "his", 0)
    shown = error_json(GraphQLError("", original_error=caught.value))
    assert shown["extensions"] == {
        "code": "conflict",
        "newer": {"version": 1, "content": {"value": 2}, "note": "hers"},
    }
