"""Forms without script: what people type is saved as they meant it, or comes back to them with what would be right."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar.datastructures import FormMultiDict

from backend.assessments import service as assessments
from backend.assessments.rules.evidence import MAX_EVIDENCE_BYTES
from backend.assessments.rules.values import answer_to_content
from backend.kernel.actor import Actor
from backend.organisations import service as organisations
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Question, QuestionType
from backend.web.forms import answer_content
from backend.web.session import SESSION_COOKIE
from tests import world
from tests.snapshot import everything
from tests.web.client import Visitor
from tests.web.conftest import Site

JSON = {"accept": "application/json"}
MEMORY_BYTES = 6 * 1024 * 1024


def questions() -> list[Question]:
    return list(sectors.get_questionnaire(sectors.current_references(["tourism"])).questions)


def one_of(kind: QuestionType) -> Question:
    return next(question for question in questions() if question.type is kind and question.applies_when is None)


def section_of(question_id: str) -> str:
    whole = sectors.get_questionnaire(sectors.current_references(["tourism"]))
    return next(one.id for one in whole.sections if question_id in {question.id for question in one.questions})


@pytest.fixture
async def owner(site: Site) -> Actor:
    actor = await organisations.actor_of_session(site.member.cookies[SESSION_COOKIE])
    assert actor is not None
    return actor


@pytest.fixture
def visitor(site: Site) -> Visitor:
    return Visitor(site.member)


async def send(visitor: Visitor, draft: UUID, question_id: str, values: dict[str, Any]) -> Response:
    """Open the question's page, fill its form and send it."""
    await visitor.open(f"/assessments/{draft}/sections/{section_of(question_id)}")
    return await visitor.send(f"/assessments/{draft}/answers/{question_id}", values)


async def content(owner: Actor, draft: UUID, question_id: str) -> dict[str, object] | None:
    stored = (await assessments.get_assessment(owner, draft)).answers.get(question_id)
    return None if stored is None else answer_to_content(stored.answer)


TYPED = [
    (QuestionType.SCALE, "3", 3),
    (QuestionType.PERCENT, "82.5", "82.5"),
    (QuestionType.PERCENT, "82,5", "82.5"),
    (QuestionType.PERCENT, " 100 % ", "100"),
    (QuestionType.PERCENT, "0,00", "0.00"),
    (QuestionType.NUMBER, "1200", "1200"),
    (QuestionType.NUMBER, "1,5", "1.5"),
    (QuestionType.DATE, "2024-02-29", "2024-02-29"),
]


def test_the_lines_of_a_text_end_as_they_do_in_a_file() -> None:
    question = Question("X01", {"en": "Say more"}, QuestionType.TEXT, None, scored=False)
    form = FormMultiDict([("kind", "value"), ("value", "  Two lines\r\nof text  ")])
    assert answer_content(form, question) == {"value": "Two lines\nof text"}


@pytest.mark.parametrize(("kind", "typed", "kept"), TYPED)
async def test_a_value_is_kept_as_it_was_meant(
    site: Site, visitor: Visitor, owner: Actor, kind: QuestionType, typed: str, kept: object
) -> None:
    question = one_of(kind)
    page = await send(visitor, site.draft, question.id, {"kind": "value", "value": typed})
    assert (page.status_code, page.url.path, page.url.fragment) == (
        200,
        f"/assessments/{site.draft}/sections/{section_of(question.id)}",
        question.id,
    )
    assert await content(owner, site.draft, question.id) == {"value": kept}


async def test_choices_are_kept_one_or_many(site: Site, visitor: Visitor, owner: Actor) -> None:
    choice, multi = one_of(QuestionType.CHOICE), one_of(QuestionType.MULTI)
    option = choice.options[0].id
    await send(visitor, site.draft, choice.id, {"kind": "value", "value": option})
    assert await content(owner, site.draft, choice.id) == {"value": option}
    both = [one.id for one in multi.options if not one.exclusive][:2]
    await send(visitor, site.draft, multi.id, {"kind": "value", "value": both})
    assert await content(owner, site.draft, multi.id) == {"value": sorted(both)}
    page = await visitor.open(f"/assessments/{site.draft}/sections/{section_of(multi.id)}")
    checked = re.findall(r'name="value" value="([^"]+)"(?: data-exclusive)? checked', page.text)
    assert set(both) <= set(checked)


