"""What protects whoever reads and writes here: headers on every response, forms with a token, cookies, sessions."""

from __future__ import annotations

import re
from urllib.parse import quote
from uuid import uuid4

import pytest
from httpx import Response
from litestar.routes import HTTPRoute

from backend.web.session import SESSION_COOKIE, safe_next
from tests import world
from tests.site import a_client
from tests.snapshot import everything
from tests.web.client import Visitor
from tests.web.conftest import Site, signed_in
from tests.web.test_pages import PAGES, addresses, path_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
READABLE_FROM_ELSEWHERE = {
    "/.well-known/did.json",
    "/attestations/{name}.json",
    "/contexts/attestation/v1",
    "/log/checkpoint",
    "/log/tile/{path}",
}
"""Files that verifiers on other sites read; every other response is for this site alone."""

CSRF_COOKIE = "para73_csrf"
FORM = {"content-type": "application/x-www-form-urlencoded"}


def assert_protected(response: Response, policy: str = POLICY) -> None:
    for name, value in HEADERS.items():
        assert response.headers.get(name) == value, name
    assert response.headers.get_list("content-security-policy") == [policy]
    assert re.fullmatch(r"[0-9a-f]{16}", response.headers["x-request-id"])
    assert "server" not in response.headers


async def test_every_page_carries_every_header(site: Site) -> None:
    for address, page in PAGES.items():
        path = await path_of(site, page)
        for client in site.callers.values():
            response = await client.get(path, headers={"accept": "text/html"})
            if address == "/graphql":
                policy = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
            elif address == "/assessments/{assessment_id}/evidence/{evidence_id}" and response.status_code == 200:
                policy = "default-src 'none'; sandbox"
            else:
                policy = POLICY
            assert_protected(response, policy)
            shared = "cross-origin" if address in READABLE_FROM_ELSEWHERE else "same-origin"
            assert response.headers["cross-origin-resource-policy"] == shared, address


async def test_every_kind_of_refusal_carries_every_header(site: Site) -> None:
    public, member = site.public, site.member
    token = {"_csrf_token": member.cookies[CSRF_COOKIE]}
    base = f"/assessments/{site.draft}"
    refusals = {
        303: await public.get("/members"),
        400: await public.post("/sign-in", content=b"x", headers={"content-type": "multipart/form-data"}),
        401: await member.post("/members", data=token, headers={"cookie": f"{CSRF_COOKIE}={token['_csrf_token']}"}),
        403: await public.post("/sign-in", data={"email": "a"}),
        404: await public.get("/nothing"),
        405: await public.post("/method"),
        409: await member.post(f"{base}/approve", data=token),
        413: await public.post("/sign-in", content=b"x" * 1024 * 1025, headers=FORM),
        422: await member.post("/members", data=token),
        200: await public.options("/"),
    }
    for status, response in refusals.items():
        assert response.status_code == (204 if status == 200 else status), response.text
        assert_protected(response)
    for path in ("/static/nothing.css", "/log/tile/0/000", "/attestations/nothing", "/graphql"):
        assert_protected(await public.get(path))
    assert_protected(await public.request("PURGE", "/"))


async def test_only_public_reads_and_built_files_may_be_kept_by_others(site: Site) -> None:
    kept: set[str] = set()
    for address, page in PAGES.items():
        # Somebody who was never here gets every cookie that there is to get.
        async with a_client(site.app) as newcomer:
            for name, client in {**site.callers, "newcomer": newcomer}.items():
                response = await client.get(await path_of(site, page), headers={"accept": "text/html"})
                control = response.headers["cache-control"]
                if "public" in control:
                    kept.add(address)
                    assert "set-cookie" not in response.headers, "a cookie in a shared cache would be everybody's"
                else:
                    assert "no-store" in control, (address, name)
    assert kept == {
        "/",
        "/attestations",
        "/attestations/{name}",
        "/contexts/attestation/v1",
        "/log",
        "/log/checkpoint",
        "/log/tile/{path}",
        "/static/{file_path}",
    }


async def test_a_member_gets_no_page_that_others_may_keep(site: Site) -> None:
    for path in ("/", "/attestations", f"/attestations/{site.attestation}", "/log"):
        response = await site.member.get(path)
        assert response.headers["cache-control"] == "no-store"
        assert "Sign out" in response.text


# --- Request ids ---


