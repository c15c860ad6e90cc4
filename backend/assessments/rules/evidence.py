"""Which files may be evidence: documents and tables only, judged by content and never by name.

Images, video and archives are refused (product.md, Safeguarding). The check reads a few bytes and a
ZIP's directory; it never unpacks anything, so a bomb stays shut.
"""

from __future__ import annotations

import unicodedata
import zipfile
from enum import StrEnum
from typing import BinaryIO

from backend.kernel.errors import Invalid

MAX_EVIDENCE_BYTES = 25 * 1024 * 1024
MAX_FILE_NAME = 200
_REFUSED = (
    "This is not a PDF, DOCX, XLSX, CSV or TXT file. Images, video and archives cannot be evidence. "
    "Save the document as PDF and attach that."
)
_SAMPLE_BYTES = 1024 * 1024
# Written in plain characters, and yet something that a viewer would draw.
_DRAWN = (b"<svg", b"<?xml", b"<!--", b"<!doctype", b"<html", b"{\\rtf", b"%!ps", b"/* xpm")


class EvidenceKind(StrEnum):
    """What a file is, by its content."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    TXT = "txt"


def evidence_kind(file: BinaryIO, file_name: str) -> EvidenceKind:
    """Return what the seekable `file` is. Raises Invalid for everything that cannot be evidence.

    The name decides between CSV and TXT only, which are both plain text.
    """
    file.seek(0)
    start = file.read(8)
    if not start:
        raise Invalid("This file is empty.", {"file": "Choose a file that has something in it."})
    if start.startswith(b"%PDF-"):
        return EvidenceKind.PDF
    if start.startswith(b"PK\x03\x04"):
        return _office_kind(file)
    _require_text(file)
    return EvidenceKind.CSV if file_name.lower().endswith(".csv") else EvidenceKind.TXT


def safe_file_name(given: str) -> str:
    """Return a name to show and to download by: no path, no control characters, at most MAX_FILE_NAME."""
    base = given.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(c for c in unicodedata.normalize("NFC", base) if unicodedata.category(c)[0] != "C")
    stem, dot, ending = printable.strip(" .").rpartition(".")
    if dot and len(ending) <= 8:
        return f"{stem[: MAX_FILE_NAME - len(ending) - 1]}.{ending}" if stem else "document"
    return printable.strip(" .")[:MAX_FILE_NAME] or "document"


def _office_kind(file: BinaryIO) -> EvidenceKind:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Invalid(_REFUSED, {"file": _REFUSED}) from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Invalid(
            "This document contains macros. Save it without them, or as PDF.",
            {"file": "Documents with macros are refused."},
        )
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return EvidenceKind.DOCX
        if "xl/workbook.xml" in names:
            return EvidenceKind.XLSX
    raise Invalid(_REFUSED, {"file": _REFUSED})


def _require_text(file: BinaryIO) -> None:
    file.seek(0)
    while chunk := file.read(_SAMPLE_BYTES):
        if b"\x00" in chunk or any(byte < 9 or 13 < byte < 32 for byte in set(chunk)):
            raise Invalid(_REFUSED, {"file": _REFUSED})
    file.seek(0)
    sample = file.read(_SAMPLE_BYTES)
    if sample.removeprefix(b"\xef\xbb\xbf").lstrip()[:16].lower().startswith(_DRAWN):
        raise Invalid(_REFUSED, {"file": _REFUSED})
    for encoding in ("utf-8", "cp1252"):
        try:
            # The sample may end inside a character; its last bytes are not held against it.
            sample[: len(sample) - 3 if len(sample) == _SAMPLE_BYTES else None].decode(encoding)
            break
        except UnicodeDecodeError as error:
            if encoding == "cp1252":
                raise Invalid(_REFUSED, {"file": _REFUSED}) from error
