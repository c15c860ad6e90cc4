"""The sheet that the workbook opens on: what this is, how to fill it in, what it must not be used for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.assessments.rules.workbook import WorkbookLayout
from backend.assessments.service.workbook_styles import LINE_POINTS, Styles, lines_in

_LABEL_WIDTH, _TEXT_WIDTH = 30, 96


@dataclass(frozen=True, slots=True)
class StartSheet:
    """What the first sheet says of the assessment. `facts` stand in the order of `Words.facts`."""

    facts: tuple[str, str, str, str, str, str]
    notices: tuple[str, ...]


def write_start(book: Any, layout: WorkbookLayout, start: StartSheet, styles: Styles) -> None:
    """Add the first sheet, locked as a whole."""
    words = layout.words
    writer = _Writer(book.add_worksheet(layout.start), styles)
    writer.sheet.write_string(0, 0, words.title, styles.title.own)
    writer.sheet.set_row(0, 28)
    writer.at = 2
    for label, text in zip(words.facts, start.facts, strict=True):
        writer.pair(label, text)
    if start.notices:
        writer.part(words.notices_title, start.notices)
    writer.part(words.care_title, words.care)
    writer.part(words.how_title, words.how)
    writer.heading(words.legend_title, alone=True)
    for style, text in zip((styles.text, styles.plain, styles.closed), words.legend, strict=True):
        writer.sheet.write_blank(writer.at, 0, None, style)
        writer.line(text)
    writer.heading(words.sheets_title, alone=True)
    for place in layout.sheets:
        address = f"internal:'{place.name.replace(chr(39), chr(39) * 2)}'!A1"
        writer.sheet.write_url(writer.at, 1, address, styles.link, place.name)
        writer.sheet.write_string(writer.at, 0, words.question_count.format(count=len(place.blocks)), styles.about)
        writer.at += 1
    writer.finish()


class _Writer:
    def __init__(self, sheet: Any, styles: Styles) -> None:
        self.sheet, self.styles, self.at = sheet, styles, 0
        if styles.right_to_left:
            sheet.right_to_left()
        sheet.set_column(0, 0, _LABEL_WIDTH)
        sheet.set_column(1, 1, _TEXT_WIDTH)

    def pair(self, label: str, text: str) -> None:
        self.sheet.write_string(self.at, 0, label, self.styles.about)
        self.line(text)

    def line(self, text: str) -> None:
        self.sheet.write_string(self.at, 1, text, self.styles.plain)
        self.sheet.set_row(self.at, lines_in(text, _TEXT_WIDTH) * LINE_POINTS + 3)
        self.at += 1

    def heading(self, text: str, *, alone: bool = False) -> None:
        """Write a heading; what it is over follows beside it, or below it where it stands `alone`."""
        self.at += 1
        self.sheet.write_string(self.at, 0, text, self.styles.section)
        if alone:
            self.sheet.set_row(self.at, 22)
            self.at += 1

    def part(self, heading: str, lines: tuple[str, ...]) -> None:
        self.heading(heading)
        for text in lines:
            self.line(text)

    def finish(self) -> None:
        self.sheet.protect()
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&L&A&C&P / &N&RPara73")
        self.sheet.activate()
