"""The cells of a workbook from outside, read in a process of its own.

Safety argument: the library that reads workbooks lays a sheet out whole before anybody can ask how large it is, so
that a few bytes may ask for more memory than there is. The process that reads has no secrets, little memory and a
deadline; whatever happens in it, this one only hears that the file could not be read.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from backend.kernel.errors import Invalid

Scalar = str | Decimal | bool | date | datetime | timedelta
DEADLINE_SECONDS = 30
_CHILD = Path(__file__).with_name("spreadsheet_child.py")
_UNREADABLE = (
    "This workbook cannot be read: it is damaged, or far larger than its answers need. "
    "Copy your answers into a workbook that you download anew."
)
_AT_ONCE = 2
_places: list[asyncio.Semaphore] = []


async def read_cells(workbook: bytes) -> dict[str, dict[tuple[int, int], Scalar]]:
    """Return the cells that hold something, by sheet and (row, column) from 0. Formulas give their stored values.

    Numbers are Decimals of the shortest digits that give the stored number back. Raises Invalid.
    """
    if not _places:
        _places.append(asyncio.Semaphore(_AT_ONCE))
    async with _places[0]:
        found = await asyncio.to_thread(_read, workbook)
    return {
        name: {(row, column): _scalar(kind, text) for row, column, kind, text in cells} for name, cells in found.items()
    }


def _read(workbook: bytes) -> dict[str, list[tuple[int, int, str, str]]]:
    command = [sys.executable, "-I", str(_CHILD)]
    try:
        ended = subprocess.run(
            command, input=workbook, capture_output=True, timeout=DEADLINE_SECONDS, env={}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Invalid(_UNREADABLE, {"file": _UNREADABLE}) from error
    if ended.returncode != 0:
        raise Invalid(_UNREADABLE, {"file": _UNREADABLE})
    found: dict[str, list[tuple[int, int, str, str]]] = json.loads(ended.stdout)
    return found


def _scalar(kind: str, text: str) -> Scalar:
    match kind:
        case "number":
            return Decimal(text)
        case "truth":
            return text == "1"
        case "day":
            return date.fromisoformat(text)
        case "moment":
            return datetime.fromisoformat(text)
        case "span":
            return timedelta(seconds=float(text))
    return text