async def test_a_request_id_is_taken_over_where_it_is_one_and_made_otherwise(site: Site) -> None:
    for given in ("abcdefgh", "A" * 64, "01936a8b-5a00.7000_x"):
        response = await site.public.get("/healthz", headers={"x-request-id": given})
        assert response.headers["x-request-id"] == given
    for text in ("short", "A" * 65, "with space", "a\tb12345678", "<script>12", "ümlaut-123"):
        response = await site.public.get("/healthz", headers=[(b"x-request-id", text.encode())])
        assert re.fullmatch(r"[0-9a-f]{16}", response.headers["x-request-id"])
    made = {(await site.public.get("/healthz")).headers["x-request-id"] for _ in range(20)}
    assert len(made) == 20


async def test_an_error_page_shows_the_id_of_its_request(site: Site) -> None:
    response = await site.public.get("/nothing", headers={"x-request-id": "the-id-of-this-one"})
    assert "the-id-of-this-one" in response.text


# --- Forms ---


async def posts(site: Site) -> dict[str, str]:
    """Return every address that takes a form, with a path that exists here."""
    values = {
        "assessment_id": site.draft,
        "question_id": "C01",
        "section_id": "core-policy",
        "evidence_id": site.evidence,
        "member_id": site.colleague,
        "token": site.invitation,
    }
    return {one: one.format(**values) for one in addresses(site.app, "POST") if one != "/graphql"}


async def test_every_form_is_refused_without_its_token_and_nothing_changes(site: Site) -> None:
    before = await everything()
    paths = await posts(site)
    assert len(paths) >= 15
    good = site.member.cookies[CSRF_COOKIE]
    wrong = [
        {},
        {"_csrf_token": ""},
        {"_csrf_token": "x" * 128},
        {"_csrf_token": good[:-1] + ("0" if good[-1] != "0" else "1")},
    ]
    for path in paths.values():
        for data in wrong:
            response = await site.member.post(path, data=data)
            assert response.status_code == 403, path
        response = await site.member.post(path, headers={"content-type": "application/json"}, content=b"{}")
        assert response.status_code == 403, path
    assert await everything() == before


async def test_a_token_without_its_cookie_or_of_somebody_elses_cookie_is_refused(site: Site) -> None:
    before = await everything()
    session = site.member.cookies[SESSION_COOKIE]
    mine, theirs = site.member.cookies[CSRF_COOKIE], site.other.cookies[CSRF_COOKIE]
    assert mine != theirs
    async with a_client(site.app) as client:
        for cookies, token in (
            ({SESSION_COOKIE: session}, mine),
            ({SESSION_COOKIE: session, CSRF_COOKIE: mine}, theirs),
            ({SESSION_COOKIE: session, CSRF_COOKIE: "made up"}, "made up"),
            ({SESSION_COOKIE: session, CSRF_COOKIE: "a" * 128}, "a" * 128),
        ):
            told = "; ".join(f"{name}={value}" for name, value in cookies.items())
            response = await client.post("/sign-out", data={"_csrf_token": token}, headers={"cookie": told})
            assert response.status_code == 403
    assert await everything() == before


async def test_only_graphql_takes_posts_without_a_token(site: Site) -> None:
    exempt = {
        route.path_format
        for route in site.app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.opt.get("exclude_from_csrf") and handler.http_methods & {"POST", "PUT", "PATCH", "DELETE"}
    }
    assert exempt == {"/graphql"}
    methods = {method for route in site.app.routes if isinstance(route, HTTPRoute) for method in route.methods}
    assert methods == {"GET", "HEAD", "OPTIONS", "POST"}


async def test_a_form_for_what_belongs_to_others_finds_nothing_and_changes_nothing(site: Site) -> None:
    before = await everything()
    token = {"_csrf_token": site.other.cookies[CSRF_COOKIE], "version": "0", "value": "1"}
    files = {"file": ("policy.pdf", world.PDF, "application/pdf")}
    paths = {one: path for one, path in (await posts(site)).items() if "_id}" in one}
    assert len(paths) >= 9
    for address, path in paths.items():
        upload = files if address.endswith("/evidence") else None
        response = await site.other.post(path, data=token, files=upload)
        assert response.status_code == 404, address
        assert "Test Hotels" not in response.text
        unsigned = f"{CSRF_COOKIE}={site.other.cookies[CSRF_COOKIE]}"
        async with a_client(site.app) as nobody:
            response = await nobody.post(path, data=token, files=upload, headers={"cookie": unsigned})
        assert response.status_code == 401, address
    assert await everything() == before


