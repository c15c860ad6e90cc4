"""Writing the workbook, by the layout of rules/workbook.py: texts stay texts, and only the yellow cells are open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook  # type: ignore[import-untyped]

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.values import MAX_NOTE, MAX_REASON, MAX_TEXT, MIN_REASON
from backend.assessments.rules.views import StoredAnswer
from backend.assessments.rules.workbook import (
    FACTS_SHEET,
    FIRST_ROW,
    HEADER_ROW,
    LISTS_SHEET,
    MARK,
    Block,
    Column,
    Line,
    SheetLayout,
    WorkbookLayout,
    all_texts,
    cell_name,
)
from backend.assessments.rules.workbook_facts import WorkbookFacts, facts_rows, for_a_cell
from backend.assessments.service.workbook_start import StartSheet, write_start
from backend.assessments.service.workbook_styles import LINE_POINTS, WIDTHS, Styles, lines_in
from backend.sectors.rules.languages import RIGHT_TO_LEFT, in_language
from backend.sectors.rules.questionnaire import EvidenceRule, Question, QuestionType

MAX_ROW_POINTS = 400
RIGHT_TO_LEFT_MARK = "\u200f"
MAX_MESSAGE, MAX_MESSAGE_TITLE = 255, 32
_NOTHING = Answer()


def write_workbook(
    layout: WorkbookLayout, start: StartSheet, facts: WorkbookFacts, answers: Mapping[str, StoredAnswer]
) -> bytes:
    """Return the workbook's bytes, filled with `answers`."""
    data = BytesIO()
    settings = {
        "in_memory": True,
        "constant_memory": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = Workbook(data, settings)
    # Without a time of its own the file would carry the clock of the machine.
    made_at = datetime.fromisoformat(facts.made_at)
    book.set_properties({"title": f"Para73 {facts.period}", "created": made_at.replace(tzinfo=None)})
    styles = Styles(book, layout.language in RIGHT_TO_LEFT)
    write_start(book, layout, start, styles)
    for place in layout.sheets:
        _SheetWriter(book.add_worksheet(place.name), place, layout, styles).write(answers)
    _write_texts(book.add_worksheet(LISTS_SHEET), [[item] for item in layout.items])
    _write_texts(book.add_worksheet(FACTS_SHEET), facts_rows(facts))
    book.close()
    return data.getvalue()


def _write_texts(sheet: Any, rows: Iterable[list[str]]) -> None:
    """Fill a sheet that nobody is meant to see."""
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            sheet.write_string(at, column, for_a_cell(text))
    sheet.protect()
    sheet.very_hidden()


@dataclass(slots=True)
class _SheetWriter:
    """Writes one section."""

    sheet: Any
    place: SheetLayout
    layout: WorkbookLayout
    styles: Styles

    def write(self, answers: Mapping[str, StoredAnswer]) -> None:
        self._set_up()
        for block in self.place.blocks:
            self._question(block, answers.get(block.question.id))
            for line in block.lines:
                self._line(line, is_choice=bool(block.question.options))
            self._answer(block, answers.get(block.question.id))

    def _set_up(self) -> None:
        sheet, words, styles = self.sheet, self.layout.words, self.styles
        if styles.right_to_left:
            sheet.right_to_left()
        for column, width in WIDTHS.items():
            sheet.set_column(column, column, width)
        sheet.set_column(Column.KEY, Column.KEY, None, None, {"hidden": True})
        title = in_language(self.place.section.title, self.layout.language)
        sheet.write_string(0, 0, title.text, styles.title.of(title))
        sheet.set_row(0, 26)
        sheet.write_string(0, Column.KEY, self.place.section.id, styles.key)
        sheet.write_string(1, 0, words.sheet_hint, styles.hint)
        sheet.set_row(1, 18)
        for column, heading in zip(list(Column), words.columns, strict=False):
            sheet.write_string(HEADER_ROW, column, heading, styles.heading)
        sheet.set_row(HEADER_ROW, 48)
        sheet.freeze_panes(FIRST_ROW, Column.QUESTION)
        # Whoever fills it in may make room; nothing else that is locked can be changed.
        sheet.protect("", {"format_columns": True, "format_rows": True})
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(0.4, 0.4, 0.5, 0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADER_ROW)
        sheet.print_area(0, 0, self.place.end - 1, Column.NOTE)
        sheet.set_footer("&L&A&C&P / &N&RPara73")
        sheet.ignore_errors({"number_stored_as_text": f"A1:{cell_name(self.place.end, Column.NOTE)}"})

    def _question(self, block: Block, stored: StoredAnswer | None) -> None:
        question, at, styles = block.question, block.at, self.styles
        asked = in_language(question.text, self.layout.language)
        about = self._about(question, stored)
        self.sheet.write_string(at, Column.ID, question.id, styles.id)
        self.sheet.write_string(at, Column.QUESTION, asked.text, styles.question.of(asked))
        self.sheet.write_string(at, Column.ABOUT, about, styles.about)
        unit = "%" if question.type is QuestionType.PERCENT else self._unit(question.unit)
        self.sheet.write_string(at, Column.UNIT, unit, styles.about)
        self.sheet.write_string(at, Column.KEY, question.id, styles.key)
        answer = stored.answer if stored is not None else _NOTHING
        written = answer.value if isinstance(answer.value, str) and question.type is QuestionType.TEXT else ""
        lines = max(
            lines_in(asked.text, WIDTHS[Column.QUESTION], bold=True),
            lines_in(about, WIDTHS[Column.ABOUT]),
            lines_in(unit, WIDTHS[Column.UNIT]),
            *(lines_in(item, WIDTHS[Column.ANSWER]) for item in (*block.items, written)),
            lines_in(answer.not_applicable or "", WIDTHS[Column.REASON]),
            lines_in(stored.note if stored is not None else "", WIDTHS[Column.NOTE]),
        )
        self.sheet.set_row(at, min(MAX_ROW_POINTS, lines * LINE_POINTS + 8))
        comment = self._help(question)
        if comment:
            height = 24 + 16 * lines_in(comment, 58)
            options = {"author": "Para73", "width": 400, "height": height, "font_size": 9, "x_offset": 20}
            self.sheet.write_comment(at, Column.QUESTION, comment, options)

    def _unit(self, unit: str) -> str:
        return self.layout.words.units.get(unit, unit)

    def _about(self, question: Question, stored: StoredAnswer | None) -> str:
        words = self.layout.words
        marks = [words.critical] if question.critical else []
        match question.evidence:
            case EvidenceRule.REQUIRED:
                marks.append(words.evidence_required)
            case EvidenceRule.SUGGESTED:
                marks.append(words.evidence_suggested)
        if not question.counts:
            marks.append(words.not_scored)
        if question.type in (QuestionType.TEXT, QuestionType.DATE):
            marks.append(words.may_stay_open)
        if stored is not None and stored.taken_from is not None:
            marks.append(words.taken_from.format(period=stored.taken_from))
        if any(in_language(text, self.layout.language).is_fallback for text in all_texts(question)):
            marks.append(words.english_only)
        return "\n".join(marks)

    def _help(self, question: Question) -> str:
        words, language = self.layout.words, self.layout.language
        parts = [in_language(question.help, language).text]
        examples = question.evidence_examples.get(language) or question.evidence_examples.get("en") or ()
        if examples:
            parts.append(words.examples.format(examples=", ".join(examples)))
        if question.allows_not_applicable:
            hint = in_language(question.not_applicable_hint, language).text
            parts.append(f"{words.columns[Column.REASON]}: {hint}" if hint else "")
        for note in question.legal_notes:
            text = in_language(note.text, language).text
            parts.append(words.law.format(text=text, day=note.last_checked.isoformat()))
        return "\n\n".join(part for part in parts if part)

    def _line(self, line: Line, *, is_choice: bool) -> None:
        styles, takes_mark = self.styles, line.option is not None
        text = f"– {line.text.text}" if is_choice and not line.is_condition else line.text.text
        if styles.right_to_left and not line.text.is_fallback:
            # Some programs look for the first letter to tell the direction, and would leave a dash or digit behind.
            text = f"{RIGHT_TO_LEFT_MARK}{text}"
        style = styles.condition if line.is_condition else styles.line.of(line.text)
        self.sheet.write_string(line.at, Column.QUESTION, text, style)
        self.sheet.write_string(line.at, Column.KEY, line.key, styles.key)
        if takes_mark:
            self.sheet.write_blank(line.at, Column.ANSWER, None, styles.mark)
            self._offer_mark(line.at, Column.ANSWER)
        height = lines_in(text, WIDTHS[Column.QUESTION]) * LINE_POINTS + 4
        self.sheet.set_row(line.at, min(MAX_ROW_POINTS, height))

    def _answer(self, block: Block, stored: StoredAnswer | None) -> None:
        """Write the open cells of a question: empty, or with what stands there."""
        sheet, styles, at = self.sheet, self.styles, block.at
        answer = stored.answer if stored is not None else _NOTHING
        self._value(block, answer)
        self._text(at, Column.UNKNOWN, MARK if answer.unknown else "", styles.mark)
        self._offer_mark(at, Column.UNKNOWN)
        if block.question.allows_not_applicable:
            self._text(at, Column.REASON, answer.not_applicable or "", styles.text)
            self._offer_text(at, Column.REASON, MIN_REASON, MAX_REASON, self.layout.words.reason)
        else:
            sheet.write_string(at, Column.REASON, self.layout.words.applies_to_all, styles.closed)
        self._text(at, Column.NOTE, stored.note if stored is not None else "", styles.text)
        self._offer_text(at, Column.NOTE, 0, MAX_NOTE, self.layout.words.note)

    def _value(self, block: Block, answer: Answer) -> None:
        sheet, styles, words, at = self.sheet, self.styles, self.layout.words, block.at
        value = answer.value
        match block.question.type:
            case QuestionType.MULTI:
                sheet.write_string(at, Column.ANSWER, words.tick, styles.about)
                for line in block.option_lines:
                    if isinstance(value, frozenset) and line.option in value:
                        self._text(line.at, Column.ANSWER, MARK, styles.mark)
            case QuestionType.CHOICE | QuestionType.SCALE:
                shown = next((text for text, behind in block.items.items() if behind == value), "")
                self._text(at, Column.ANSWER, shown, styles.chosen.of(block.lines[-1].text))
                first, last = block.items_at + 1, block.items_at + len(block.items)
                source = f"='{LISTS_SHEET}'!$A${first}:$A${last}"
                self._check(at, Column.ANSWER, {"validate": "list", "source": source}, words.choose)
            case QuestionType.PERCENT:
                # As text, so that 82.5, 82,5 and 82.5% all stay what was typed.
                self._text(at, Column.ANSWER, "" if value is None else format(value, "f"), styles.percent)
                cell = cell_name(at, Column.ANSWER)
                number = f'_xlfn.NUMBERVALUE(SUBSTITUTE(SUBSTITUTE({cell},"%",""),",","."),"."," ")'
                rule: dict[str, Any] = {
                    "validate": "custom",
                    "value": f"=IFERROR(AND({number}>=0,{number}<=100),FALSE)",
                }
                self._check(at, Column.ANSWER, rule, words.percent, stops=False)
            case QuestionType.NUMBER:
                self._number(at, value)
                rule = {"validate": "decimal", "criteria": ">=", "value": 0}
                self._check(at, Column.ANSWER, rule, words.number)
            case QuestionType.DATE:
                self._day(at, value)
                rule = {
                    "validate": "date",
                    "criteria": "between",
                    "minimum": date(1900, 1, 1),
                    "maximum": "=TODAY()",
                }
                self._check(at, Column.ANSWER, rule, words.date)
            case QuestionType.TEXT:
                self._text(at, Column.ANSWER, value if isinstance(value, str) else "", styles.text)
                self._offer_text(at, Column.ANSWER, 0, MAX_TEXT, words.text)

    def _number(self, at: int, value: object) -> None:
        if isinstance(value, Decimal):
            # A number of at most MAX_NUMBER_DIGITS digits goes through a binary one, and sixteen digits, unharmed.
            self.sheet.write_number(at, Column.ANSWER, float(value), self.styles.number)
        else:
            self.sheet.write_blank(at, Column.ANSWER, None, self.styles.number)

    def _day(self, at: int, value: object) -> None:
        if isinstance(value, date):
            self.sheet.write_datetime(at, Column.ANSWER, value, self.styles.day)
        else:
            self.sheet.write_blank(at, Column.ANSWER, None, self.styles.day)

    def _text(self, at: int, column: int, text: str, style: Any) -> None:
        if text:
            self.sheet.write_string(at, column, for_a_cell(text), style)
        else:
            self.sheet.write_blank(at, column, None, style)

    def _offer_mark(self, at: int, column: int) -> None:
        self._check(at, column, {"validate": "list", "source": [MARK]}, self.layout.words.mark, stops=False)

    def _offer_text(self, at: int, column: int, least: int, most: int, message: str) -> None:
        rule = {"validate": "length", "criteria": "between", "minimum": least, "maximum": most}
        self._check(at, column, rule, message)

    def _check(self, at: int, column: int, rule: Mapping[str, Any], message: str, *, stops: bool = True) -> None:
        words = self.layout.words
        self.sheet.data_validation(
            at,
            column,
            at,
            column,
            {
                **rule,
                "input_title": words.columns[column][:MAX_MESSAGE_TITLE],
                "input_message": message[:MAX_MESSAGE],
                "error_title": words.does_not_fit[:MAX_MESSAGE_TITLE],
                "error_message": message[:MAX_MESSAGE],
                "error_type": "stop" if stops else "warning",
            },
        )
