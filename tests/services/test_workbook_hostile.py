"""Files that are no workbook of ours: refused with one clear sentence, quickly, with nothing stored."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from uuid import UUID

import openpyxl
import pytest

from backend.adapters.context import Context
from backend.assessments import service as assessments
from backend.assessments.rules.workbook_package import MAX_ENTRIES, MAX_UNPACKED_BYTES, MAX_WORKBOOK_BYTES
from backend.kernel.actor import Actor
from backend.kernel.errors import Invalid, LimitReached, NotFound
from tests import workbooks, world
from tests.snapshot import everything

pytestmark = pytest.mark.usefixtures("database", "context")


@pytest.fixture
async def owner(database: str, context: Context) -> Actor:
    return await world.a_company()


@pytest.fixture
async def draft(owner: Actor) -> UUID:
    assessment_id = await world.a_started(owner)
    await assessments.answer(owner, assessment_id, "C01", {"value": 2}, "", 0)
    return assessment_id


def a_package(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return made.getvalue()


def a_document(_: bytes) -> bytes:
    return a_package({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})


def with_macros(data: bytes) -> bytes:
    return workbooks.with_part(data, "xl/vbaProject.bin", b"\xd0\xcf")


def cut_short(data: bytes) -> bytes:
    return data[: len(data) // 2]


def cut_at_its_end(data: bytes) -> bytes:
    return data[:-10]


def locked(data: bytes) -> bytes:
    """Mark each entry as encrypted, in its own header and in the directory."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(mark)
        while place >= 0:
            changed[place + at] |= 1
            place = changed.find(mark, place + 4)
    return bytes(changed)


def an_office_container(_: bytes) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le")


def a_bomb(data: bytes) -> bytes:
    return workbooks.with_part(data, "xl/media/image1.png", b"\0" * (MAX_UNPACKED_BYTES + 1))


def many_entries(data: bytes) -> bytes:
    parts = {f"xl/worksheets/more{number}.xml": b"" for number in range(MAX_ENTRIES)}
    return a_package({"[Content_Types].xml": b"", "xl/workbook.xml": b"", **parts})


def a_part_twice(data: bytes) -> bytes:
    made = io.BytesIO(data)
    with zipfile.ZipFile(made, "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr("xl/workbook.xml", b"<workbook/>")
    return made.getvalue()


def a_bomb_that_lies(data: bytes) -> bytes:
    """Pack 300 MB of blanks into a sheet, and declare a few bytes."""
    name = "xl/worksheets/sheet2.xml"
    sheet = b'<?xml version="1.0"?>' + b" " * (300 * 1024 * 1024)
    changed = bytearray(workbooks.with_part(data, name, sheet))
    for mark, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        place = changed.find(mark)
        while place >= 0:
            if changed[place + name_at : place + name_at + len(name)] == name.encode():
                changed[place + size_at : place + size_at + 4] = struct.pack("<I", 1000)
            place = changed.find(mark, place + 4)
    return bytes(changed)


def damaged(data: bytes) -> bytes:
    """Change some bytes in the middle of the first sheet's packed content."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entry = package.getinfo("xl/worksheets/sheet2.xml")
    middle = entry.header_offset + 100 + entry.compress_size // 2
    return data[:middle] + bytes(255 - byte for byte in data[middle : middle + 8]) + data[middle + 8 :]


def a_huge_grid(data: bytes) -> bytes:
    """Write into the last cell there is: a table from the first to it has 17 thousand million cells."""

    def far(book: openpyxl.Workbook) -> None:
        book.worksheets[1]["XFD1048576"] = 1

    return workbooks.edit(data, far)


def a_tall_grid(data: bytes) -> bytes:
    def far(book: openpyxl.Workbook) -> None:
        book.worksheets[1]["B1000000"] = 1

    return workbooks.edit(data, far)


def a_workbook_of_somebody_else(_: bytes) -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "Our own list"
    return workbooks.saved(book)


def without_its_hidden_sheet(data: bytes) -> bytes:
    def remove(book: openpyxl.Workbook) -> None:
        del book["para73"]

    return workbooks.edit(data, remove)


HOSTILE: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda _: b"", "This file is empty."),
    (lambda _: b"Question;Answer\nC01;3\n", "not a workbook that can be read"),
    (lambda _: b"PK\x03\x04 and then nothing of the kind", "not a workbook that can be read"),
    (a_document, "not a workbook that can be read"),
    (with_macros, "contains macros"),
    (cut_short, "not a workbook that can be read"),
    (cut_at_its_end, "not a workbook that can be read"),
    (locked, "protected with a password"),
    (an_office_container, "protected with a password"),
    (a_bomb, "far too large once unpacked"),
    (many_entries, "far too large once unpacked"),
    (a_part_twice, "not a workbook that can be read"),
    (a_bomb_that_lies, "cannot be read"),
    (damaged, "cannot be read"),
    (a_huge_grid, "cannot be read"),
    (a_tall_grid, "cannot be read"),
    (a_workbook_of_somebody_else, "not made by Para73"),
    (without_its_hidden_sheet, "not made by Para73"),
]


@pytest.mark.parametrize(("made", "said"), HOSTILE, ids=[getattr(one[0], "__name__", "") for one in HOSTILE])
async def test_a_file_that_is_no_workbook_of_ours_is_refused_and_nothing_is_stored(
    owner: Actor, draft: UUID, made: Callable[[bytes], bytes], said: str
) -> None:
    data = made((await assessments.export_workbook(owner, draft, "en"))[1])
    assert len(data) <= MAX_WORKBOOK_BYTES
    before = await everything()
    with pytest.raises(Invalid) as refused:
        await assessments.import_workbook(owner, draft, data)
    assert said in refused.value.message
    assert refused.value.fields == {"file": refused.value.message}
    assert "\n" not in refused.value.message
    assert await everything() == before


async def test_a_sheet_that_cannot_be_read_counts_as_missing_and_clears_nothing(owner: Actor, draft: UUID) -> None:
    data = (await assessments.export_workbook(owner, draft, "en"))[1]
    broken = workbooks.with_part(data, "xl/worksheets/sheet3.xml", b"<worksheet><sheetData><row></sheetData>")
    before = await everything()
    done = await assessments.import_workbook(owner, draft, broken)
    assert (done.taken, [one.reason for one in done.problems]) == ((), ["This sheet is missing."])
    assert await everything() == before


async def test_a_file_of_more_than_5_mb_is_refused_before_it_is_looked_at(owner: Actor, draft: UUID) -> None:
    before = await everything()
    with pytest.raises(LimitReached) as refused:
        await assessments.import_workbook(owner, draft, b"PK\x03\x04" + b"\0" * MAX_WORKBOOK_BYTES)
    assert "at most 5 MB" in refused.value.message
    assert await everything() == before


async def test_who_may_not_see_the_assessment_hears_nothing_about_the_file(owner: Actor, draft: UUID) -> None:
    other = await world.a_company("Other Hotels Ltd", "owner@other.example")
    for data in (b"", (await assessments.export_workbook(owner, draft, "en"))[1]):
        with pytest.raises(NotFound):
            await assessments.import_workbook(other, draft, data)
    with pytest.raises(NotFound):
        await assessments.export_workbook(other, draft, "en")
