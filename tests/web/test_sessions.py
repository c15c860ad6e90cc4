"""Cookies over http and https, the wait after too many tries, and errors of ours: each on a site of its own."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from httpx import AsyncClient, Response

from backend.adapters import db
from backend.web.session import SESSION_COOKIE
from tests import world
from tests.conftest import Databases
from tests.site import a_client, fresh_app
from tests.web.client import Visitor
from tests.web.test_security import CSRF_COOKIE, assert_protected


def cookies_of(response: Response) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for header in response.headers.get_list("set-cookie"):
        for name, morsel in SimpleCookie(header).items():
            found[name] = {key: str(value) for key, value in morsel.items() if value != ""}
    return found


@pytest.mark.parametrize("base_url", ["http://para73.test", "https://para73.test"])
async def test_cookies_are_kept_from_scripts_and_other_sites_and_plain_http(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, base_url: str
) -> None:
    secure = {"secure": "True"} if base_url.startswith("https") else {}
    async with fresh_app(databases, tmp_path_factory.mktemp("cookies"), base_url) as app:
        await world.a_company()
        async with a_client(app, base_url) as client:
            form = await client.get("/sign-in")
            assert cookies_of(form) == {CSRF_COOKIE: {"httponly": "True", "samesite": "lax", "path": "/", **secure}}
            token = client.cookies[CSRF_COOKIE]
            given = {"_csrf_token": token, "email": "owner@test.example", "password": world.PASSWORD}
            response = await client.post("/sign-in", data=given)
            assert response.status_code == 303
            kept = cookies_of(response)[SESSION_COOKIE]
            fortnight = str(14 * 24 * 60 * 60)
            assert kept == {"httponly": "True", "samesite": "lax", "path": "/", "max-age": fortnight, **secure}
            transport = response.headers.get("strict-transport-security")
            assert transport == ("max-age=31536000; includeSubDomains" if secure else None)


async def test_too_many_tries_are_told_when_to_come_back(client: AsyncClient) -> None:
    visitor = Visitor(client)
    await visitor.open("/sign-in")
    for _ in range(10):
        page = await visitor.send("/sign-in", {"email": "nobody@test.example", "password": "not the password"})
        assert page.status_code == 422
        assert "nobody@test.example" in page.text, "what was typed is kept"
        assert "not the password" not in page.text
    page = await visitor.send("/sign-in", {"email": "nobody@test.example", "password": "not the password"})
    assert (page.status_code, page.headers["retry-after"]) == (429, "900")


async def test_an_error_of_ours_carries_every_header(client: AsyncClient) -> None:
    await db.fetch("DROP TABLE attestation CASCADE")
    response = await client.get("/attestations")
    assert response.status_code == 500
    assert_protected(response)
