"""Answers and evidence: checked, locked, kept; hostile files refused and nothing left behind."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from backend.adapters import db
from backend.adapters.context import Context
from backend.assessments import service as assessments
from backend.assessments.rules.evidence import MAX_EVIDENCE_BYTES
from backend.assessments.rules.views import StoredAnswer
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, Invalid, LimitReached, NotFound
from tests import world

pytestmark = pytest.mark.usefixtures("database", "context")


@pytest.fixture
async def owner(database: str, context: Context) -> Actor:
    return await world.a_company()


@pytest.fixture
async def started(owner: Actor) -> UUID:
    return await world.a_started(owner)


async def test_an_answer_is_saved_with_its_history(owner: Actor, started: UUID) -> None:
    assert (await assessments.answer(owner, started, "C01", {"value": 2}, "first", 0)).version == 1
    assert (await assessments.answer(owner, started, "C01", {"value": 3}, "", 1)).version == 2
    view = await assessments.get_assessment(owner, started)
    assert view.answers["C01"].answer.value == 3
    assert view.answers["C01"].answered_by == "Robin Test"
    rows = await db.fetch("SELECT version, content, note FROM answer_version ORDER BY version")
    assert [(row["version"], row["note"]) for row in rows] == [(1, "first"), (2, "")]


async def test_the_second_of_two_who_save_gets_the_newer_answer_and_loses_nothing(owner: Actor, started: UUID) -> None:
    await assessments.answer(owner, started, "C01", {"value": 2}, "", 0)
    with pytest.raises(Conflict) as caught:
        await assessments.answer(owner, started, "C01", {"value": 4}, "", 0)
    assert isinstance(caught.value.newer, StoredAnswer)
    assert caught.value.newer.answer.value == 2
    assert caught.value.newer.version == 1
    assert (await assessments.answer(owner, started, "C01", {"value": 4}, "", 1)).version == 2


async def test_of_many_who_save_at_once_exactly_one_wins(owner: Actor, started: UUID) -> None:
    levels = [0, 1, 2, 3, 4]
    results = await asyncio.gather(
        *(assessments.answer(owner, started, "C01", {"value": level}, "", 0) for level in levels),
        return_exceptions=True,
    )
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == 4


async def test_saving_the_same_thing_twice_is_one_change(owner: Actor, started: UUID) -> None:
    first = await assessments.answer(owner, started, "C01", {"value": 2}, "", 0)
    again = await assessments.answer(owner, started, "C01", {"value": 2}, "", 0)
    assert (first.version, again.version) == (1, 1)
    assert len(await db.fetch("SELECT * FROM answer_version")) == 1


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("C01", {"value": 5}),
        ("C01", {"value": True}),
        ("C01", {"value": "three"}),
        ("C01", {"value": 3, "unknown": True}),
        ("C01", {"not_applicable": "We think this is not for us."}),
        ("P01", {"value": "-1"}),
        ("P01", {"value": 1.5}),
        ("P04", {"value": "perhaps"}),
        ("P02", {"value": []}),
        ("P02", {"value": ["accommodation", "accommodation"]}),
    ],
)
async def test_a_wrong_answer_is_refused_and_nothing_is_stored(
    owner: Actor, started: UUID, question: str, content: dict[str, object]
) -> None:
    with pytest.raises(Invalid) as caught:
        await assessments.answer(owner, started, question, content, "", 0)
    assert caught.value.fields["value"]
    assert await db.fetch("SELECT * FROM answer") == []


async def test_an_unknown_question_is_not_found(owner: Actor, started: UUID) -> None:
    with pytest.raises(NotFound):
        await assessments.answer(owner, started, "Z99", {"value": 1}, "", 0)


async def test_an_answer_changes_what_is_asked(owner: Actor, started: UUID) -> None:
    saved = await assessments.answer(owner, started, "P05", {"value": "none"}, "", 0)
    assert "C08" not in saved.asked
    saved = await assessments.answer(owner, started, "P05", {"value": "some"}, "", 1)
    assert "C08" in saved.asked


async def test_submitting_lists_what_is_missing_and_changes_nothing(owner: Actor, started: UUID) -> None:
    with pytest.raises(Invalid) as caught:
        await assessments.submit(owner, started)
    view = await assessments.get_assessment(owner, started)
    assert set(caught.value.fields) == {one.question_id for one in view.missing}
    assert view.is_open_for_answers


async def test_after_submitting_nothing_can_be_changed_until_it_is_reopened(owner: Actor, started: UUID) -> None:
    await world.answer_everything(owner, started)
    await assessments.submit(owner, started)
    with pytest.raises(Conflict):
        await assessments.answer(owner, started, "C01", {"value": 1}, "", 1)
    with pytest.raises(Conflict):
        await world.attach(owner, started, "C01")
    await assessments.reopen(owner, started)
    assert (await assessments.answer(owner, started, "C01", {"value": 1}, "", 1)).version == 2
    assert (await assessments.get_assessment(owner, started)).scorecard is None


async def test_one_assessment_is_open_for_a_year(owner: Actor, started: UUID) -> None:
    with pytest.raises(Conflict) as caught:
        await world.a_started(owner)
    assert caught.value.newer == started


async def test_evidence_is_kept_under_its_digest_and_handed_out_whole(
    owner: Actor, started: UUID, context: Context
) -> None:
    data = world.PDF + b"x" * 700_000
    evidence_id = await world.attach(owner, started, "C01", data, "../../Policy 2026.pdf")
    document, chunks = await assessments.open_evidence(owner, started, evidence_id)
    assert b"".join([chunk async for chunk in chunks]) == data
    assert document.file_name == "Policy 2026.pdf"
    name = document.digest.removeprefix("sha-256:")
    assert (context.settings.objects / name[:2] / name).stat().st_size == len(data)


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "policy.pdf"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "policy.pdf"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 40, "film.pdf"),
        (zipped("a.txt"), "archive.docx"),
        (zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "macros.docx"),
        (b"GIF89a" + b"\0" * 20, "table.csv"),
        (b"", "empty.pdf"),
        (b"PK\x03\x04 broken", "broken.xlsx"),
    ],
)
async def test_what_cannot_be_evidence_is_refused_by_its_content(
    owner: Actor, started: UUID, context: Context, data: bytes, name: str
) -> None:
    with pytest.raises(Invalid):
        await world.attach(owner, started, "C01", data, name)
    assert await db.fetch("SELECT * FROM evidence") == []
    assert [file for file in context.settings.objects.rglob("*") if file.is_file()] == []


async def test_a_file_over_25_mb_is_refused_at_the_first_byte_too_many(
    owner: Actor, started: UUID, context: Context
) -> None:
    given = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal given
        for _ in range(200):
            given += 1024 * 1024
            yield b"%PDF-1.7" + b"x" * (1024 * 1024 - 8)

    with pytest.raises(LimitReached):
        await assessments.attach_evidence(owner, started, "C01", "big.pdf", chunks())
    assert given == MAX_EVIDENCE_BYTES + 1024 * 1024
    assert [file for file in context.settings.objects.rglob("*") if file.is_file()] == []


async def test_removing_evidence_can_be_undone(owner: Actor, started: UUID) -> None:
    evidence_id = await world.attach(owner, started, "C01")
    await assessments.remove_evidence(owner, started, evidence_id)
    assert (await assessments.get_assessment(owner, started)).evidence == {}
    await assessments.restore_evidence(owner, started, evidence_id)
    assert len((await assessments.get_assessment(owner, started)).evidence["C01"]) == 1


async def test_evidence_raises_the_evidenced_basis(owner: Actor, started: UUID) -> None:
    await world.answer_everything(owner, started)
    await assessments.submit(owner, started)
    before = (await assessments.get_assessment(owner, started)).scorecard
    await assessments.reopen(owner, started)
    await world.attach(owner, started, "C01")
    await assessments.submit(owner, started)
    after = (await assessments.get_assessment(owner, started)).scorecard
    assert before is not None
    assert after is not None
    assert after.counts.evidenced == before.counts.evidenced + 1
    assert after.bases == {**after.bases, **{b: s for b, s in before.bases.items() if b == "declared"}}
