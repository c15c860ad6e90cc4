"""Every address that can be opened, as the public, as a member, and as a member of another organisation.

A new page must be given its line here, or this fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import pytest
from httpx import Response
from litestar import Litestar
from litestar.routes import HTTPRoute

from backend.web.render import manifest
from tests.web.conftest import Site

SIGN_IN = 303


@dataclass(frozen=True, slots=True)
class Page:
    """One address: what it looks like here, and its status for each caller."""

    path: str
    public: int = 200
    member: int = 200
    other: int = 200
    accept: str = "text/html"


OWN, PRIVATE = (SIGN_IN, 200, 200), (SIGN_IN, 200, 404)
PAGES: dict[str, Page] = {
    "/": Page("/"),
    "/method": Page("/method"),
    "/questionnaires": Page("/questionnaires"),
    "/questionnaires/{reference}": Page("/questionnaires/tourism"),
    "/questionnaires/{reference}/module.json": Page("/questionnaires/core@2026.1/module.json"),
    "/verify": Page("/verify"),
    "/trust.json": Page("/trust.json"),
    "/log": Page("/log"),
    "/log/checkpoint": Page("/log/checkpoint"),
    "/log/tile/{path}": Page("/log/tile/0/000.p/{size}"),
    "/log/vkey": Page("/log/vkey"),
    "/sign-up": Page("/sign-up"),
    "/sign-in": Page("/sign-in"),
    "/invitations/{token}": Page("/invitations/{invitation}"),
    "/members": Page("/members", *OWN),
    "/assessments": Page("/assessments", *OWN),
    "/assessments/{assessment_id}": Page("/assessments/{draft}", *PRIVATE),
    "/assessments/{assessment_id}/sections/{section_id}": Page("/assessments/{draft}/sections/core-policy", *PRIVATE),
    "/assessments/{assessment_id}/workbook.xlsx": Page("/assessments/{draft}/workbook.xlsx", *PRIVATE),
    "/assessments/{assessment_id}/answers.json": Page("/assessments/{draft}/answers.json", *PRIVATE),
    "/assessments/{assessment_id}/review": Page("/assessments/{draft}/review", *PRIVATE),
    "/assessments/{assessment_id}/scorecard": Page("/assessments/{published}/scorecard", *PRIVATE),
    "/assessments/{assessment_id}/evidence/{evidence_id}": Page("/assessments/{draft}/evidence/{evidence}", *PRIVATE),
    "/attestations": Page("/attestations"),
    "/attestations/{name}": Page("/attestations/{attestation}"),
    "/contexts/attestation/v1": Page("/contexts/attestation/v1"),
    "/.well-known/did.json": Page("/.well-known/did.json"),
    "/healthz": Page("/healthz"),
    "/readyz": Page("/readyz"),
    "/static/{file_path}": Page("/static/{css}"),
    "/graphql": Page("/graphql"),
}


def addresses(app: Litestar, method: str) -> set[str]:
    """Return every address of the application that takes this method."""
    return {route.path_format for route in app.routes if isinstance(route, HTTPRoute) and method in route.methods}


async def path_of(site: Site, page: Page) -> str:
    size = (await site.public.get("/log/checkpoint")).text.split("\n")[1]
    names = {
        "draft": site.draft,
        "evidence": site.evidence,
        "published": site.published,
        "attestation": site.attestation,
        "invitation": site.invitation,
        "size": size,
        "css": manifest()["app.css"],
    }
    return page.path.format(**names)


def test_every_address_that_can_be_opened_has_its_line(site: Site) -> None:
    assert addresses(site.app, "GET") == set(PAGES)


@pytest.mark.parametrize("address", PAGES)
async def test_a_page_answers_each_caller_as_it_should(site: Site, address: str) -> None:
    page = PAGES[address]
    path = await path_of(site, page)
    for name, client in site.callers.items():
        response = await client.get(path, headers={"accept": page.accept})
        assert response.status_code == getattr(page, name), name
        if response.status_code == SIGN_IN:
            assert response.headers["location"] == f"/sign-in?next={path}"
        if response.status_code == 200:
            assert response.content


def assert_nothing_here(response: Response) -> None:
    assert response.status_code == 404
    assert "There is nothing here" in response.text
    assert "Test Hotels" not in response.text


async def test_another_organisation_sees_the_same_as_where_nothing_is(site: Site) -> None:
    for page in PAGES.values():
        if page.other != 404:
            continue
        path = await path_of(site, page)
        unknown = path.replace(str(site.draft), str(uuid4())).replace(str(site.published), str(uuid4()))
        theirs, nobodys = await site.other.get(path), await site.other.get(unknown)
        assert_nothing_here(theirs)
        assert_nothing_here(nobodys)
        said = [one.text.replace(one.headers["x-request-id"], "") for one in (theirs, nobodys)]
        assert said[0] == said[1]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/assessments/not-an-id",
        "/assessments/{draft}/sections/no-such-section",
        "/assessments/{draft}/evidence/00000000-0000-7000-8000-000000000000",
        "/assessments/{published}/evidence/{evidence}",
        "/attestations/not-an-id",
        "/attestations/00000000-0000-7000-8000-000000000000",
        "/attestations/00000000-0000-7000-8000-000000000000.json",
        "/attestations/00000000-0000-7000-8000-000000000000.tlog-proof",
        "/attestations/00000000-0000-7000-8000-000000000000.bundle",
        "/attestations/{attestation}.exe",
        "/questionnaires/no-such-module",
        "/questionnaires/core@1999.1",
        "/static/nothing.css",
        "/static/../backend/settings.py",
        "/static/%2e%2e/package.json",
    ],
)
async def test_what_is_not_there_is_not_found_by_anybody(site: Site, path: str) -> None:
    path = await path_of(site, Page(path))
    for client in (site.public, site.member):
        response = await client.get(path)
        if response.status_code == SIGN_IN:
            assert path.startswith("/assessments/")
        else:
            assert_nothing_here(response)


async def test_a_scorecard_that_is_not_there_yet_leads_to_the_assessment(site: Site) -> None:
    response = await site.member.get(f"/assessments/{site.draft}/scorecard")
    assert (response.status_code, response.headers["location"]) == (303, f"/assessments/{site.draft}")


async def test_pages_escape_what_people_typed(site: Site) -> None:
    response = await site.public.get("/attestations", params={"search": '"><script>alert(1)</script>'})
    assert response.status_code == 200
    assert "<script>alert" not in response.text
    assert "&#34;&gt;&lt;script&gt;" in response.text


async def test_graphiql_is_for_people_and_json_for_programs(site: Site) -> None:
    page = await site.public.get("/graphql", headers={"accept": "text/html"})
    assert "graphiql" in page.text
    program = await site.public.get("/graphql", headers={"accept": "application/json"})
    assert (program.status_code, program.json()["errors"][0]["extensions"]["code"]) == (400, "request_refused")


async def test_alive_and_ready_are_told_apart(site: Site) -> None:
    assert (await site.public.get("/healthz")).text == "alive\n"
    assert (await site.public.get("/readyz")).text == "ready\n"
