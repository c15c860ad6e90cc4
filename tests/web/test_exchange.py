"""Working offline through the pages: download, upload, and a page that says what became of it."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest

from backend.adapters import clock
from backend.assessments import service as assessments
from backend.assessments.rules.workbook import Column, layout_of
from backend.assessments.rules.workbook_package import MAX_WORKBOOK_BYTES
from backend.kernel.actor import Actor
from backend.organisations import service as organisations
from backend.sectors import service as sectors
from backend.web.session import SESSION_COOKIE
from tests import workbooks, world
from tests.snapshot import everything
from tests.web.client import Visitor
from tests.web.conftest import Site

YEAR = clock.today().year
LAYOUT = layout_of(sectors.get_questionnaire(sectors.current_references(["tourism"])), "en")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def base(site: Site) -> str:
    return f"/assessments/{site.draft}"


async def owner_of(site: Site) -> Actor:
    token = site.member.cookies.get(SESSION_COOKIE)
    assert token is not None
    actor = await organisations.actor_of_session(token)
    assert actor is not None
    return actor


async def upload(site: Site, data: bytes, name: str = "ours.xlsx") -> tuple[int, str]:
    """Choose a file on the overview and send it; return the status and the words of the page."""
    visitor = Visitor(site.member)
    await visitor.open(base(site))
    page = await visitor.send(f"{base(site)}/import", files={"file": (name, data)})
    return page.status_code, " ".join(page.text.split())


@pytest.mark.parametrize(("asked", "language"), [("?lang=ar", "ar"), ("?lang=fr", "fr"), ("", "en")])
async def test_the_workbook_is_a_download_in_the_chosen_language(site: Site, asked: str, language: str) -> None:
    page = await site.member.get(f"{base(site)}/workbook.xlsx{asked}")
    assert (page.status_code, page.headers["content-type"]) == (200, XLSX)
    assert page.headers["cache-control"] == "private, no-store"
    name = unquote(page.headers["content-disposition"]).removeprefix("attachment; filename*=UTF-8''")
    assert name == f"para73-{YEAR}-{language}.xlsx"
    assert (
        workbooks.opened(page.content).worksheets[0].title
        == layout_of(sectors.get_questionnaire(sectors.current_references(["tourism"])), language).start
    )


async def test_a_language_that_there_is_not_is_refused(site: Site) -> None:
    page = await site.member.get(f"{base(site)}/workbook.xlsx?lang=xx", headers={"accept": "text/html"})
    assert page.status_code == 422
    assert "en, fr, es, ar" in page.text


async def test_the_answers_are_a_download_that_can_be_uploaded_again(site: Site) -> None:
    page = await site.member.get(f"{base(site)}/answers.json")
    assert (page.status_code, page.headers["content-type"]) == (200, "application/json")
    assert "attachment" in page.headers["content-disposition"]
    assert page.json() == await assessments.export_answers(await owner_of(site), site.draft)
    given = {**page.json(), "answers": {"C09": {"unknown": True}}}
    status, text = await upload(site, json.dumps(given).encode(), "answers.json")
    assert status == 200
    assert "1 answer was saved" in text
    assert f'<a href="{base(site)}/sections/core-work#C09">C09</a>' in text or "#C09" in text
    status, text = await upload(site, json.dumps(given).encode(), "answers.json")
    assert (status, "0 answers were saved" in text, "1 question had nothing new" in text) == (200, True, True)


async def test_an_upload_says_what_was_saved_and_lists_the_rest_with_cell_and_question(site: Site) -> None:
    data = (await site.member.get(f"{base(site)}/workbook.xlsx?lang=en")).content
    typed: workbooks.FilledIn = {"C01": "4", "C04": "about half", ("C02", Column.UNKNOWN): "<b>no</b>"}
    status, text = await upload(site, workbooks.fill_in(data, LAYOUT, typed))
    assert status == 200
    assert "1 answer was saved" in text
    assert "2 could not be taken in" in text
    section = workbooks.place_of(LAYOUT, "C04")[0].section.id
    sheet, cell = workbooks.cell_of(LAYOUT, "C04")
    assert f'<td data-label="Sheet">{sheet}</td>' in text
    assert f"<code>{cell}</code>" in text
    assert f'<a href="{base(site)}/sections/{section}#C04">C04</a>' in text
    assert "“about half” stands here." in text
    assert "Give a percentage from 0 to 100" in text
    assert "“&lt;b&gt;no&lt;/b&gt;” stands here." in text
    assert "Correct these cells in the same workbook" in text
    view = await assessments.get_assessment(await owner_of(site), site.draft)
    assert view.answers["C01"].answer.value == 4


async def test_a_file_that_is_refused_is_shown_with_the_reason_and_the_way_on(site: Site) -> None:
    before = await everything()
    for data, name, said, expected in (
        (b"PK\x03\x04 nothing of the kind", "ours.xlsx", "not a workbook that can be read", 422),
        (b"Question;Answer", "ours.xlsx", "not a workbook that can be read", 422),
        (b"", "ours.xlsx", "This file is empty.", 422),
        (b"PK" + b"\0" * MAX_WORKBOOK_BYTES, "ours.xlsx", "at most 5 MB", 413),
        (b"{", "answers.json", "What is wrong in the file", 422),
    ):
        status, text = await upload(site, data, name)
        assert (status, said in text) == (expected, True), said
        assert "Nothing was taken in" in text
        assert f'href="{base(site)}#offline"' in text
    assert await everything() == before


async def test_an_answers_file_that_is_refused_shows_each_line(site: Site) -> None:
    given = await assessments.export_answers(await owner_of(site), site.draft)
    given["answers"] = {"C01": {"value": 9}, "C04": {"value": "many"}}
    before = await everything()
    status, text = await upload(site, json.dumps(given, indent=1).encode(), "answers.json")
    assert status == 422
    assert "2 things in it are wrong" in text
    assert "<code>answers.C01.value</code>" in text
    assert "<code>answers.C04.value</code>" in text
    assert await everything() == before


async def test_a_body_beyond_what_this_takes_is_refused(site: Site) -> None:
    status, _ = await upload(site, b"PK" + b"\0" * (MAX_WORKBOOK_BYTES + 128 * 1024))
    assert status == 413


async def test_sending_no_file_is_told_and_is_no_error_of_ours(site: Site) -> None:
    visitor = Visitor(site.member)
    await visitor.open(base(site))
    page = await visitor.send(f"{base(site)}/import")
    assert page.status_code == 422
    assert "Choose a file first." in page.text


async def test_what_is_closed_offers_the_workbook_and_takes_none(site: Site) -> None:
    visitor = Visitor(site.member)
    page = await visitor.open(f"/assessments/{site.published}")
    assert f"/assessments/{site.published}/workbook.xlsx" in page.text
    assert f"/assessments/{site.published}/import" not in visitor.forms
    assert (await site.member.get(f"/assessments/{site.published}/workbook.xlsx")).status_code == 200


async def test_the_overview_offers_every_language_and_chooses_that_of_the_page(site: Site) -> None:
    page = await site.member.get(f"{base(site)}?lang=es", headers={"accept": "text/html"})
    assert '<option value="es" selected>Español</option>' in page.text
    assert page.text.count("<option value=") >= 4


async def test_another_organisation_neither_reads_nor_writes(site: Site) -> None:
    before = await everything()
    for path in ("workbook.xlsx", "answers.json"):
        assert (await site.other.get(f"{base(site)}/{path}")).status_code == 404
    await site.other.get("/members")
    token = site.other.cookies.get("para73_csrf")
    page = await site.other.post(
        f"{base(site)}/import", data={"_csrf_token": token}, files={"file": ("ours.xlsx", world.PDF)}
    )
    assert page.status_code == 404
    assert await everything() == before
