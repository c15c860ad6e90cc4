"""Evidence: documents are taken, listed and handed out as they came; what cannot be evidence leaves nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import FilePayload, expect

from backend.assessments.rules.evidence import MAX_EVIDENCE_BYTES
from tests.browser.conftest import Watch
from tests.browser.people import EDITOR, POLICY, Card, a_page, member
from tests.world import PDF

PNG: FilePayload = {"name": "lobby.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(64)}
ZIP: FilePayload = {"name": "all.zip", "mimeType": "application/zip", "buffer": b"PK\x05\x06" + bytes(18)}


async def test_a_pdf_is_attached_listed_and_handed_out_as_it_came(watch: Watch, tmp_path: Path) -> None:
    page, _ = await a_page(watch, "core-policy")
    card = Card(page, "C01")
    await card.attach(POLICY, {"name": "minutes.txt", "mimeType": "text/plain", "buffer": b"Approved."})
    await expect(card.attaching).to_have_text("Attached Child protection policy.pdf, minutes.txt")
    await expect(card.attached).to_have_count(2)
    await page.reload()
    await expect(card.attached.first).to_contain_text(f"PDF, {len(PDF)} bytes")
    await expect(card.attached.last).to_contain_text("TXT, 9 bytes")
    async with page.expect_download() as found:
        await card.attached.first.get_by_role("link").click()
    download = await found.value
    assert download.suggested_filename == "Child protection policy.pdf"
    await download.save_as(tmp_path / "handed out")
    assert (tmp_path / "handed out").read_bytes() == PDF


async def test_pictures_archives_and_huge_files_are_refused_with_the_reason_and_not_stored(
    watch: Watch, tmp_path: Path
) -> None:
    watch.expect("422")
    page, _ = await a_page(watch, "core-policy")
    card = Card(page, "C01")
    for refused in (PNG, ZIP):
        await card.attach(refused)
        await expect(card.attaching).to_contain_text(f"{refused['name']} was not attached. This is not a PDF")
        await expect(card.attaching).to_contain_text("Images, video and archives cannot be evidence")
    sent = len(watch.requests)
    huge = tmp_path / "huge.pdf"
    huge.write_bytes(PDF)
    os.truncate(huge, MAX_EVIDENCE_BYTES + 1)
    await card.root.locator("input[type=file]").set_input_files(huge)
    await expect(card.attaching).to_contain_text("huge.pdf was not attached. It has 25 MB, and 25 MB is the most")
    assert watch.requests[sent:] == []
    await expect(card.attached).to_have_count(0)
    await page.reload()
    await expect(card.attached).to_have_count(0)


async def test_a_document_that_was_removed_can_be_put_back(watch: Watch) -> None:
    page, draft = await a_page(watch, "core-policy")
    card = Card(page, "C01")
    await card.attach(POLICY)
    await card.root.get_by_role("button", name="Remove Child protection policy.pdf").click()
    await expect(card.attached).to_contain_text("Removed Child protection policy.pdf")
    other = await member(watch, EDITOR, f"{draft}/sections/core-policy")
    await expect(Card(other, "C01").attached).to_have_count(0)
    await card.root.get_by_role("button", name="Undo: put Child protection policy.pdf back").click()
    await expect(card.attached.get_by_role("link")).to_be_visible()
    await other.reload()
    await expect(Card(other, "C01").attached.get_by_role("link")).to_have_text("Child protection policy.pdf")
