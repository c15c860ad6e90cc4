"""Working offline, as an editor does it: download the workbook, fill it in elsewhere, upload it, mend the rest."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from backend.assessments.rules.workbook import layout_of
from backend.sectors import service as sectors
from tests import workbooks
from tests.browser.conftest import NARROW, WIDE, Watch, axe_violations
from tests.browser.handed import too_wide
from tests.browser.people import EDITOR, Card, a_draft, member

LAYOUT = layout_of(sectors.get_questionnaire(sectors.current_references(["tourism"])), "en")


async def download(page: Page, draft: str, to: Path, language: str = "English") -> bytes:
    await page.goto(draft)
    await page.get_by_label("Language").select_option(language)
    async with page.expect_download() as found:
        await page.get_by_role("button", name="Download the workbook").click()
    done = await found.value
    await done.save_as(to)
    return await asyncio.to_thread(to.read_bytes)


async def upload(page: Page, draft: str, data: bytes) -> None:
    await page.goto(draft)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    await page.get_by_label("Upload the workbook that you filled in").set_input_files(
        {"name": "ours.xlsx", "mimeType": kind, "buffer": data}
    )
    await page.get_by_role("button", name="Upload", exact=True).click()
    await page.wait_for_url("**/import")


@pytest.mark.parametrize(("width", "dark"), [(WIDE, False), (NARROW, True)], ids=["wide, light", "narrow, dark"])
async def test_a_workbook_is_filled_in_elsewhere_and_what_does_not_fit_is_mended_on_its_page(
    watch: Watch, tmp_path: Path, width: int, dark: bool
) -> None:
    page = await member(watch, EDITOR, width=width, dark=dark)
    draft = await a_draft(page)
    data = await download(page, draft, tmp_path / "ours.xlsx")
    assert await axe_violations(page) == []
    await upload(page, draft, workbooks.fill_in(data, LAYOUT, {"C01": "4", "C03b": "last spring"}))
    await expect(page.get_by_role("heading", level=1)).to_have_text("What was taken in")
    await expect(page.get_by_text("1 answer was saved")).to_be_visible()
    assert await axe_violations(page) == []
    assert await too_wide(page) == []
    sheet, cell = workbooks.cell_of(LAYOUT, "C03b")
    row = page.get_by_role("row").filter(has_text=cell)
    await expect(row).to_contain_text(sheet)
    await expect(row).to_contain_text("“last spring” stands here.")
    await row.get_by_role("link", name="C03b").click()
    await expect(Card(page, "C01").option("4")).to_be_checked()
    await expect(Card(page, "C03b").value).to_have_value("")


async def test_a_file_that_is_no_workbook_is_refused_with_the_way_on(watch: Watch) -> None:
    watch.expect("422")
    page = await member(watch, EDITOR)
    draft = await a_draft(page)
    await upload(page, draft, b"Question;Answer")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Nothing was taken in")
    await expect(page.get_by_role("alert")).to_contain_text("Save it as an Excel workbook (.xlsx)")
    assert await axe_violations(page) == []
    await page.get_by_role("link", name="Upload again").click()
    await expect(page.get_by_role("heading", name="Work offline")).to_be_visible()
