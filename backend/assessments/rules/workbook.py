"""The workbook's layout: which sheet, row and column holds what, for one questionnaire in one language.

The writer and the reader both ask here, so they cannot disagree. Rows and columns count from 0; `cell_name` gives
the name that people read, such as C12. Each row carries its key in a hidden column, so that a row that was moved is
noticed and never taken for another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum

from backend.assessments.rules.workbook_conditions import condition_words
from backend.assessments.rules.workbook_words import WORDS, Words
from backend.kernel.errors import Invalid
from backend.sectors.rules.languages import Localised, in_language
from backend.sectors.rules.questionnaire import Question, Questionnaire, QuestionType, Section, Text

FORMAT = 1
"""Counts up whenever a workbook made before could be read wrongly; an old one is then refused with a reason."""
FACTS_SHEET, LISTS_SHEET = "para73", "para73 lists"
MARK = "x"
MAX_SHEET_NAME = 31
MAX_ITEM = 250
"""Excel compares at most 255 characters of what is chosen from a list."""
HEADER_ROW, FIRST_ROW = 2, 3
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
_RESERVED = "history"


class Column(IntEnum):
    """The columns of a section's sheet."""

    ID = 0
    QUESTION = 1
    ABOUT = 2
    ANSWER = 3
    UNIT = 4
    UNKNOWN = 5
    REASON = 6
    NOTE = 7
    KEY = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A row under a question: its condition, a level or an option. With `option` it takes an x."""

    at: int
    key: str
    text: Localised
    option: str | None = None

    @property
    def is_condition(self) -> bool:
        return self.key.endswith("/?")


@dataclass(frozen=True, slots=True)
class Block:
    """The rows of one question, the first at `at`. `items` are what its list offers, and the value behind each.

    `items_at` is where the list begins in the first column of the sheet of lists.
    """

    question: Question
    at: int
    lines: tuple[Line, ...]
    items: Mapping[str, str | int]
    items_at: int

    @property
    def option_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.option is not None)


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """One section. `end` is the first row below its last question."""

    name: str
    section: Section
    blocks: tuple[Block, ...]
    end: int


@dataclass(frozen=True, slots=True)
class WorkbookLayout:
    """The whole workbook: the sheet to start with, one sheet for each section, and all lists in one column."""

    language: str
    words: Words
    start: str
    sheets: tuple[SheetLayout, ...]
    items: tuple[str, ...]


def layout_of(questionnaire: Questionnaire, language: str) -> WorkbookLayout:
    """Return the layout. Raises Invalid for a language that the library does not have."""
    if language not in WORDS:
        raise Invalid(f"Choose a language from: {', '.join(WORDS)}.", {"lang": f"One of {', '.join(WORDS)}."})
    words = WORDS[language]
    taken = {FACTS_SHEET, LISTS_SHEET, words.start.casefold(), _RESERVED}
    questions = {question.id: question for question in questionnaire.questions}
    items: list[str] = []
    sheets: list[SheetLayout] = []
    for section in questionnaire.sections:
        at, blocks = FIRST_ROW, []
        for question in section.questions:
            block = _block(question, at, len(items), language, questions)
            items += block.items
            at += 1 + len(block.lines)
            blocks.append(block)
        sheets.append(SheetLayout(sheet_name(_text(section.title, language), taken), section, tuple(blocks), at))
    return WorkbookLayout(language, words, words.start, tuple(sheets), tuple(items))


def sheet_name(title: str, taken: set[str]) -> str:
    """Return a sheet's name that Excel takes and that is not `taken`, to which it is added (case does not count)."""
    plain = " ".join(_NOT_IN_NAMES.sub(" ", title).split()).strip("' ") or "1"
    name = _cut(plain, MAX_SHEET_NAME)
    number = 1
    while name.casefold() in taken:
        number += 1
        name = f"{_cut(plain, MAX_SHEET_NAME - 1 - len(str(number)))} {number}"
    taken.add(name.casefold())
    return name


def cell_name(row: int, column: int) -> str:
    """Return a cell's name, such as C12 for row 11 and column 2."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def _block(question: Question, at: int, items_at: int, language: str, questions: Mapping[str, Question]) -> Block:
    found: list[tuple[str, Localised, str | None]] = []
    if question.applies_when is not None:
        condition = condition_words(question.applies_when, questions, language)
        text = WORDS[language].only_if.format(condition=condition)
        found.append((f"{question.id}/?", Localised(text, language, False), None))
    for level, described in sorted(question.levels.items()):
        shown = in_language(described, language)
        found.append((f"{question.id}/{level}", replace(shown, text=f"{level}: {shown.text}"), None))
    takes_marks = question.type is QuestionType.MULTI
    for option in question.options:
        label = in_language(option.label, language)
        if takes_marks and option.exclusive:
            label = replace(label, text=f"{label.text} ({WORDS[language].alone})")
        found.append((f"{question.id}/{option.id}", label, option.id if takes_marks else None))
    lines = tuple(Line(at + 1 + place, *one) for place, one in enumerate(found))
    return Block(question, at, lines, {} if takes_marks else _items(question, language), items_at)


def _items(question: Question, language: str) -> dict[str, str | int]:
    offered: list[tuple[str, str | int]] = [
        (f"{level}: {_text(text, language)}", level) for level, text in sorted(question.levels.items())
    ]
    offered += [(_text(option.label, language), option.id) for option in question.options]
    items: dict[str, str | int] = {}
    for text, value in offered:
        shown = _cut(text, MAX_ITEM)
        items[shown if shown not in items else f"{_cut(text, MAX_ITEM - len(str(value)) - 3)} ({value})"] = value
    return items


def _text(text: Text, language: str) -> str:
    # A list shows one line, and an item that began with a blank could not be told from one that does not.
    return " ".join(in_language(text, language).text.split())


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def all_texts(question: Question) -> Iterable[Text]:
    """Yield what a respondent reads of a question in the workbook, by language."""
    yield question.text
    yield from (text for _, text in sorted(question.levels.items()))
    yield from (option.label for option in question.options)
