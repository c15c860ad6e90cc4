"""A workbook in the hands of somebody else: opened, filled in and saved by another program's library than ours."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import openpyxl
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from backend.assessments import service as assessments
from backend.assessments.rules.answers import Answer
from backend.assessments.rules.workbook import Block, Column, SheetLayout, WorkbookLayout, cell_name, layout_of
from backend.kernel.actor import Actor
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Question, QuestionType

Typed = str | int | float | bool | date | datetime | None
FilledIn = Mapping[str | tuple[str, Column], Typed]
"""What is typed: by question for its answer, by (question, column), or by (question/option) for an x."""


def place_of(layout: WorkbookLayout, question_id: str) -> tuple[SheetLayout, Block]:
    return next((sheet, block) for sheet in layout.sheets for block in sheet.blocks if block.question.id == question_id)


def cell_of(layout: WorkbookLayout, what: str | tuple[str, Column]) -> tuple[str, str]:
    """Return the (sheet, cell) in which something is typed."""
    key, column = (what, Column.ANSWER) if isinstance(what, str) else what
    sheet, block = place_of(layout, key.partition("/")[0])
    row = next((line.at for line in block.lines if line.key == key), block.at)
    return sheet.name, cell_name(row, column)


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def saved(book: openpyxl.Workbook) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def sheet_of(book: openpyxl.Workbook, name: str) -> Worksheet:
    return cast(Worksheet, book[name])


def fill_in(data: bytes, layout: WorkbookLayout, typed: FilledIn) -> bytes:
    """Return the workbook with these cells typed over."""
    book = opened(data)
    for what, value in typed.items():
        sheet, cell = cell_of(layout, what)
        sheet_of(book, sheet)[cell].value = cast(Any, value)
    return saved(book)


def edit(data: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = opened(data)
    change(book)
    return saved(book)


def with_part(data: bytes, name: str, content: bytes | None) -> bytes:
    """Return the package with one part put in, replaced, or (None) taken out."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry))
        if content is not None:
            new.writestr(name, content)
    return made.getvalue()


def part_of(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name).decode()


# Line ends of every system, what must not become a formula or a link, and what looks like XML's own escapes.
ODD_TEXTS = ["=1+1", "=HYPERLINK(A1)", "+3", "@name", "https://a.example", "a\r\nb", "00123", "TRUE", "_x0041_"]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), min_size=1, max_size=40),
    st.sampled_from(ODD_TEXTS),
)
PLAIN_TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" \n"), min_size=1, max_size=40),
    st.sampled_from(ODD_TEXTS[:5]),
).filter(lambda text: "_x" not in text)
"""What the other library keeps when it saves a file anew; it loses escapes."""


def contents(
    question: Question, latest: date, texts: st.SearchStrategy[str] = TEXTS
) -> st.SearchStrategy[dict[str, Any]]:
    """Return every kind of answer that a question takes, with and without a note, as in an answers file."""
    ids = [option.id for option in question.options]
    alone = {option.id for option in question.options if option.exclusive}
    values: st.SearchStrategy[Any]
    match question.type:
        case QuestionType.CHOICE:
            values = st.sampled_from(ids)
        case QuestionType.SCALE:
            values = st.integers(0, 4)
        case QuestionType.MULTI:
            several = st.lists(st.sampled_from([one for one in ids if one not in alone]), min_size=1, unique=True)
            values = st.one_of(several, *(st.just([one]) for one in alone))
        case QuestionType.PERCENT:
            values = st.one_of(_decimals(100, 2), st.sampled_from(["0", "0.5", "1", "1.00", "100", "82.50"]))
        case QuestionType.NUMBER:
            values = st.one_of(_decimals(99_999_999_999, 4), st.integers(0, 10**15 - 1).map(str))
        case QuestionType.DATE:
            values = st.dates(date(1900, 1, 1), latest).map(date.isoformat)
        case QuestionType.TEXT:
            values = texts.filter(str.strip)
    kinds = [values.map(lambda value: {"value": value}), st.just({"unknown": True})]
    if question.allows_not_applicable:
        kinds.append(st.text("abc \n=", min_size=12).filter(lambda text: len(text.strip()) >= 10).map(_not_applicable))
    return st.builds(_with_note, st.one_of(kinds), st.one_of(st.just(""), texts))


def _decimals(most: int, places: int) -> st.SearchStrategy[str]:
    return st.decimals(0, most, places=places, allow_nan=False).map(lambda value: format(value, "f"))


def _not_applicable(reason: str) -> dict[str, Any]:
    return {"not_applicable": reason.strip()}


def _with_note(content: dict[str, Any], note: str) -> dict[str, Any]:
    return {**content, "note": note} if note else content


QUESTIONNAIRE = sectors.get_questionnaire(sectors.current_references(["tourism"]))
LAYOUT = layout_of(QUESTIONNAIRE, "en")


async def workbook_of(actor: Actor, assessment_id: UUID, language: str = "en") -> bytes:
    return (await assessments.export_workbook(actor, assessment_id, language))[1]


async def standing(actor: Actor, assessment_id: UUID) -> dict[str, tuple[Answer, str]]:
    view = await assessments.get_assessment(actor, assessment_id)
    return {name: (one.answer, one.note) for name, one in view.answers.items()}


def place(what: str | tuple[str, Column], layout: WorkbookLayout = LAYOUT) -> tuple[str, str]:
    return cell_of(layout, what)


async def bring_in(actor: Actor, assessment_id: UUID, typed: FilledIn) -> Any:
    data = fill_in(await workbook_of(actor, assessment_id), LAYOUT, typed)
    return await assessments.import_workbook(actor, assessment_id, data)