async def test_do_not_know_a_reason_and_clearing_are_answers_too(site: Site, visitor: Visitor, owner: Actor) -> None:
    question = next(one for one in questions() if one.allows_not_applicable and one.applies_when is None)
    await send(visitor, site.draft, question.id, {"kind": "unknown", "note": "We asked.\r\nNobody knew."})
    assert await content(owner, site.draft, question.id) == {"unknown": True}
    stored = (await assessments.get_assessment(owner, site.draft)).answers[question.id]
    assert stored.note == "We asked.\nNobody knew."
    reason = "We have nothing of this kind."
    await send(visitor, site.draft, question.id, {"kind": "not_applicable", "reason": reason})
    assert await content(owner, site.draft, question.id) == {"not_applicable": reason}
    await send(visitor, site.draft, question.id, {"clear": "1"})
    assert await content(owner, site.draft, question.id) == {}
    await send(visitor, site.draft, question.id, {"kind": "unknown"})
    await send(visitor, site.draft, question.id, {"kind": "value"})
    assert await content(owner, site.draft, question.id) == {}, "a value that was left empty clears"


WRONG = [
    (QuestionType.SCALE, "5"),
    (QuestionType.SCALE, "-1"),
    (QuestionType.PERCENT, "101"),
    (QuestionType.PERCENT, "1,234"),
    (QuestionType.PERCENT, "12.345"),
    (QuestionType.PERCENT, "1e1"),
    (QuestionType.PERCENT, "half"),
    (QuestionType.NUMBER, "1.000,5"),
    (QuestionType.NUMBER, "-3"),
    (QuestionType.NUMBER, "NaN"),
    (QuestionType.DATE, "29.02.2024"),
    (QuestionType.DATE, "2023-02-29"),
    (QuestionType.DATE, "2999-01-01"),
    (QuestionType.CHOICE, "no-such-option"),
    (QuestionType.MULTI, "no-such-option"),
]


@pytest.mark.parametrize(("kind", "typed"), WRONG)
async def test_a_wrong_value_comes_back_with_what_was_typed_and_changes_nothing(
    site: Site, visitor: Visitor, kind: QuestionType, typed: str
) -> None:
    question, before = one_of(kind), await everything()
    page = await send(visitor, site.draft, question.id, {"kind": "value", "value": typed, "note": "my note <b>"})
    assert page.status_code == 422
    assert "Not saved." in page.text
    assert "my note &lt;b&gt;" in page.text
    if kind in (QuestionType.PERCENT, QuestionType.NUMBER, QuestionType.DATE):
        assert f'value="{typed}"' in page.text
    assert await everything() == before


async def test_a_form_without_a_version_is_refused(site: Site, visitor: Visitor) -> None:
    before = await everything()
    for version in ("", "-1", "1.0", "x", "9" * 20):
        page = await send(visitor, site.draft, "C01", {"kind": "value", "value": "1", "version": version})
        assert page.status_code == 422
    assert await everything() == before


async def test_whoever_comes_second_keeps_what_was_typed_sees_what_stands_there_and_can_save_again(
    site: Site, visitor: Visitor, owner: Actor
) -> None:
    question = one_of(QuestionType.NUMBER)
    await send(visitor, site.draft, question.id, {"kind": "value", "value": "10"})
    action = f"/assessments/{site.draft}/answers/{question.id}"
    await visitor.open(f"/assessments/{site.draft}/sections/{section_of(question.id)}")
    version = int(visitor.forms[action]["version"][0])
    await assessments.answer(owner, site.draft, question.id, {"value": "20"}, "hers", version)
    page = await visitor.send(action, {"kind": "value", "value": "30", "note": "his"})
    assert page.status_code == 409
    assert "20" in re.sub(r"<[^>]+>", "", page.text[page.text.index("Not saved.") :])[:300]
    assert 'value="30"' in page.text
    assert ">his</textarea>" in page.text
    assert await content(owner, site.draft, question.id) == {"value": "20"}
    assert visitor.forms[action]["version"] == [str(version + 1)]
    page = await visitor.send(action, {"kind": "value", "value": "30", "note": "his"})
    assert page.status_code == 200
    assert await content(owner, site.draft, question.id) == {"value": "30"}


