"""Everybody can use every page: with a screen reader, on a narrow screen, in the dark, with a thumb, on paper."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, LiveServer, Watch, axe_violations
from tests.browser.handed import Published, too_wide
from tests.browser.people import EDITOR, OWNER, POLICY, PUBLISHER, Card, a_draft, a_page, member, open_section

PUBLIC = (
    "/",
    "/attestations",
    "/attestations?search=nobody+of+this+name",
    "/attestations/{attestation}",
    "/questionnaires",
    "/questionnaires/tourism",
    "/questionnaires/core?lang=ar",
    "/method",
    "/log",
    "/verify",
    "/graphql",
    "/sign-up",
    "/sign-in",
    "/invitations/of-somebody",
    "/no-such-page",
)
OWN = (
    "/assessments",
    "{draft}",
    "{draft}/sections/core-policy",
    "{draft}/sections/tourism-profile",
    "{draft}/review",
    "/members",
    "{draft}/no-such-page",
)
FINISHED = ("{finished}", "{finished}/scorecard", "{finished}/sections/core-policy", "/members")
MODES = pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (NARROW, True)], ids=["wide, light", "narrow, dark"])
SECURITY = {
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
    "x-request-id",
}
# What a thumb has to hit, with its height in CSS pixels; links inside a sentence are as tall as their line.
LOW_TARGETS = """() => [...document.querySelectorAll(
    "button, summary, select, .button, .nav a, .sections a, .link-list a, label.choice, label.kind, " +
    "input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea, a.target")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest("#graphiql"))
  .map((one) => [one.getBoundingClientRect().height, one.outerHTML.slice(0, 100)])
  .filter(([height]) => height < 43.5)"""
# An element that is reached by Tab and shows it.
FOCUS = """() => {
  const one = document.activeElement, style = getComputedStyle(one.closest("label.choice") ?? one);
  return [one.outerHTML.slice(0, 100), style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
}"""


_latest: dict[tuple[str, str], str] = {}


async def found_well(page: Page) -> None:
    assert await axe_violations(page) == []
    assert await too_wide(page) == []
    assert await page.evaluate(LOW_TARGETS) == []


async def latest_of(watch: Watch, email: str) -> str:
    """Return the path of the newest assessment of this member's company; looked up once."""
    key = (watch.base, email)
    if key not in _latest:
        page = await member(watch, email, "/assessments")
        year = page.get_by_role("row").get_by_role("link", name=re.compile(r"^\d{4}$")).first
        _latest[key] = str(await year.get_attribute("href"))
    return _latest[key]


@MODES
@pytest.mark.parametrize("path", PUBLIC)
async def test_every_public_page_is_accessible_and_fits(
    watch: Watch, published: list[Published], path: str, width: int, dark: bool
) -> None:
    watch.expect("404")
    page = await watch.open(path.format(attestation=published[0].id), width, dark)
    if path == "/graphql":
        await expect(page.locator(".graphiql-container .CodeMirror").first).to_be_visible()
    await found_well(page)


@MODES
@pytest.mark.parametrize("path", OWN)
async def test_every_page_of_a_member_is_accessible_and_fits(watch: Watch, path: str, width: int, dark: bool) -> None:
    watch.expect("404")
    path = path.format(draft=await latest_of(watch, OWNER))
    await found_well(await member(watch, OWNER, path, width=width, dark=dark))


@MODES
@pytest.mark.parametrize("path", FINISHED)
async def test_every_page_of_a_finished_assessment_is_accessible_and_fits(
    watch: Watch, path: str, width: int, dark: bool
) -> None:
    path = path.format(finished=await latest_of(watch, PUBLISHER))
    await found_well(await member(watch, PUBLISHER, path, width=width, dark=dark))


@MODES
async def test_what_comes_up_while_answering_is_accessible_and_fits(watch: Watch, width: int, dark: bool) -> None:
    watch.expect("409")
    watch.expect("422")
    page = await member(watch, EDITOR, width=width, dark=dark)
    draft = await a_draft(page)
    await open_section(page, draft, "core-suppliers")
    other = await member(watch, OWNER, f"{draft}/sections/core-suppliers")
    reason, share, level = Card(page, "C05"), Card(page, "C04"), Card(page, "C05b")
    async with Card(other, "C04").answered():
        await Card(other, "C04").value.fill("10")
    async with share.answered():
        await share.value.fill("20")
    await reason.kind("Does not apply to us").check()
    async with level.answered():
        await level.option("3").check()
    await level.attach(POLICY)
    await expect(level.attached).to_have_count(1)
    await level.attach({"name": "lobby.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n"})
    await expect(level.attaching).to_contain_text("was not attached")
    await level.root.get_by_role("button", name="Remove").click()
    await level.root.get_by_text("Note for whoever reads this answer").click()
    await expect(share.root.get_by_role("alert")).to_be_visible()
    await found_well(page)


@MODES
async def test_a_form_with_mistakes_is_accessible_and_leads_to_each(watch: Watch, width: int, dark: bool) -> None:
    watch.expect("422")
    page = await watch.open("/sign-up", width, dark)
    await page.get_by_label("E-mail address").fill("nonsense")
    await page.get_by_role("button", name="Sign up").click()
    summary = page.get_by_role("alert", name="Some entries need another look")
    await expect(summary).to_be_focused()
    await found_well(page)
    for line in await summary.get_by_role("link").all():
        target = page.locator(str(await line.get_attribute("href")))
        assert await target.get_attribute("aria-invalid") == "true"
        await expect(target).to_have_accessible_description(re.compile(re.escape(await line.inner_text())))
    await summary.get_by_role("link", name="Give an e-mail address").click()
    await expect(page.get_by_label("E-mail address")).to_be_focused()
    await expect(page.get_by_label("E-mail address")).to_have_value("nonsense")


@pytest.mark.parametrize("path", ["/", "/sign-up", "/attestations", "{draft}/sections/core-policy"])
async def test_whoever_goes_by_keyboard_always_sees_where_they_are(watch: Watch, path: str) -> None:
    if "{draft}" in path:
        page = await member(watch, EDITOR, path.format(draft=await latest_of(watch, EDITOR)))
    else:
        page = await watch.open(path)
    shown = []
    for _ in range(25):
        await page.keyboard.press("Tab")
        shown.append(await page.evaluate(FOCUS))
    assert [name for name, is_seen in shown if not is_seen] == []


async def test_the_menu_of_a_narrow_screen_opens_and_closes_by_keyboard(watch: Watch) -> None:
    page = await watch.open("/", NARROW)
    menu = page.get_by_role("navigation", name="Menu")
    await expect(menu).to_be_hidden()
    await page.locator("summary", has_text="Menu").press("Enter")
    await expect(menu.get_by_role("link", name="Published scores")).to_be_visible()
    assert await axe_violations(page) == []
    assert await too_wide(page) == []
    await page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(page.locator("summary", has_text="Menu")).to_be_focused()


async def test_a_scorecard_on_paper_has_its_figures_and_no_buttons(watch: Watch) -> None:
    page = await member(watch, PUBLISHER, f"{await latest_of(watch, PUBLISHER)}/scorecard")
    await page.emulate_media(media="print")
    # An A4 page between its margins at 96 dots per inch, laid sideways and upright.
    await page.set_viewport_size({"width": 1017, "height": 688})
    table, aside = [await page.locator(f"[aria-labelledby={name}]").bounding_box() for name in ("by-clause", "counts")]
    assert table is not None
    assert aside is not None
    assert table["y"] + table["height"] < aside["y"]
    await page.set_viewport_size({"width": 688, "height": 1017})
    assert await too_wide(page) == []
    await expect(page.get_by_role("navigation")).to_have_count(0)
    await expect(page.locator("main button:visible")).to_have_count(0)
    await expect(page.get_by_role("heading", name="Scorecard")).to_be_visible()
    clause = page.get_by_role("rowheader", name="Policy, supply chain and training")
    box = await clause.bounding_box()
    assert box is not None
    assert box["width"] > 150


async def test_graphiql_runs_from_our_own_files_and_shows_an_answer(
    watch: Watch, published: list[Published], live: LiveServer
) -> None:
    page = await watch.open("/graphql")
    await page.get_by_role("button", name="Execute query").click()
    answer = page.locator(".result-window")
    await expect(answer).to_contain_text(published[0].name)
    await expect(answer).to_contain_text("scoreBp")
    assert {httpx.URL(url).host for url in watch.requests if not url.startswith("data:")} == {"127.0.0.1"}
    query = page.get_by_role("link", name="See the answer as JSON").first
    await page.get_by_text("The latest scores").click()
    async with httpx.AsyncClient(base_url=live.base) as client:
        told = (await client.get(str(await query.get_attribute("href")))).json()
    assert {node["company"]["name"] for node in told["data"]["publishedScores"]["nodes"]} >= {published[0].name}


async def test_a_form_that_is_out_of_date_is_refused_and_nothing_is_stored(watch: Watch) -> None:
    watch.expect("403")
    page = await member(watch, EDITOR, "/assessments")
    await page.get_by_text("Start another assessment").click()
    form = page.locator("form[action='/assessments/start']")
    await form.locator("[name=_csrf_token]").evaluate("field => field.value = 'of another day'")
    await form.get_by_label("Year that it covers").fill("2000")
    await form.get_by_role("button", name="Start the assessment").click()
    await expect(page.get_by_role("heading", name="This form is out of date")).to_be_visible()
    await page.get_by_role("link", name="Go to your assessments").click()
    await expect(page.get_by_role("link", name="2000", exact=True)).to_have_count(0)


async def test_every_response_has_the_security_headers(
    watch: Watch, live: LiveServer, published: list[Published]
) -> None:
    page, draft = await a_page(watch, "core-policy")
    names = {cookie["name"]: cookie["value"] for cookie in await page.context.cookies()}
    files = [f"{published[0].path}{ending}" for ending in (".json", ".tlog-proof", ".bundle")]
    files += ["/log/checkpoint", "/log/vkey", "/trust.json", "/.well-known/did.json", "/healthz", "/graphql?query={x}"]
    built = await page.eval_on_selector_all("link, script[src]", "all => all.map((one) => one.href ?? one.src)")
    paths = [path.format(attestation=published[0].id) for path in PUBLIC]
    paths += [path.format(draft=draft) for path in OWN]
    async with httpx.AsyncClient(base_url=live.base, cookies=names, headers={"accept": "text/html"}) as client:
        responses = [await client.get(path) for path in [*paths, *files, *built]]
        responses += [await client.post(path) for path in ("/sign-in", "/graphql", "/no-such-page")]
    bare = {str(one.url): missing for one in responses if (missing := SECURITY - one.headers.keys())}
    assert bare == {}
    policies = {one.headers["content-security-policy"] for one in responses}
    assert all("default-src 'none'" in policy and "script-src 'self'" in policy for policy in policies), policies
