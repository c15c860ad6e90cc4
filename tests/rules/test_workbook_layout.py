"""The workbook's layout: every question has its cells, no cell has two, and every language says the same things."""

from __future__ import annotations

import re
import string
from dataclasses import fields
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.workbook import (
    FACTS_SHEET,
    FIRST_ROW,
    LISTS_SHEET,
    MAX_ITEM,
    MAX_SHEET_NAME,
    Column,
    cell_name,
    layout_of,
    sheet_name,
)
from backend.assessments.rules.workbook_conditions import condition_words
from backend.assessments.rules.workbook_facts import (
    NOTHING_SAID,
    Stood,
    WorkbookFacts,
    facts_rows,
    for_a_cell,
    read_facts,
    what_is_said,
)
from backend.assessments.rules.workbook_words import WORDS, Words
from backend.assessments.service.workbook_writing import MAX_MESSAGE, MAX_MESSAGE_TITLE
from backend.kernel.errors import Invalid
from backend.kernel.vocabulary import Form
from backend.sectors import service as sectors
from backend.sectors.rules.languages import LANGUAGES
from backend.sectors.rules.questionnaire import (
    All,
    AnyOf,
    Asks,
    Comparison,
    Condition,
    Not,
    Option,
    Question,
    QuestionType,
)
from tests.builders import a_questionnaire

NOT_IN_NAMES = set("[]:*?/\\")


# The library's own questionnaires


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sector", sectors.available_sectors())
def test_every_questionnaire_has_a_layout_in_which_nothing_meets(sector: str, language: str, form: Form) -> None:
    questionnaire = sectors.get_questionnaire(sectors.current_references([sector]), form)
    layout = layout_of(questionnaire, language)
    names = [layout.start, FACTS_SHEET, LISTS_SHEET, *(sheet.name for sheet in layout.sheets)]
    assert len({name.casefold() for name in names}) == len(names)
    assert [sheet.section for sheet in layout.sheets] == list(questionnaire.sections)
    items: list[str] = []
    for sheet in layout.sheets:
        assert [block.question for block in sheet.blocks] == list(sheet.section.questions)
        rows = [row for block in sheet.blocks for row in (block.at, *(line.at for line in block.lines))]
        assert rows == list(range(FIRST_ROW, sheet.end))
        keys = [key for block in sheet.blocks for key in (block.question.id, *(line.key for line in block.lines))]
        assert len(set(keys)) == len(keys)
        for block in sheet.blocks:
            assert block.items_at == len(items)
            items += block.items
            assert_every_value_can_be_given(block.question, list(block.items.values()), [*block.option_lines])
    assert list(layout.items) == items
    assert [item for item in items if len(item) > MAX_ITEM or item != " ".join(item.split())] == []


def assert_every_value_can_be_given(question: Question, offered: list[str | int], marks: list[object]) -> None:
    match question.type:
        case QuestionType.SCALE:
            assert (offered, marks) == (sorted(question.levels), [])
        case QuestionType.CHOICE:
            assert (offered, marks) == ([option.id for option in question.options], [])
        case QuestionType.MULTI:
            assert (offered, len(marks)) == ([], len(question.options))
        case _:
            assert (offered, marks) == ([], [])


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        layout_of(a_questionnaire([]), "xx")
    assert "en, fr, es, ar" in refused.value.message


# Names


@given(st.lists(st.text(max_size=60), max_size=8))
def test_sheet_names_are_such_as_excel_takes_and_all_different(titles: list[str]) -> None:
    taken = {FACTS_SHEET, "history"}
    names = [sheet_name(title, taken) for title in titles]
    assert len({name.casefold() for name in names} | {FACTS_SHEET, "history"}) == len(titles) + 2
    for name in names:
        assert 1 <= len(name) <= MAX_SHEET_NAME
        assert not NOT_IN_NAMES & set(name)
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert not re.search(r"[\x00-\x1f]", name)