async def test_a_script_gets_the_same_as_json(site: Site, owner: Actor) -> None:
    question = one_of(QuestionType.NUMBER)
    address = f"/assessments/{site.draft}/answers/{question.id}"
    stored = (await assessments.get_assessment(owner, site.draft)).answers.get(question.id)
    version = stored.version if stored else 0
    token = {"_csrf_token": site.member.cookies["para73_csrf"], "kind": "value"}
    saved = await site.member.post(address, data={**token, "value": "41", "version": str(version)}, headers=JSON)
    assert (saved.status_code, saved.json()["version"], saved.json()["question"]) == (200, version + 1, question.id)
    assert {"savedAt", "asked", "progress"} <= saved.json().keys()
    late = await site.member.post(address, data={**token, "value": "42", "version": str(version)}, headers=JSON)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert (late.json()["newer"]["version"], late.json()["newer"]["content"]) == (version + 1, {"value": "41"})
    wrong = await site.member.post(address, data={**token, "value": "x", "version": str(version + 1)}, headers=JSON)
    assert (wrong.status_code, wrong.json()["code"], list(wrong.json()["fields"])) == (422, "invalid", ["value"])


async def test_a_form_that_is_too_large_is_refused_and_nothing_changes(site: Site, visitor: Visitor) -> None:
    before = await everything()
    for values in ({"value": "1", "note": "n" * 1024 * 1024}, {"value": "1", "note": "n" * 5001}):
        page = await send(visitor, site.draft, "C01", values)
        assert page.status_code == (413 if len(values["note"]) > 5001 else 422)
    assert await everything() == before


# --- Documents ---


async def upload(visitor: Visitor, draft: UUID, name: str, data: bytes = world.PDF) -> Response:
    await visitor.open(f"/assessments/{draft}/sections/{section_of('C02')}")
    return await visitor.send(f"/assessments/{draft}/answers/C02/evidence", files={"file": (name, data)})


HOSTILE = [
    ('quo"te.pdf', 'quo"te.pdf'),
    ("semi;colon=x.pdf", "semi;colon=x.pdf"),
    ("../../etc/passwd.pdf", "passwd.pdf"),
    ("C:\\users\\policy.pdf", "policy.pdf"),
    ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
    ("Kinderschutz – Richtlinie 児童.pdf", "Kinderschutz – Richtlinie 児童.pdf"),
    ("policy.pdf' filename*=UTF-8''evil.exe", "policy.pdf' filename*=UTF-8''evil.exe"),
    ("%0d%0aSet-Cookie: a=b.pdf", "%0d%0aSet-Cookie: a=b.pdf"),
]


@pytest.mark.parametrize(("given", "shown"), HOSTILE)
async def test_a_hostile_file_name_is_shown_escaped_and_downloaded_as_a_name_alone(
    site: Site, visitor: Visitor, owner: Actor, given: str, shown: str
) -> None:
    page = await upload(visitor, site.draft, given)
    assert page.status_code == 200
    assert "<img src=x" not in page.text
    document = (await assessments.get_assessment(owner, site.draft)).evidence["C02"][-1]
    assert document.file_name == shown
    response = await site.member.get(f"/assessments/{site.draft}/evidence/{document.id}")
    header = response.headers["content-disposition"]
    assert re.fullmatch(r"attachment; filename\*=UTF-8''[A-Za-z0-9%._~-]+", header), header
    assert response.headers["content-type"] == "application/pdf"
    assert response.content == world.PDF
    assert "set-cookie" not in response.headers
    await visitor.open(f"/assessments/{site.draft}/sections/{section_of('C02')}")
    page = await visitor.send(f"/assessments/{site.draft}/evidence/{document.id}/remove")
    assert page.status_code == 200
    assert str(document.id) not in page.text


