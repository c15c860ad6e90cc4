"""People who use the pages, and the steps that their stories share. Samples are used where a story needs no company
of its own, and whoever signed in once is not asked again.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import FilePayload, Locator, Page, StorageState, expect

from backend.commands.samples import SAMPLE_PASSWORD
from tests.browser.conftest import Watch
from tests.world import PASSWORD, PDF

OWNER, EDITOR, SIGNATORY = (f"{role}@palmcourt.example" for role in ("owner", "editor", "signatory"))
PUBLISHER = "owner@lagoon.example"
ASSESSMENT = re.compile(r"/assessments/[0-9a-f-]{36}$")
SAVED = re.compile(r"^Saved at \d\d:\d\d by ")
POLICY: FilePayload = {"name": "Child protection policy.pdf", "mimeType": "application/pdf", "buffer": PDF}
_YEARS = count(2001)
_signed_in: dict[tuple[str, str], StorageState] = {}


async def member(watch: Watch, email: str, path: str = "", **options: Any) -> Page:
    """Open a page as this sample member."""
    key = (watch.base, email)
    if key not in _signed_in:
        page = await watch.open("/sign-in")
        await sign_in(page, email, SAMPLE_PASSWORD)
        _signed_in[key] = await page.context.storage_state()
    return await watch.open(path, storage_state=_signed_in[key], **options)


async def sign_in(page: Page, email: str, password: str) -> None:
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/assessments")


async def sign_up(page: Page, name: str, email: str) -> None:
    """Sign up an invented hotel chain from the page that asks for it."""
    await page.goto("/sign-up")
    await page.get_by_label("Legal name").fill(name)
    await page.get_by_label("Country of registration").select_option("KE")
    await page.get_by_label("Tourism and travel").check()
    await page.get_by_label("Your name").fill("Amina Test")
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign up").click()
    await page.wait_for_url("**/assessments")


async def a_draft(page: Page) -> str:
    """Start an assessment of a year that no other test has, and return its path."""
    await page.goto("/assessments")
    await page.get_by_text("Start another assessment").click()
    await page.get_by_label("Year that it covers").fill(str(next(_YEARS)))
    await page.get_by_role("button", name="Start the assessment").click()
    await page.wait_for_url(ASSESSMENT)
    return urlsplit(page.url).path


@dataclass(frozen=True)
class Card:
    """One question on its section's page."""

    page: Page
    id: str

    @property
    def root(self) -> Locator:
        return self.page.locator(f"#{self.id}")

    @property
    def value(self) -> Locator:
        return self.root.locator("[name=value]")

    @property
    def note(self) -> Locator:
        return self.root.locator("[name=note]")

    @property
    def state(self) -> Locator:
        return self.root.locator("[data-save-state]")

    @property
    def attached(self) -> Locator:
        return self.root.locator("[data-documents] li")

    @property
    def attaching(self) -> Locator:
        return self.root.locator("[data-attach-state]")

    def option(self, value: str) -> Locator:
        return self.root.locator(f"[name=value][value={value!r}]")

    def kind(self, label: str) -> Locator:
        return self.root.get_by_label(label, exact=True)

    async def attach(self, *files: FilePayload) -> None:
        await self.root.locator("input[type=file]").set_input_files(list(files))

    @asynccontextmanager
    async def answered(self) -> AsyncIterator[None]:
        """Wait until the server has answered what is given inside."""
        async with self.page.expect_response(lambda got: got.url.endswith(f"/answers/{self.id}")):
            yield

    async def is_saved(self) -> None:
        await expect(self.state).to_have_text(SAVED)


async def open_section(page: Page, draft: str, section: str) -> None:
    await page.goto(f"{draft}/sections/{section}")


async def a_page(watch: Watch, section: str) -> tuple[Page, str]:
    """Return an editor's page at a section of a fresh assessment, and the assessment's path."""
    page = await member(watch, EDITOR)
    draft = await a_draft(page)
    await open_section(page, draft, section)
    return page, draft


async def answer_section(page: Page) -> int:
    """Answer every open question of the page by hand, the ones that come up meanwhile too; return how many."""
    done: set[str] = set()
    while True:
        ids = await page.eval_on_selector_all(
            "article[data-question]:not([hidden]):not([data-held])", "cards => cards.map((card) => card.id)"
        )
        fresh = [one for one in ids if one not in done]
        if not fresh:
            return len(done)
        card = Card(page, fresh[0])
        done.add(card.id)
        async with card.answered():
            await _give(card)
        await card.is_saved()


async def _give(card: Card) -> None:
    first = card.value.first
    match await first.get_attribute("type"):
        case "radio":
            await card.value.last.check()
        case "checkbox":
            await card.root.locator("[name=value]:not([data-exclusive])").first.check()
        case "date":
            await first.fill("2026-03-01")
            await first.press("Enter")
        case _:
            await first.fill("80")
            await first.press("Enter")
