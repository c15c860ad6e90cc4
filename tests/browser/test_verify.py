"""A file that somebody hands over is verified in the browser, and no server is asked."""

from __future__ import annotations

import base64
import json
import re

import pytest
from playwright.async_api import Browser, FilePayload, Route, expect

from backend.attestations.rules.bundle import MAX_BYTES
from tests.browser import attested
from tests.browser.conftest import NARROW, WIDE, LiveServer, Watch, axe_violations
from tests.browser.handed import LONG_AFTER, Published, a_file, altered, choose, too_wide, verdict_of

TAKEN_FROM_OTHER_NETWORK = "http://para73.test"
DROP = """async ([selector, files]) => {
  const transfer = new DataTransfer();
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  for (const [name, text] of files) transfer.items.add(new File([bytes(text)], name));
  const place = document.querySelector(selector);
  const options = {dataTransfer: transfer, bubbles: true, cancelable: true};
  const left = place.dispatchEvent(new DragEvent("dragover", options));
  const over = document.querySelector("[data-verify-drop]").dataset.over;
  place.dispatchEvent(new DragEvent("drop", options));
  return [left, over, document.querySelector("[data-verify-drop]").dataset.over];
}"""


async def test_a_bundle_is_valid_and_nothing_is_asked_of_anybody(watch: Watch, published: list[Published]) -> None:
    page = await watch.open("/verify")
    # The page's own parts, its icon among them, have arrived.
    await page.wait_for_load_state("networkidle")
    await page.context.set_offline(True)
    asked = len(watch.requests)
    verdict, reasons = await verdict_of(page, a_file("any name", published[0].bundle))
    assert verdict == "valid"
    assert "The signature holds" in reasons
    assert "It stands in the log as entry" in reasons
    assert published[0].name in await page.locator(".verdict__facts").inner_text()
    await expect(page.get_by_role("status")).to_contain_text(f"Valid: {published[0].name}")
    assert len(watch.requests) == asked


async def test_one_byte_changed_anywhere_is_forged(watch: Watch, published: list[Published]) -> None:
    page = await watch.open("/verify")
    for place, data in altered(published[0]).items():
        assert data != published[0].bundle, place
        verdict, _ = await verdict_of(page, a_file("changed.bundle", data))
        assert verdict == "forged", place
    verdict, _ = await verdict_of(page, a_file("whole.bundle", published[0].bundle))
    assert verdict == "valid"


async def test_a_bundle_past_its_end_is_expired(watch: Watch, published: list[Published]) -> None:
    page = await watch.open()
    await page.clock.set_fixed_time(LONG_AFTER)
    await page.goto("/verify")
    verdict, reasons = await verdict_of(page, a_file("a.bundle", published[0].bundle))
    assert verdict == "expired"
    assert "It held until" in reasons


async def test_a_credential_alone_is_unknown_until_its_proof_follows(watch: Watch, published: list[Published]) -> None:
    page = await watch.open("/verify")
    verdict, reasons = await verdict_of(page, a_file("a.json", published[0].credential))
    assert verdict == "unknown"
    assert "No inclusion proof was given" in reasons
    await expect(page.locator(".verdict__next")).to_contain_text("Drop the .tlog-proof here as well")
    verdict, _ = await verdict_of(page, a_file("a.tlog-proof", published[0].proof))
    assert verdict == "valid"


async def test_a_credential_with_its_proof_is_valid_whatever_their_names(
    watch: Watch, published: list[Published]
) -> None:
    page = await watch.open("/verify")
    verdict, _ = await verdict_of(page, a_file("1.txt", published[0].proof), a_file("2", published[0].credential))
    assert verdict == "valid"


async def test_a_credential_with_the_proof_of_another_is_forged(watch: Watch, published: list[Published]) -> None:
    page = await watch.open("/verify")
    files = (a_file("a.json", published[0].credential), a_file("b.tlog-proof", published[1].proof))
    verdict, reasons = await verdict_of(page, *files)
    assert (verdict, reasons) == ("forged", "The log's entry is about another attestation.")