async def test_a_form_that_no_browser_sends_is_refused_and_is_no_error_of_ours(site: Site) -> None:
    kind = {"content-type": "multipart/form-data; boundary=b"}
    part = b'--b\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n--b--\r\n'
    for body, headers in (
        (b"x", {"content-type": "multipart/form-data"}),
        (b"x", kind),
        (part % (b"email", b"", b"\xff\xfe"), kind),
        (part % (b"email", b"\r\nContent-Type: text/plain; charset=unheard-of", b"a"), kind),
        (part % (b"_csrf_token", b'; filename="a"', b"a"), kind),
        ((part % (b"email", b"", b"a"))[:-8], kind),
        (
            b"".join(b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' for _ in range(1100))
            + b"--b--\r\n",
            kind,
        ),
    ):
        response = await site.member.post("/sign-in", content=body, headers=headers)
        assert response.status_code == 400, body[:60]
    response = await site.member.post("/sign-in", content=b"email=%ff%zz&&==&=", headers=FORM)
    assert response.status_code == 403


# --- Sessions ---


async def test_signing_out_ends_the_session_and_not_only_its_cookie(site: Site) -> None:
    async with a_client(site.app) as client:
        await signed_in(client, "owner@test.example")
        token = client.cookies[SESSION_COOKIE]
        response = await client.post("/sign-out", data={"_csrf_token": client.cookies[CSRF_COOKIE]})
        assert (response.status_code, response.headers["location"]) == (303, "/")
        assert SESSION_COOKIE not in client.cookies
        stolen = await client.get("/assessments", headers={"cookie": f"{SESSION_COOKIE}={token}"})
        assert stolen.status_code == 303
    assert (await site.member.get("/assessments")).status_code == 200


async def test_a_session_that_nobody_opened_is_the_public(site: Site) -> None:
    async with a_client(site.app) as client:
        for value in ("", "made-up", "x" * 4000, "%00", "é"):
            response = await client.get("/assessments", headers=[(b"cookie", f"{SESSION_COOKIE}={value}".encode())])
            assert response.status_code == 303


async def test_signing_in_again_gives_another_token(site: Site) -> None:
    async with a_client(site.app) as client:
        await signed_in(client, "owner@test.example")
        first = client.cookies[SESSION_COOKIE]
        given = {"_csrf_token": client.cookies[CSRF_COOKIE], "email": "owner@test.example", "password": world.PASSWORD}
        await client.post("/sign-in", data=given)
        assert client.cookies[SESSION_COOKIE] != first


ELSEWHERE = [
    "https://elsewhere.example",
    "//elsewhere.example",
    "///elsewhere.example",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    "/\r/elsewhere.example",
    "\t//elsewhere.example",
    " //elsewhere.example",
    "/ /elsewhere.example",
    "/\x00/elsewhere.example",
    "javascript:alert(1)",
    "elsewhere.example",
    "http:elsewhere.example",
    "",
]


@pytest.mark.parametrize("following", ELSEWHERE)
def test_nobody_is_sent_to_another_site(following: str) -> None:
    assert safe_next(following, "/assessments") == "/assessments"


@pytest.mark.parametrize("following", ["/", "/members", "/assessments/1?a=b#C01", "/a//b", "/a%2F%2Fb"])
def test_a_path_of_this_site_is_followed(following: str) -> None:
    assert safe_next(following, "/assessments") == following


async def test_after_signing_in_one_comes_back_to_this_site_and_nowhere_else(site: Site) -> None:
    for following, reached in (("/members", "/members"), *((one, "/assessments") for one in ELSEWHERE[:6])):
        async with a_client(site.app) as client:
            visitor = Visitor(client)
            await visitor.open(f"/sign-in?next={quote(following)}")
            given = {"email": "owner@test.example", "password": world.PASSWORD}
            page = await visitor.send("/sign-in", given)
            assert (page.url.host, page.url.path) == ("para73.test", reached)
            # A form that was changed on the way is no better.
            await visitor.open("/sign-in")
            response = await client.post(
                "/sign-in",
                data={**{k: v[0] for k, v in visitor.forms["/sign-in"].items()}, **given, "next": following},
            )
            assert response.headers["location"] == reached


async def test_an_invitation_works_once_by_its_page(site: Site) -> None:
    async with a_client(site.app) as client:
        visitor = Visitor(client)
        await visitor.open("/invitations/no-such-invitation-" + uuid4().hex)
        action = next(one for one in visitor.forms if one.startswith("/invitations/"))
        page = await visitor.send(action, {"password": world.PASSWORD})
        assert page.status_code == 404
        await visitor.open(f"/invitations/{site.invitation}")
        page = await visitor.send(f"/invitations/{site.invitation}", {"password": "short"})
        assert page.status_code == 422
        page = await visitor.send(f"/invitations/{site.invitation}", {"password": world.PASSWORD})
        assert page.url.path == "/assessments"
    async with a_client(site.app) as client:
        visitor = Visitor(client)
        await visitor.open(f"/invitations/{site.invitation}")
        page = await visitor.send(f"/invitations/{site.invitation}", {"password": world.PASSWORD})
        assert page.status_code == 404
