"""Evidence: 25 MB in chunks, judged by content, stored by digest before its row, and nothing half done."""

from __future__ import annotations

import asyncio
import hashlib
import io
import tempfile
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.adapters import db
from backend.adapters.context import Context
from backend.assessments import service as assessments
from backend.assessments.rules.evidence import MAX_EVIDENCE_BYTES
from backend.assessments.rules.views import EvidenceView
from backend.assessments.service.evidence import MAX_PER_QUESTION
from backend.kernel.actor import PUBLIC, Actor
from backend.kernel.errors import Conflict, Invalid, LimitReached, NotFound, NotSignedIn, Unavailable
from tests import world
from tests.conftest import Databases
from tests.site import fresh_context

CHUNK = 256 * 1024
MEMORY_BYTES = 6 * 1024 * 1024
"""Far less than a document, and room for a few chunks and the sample that tells text from other things."""


@pytest.fixture(scope="module", autouse=True)
async def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Context]:
    async with fresh_context(databases, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
async def owner(site: Context) -> Actor:
    return await world.a_company()


@pytest.fixture
async def started(owner: Actor) -> AsyncIterator[UUID]:
    assessment_id = await world.a_started(owner)
    yield assessment_id
    await db.fetch("DELETE FROM assessment WHERE id = $1", assessment_id)


@pytest.fixture(autouse=True)
def drafts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads are received: a folder of this test, which must be empty whenever one is done or refused."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def objects(context: Context) -> set[str]:
    return {file.name for file in context.settings.objects.rglob("*") if file.is_file()}


def entries(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def of_size(size: int, start: bytes) -> AsyncIterator[bytes]:
    """Yield `size` bytes that begin with `start`, without ever holding more than a chunk."""
    yield start
    left = size - len(start)
    while left:
        yield b"x" * min(CHUNK, left)
        left -= min(CHUNK, left)


async def attach(actor: Actor, assessment_id: UUID, chunks: AsyncIterator[bytes], name: str) -> EvidenceView:
    return await assessments.attach_evidence(actor, assessment_id, "C01", name, chunks)


@pytest.mark.parametrize(("start", "kind"), [(b"%PDF-1.7\n", "pdf"), (b"Invented for a test.\n", "txt")])
async def test_25_mb_pass_in_little_memory_and_come_back_whole(
    owner: Actor, started: UUID, start: bytes, kind: str
) -> None:
    tracemalloc.start()
    try:
        document = await attach(owner, started, of_size(MAX_EVIDENCE_BYTES, start), "policy")
        hasher, size = hashlib.sha256(), 0
        _, chunks = await assessments.open_evidence(owner, started, document.id)
        async for chunk in chunks:
            hasher.update(chunk)
            size += len(chunk)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEMORY_BYTES
    assert (document.kind, document.size_bytes, size) == (kind, MAX_EVIDENCE_BYTES, MAX_EVIDENCE_BYTES)
    assert document.digest == f"sha-256:{hasher.hexdigest()}"


async def test_one_byte_more_than_25_mb_is_refused_and_nothing_is_stored(
    owner: Actor, started: UUID, site: Context, drafts: Path
) -> None:
    before = objects(site)
    with pytest.raises(LimitReached):
        await attach(owner, started, of_size(MAX_EVIDENCE_BYTES + 1, b"%PDF-1.7\n"), "policy.pdf")
    assert (await assessments.get_assessment(owner, started)).evidence == {}
    assert objects(site) == before
    assert entries(drafts) == []


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "Invented for a test.")
    return file.getvalue()


WORD = ("[Content_Types].xml", "word/document.xml")
ACCEPTED = {
    "pdf": (b"%PDF-1.4\n", "film.mp4"),
    "docx": (zipped(*WORD), "policy.zip"),
    "xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), "table.png"),
    "csv": ("name;figure\nMøller;1\n".encode("cp1252"), "Table.CSV"),
    "txt": (b"\xef\xbb\xbfA note, invented.\r\n", "note"),
}
REFUSED = {
    "a PNG image": b"\x89PNG\r\n\x1a\n" + b"\0" * 60,
    "a JPEG image": b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 60,
    "an SVG image": b'\xef\xbb\xbf <svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "an MP4 film": b"\0\0\0\x18ftypmp42" + b"\0" * 60,
    "a web page": b"<!doctype html><title>Invented</title>",
    "an archive": zipped("policy.pdf"),
    "a document with macros": zipped(*WORD, "word/vbaProject.bin"),
    "a compressed file": b"\x1f\x8b\x08" + b"\0" * 60,
    "a program": b"\x7fELF" + b"\0" * 60,
    "nothing": b"",
}


@pytest.mark.parametrize("kind", ACCEPTED)
async def test_a_document_is_known_by_its_content_whatever_its_name(owner: Actor, started: UUID, kind: str) -> None:
    data, name = ACCEPTED[kind]
    evidence_id = await world.attach(owner, started, "C01", data, name)
    (document,) = (await assessments.get_assessment(owner, started)).evidence["C01"]
    assert (document.id, document.kind, document.file_name) == (evidence_id, kind, name)


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_no_document_is_refused_by_its_content_whatever_its_name(
    owner: Actor, started: UUID, site: Context, drafts: Path, what: str
) -> None:
    before = objects(site)
    for name in ("policy.pdf", "policy.docx", "policy.txt", "policy.csv"):
        with pytest.raises(Invalid) as caught:
            await world.attach(owner, started, "C01", REFUSED[what], name)
        assert list(caught.value.fields) == ["file"]
    assert (await assessments.get_assessment(owner, started)).evidence == {}
    assert objects(site) == before
    assert entries(drafts) == []


async def test_the_same_bytes_twice_are_one_object_and_two_documents(
    owner: Actor, started: UUID, site: Context
) -> None:
    data = b"%PDF-1.7\n" + uuid4().hex.encode()
    before = objects(site)
    ids = [
        await world.attach(owner, started, "C01", data, "first.pdf"),
        await world.attach(owner, started, "C02", data, "second.pdf"),
    ]
    assert objects(site) - before == {hashlib.sha256(data).hexdigest()}
    for evidence_id in ids:
        _, chunks = await assessments.open_evidence(owner, started, evidence_id)
        assert b"".join([chunk async for chunk in chunks]) == data


async def test_a_removed_document_counts_no_more_and_can_be_put_back(owner: Actor, started: UUID) -> None:
    await world.answer_everything(owner, started)
    evidence_id = await world.attach(owner, started, "C01")

    async def evidenced() -> int:
        counts = (await assessments.submit(owner, started)).counts
        await assessments.reopen(owner, started)
        return counts.evidenced

    with_it = await evidenced()
    for _ in range(2):
        await assessments.remove_evidence(owner, started, evidence_id)
    assert (await assessments.get_assessment(owner, started)).evidence == {}
    assert await evidenced() == with_it - 1
    for _ in range(2):
        await assessments.restore_evidence(owner, started, evidence_id)
    assert [one.id for one in (await assessments.get_assessment(owner, started)).evidence["C01"]] == [evidence_id]
    assert await evidenced() == with_it


async def test_an_answer_holds_so_many_documents_and_no_more_even_by_putting_one_back(
    owner: Actor, started: UUID
) -> None:
    first = await world.attach(owner, started, "C01")
    await assessments.remove_evidence(owner, started, first)
    for _ in range(MAX_PER_QUESTION):
        last = await world.attach(owner, started, "C01")
    with pytest.raises(LimitReached):
        await world.attach(owner, started, "C01")
    with pytest.raises(LimitReached):
        await assessments.restore_evidence(owner, started, first)
    await assessments.restore_evidence(owner, started, last)
    await assessments.remove_evidence(owner, started, last)
    at_once = await asyncio.gather(*(world.attach(owner, started, "C01") for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(result, LimitReached) for result in at_once) == 3
    documents = (await assessments.get_assessment(owner, started)).evidence["C01"]
    assert len(documents) == MAX_PER_QUESTION
    assert first not in {one.id for one in documents}
    await world.attach(owner, started, "C02")


async def test_a_document_that_is_not_there_is_not_found(owner: Actor, started: UUID) -> None:
    evidence_id = await world.attach(owner, started, "C01")
    for assessment_id, wanted in ((started, uuid4()), (uuid4(), evidence_id)):
        for attempt in (assessments.open_evidence, assessments.remove_evidence, assessments.restore_evidence):
            with pytest.raises(NotFound):
                await attempt(owner, assessment_id, wanted)
    with pytest.raises(NotSignedIn):
        await assessments.open_evidence(PUBLIC, started, evidence_id)


async def test_storage_that_fails_leaves_nothing_half_done(
    owner: Actor, started: UUID, site: Context, drafts: Path
) -> None:
    before = objects(site)
    site.evidence.fail_next = 1
    with pytest.raises(Unavailable):
        await world.attach(owner, started, "C01", b"%PDF-1.7\n" + uuid4().hex.encode())
    assert (await assessments.get_assessment(owner, started)).evidence == {}
    assert objects(site) == before
    assert entries(drafts) == []


async def test_storage_that_fails_is_told_before_the_first_byte_is_promised(
    owner: Actor, started: UUID, site: Context
) -> None:
    data = b"%PDF-1.7\n" + uuid4().hex.encode()
    evidence_id = await world.attach(owner, started, "C01", data)
    site.evidence.fail_next = 1
    with pytest.raises(Unavailable):
        await assessments.open_evidence(owner, started, evidence_id)
    name = hashlib.sha256(data).hexdigest()
    (site.settings.objects / name[:2] / name).unlink()
    with pytest.raises(NotFound):
        await assessments.open_evidence(owner, started, evidence_id)


async def test_a_crash_between_object_and_row_leaves_no_row(
    owner: Actor, started: UUID, site: Context, drafts: Path
) -> None:
    data = b"%PDF-1.7\n" + uuid4().hex.encode()
    stored = hashlib.sha256(data).hexdigest()
    other = await asyncpg.connect(db.engine().config["dsn"])
    try:
        async with other.transaction():
            # The row waits for this lock, after the object was stored.
            await other.execute("SELECT 1 FROM assessment WHERE id = $1 FOR UPDATE", started)
            task = asyncio.create_task(world.attach(owner, started, "C01", data))
            for _ in range(4000):
                if stored in objects(site):
                    break
                await asyncio.sleep(0.005)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    finally:
        await other.close()
    assert stored in objects(site)
    assert await db.fetch("SELECT 1 FROM evidence WHERE digest = $1", f"sha-256:{stored}") == []
    assert entries(drafts) == []
    assert await world.attach(owner, started, "C01", data), "the same document can be attached after all"


async def test_a_document_that_arrives_after_the_submission_is_refused(
    owner: Actor, started: UUID, site: Context
) -> None:
    await world.answer_everything(owner, started)

    async def slow() -> AsyncIterator[bytes]:
        yield world.PDF
        await assessments.submit(owner, started)
        yield b"and its end"

    with pytest.raises(Conflict):
        await attach(owner, started, slow(), "late.pdf")
    assert (await assessments.get_assessment(owner, started)).evidence == {}


async def test_an_upload_that_breaks_off_leaves_nothing(
    owner: Actor, started: UUID, site: Context, drafts: Path
) -> None:
    before = objects(site)

    async def broken() -> AsyncIterator[bytes]:
        yield world.PDF
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await attach(owner, started, broken(), "policy.pdf")
    assert (await assessments.get_assessment(owner, started)).evidence == {}
    assert objects(site) == before
    assert entries(drafts) == []


async def test_a_name_from_outside_is_shown_and_never_a_path(owner: Actor, started: UUID) -> None:
    for given, shown in (
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\robin\\policy.pdf", "policy.pdf"),
        ("policy\r\nSet-Cookie: a=b.pdf", "policySet-Cookie: a=b.pdf"),
        ("\u202efdp.policy", "fdp.policy"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("..", "document"),
        ("", "document"),
    ):
        evidence_id = await world.attach(owner, started, "C01", world.PDF, given)
        document, _ = await assessments.open_evidence(owner, started, evidence_id)
        assert document.file_name == shown