async def test_keys_of_the_visitor_count_instead_of_the_site_s(watch: Watch, published: list[Published]) -> None:
    page = await watch.open("/verify")
    pinned = page.locator("[data-verify-trust]")
    await expect(pinned).to_contain_text("They came with this page.")
    trust = a_file("mine.json", json.dumps(attested.TRUST.to_json()).encode())
    verdict, reasons = await verdict_of(page, trust, a_file("a.bundle", published[0].bundle))
    assert verdict == "forged"
    assert f"the issuer that you trust is {attested.ISSUER}" in reasons
    await expect(pinned).to_contain_text("You brought these, in mine.json.")
    await expect(pinned).to_contain_text(attested.MULTIKEY)
    verdict, _ = await verdict_of(page, a_file("own.bundle", attested.bundle_of()))
    assert verdict == "valid"
    await page.get_by_role("button", name="Use this site’s keys again").click()
    await expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "forged")
    await expect(pinned).not_to_contain_text(attested.MULTIKEY)


async def test_a_duplicate_key_is_forged(watch: Watch, published: list[Published]) -> None:
    page = await watch.open("/verify")
    doubled = re.sub(rb'("country": "[A-Z]{2}")', rb"\1, \1", published[0].bundle, count=1)
    verdict, reasons = await verdict_of(page, a_file("a.bundle", doubled))
    assert verdict == "forged"
    assert "the key 'country' stands twice in one object" in reasons


@pytest.mark.parametrize(
    ("name", "data", "title"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(40), "photo.png is a picture, not an attestation"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drawing.svg is a picture, not an attestation"),
        ("report.pdf", b"%PDF-1.7\n", "report.pdf is a PDF, not an attestation"),
        ("all.zip", b"PK\x03\x04" + bytes(40), "all.zip is an archive, not an attestation"),
        ("saved.html", b"<!DOCTYPE html><title>x</title>", "saved.html is a web page, not an attestation"),
        ("empty.bundle", b"", "empty.bundle is empty"),
        ("huge.bundle", b" " * (MAX_BYTES + 1), "huge.bundle is too large"),
    ],
)
async def test_what_is_no_attestation_at_all_gets_no_verdict(watch: Watch, name: str, data: bytes, title: str) -> None:
    page = await watch.open("/verify")
    await choose(page, a_file(name, data))
    await expect(page.locator("[data-problem]").get_by_role("heading")).to_have_text(title)
    await expect(page.locator("[data-verdict]")).to_have_count(0)
    await expect(page.get_by_role("status")).to_have_text(f"{title}. Nothing was checked.")


async def test_other_json_is_forged_as_the_command_says(watch: Watch) -> None:
    page = await watch.open("/verify")
    verdict, reasons = await verdict_of(page, a_file("package.json", b'{"name": "something"}'))
    assert (verdict, reasons) == ("forged", "This is not an attestation of Para73.")


async def test_two_attestations_at_once_are_named_and_not_mixed(watch: Watch, published: list[Published]) -> None:
    page = await watch.open("/verify")
    await choose(page, a_file("one.bundle", published[0].bundle), a_file("two.json", published[1].credential))
    problem = page.locator("[data-problem]")
    await expect(problem.get_by_role("heading")).to_have_text("Two attestations at once")
    assert await problem.locator("li").all_inner_texts() == ["one.bundle", "two.json"]


async def test_a_trust_file_that_cannot_be_used_stops_the_check(watch: Watch, published: list[Published]) -> None:
    page = await watch.open("/verify")
    await choose(page, a_file("trust.json", b"{"), a_file("a.bundle", published[0].bundle))
    await expect(page.locator("[data-problem]")).to_contain_text("Nothing was checked")
    await expect(page.locator("[data-verdict]")).to_have_count(0)


