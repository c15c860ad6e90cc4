"""Evidence is judged by its content and never by its name: documents and tables only, never pictures or archives."""

from __future__ import annotations

import contextlib
import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.assessments.rules.evidence import MAX_FILE_NAME, EvidenceKind, evidence_kind, safe_file_name
from backend.kernel.errors import Invalid

MEGABYTE = 1024 * 1024
WORD = ("[Content_Types].xml", "_rels/.rels", "word/document.xml")
EXCEL = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml")


def a_zip(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return made.getvalue()


def a_tar() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("policy.txt"))
    return made.getvalue()


def kind_of(data: bytes, name: str = "policy.bin") -> EvidenceKind:
    return evidence_kind(io.BytesIO(data), name)


@pytest.mark.parametrize("name", ["policy.pdf", "policy.jpg", "policy", "policy.exe"])
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", EvidenceKind.PDF),
        (a_zip(*WORD), EvidenceKind.DOCX),
        (a_zip(*EXCEL), EvidenceKind.XLSX),
        (b"Our policy.\n", EvidenceKind.TXT),
    ],
)
def test_a_document_is_what_it_holds_whatever_it_is_called(data: bytes, kind: EvidenceKind, name: str) -> None:
    assert kind_of(data, name) is kind


@pytest.mark.parametrize(
    "data",
    [
        b"Policy",
        "Politique pour les enfants – été".encode(),
        "سياسة حماية الأطفال".encode(),
        "\ufeffPolicy".encode(),
        "Zürich, Größe".encode("cp1252"),
        b"one\ttwo\r\nthree\x0c\n",
        b"x" * (3 * MEGABYTE),
        b"x" * (MEGABYTE - 1) + "é".encode() + b"x" * MEGABYTE,
        b"a < b and c > d",
    ],
    ids=["plain", "french", "arabic", "byte order mark", "windows", "blanks", "long", "cut in a character", "signs"],
)
def test_plain_text_in_any_language_is_text(data: bytes) -> None:
    assert kind_of(data) is EvidenceKind.TXT


def test_the_name_decides_between_a_table_and_a_text_and_nothing_else() -> None:
    assert kind_of(b"site,trained\nA,12\n", "Training.CSV") is EvidenceKind.CSV
    assert kind_of(b"site,trained\nA,12\n", "training.txt") is EvidenceKind.TXT


REFUSED = {
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00",
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
    "webp": b"RIFF\x24\x00\x00\x00WEBPVP8 ",
    "bmp": b"BM\x3a\x00\x00\x00\x00\x00",
    "tiff": b"II*\x00\x08\x00\x00\x00",
    "heic": b"\x00\x00\x00\x18ftypheic",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="x"/></svg>',
    "svg with a heading": b'\xef\xbb\xbf \n<?xml version="1.0"?>\n<svg/>',
    "svg behind a comment": b"<!-- drawn --><SVG/>",
    "html": b"<!DOCTYPE html><img src=x>",
    "html without a doctype": b"\n<HTML><body>",
    "rtf": b"{\\rtf1\\ansi{\\pict\\pngblip 89504e47}}",
    "postscript": b"%!PS-Adobe-3.0\n",
    "xpm": b"/* XPM */\nstatic char *x[] = {",
    "mp4": b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00",
    "webm": b"\x1aE\xdf\xa3\x9fB\x86\x81\x01",
    "avi": b"RIFF\x24\x00\x00\x00AVI LIST",
    "mp3": b"ID3\x04\x00\x00\x00\x00\x00\x00",
    "zip": a_zip("photo.jpg", "policy.pdf"),
    "empty zip": b"PK\x05\x06" + bytes(18),
    "broken zip": b"PK\x03\x04 and nothing that belongs to one",
    "zip that only names a document": a_zip("word/document.xml"),
    "presentation": a_zip("[Content_Types].xml", "ppt/presentation.xml"),
    "opendocument": a_zip("mimetype", "content.xml"),
    "java": a_zip("META-INF/MANIFEST.MF"),
    "rar": b"Rar!\x1a\x07\x01\x00",
    "7z": b"7z\xbc\xaf\x27\x1c\x00\x04",
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    "tar": a_tar(),
    "old word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "program": b"\x7fELF\x02\x01\x01\x00",
    "windows program": b"MZ\x90\x00\x03\x00",
    "utf-16": "Policy".encode("utf-16"),
    "text with a zero far inside": b"x" * (2 * MEGABYTE) + b"\x00",
    "text with an escape far inside": b"x" * (2 * MEGABYTE) + b"\x1b[2J",
    "neither utf-8 nor windows": b"Policy \x81\x8d\x90",
}


@pytest.mark.parametrize("name", ["policy.pdf", "policy.docx", "policy.csv", "policy.txt"])
@pytest.mark.parametrize("data", list(REFUSED.values()), ids=list(REFUSED))
def test_pictures_films_archives_and_programs_are_refused_whatever_they_are_called(data: bytes, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        kind_of(data, name)
    assert refused.value.message == (
        "This is not a PDF, DOCX, XLSX, CSV or TXT file. Images, video and archives cannot be evidence. "
        "Save the document as PDF and attach that."
    )
    assert set(refused.value.fields) == {"file"}


@pytest.mark.parametrize("macros", ["word/vbaProject.bin", "xl/VBAPROJECT.BIN"])
def test_documents_with_macros_are_refused(macros: str) -> None:
    with pytest.raises(Invalid) as refused:
        kind_of(a_zip(*WORD, *EXCEL[2:], macros), "policy.docx")
    assert refused.value.message == "This document contains macros. Save it without them, or as PDF."


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        kind_of(b"", "policy.pdf")
    assert refused.value.message == "This file is empty."


def test_a_zip_bomb_stays_shut() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in WORD:
            archive.writestr(name, bytes(64 * MEGABYTE))
    read: list[int] = []

    class Counting(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            read.append(len(data))
            return data

    assert evidence_kind(Counting(made.getvalue()), "policy.docx") is EvidenceKind.DOCX
    assert sum(read) < 4096


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_kind_or_in_a_refusal(data: bytes) -> None:
    with contextlib.suppress(Invalid):
        assert kind_of(data) in EvidenceKind


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("policy.pdf", "policy.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\robin\\policy.pdf", "policy.pdf"),
        ("pol\x00icy\n.pdf", "policy.pdf"),
        ("\u202egnp.policy.pdf", "gnp.policy.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        (" . policy.pdf . ", "policy.pdf"),
        ("", "document"),
        ("...", "document"),
        (".pdf", "pdf"),
        ("x" * 500 + ".pdf", "x" * (MAX_FILE_NAME - 4) + ".pdf"),
        ("x" * 500, "x" * MAX_FILE_NAME),
    ],
)
def test_a_file_name_is_made_safe_to_show_and_to_download_by(given_name: str, safe: str) -> None:
    assert safe_file_name(given_name) == safe


@given(st.text(max_size=300))
def test_a_safe_name_has_no_path_no_control_character_and_a_length(given_name: str) -> None:
    name = safe_file_name(given_name)
    assert 1 <= len(name) <= MAX_FILE_NAME
    assert not set(name) & set("/\\\x00\r\n\u202e")
    assert safe_file_name(name) == name
