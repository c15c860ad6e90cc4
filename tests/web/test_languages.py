"""The questions in the reader's language: public pages by their address alone, a member's by choice."""

from __future__ import annotations

import re

import pytest

from backend.sectors import service as sectors
from backend.sectors.rules.languages import LANGUAGES
from backend.web.language import LANGUAGE_COOKIE
from tests.web.conftest import YEAR, Site

QUESTION = next(one for one in sectors.get_module("core@2026.1").questions if one.id == "C01")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_public_questionnaire_is_shown_in_the_language_of_its_address(site: Site, language: str) -> None:
    page = (await site.public.get(f"/questionnaires/core?lang={language}")).text
    assert QUESTION.text[language] in page
    assert QUESTION.help[language].split(".")[0] in page
    assert f'aria-current="true">{LANGUAGES[language]}' in page
    assert ('dir="rtl"' in page.split("<main", 1)[1].replace('hreflang="ar" dir="rtl"', "")) is (language == "ar")
    assert "fallback" not in page


async def test_a_public_page_is_a_function_of_its_address(site: Site) -> None:
    headers = {"accept-language": "fr", "cookie": f"{LANGUAGE_COOKIE}=ar"}
    assert (await site.public.get("/questionnaires/core", headers=headers)).text == (
        await site.public.get("/questionnaires/core")
    ).text
    unknown = (await site.public.get("/questionnaires/core?lang=xx")).text
    assert QUESTION.text["en"] in unknown


async def test_a_member_reads_in_the_browsers_language_until_another_one_is_chosen(site: Site) -> None:
    address = f"/assessments/{site.draft}/sections/core-policy"
    first = await site.member.get(address, headers={"accept-language": "de, fr-CH;q=0.9, en;q=0.8"})
    assert QUESTION.text["fr"] in first.text
    assert "set-cookie" not in first.headers
    chosen = await site.member.get(f"{address}?lang=es", headers={"accept-language": "fr"})
    assert QUESTION.text["es"] in chosen.text
    cookie = chosen.headers["set-cookie"]
    assert re.match(f"{LANGUAGE_COOKIE}=es; ", cookie)
    assert {"HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
    again = await site.member.get(address, headers={"accept-language": "fr"})
    assert QUESTION.text["es"] in again.text
    review = await site.member.get(f"/assessments/{site.draft}/review", headers={"accept-language": "fr"})
    assert QUESTION.text["es"] in review.text
    site.member.cookies.delete(LANGUAGE_COOKIE)


async def test_a_question_says_what_the_law_is_and_when_that_was_looked_at(site: Site) -> None:
    page = (await site.public.get("/questionnaires/core")).text
    for note in QUESTION.legal_notes:
        assert note.text["en"].split(".")[0] in page
        assert f"last checked {note.last_checked.day} November 2026" in page


async def test_a_duty_of_states_is_marked_as_translated(site: Site) -> None:
    page = (await site.public.get("/questionnaires/core")).text
    article = re.search(r'<article class="asked" id="C12".*?</article>', page, re.S)
    assert article
    assert "speak to States; the question translates them for a company" in article[0]
    article = re.search(r'<article class="asked" id="C01".*?</article>', page, re.S)
    assert article
    assert "States" not in article[0]


async def test_the_supplier_form_shows_its_notices(site: Site) -> None:
    page = (await site.public.get("/questionnaires/core")).text
    for notice in sectors.get_module("core@2026.1").supplier_notices:
        assert notice.text["en"].split(".")[0] in page


async def test_a_supplier_form_opens_with_its_notices_and_the_whole_questionnaire_does_not(site: Site) -> None:
    page = await site.member.get("/assessments")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert token
    data = {"_csrf_token": token[1], "period": str(YEAR), "form": "supplier"}
    started = await site.member.post("/assessments/start", data=data)
    overview = await site.member.get(started.headers["location"])
    section = await site.member.get(f"{started.headers['location']}/sections/core-profile")
    other = await site.member.get(f"/assessments/{site.draft}")
    for notice in sectors.get_module("core@2026.1").supplier_notices:
        first = notice.text["en"].split(".")[0]
        assert first in overview.text
        assert first in section.text
        assert first not in other.text
