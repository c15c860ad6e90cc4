"""The page of a published attestation checks itself in the reader's browser."""

from __future__ import annotations

from playwright.async_api import Route, expect

from tests.browser.conftest import Watch
from tests.browser.handed import LONG_AFTER, Published, outcomes

HELD_OFFLINE = ["form", "key", "contexts", "signature", "checkpoint", "inclusion", "entry", "dates"]


async def test_the_page_checks_itself_and_says_valid(watch: Watch, published: list[Published]) -> None:
    page = await watch.open(published[0].path)
    shown = page.locator("[data-verify-self] [data-verdict]")
    await expect(shown).to_have_attribute("data-verdict", "valid")
    await expect(shown.get_by_role("heading", name="Valid")).to_be_visible()
    await expect(page.locator("[data-verify-self] [role=status]")).to_have_text("Checked in your browser: valid.")
    assert await outcomes(page) == {**dict.fromkeys(HELD_OFFLINE, "held"), "later": "unreached"}
    await shown.get_by_text("What was signed").click()
    await expect(shown.locator(".verdict__facts")).to_contain_text(published[0].name)


async def test_the_page_shows_its_verdict_after_the_network_is_gone(watch: Watch, published: list[Published]) -> None:
    page = await watch.open(published[0].path)
    await expect(page.locator("[data-verdict]")).to_be_visible()
    await page.wait_for_load_state("networkidle")
    await page.context.set_offline(True)
    asked = len(watch.requests)
    await page.get_by_text("Show the credential").click()
    await expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "valid")
    assert len(watch.requests) == asked


async def test_the_page_says_expired_when_the_clock_is_past_its_end(watch: Watch, published: list[Published]) -> None:
    page = await watch.open()
    await page.clock.set_fixed_time(LONG_AFTER)
    await page.goto(published[0].path)
    await expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "expired")
    assert (await outcomes(page))["dates"] == "failed"


async def test_the_page_says_forged_when_its_bundle_was_changed(watch: Watch, published: list[Published]) -> None:
    page = await watch.open()

    async def changed(route: Route) -> None:
        await route.fulfill(body=published[0].bundle.replace(b'"country": "', b'"country": "X', 1))

    await page.route("**/*.bundle", changed)
    await page.goto(published[0].path)
    await expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "forged")


async def test_the_page_refuses_the_bundle_of_another_attestation(watch: Watch, published: list[Published]) -> None:
    page = await watch.open()

    async def another(route: Route) -> None:
        await route.fulfill(body=published[1].bundle)

    await page.route("**/*.bundle", another)
    await page.goto(published[0].path)
    await expect(page.locator("[data-problem]")).to_contain_text("is about another attestation than this page")
    await expect(page.locator("[data-verdict]")).to_have_count(0)


async def test_the_page_says_superseded_when_the_site_says_so(watch: Watch, published: list[Published]) -> None:
    page = await watch.open()

    async def superseded(route: Route) -> None:
        response = await route.fetch()
        text = await response.text()
        await route.fulfill(response=response, body=text.replace('data-status="valid"', 'data-status="superseded"'))

    await page.route(f"**{published[0].path}", superseded)
    await page.goto(published[0].path)
    await expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "superseded")
    assert (await outcomes(page))["later"] == "failed"


async def test_the_page_says_that_nothing_was_checked_and_tries_again(watch: Watch, published: list[Published]) -> None:
    watch.expect("ERR_FAILED")
    page = await watch.open()

    async def refuse(route: Route) -> None:
        await route.abort()

    await page.route("**/trust.json", refuse)
    await page.goto(published[0].path)
    await expect(page.locator("[data-problem]")).to_contain_text("Not checked")
    await page.unroute("**/trust.json")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "valid")
