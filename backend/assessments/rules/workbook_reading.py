"""From the cells of a filled workbook to answers: what is valid, and for the rest each cell and what would be right.

Contract: nothing is guessed and nothing is rounded. A row with a problem gives no answer at all; the other rows do
not suffer for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.values import answer_from_content, read_note
from backend.assessments.rules.workbook import (
    MARK,
    Block,
    Column,
    SheetLayout,
    WorkbookLayout,
    cell_name,
)
from backend.assessments.rules.workbook_facts import Cells, Scalar
from backend.assessments.rules.workbook_words import Words
from backend.kernel.errors import Invalid
from backend.sectors.rules.questionnaire import Question, QuestionType

MAX_SHOWN = 60
_MARKS = frozenset({"x", "×", "✓", "✔", "✗", "✘"})
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,4}")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_LEVEL = re.compile(r"([0-4])(?!\d|[.,]\d)")


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One cell that was not taken in: where it is, what is wrong with it and what would be right."""

    sheet: str
    cell: str
    question_id: str
    reason: str
    right: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A question's row as it was read: the answer with its note (an empty Answer where nothing stands there)."""

    question_id: str
    sheet: str
    cell: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Reading:
    """Every row of a workbook: those that can be used, and what is wrong with the others."""

    filled: tuple[Filled, ...]
    problems: tuple[CellProblem, ...]


@dataclass(frozen=True, slots=True)
class WorkbookImport:
    """What became of a workbook. `taken` were saved, `cleared` are those of them that were emptied.

    `unchanged` counts the questions where the workbook had nothing new to say.
    """

    taken: tuple[str, ...]
    cleared: tuple[str, ...]
    unchanged: int
    problems: tuple[CellProblem, ...]


def read_answers(layout: WorkbookLayout, sheets: Mapping[str, Cells], today: date) -> Reading:
    """Return what the sections' sheets hold. They are found by their hidden keys, whatever they are called now."""
    filled: list[Filled] = []
    problems: list[CellProblem] = []
    for place in layout.sheets:
        names = [name for name, cells in sheets.items() if cells.get((0, Column.KEY)) == place.section.id]
        if len(names) != 1:
            problems.append(_lost(place, names))
            continue
        reader = _SheetReader(place, layout.words, names[0], sheets[names[0]], today)
        reader.read()
        filled += reader.filled
        problems += reader.problems
    return Reading(tuple(filled), tuple(problems))


def _lost(place: SheetLayout, names: list[str]) -> CellProblem:
    first = cell_name(0, 0)
    question_id = place.blocks[0].question.id
    if names:
        right = "Keep one of them, and upload the workbook again."
        return CellProblem(names[1], first, question_id, f"This sheet is a copy of “{names[0]}”.", right)
    right = "Copy your answers into a workbook that you download anew."
    return CellProblem(place.name, first, question_id, "This sheet is missing.", right)


class _Wrong(Exception):
    """One cell does not fit."""

    def __init__(self, row: int, column: int, reason: str, right: str) -> None:
        super().__init__(reason)
        self.row, self.column, self.reason, self.right = row, column, reason, right