async def test_what_is_no_document_is_refused_on_the_page_and_as_json(site: Site, visitor: Visitor) -> None:
    before = await everything()
    page = await upload(visitor, site.draft, "policy.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    assert page.status_code == 422
    assert "Images, video and archives cannot be evidence" in page.text
    address = f"/assessments/{site.draft}/answers/C02/evidence"
    token = {"_csrf_token": site.member.cookies["para73_csrf"]}
    for files in (None, {"file": ("", b"")}, {"other": ("policy.pdf", world.PDF)}):
        response = await site.member.post(address, data=token, files=files, headers=JSON)
        assert (response.status_code, response.json()["code"]) == (422, "invalid")
    response = await site.member.post(address, data={**token, "file": "policy.pdf"}, headers=JSON)
    assert response.status_code == 422
    assert await everything() == before


def multipart(token: str, size: int) -> tuple[dict[str, str], AsyncIterator[bytes]]:
    """Return headers and body of an upload of `size` bytes, made chunk by chunk."""
    start = b'--b\r\nContent-Disposition: form-data; name="_csrf_token"\r\n\r\n' + token.encode() + b"\r\n"
    start += b'--b\r\nContent-Disposition: form-data; name="file"; filename="policy.pdf"\r\n\r\n' + world.PDF
    end = b"\r\n--b--\r\n"
    filling = size - len(world.PDF)

    async def body() -> AsyncIterator[bytes]:
        yield start
        left = filling
        while left:
            yield b"x" * min(256 * 1024, left)
            left -= min(256 * 1024, left)
        yield end

    length = str(len(start) + filling + len(end))
    return {"content-type": "multipart/form-data; boundary=b", "content-length": length, **JSON}, body()


async def test_a_document_of_25_mb_goes_through_the_whole_application_in_little_memory(site: Site) -> None:
    address = f"/assessments/{site.draft}/answers/C02/evidence"
    headers, body = multipart(site.member.cookies["para73_csrf"], MAX_EVIDENCE_BYTES)
    tracemalloc.start()
    try:
        response = await site.member.post(address, content=body, headers=headers)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (response.status_code, response.json()["sizeBytes"]) == (201, MAX_EVIDENCE_BYTES)
    assert peak < MEMORY_BYTES


@pytest.mark.parametrize("size", [MAX_EVIDENCE_BYTES + 1, MAX_EVIDENCE_BYTES + 128 * 1024])
async def test_a_document_over_25_mb_is_refused_and_nothing_is_stored(site: Site, size: int) -> None:
    before = await everything()
    headers, body = multipart(site.member.cookies["para73_csrf"], size)
    response = await site.member.post(f"/assessments/{site.draft}/answers/C02/evidence", content=body, headers=headers)
    assert response.status_code == 413
    assert await everything() == before


# --- Other forms ---


async def test_a_sign_up_that_is_refused_keeps_what_was_typed_and_never_the_password(site: Site) -> None:
    before = await everything()
    visitor = Visitor(site.public)
    await visitor.open("/sign-up")
    given = {"legal_name": "X", "country": "KE", "name": "Robin <i>", "email": "robin", "password": "not long"}
    page = await visitor.send("/sign-up", {**given, "sectors": ["tourism"]})
    assert page.status_code == 422
    for text in ('value="X"', "Robin &lt;i&gt;", 'value="robin"', 'value="KE" selected'):
        assert text in page.text
    assert "not long" not in page.text
    for field in ("legal_name", "email", "password"):
        assert f'href="#{field}"' in page.text
    assert await everything() == before


async def test_submitting_too_early_leads_to_what_is_missing(site: Site, visitor: Visitor) -> None:
    token = {"_csrf_token": site.member.cookies["para73_csrf"]}
    response = await site.member.post(f"/assessments/{site.draft}/submit", data=token)
    assert (response.status_code, response.headers["location"]) == (303, f"/assessments/{site.draft}/review")
    page = await visitor.open(f"/assessments/{site.draft}/review")
    assert "still open" in page.text
    assert f"/assessments/{site.draft}/sections/" in page.text


async def test_pressing_a_button_twice_does_it_once(site: Site, owner: Actor) -> None:
    token = {"_csrf_token": site.member.cookies["para73_csrf"]}
    again = await site.member.post(f"/assessments/{site.published}/publish", data=token)
    assert (again.status_code, again.headers["location"]) == (303, f"/attestations/{site.attestation}")
    period = str((await assessments.get_assessment(owner, site.draft)).period)
    again = await site.member.post("/assessments/start", data={**token, "period": period})
    assert (again.status_code, again.headers["location"]) == (303, f"/assessments/{site.draft}")


async def test_a_year_that_cannot_be_comes_back(site: Site, visitor: Visitor) -> None:
    before = await everything()
    for typed in ("1999", "next", "", "20 26", "2026.0"):
        await visitor.open("/assessments")
        page = await visitor.send("/assessments/start", {"period": typed})
        assert page.status_code == 422, typed
    assert await everything() == before