async def test_a_picture_beside_the_bundle_is_named_as_not_looked_at(watch: Watch, published: list[Published]) -> None:
    page = await watch.open("/verify")
    picture = a_file("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(40))
    verdict, reasons = await verdict_of(page, picture, a_file("a.bundle", published[0].bundle))
    assert verdict == "valid"
    assert "Not looked at: photo.jpg, which is a picture." in reasons


@pytest.mark.parametrize("place", ["[data-verify-drop]", "footer"])
async def test_a_file_dropped_anywhere_on_the_page_is_taken(
    watch: Watch, published: list[Published], place: str
) -> None:
    page = await watch.open("/verify")
    data = base64.b64encode(published[0].bundle).decode()
    goes_on, over, after = await page.evaluate(DROP, [place, [["a.bundle", data]]])
    assert (goes_on, over, after) == (False, "true", "false")
    await expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", "valid")


async def test_the_keyboard_alone_leads_from_the_top_to_every_reason(watch: Watch, published: list[Published]) -> None:
    page = await watch.open("/verify")
    for _ in range(40):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement?.id") == "verify-file":
            break
    async with page.expect_file_chooser() as chosen:
        await page.keyboard.press("Space")
    await (await chosen.value).set_files([a_file("a.bundle", published[0].bundle)])
    await expect(page.locator("[data-verdict]")).to_be_visible()
    assert await page.evaluate("document.activeElement?.id") == "verify-file"
    summary = page.locator("[data-verdict] summary")
    for _ in range(4):
        await page.keyboard.press("Tab")
        if await summary.evaluate("(element) => element === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-step=inclusion]")).to_be_visible()


async def test_on_plain_http_a_library_checks_and_the_page_says_what_that_is_worth(
    browser: Browser, live: LiveServer, published: list[Published]
) -> None:
    context = await browser.new_context()
    page = await context.new_page()

    async def from_here(route: Route) -> None:
        address = route.request.url.replace(TAKEN_FROM_OTHER_NETWORK, live.base)
        await route.fulfill(response=await route.fetch(url=address))

    await context.route(f"{TAKEN_FROM_OTHER_NETWORK}/**", from_here)
    await page.goto(f"{TAKEN_FROM_OTHER_NETWORK}/verify")
    assert await page.evaluate("crypto.subtle === undefined")
    verdict, _ = await verdict_of(page, a_file("a.bundle", published[0].bundle))
    limits = await page.locator(".verdict__limits").inner_text()
    changed, _ = await verdict_of(page, a_file("a.bundle", altered(published[0])["name"]))
    await context.close()
    assert (verdict, changed) == ("valid", "forged")
    assert "the library @noble/ed25519" in limits
    assert "This page came over plain http" in limits


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_both_pages_are_accessible_and_fit_the_width(
    watch: Watch, published: list[Published], width: int, dark: bool
) -> None:
    states: dict[str, list[FilePayload]] = {
        "nothing yet": [],
        "valid": [a_file("a.bundle", published[0].bundle)],
        "unknown": [a_file("a.json", published[0].credential)],
        "forged": [a_file("a.bundle", altered(published[0])["name"])],
        "problem": [a_file("photo.png", b"\x89PNG" + bytes(40))],
    }
    page = await watch.open("/verify", width=width, dark=dark)
    for state, files in states.items():
        if files:
            await choose(page, *files)
            await expect(page.locator("[data-verdict], [data-problem]")).to_be_visible()
            await page.evaluate("document.querySelectorAll('details.disclose').forEach((one) => (one.open = true))")
        assert await axe_violations(page) == [], state
        assert await too_wide(page) == [], state
    page = await watch.open(published[0].path, width=width, dark=dark)
    await expect(page.locator("[data-verdict]")).to_be_visible()
    assert await axe_violations(page) == []
    assert await too_wide(page) == []