class _SheetReader:
    """Reads one sheet. After a row that was moved, whatever still stands in its own place is read all the same."""

    def __init__(self, place: SheetLayout, words: Words, name: str, cells: Cells, today: date) -> None:
        self.place, self.words, self.name, self.cells, self.today = place, words, name, cells, today
        self.filled: list[Filled] = []
        self.problems: list[CellProblem] = []

    def read(self) -> None:
        moved = False
        for block in self.place.blocks:
            if not self._is_in_place(block):
                if not moved:
                    self._note_moved(block)
                moved = True
                continue
            try:
                answer = self._answer(block)
            except _Wrong as wrong:
                cell = cell_name(wrong.row, wrong.column)
                self.problems.append(CellProblem(self.name, cell, block.question.id, wrong.reason, wrong.right))
                continue
            self.filled.append(Filled(block.question.id, self.name, cell_name(block.at, Column.ANSWER), answer))

    def _is_in_place(self, block: Block) -> bool:
        keys = [(block.at, block.question.id), *((line.at, line.key) for line in block.option_lines)]
        return all(self.cells.get((row, Column.KEY)) == key for row, key in keys)

    def _note_moved(self, block: Block) -> None:
        question_id = block.question.id
        reason = f"{question_id} does not stand here any more: rows were inserted, removed or sorted on this sheet."
        right = "Undo that, or copy your answers into a workbook that you download anew."
        self.problems.append(CellProblem(self.name, cell_name(block.at, Column.ID), question_id, reason, right))

    def _answer(self, block: Block) -> Answer:
        """Return the row's answer and note. Raises _Wrong for the first cell that does not fit."""
        question, at = block.question, block.at
        note = self._note(at)
        marked = self._is_marked(at, Column.UNKNOWN)
        reason = self._reason(question, at)
        rows = [line.at for line in block.option_lines] or [at]
        values = [row for row in rows if self._filled(row, Column.ANSWER) is not None]
        if len([kind for kind in (values, marked, reason is not None) if kind]) > 1:
            column = Column.UNKNOWN if marked else Column.REASON
            raise _Wrong(
                at,
                column,
                f"{question.id} is answered in more than one way.",
                "Keep one of them, and empty the others: the answer, the x for “we do not know”, or the reason.",
            )
        if marked:
            return Answer(unknown=True, note=note)
        if reason is not None:
            text = self._text(reason, at, Column.REASON)
            return replace(self._checked(question, {"not_applicable": text}, at, Column.REASON, reason), note=note)
        if not values:
            return Answer(note=note)
        raw = self._marks(block) if block.option_lines else self._value(block)
        seen = self.cells.get((values[0], Column.ANSWER), "")
        return replace(self._checked(question, {"value": raw}, values[0], Column.ANSWER, seen), note=note)

    def _checked(self, question: Question, content: dict[str, object], row: int, column: int, seen: Scalar) -> Answer:
        try:
            return answer_from_content(question, content, self.today)
        except Invalid as error:
            raise _Wrong(row, column, f"{_shown(seen)} stands here.", error.message) from error

    def _filled(self, row: int, column: int) -> Scalar | None:
        value = self.cells.get((row, column))
        return None if isinstance(value, str) and not value.strip() else value

    def _reason(self, question: Question, at: int) -> Scalar | None:
        value = self._filled(at, Column.REASON)
        # Where no reason is taken, these words stand in the locked cell.
        is_ours = not question.allows_not_applicable and value == self.words.applies_to_all
        return None if is_ours else value

    def _note(self, at: int) -> str:
        value = self.cells.get((at, Column.NOTE), "")
        note = value if isinstance(value, str) else self._text(value, at, Column.NOTE)
        try:
            return read_note(note)
        except Invalid as error:
            raise _Wrong(at, Column.NOTE, f"{_shown(note)} stands here.", error.message) from error

    def _text(self, value: Scalar, row: int, column: int) -> str:
        """Return what somebody meant as a text, and a program took for a number or a day."""
        if isinstance(value, str):
            return value
        if isinstance(value, Decimal) and value.is_finite():
            return _digits(value)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        raise _Wrong(row, column, f"{_shown(value)} stands here, which is no text.", "Give a text.")

    def _is_marked(self, row: int, column: int) -> bool:
        value = self._filled(row, column)
        if value is None:
            return False
        if isinstance(value, str) and value.strip().lower() in _MARKS:
            return True
        raise _Wrong(row, column, f"{_shown(value)} stands here.", f"Put an {MARK}, or leave the cell empty.")

    def _marks(self, block: Block) -> list[str]:
        chosen = [line for line in block.option_lines if self._is_marked(line.at, Column.ANSWER)]
        alone = {option.id for option in block.question.options if option.exclusive}
        for line in chosen:
            if line.option in alone and len(chosen) > 1:
                right = "Choose it alone, or empty this cell and keep the others."
                reason = f"{_shown(line.text.text)} is chosen together with others."
                raise _Wrong(line.at, Column.ANSWER, reason, right)
        return [line.option for line in chosen if line.option is not None]

    def _value(self, block: Block) -> object:
        value = self.cells[block.at, Column.ANSWER]
        match block.question.type:
            case QuestionType.CHOICE | QuestionType.SCALE | QuestionType.MULTI:
                return self._chosen(block, value)
            case QuestionType.PERCENT:
                return self._percent(block.at, value)
            case QuestionType.NUMBER:
                return self._number(block.at, value)
            case QuestionType.DATE:
                return self._day(block.at, value)
            case QuestionType.TEXT:
                return self._text(value, block.at, Column.ANSWER)

    def _chosen(self, block: Block, value: Scalar) -> str | int:
        text = " ".join(value.split()) if isinstance(value, str) else ""
        if text in block.items:
            return block.items[text]
        right = f"Choose one from the list, such as “{_short(next(iter(block.items), ''))}”."
        if block.question.type is QuestionType.SCALE:
            # The level is the answer; the words behind it only say what it means.
            level = _LEVEL.match(_digits(value) if isinstance(value, Decimal) and value.is_finite() else text)
            if level is not None:
                return int(level[1])
            right = "Choose a level from the list, or write its number from 0 to 4."
        raise _Wrong(block.at, Column.ANSWER, f"{_shown(value)} stands here, which the list does not offer.", right)

    def _percent(self, row: int, value: Scalar) -> str:
        if isinstance(value, str):
            return _decimal(_plain_digits(value).removesuffix("%").strip())
        digits = self._exact(row, value)
        if 0 < Decimal(digits) <= 1:
            # Typed with its sign into a cell of another format, 82 % is stored as 0.82.
            hundredfold = _digits(Decimal(digits) * 100)
            reason = f"The number {digits} stands here, which may be meant as {hundredfold}%."
            right = f"Write {hundredfold}% or {digits}%, with the sign and as text."
            raise _Wrong(row, Column.ANSWER, reason, right)
        return digits

    def _number(self, row: int, value: Scalar) -> str:
        if not isinstance(value, str):
            return self._exact(row, value)
        text = _plain_digits(value)
        if _THOUSANDS.fullmatch(text):
            whole, part = re.split("[.,]", text)
            reason = f"{_shown(value)} stands here as text, which can be read in two ways."
            raise _Wrong(row, Column.ANSWER, reason, f"Write {whole}{part} or {whole}.{part}0, whichever you mean.")
        return _decimal(text)

    def _exact(self, row: int, value: Scalar) -> str:
        if isinstance(value, Decimal) and value.is_finite():
            return _digits(value)
        raise _Wrong(row, Column.ANSWER, f"{_shown(value)} stands here, which is no number.", "Give a number.")

    def _day(self, row: int, value: Scalar) -> str:
        if isinstance(value, datetime) and value.time() == time():
            return value.date().isoformat()
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, str):
            return _plain_digits(value)
        right = "Give a date as year-month-day, such as 2026-03-31, without a time."
        raise _Wrong(row, Column.ANSWER, f"{_shown(value)} stands here, which is no date.", right)


def _digits(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _plain_digits(text: str) -> str:
    """Return the text with the digits and the decimal sign of any script as ASCII, without blanks around it."""
    plain = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text.strip())
    return plain.replace("٫", ".").replace("٪", "%")


def _decimal(text: str) -> str:
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text


def _shown(value: Scalar) -> str:
    if isinstance(value, str):
        return f"“{_short(value)}”"
    if isinstance(value, bool):
        return str(value).upper()
    return _digits(value) if isinstance(value, Decimal) and value.is_finite() else str(value)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}…"
