"""The process that reads one workbook: from its standard input to JSON on its standard output, or exit code 1.

It is started by spreadsheet.py, by its path and in isolation, so it imports nothing of ours.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineWorkbook

MAX_MEMORY_BYTES = 768 * 1024 * 1024
MAX_CPU_SECONDS = 20
MAX_GRID = 1_000_000
"""The cells of one sheet from its first to its last, empty ones included."""
MAX_CELLS = 100_000
MAX_CHARACTERS = 20_000_000


def limit_this_process() -> None:
    for kind, most in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_CPU, MAX_CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def cells_of(workbook: bytes) -> dict[str, list[tuple[int, int, str, str]]]:
    """Return (row, column, kind, text) of each cell that holds something, by sheet. Raises ValueError."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    found: dict[str, list[tuple[int, int, str, str]]] = {}
    cells = characters = 0
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > MAX_GRID:
            raise ValueError("a sheet is too large")
        found[name] = list(_cells_of(sheet.to_python(skip_empty_area=False)))
        cells += len(found[name])
        characters += sum(len(text) for *_, text in found[name])
        if cells > MAX_CELLS or characters > MAX_CHARACTERS:
            raise ValueError("there are too many cells")
    return found


def _cells_of(rows: Sequence[Sequence[object]]) -> Iterator[tuple[int, int, str, str]]:
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value != "":
                yield at, column, *_told(value)


def _told(value: object) -> tuple[str, str]:
    match value:
        case bool():
            return "truth", str(int(value))
        case int() | float():
            return "number", repr(value)
        case datetime():
            midnight = value.time() == time()
            return ("day", value.date().isoformat()) if midnight else ("moment", value.isoformat())
        case date():
            return "day", value.isoformat()
        case time():
            return "span", str(timedelta(hours=value.hour, minutes=value.minute, seconds=value.second).total_seconds())
        case timedelta():
            return "span", str(value.total_seconds())
    return "text", str(value)


def main() -> None:
    limit_this_process()
    json.dump(cells_of(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