def test_titles_that_are_cut_alike_get_a_number() -> None:
    taken: set[str] = set()
    title = "Initiatives, monitoring and reporting"
    assert sheet_name(title, taken) == "Initiatives, monitoring and re…"
    assert sheet_name(title.upper(), taken) == "INITIATIVES, MONITORING AND… 2"
    assert sheet_name("Contracts / destinations", taken) == "Contracts destinations"


@pytest.mark.parametrize(
    ("row", "column", "name"),
    [(0, 0, "A1"), (11, 2, "C12"), (0, 25, "Z1"), (9, 26, "AA10"), (1048575, 16383, "XFD1048576")],
)
def test_cells_are_named_as_spreadsheets_do(row: int, column: int, name: str) -> None:
    assert cell_name(row, column) == name


def test_items_that_would_look_alike_are_told_apart() -> None:
    long = "We have done this and that and the other thing " * 8
    options = (Option("first", {"en": long + "well"}), Option("second", {"en": long + "badly"}))
    question = Question("Q01", {"en": "Which?"}, QuestionType.CHOICE, options=options)
    (block,) = layout_of(a_questionnaire([question]), "en").sheets[0].blocks
    assert list(block.items.values()) == ["first", "second"]
    assert all(len(item) <= MAX_ITEM for item in block.items)


# Words


def test_each_language_of_the_library_has_its_words() -> None:
    assert WORDS.keys() == LANGUAGES.keys()


@pytest.mark.parametrize("language", [one for one in WORDS if one != "en"])
def test_every_language_says_everything_in_its_own_words(language: str) -> None:
    english, other = texts_of(WORDS["en"]), texts_of(WORDS[language])
    assert other.keys() == english.keys()
    for name, text in other.items():
        assert text.strip(), name
        assert names_in(text) == names_in(english[name]), name
    # A word may be the same in two languages; a whole text is not.
    assert [name for name, text in other.items() if text == english[name] and " " in text] == []


@pytest.mark.parametrize("language", WORDS)
def test_every_unit_of_the_library_has_its_words(language: str) -> None:
    units = {question.unit for module in sectors.library().values() for question in module.questions}
    assert units - {""} - WORDS[language].units.keys() == set()


def texts_of(words: Words) -> dict[str, str]:
    found: dict[str, str] = {}
    for field in fields(words):
        value = getattr(words, field.name)
        if isinstance(value, str):
            found[field.name] = value
        else:
            parts = value.items() if field.name == "units" else enumerate(value)
            found |= {f"{field.name}/{key}": text for key, text in parts}
    return found


def names_in(pattern: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}


@pytest.mark.parametrize("language", WORDS)
def test_every_message_fits_where_a_spreadsheet_shows_it(language: str) -> None:
    words = WORDS[language]
    messages = (words.choose, words.mark, words.percent, words.number, words.date, words.text, words.reason, words.note)
    assert [one for one in messages if len(one) > MAX_MESSAGE] == []
    shown = [words.columns[one] for one in (Column.ANSWER, Column.UNKNOWN, Column.REASON, Column.NOTE)]
    assert [one for one in (words.does_not_fit, *shown) if len(one) > MAX_MESSAGE_TITLE] == []


# Conditions in words


