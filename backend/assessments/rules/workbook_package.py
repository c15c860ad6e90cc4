"""Whether a file from outside is a workbook that may be opened: judged by its directory, before it is unpacked."""

from __future__ import annotations

import zipfile
from io import BytesIO

from backend.kernel.errors import Invalid, LimitReached

MAX_WORKBOOK_BYTES = 5 * 1024 * 1024
MAX_UNPACKED_BYTES = 60 * 1024 * 1024
MAX_ENTRIES = 2_000
_ENCRYPTED = 0x1
NOT_A_WORKBOOK = "This is not a workbook that can be read. Save it as an Excel workbook (.xlsx) and upload that."
_LOCKED = "This workbook is protected with a password. Save it without one and upload it again."
_MACROS = "This workbook contains macros. Save it as an Excel workbook without macros (.xlsx) and upload that."
_BOMB = "This workbook would be far too large once unpacked. Copy your answers into a workbook that you download anew."


def require_workbook(data: bytes) -> None:
    """Raise LimitReached for a file that is too large, and Invalid for one that is no plain workbook."""
    if len(data) > MAX_WORKBOOK_BYTES:
        size = MAX_WORKBOOK_BYTES // 1024 // 1024
        raise LimitReached(f"A workbook may have at most {size} MB. Copy your answers into one that you download anew.")
    if not data:
        raise _refused("This file is empty.")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        # An old container: a workbook with a password, or one of before 2007.
        raise _refused(_LOCKED if b"E\0n\0c\0r\0y\0p\0t\0e\0d" in data else NOT_A_WORKBOOK)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise _refused(NOT_A_WORKBOOK) from error
    names = [entry.filename for entry in entries]
    if len(names) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise _refused(_BOMB)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise _refused(_LOCKED)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refused(_MACROS)
    if len(set(names)) < len(names) or not {"[Content_Types].xml", "xl/workbook.xml"} <= set(names):
        raise _refused(NOT_A_WORKBOOK)


def _refused(message: str) -> Invalid:
    return Invalid(message, {"file": message})
