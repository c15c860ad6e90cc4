"""How the workbook looks: few colours, wrapped text, rows high enough for what stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from backend.assessments.rules.workbook import Column
from backend.sectors.rules.languages import Localised

WIDTHS: Mapping[Column, float] = {
    Column.ID: 7,
    Column.QUESTION: 54,
    Column.ABOUT: 21,
    Column.ANSWER: 38,
    Column.UNIT: 11,
    Column.UNKNOWN: 10,
    Column.REASON: 26,
    Column.NOTE: 28,
}
"""In characters of the standard font, as spreadsheets measure columns."""
LINE_POINTS = 15
_CHARACTERS, _BOLD_CHARACTERS = 1.05, 0.97
"""How many characters of running text stand on one of a column's width, without what wrapping leaves free."""
FILL, CLOSED, HEADING = "#FFF7D6", "#E7E7E3", "#1F4E4A"
_LINE, _SOFT, _DARK = "#C9C9C2", "#55554F", "#2E2E2A"


@dataclass(frozen=True, slots=True)
class TextStyle:
    """A format for texts in the workbook's language, and the same for those that fell back to English."""

    own: Any
    english: Any

    def of(self, text: Localised) -> Any:
        return self.english if text.is_fallback else self.own


class Styles:
    """The formats of one workbook. Only `text`, `percent`, `number`, `day` and `mark` are open to be filled in."""

    def __init__(self, book: Any, right_to_left: bool) -> None:
        self._book, self.right_to_left = book, right_to_left
        self._own_order = 2 if right_to_left else 1
        self.title = self._texts(bold=True, font_size=16, text_wrap=False)
        self.hint = self._made(font_color=_SOFT, text_wrap=False)
        self.heading = self._made(bold=True, font_color="#FFFFFF", bg_color=HEADING, valign="vcenter", border=1)
        self.id = self._made(bold=True, **self._lined())
        self.question = self._texts(bold=True, **self._lined())
        self.about = self._made(font_color=_SOFT, font_size=10, **self._lined())
        self.line = self._texts(font_color=_DARK)
        self.condition = self._made(font_color=_SOFT, italic=True)
        self.closed = self._made(bg_color=CLOSED, pattern=1, font_color=_SOFT, font_size=10, **self._lined())
        self.text = self._open(num_format="@")
        # What is chosen from a list is in the workbook's language; what is typed may be in any.
        self.chosen = TextStyle(self._open(num_format="@", reading_order=self._own_order), self.text)
        self.percent = self._open(num_format="@", align="right")
        self.number = self._open(num_format="0.####", align="right")
        self.day = self._open(num_format="yyyy-mm-dd", align="right")
        self.mark = self._open(num_format="@", align="center")
        self.plain = self._made()
        self.section = self._made(bold=True, font_size=13)
        # Three empty parts: whatever stands in the cell, nothing of it is shown.
        self.key = self._made(num_format=";;;")
        self.link = self._made(font_color=HEADING, underline=1)

    def _lined(self) -> dict[str, Any]:
        return {"top": 1, "top_color": _LINE}

    def _open(self, **more: Any) -> Any:
        settings = {"locked": False, "bg_color": FILL, "pattern": 1, "border": 1, "border_color": _LINE}
        return self._made(**settings, **{"reading_order": 0, **more})

    def _texts(self, **more: Any) -> TextStyle:
        if not self.right_to_left:
            return TextStyle(*[self._made(**more)] * 2)
        return TextStyle(self._made(**more), self._made(**more, reading_order=1, align="right"))

    def _made(self, **more: Any) -> Any:
        settings = {
            "valign": "top",
            "text_wrap": True,
            "font_name": "Calibri",
            "font_size": 11,
            "reading_order": self._own_order,
            **more,
        }
        return self._book.add_format(settings)


def lines_in(text: str, width: float, *, bold: bool = False) -> int:
    """Return how many lines a wrapped text takes in a column of this width; rather one too many than one too few."""
    each = width * (_BOLD_CHARACTERS if bold else _CHARACTERS)
    return sum(max(1, ceil(len(part) / each)) for part in text.split("\n"))