FACT = Question(
    "P02",
    {"en": "What do you do?"},
    QuestionType.MULTI,
    options=(
        Option("a", {"en": "Hotels", "fr": "Hôtels"}),
        Option("b", {"en": "Tours"}),
        Option("c", {"en": "Flights"}),
    ),
)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Asks("P02", Comparison.INCLUDES, "a"), "P02 includes “Hotels”"),
        (Not(Asks("P02", Comparison.EQUALS, "b")), "P02 is not “Tours”"),
        (Asks("P12", Comparison.AT_LEAST, Fraction(2)), "P12 is at least 2"),
        (Asks("P12", Comparison.AT_MOST, Fraction(5, 2)), "P12 is at most 2.5"),
        (Asks("P02", Comparison.ANSWERED, False), "P02 is not answered"),
        (Not(Asks("P02", Comparison.INCLUDES, "a")), "not (P02 includes “Hotels”)"),
        (
            AnyOf(
                (
                    Asks("P02", Comparison.INCLUDES, "a"),
                    Asks("P02", Comparison.INCLUDES, "b"),
                    Asks("P02", Comparison.ANSWERED, False),
                )
            ),
            "P02 includes one of “Hotels”, “Tours” or P02 is not answered",
        ),
        (
            All(
                (
                    Asks("P12", Comparison.AT_LEAST, Fraction(2)),
                    AnyOf((Asks("P02", Comparison.EQUALS, "a"), Asks("P02", Comparison.EQUALS, "c"))),
                )
            ),
            "P12 is at least 2 and (P02 is “Hotels” or P02 is “Flights”)",
        ),
    ],
)
def test_a_condition_is_said_with_labels(condition: Condition, words: str) -> None:
    assert condition_words(condition, {"P02": FACT}, "en") == words


def test_a_condition_is_said_in_the_language_of_the_workbook() -> None:
    assert condition_words(Asks("P02", Comparison.INCLUDES, "a"), {"P02": FACT}, "fr") == "P02 comprend “Hôtels”"


# What an answer says


def test_what_is_said_does_not_change_with_the_way_it_is_written() -> None:
    assert what_is_said(Answer(value=Decimal("82.50")), "") == what_is_said(Answer(value=Decimal("82.5")), "")
    assert what_is_said(Answer(value=Decimal(100)), "") == what_is_said(Answer(value=Decimal("1E+2")), "")
    assert what_is_said(Answer(), "a\r\nb\rc") == what_is_said(Answer(), "a\nb\nc")
    assert what_is_said(Answer(), "\uffff") == what_is_said(Answer(), for_a_cell("\uffff"))


def test_what_is_said_tells_apart_whatever_differs() -> None:
    answers = [
        (Answer(), ""),
        (Answer(), "note"),
        (Answer(unknown=True), ""),
        (Answer(not_applicable="We have no hotels."), ""),
        (Answer(value="We have no hotels."), ""),
        (Answer(value=3), ""),
        (Answer(value=Decimal(3)), ""),
        (Answer(value=date(2026, 3, 31)), ""),
        (Answer(value=frozenset({"a"})), ""),
        (Answer(value=frozenset({"a", "b"})), ""),
        (Answer(value="a\n"), ""),
        (Answer(value="a"), ""),
    ]
    assert len({what_is_said(answer, note) for answer, note in answers}) == len(answers)
    assert what_is_said(*answers[0]) == NOTHING_SAID


# The hidden sheet


FACTS = WorkbookFacts(
    questionnaire_digest="sha-256:" + "1" * 64,
    modules=("core@2026.1", "tourism@2026.1"),
    form="full",
    language="en",
    assessment="01936a8b-5a00-7000-8000-000000000073",
    period="2026",
    made_at="2026-11-24T10:00:00+00:00",
    stood={"C01": Stood(3, NOTHING_SAID), "P01": Stood(1, "sha-256:" + "2" * 64)},
)


def test_the_hidden_sheet_is_read_as_it_was_written() -> None:
    cells = {(row, column): text for row, texts in enumerate(facts_rows(FACTS)) for column, text in enumerate(texts)}
    assert read_facts({FACTS_SHEET: cells}) == FACTS
    numbers = {where: Decimal(text) if text.isdecimal() else text for where, text in cells.items()}
    assert read_facts({FACTS_SHEET: numbers}) == FACTS


@pytest.mark.parametrize("row", range(8))
def test_a_hidden_sheet_that_lost_a_row_is_refused(row: int) -> None:
    rows = facts_rows(FACTS)
    del rows[row]
    cells = {(at, column): text for at, texts in enumerate(rows) for column, text in enumerate(texts)}
    with pytest.raises(Invalid) as refused:
        read_facts({FACTS_SHEET: cells})
    assert "was not made by Para73" in refused.value.message
