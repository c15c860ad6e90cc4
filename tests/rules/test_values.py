"""Values: what people write is read exactly, or refused with a sentence that says what would be right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.assessments.rules.answers import Answer, Value
from backend.assessments.rules.values import answer_from_content, answer_to_content, read_value, value_to_json
from backend.kernel.errors import Invalid
from backend.sectors.rules.questionnaire import Option, Question, QuestionType
from tests import builders
from tests.builders import REFERENCE_DATE

OPTIONS = (Option("none", {"en": "None"}, 0, True), Option("some", {"en": "Some"}), Option("all", {"en": "All"}, 100))
PERCENT_RIGHT = "Give a percentage from 0 to 100 with at most two decimals, such as 82.5."
NUMBER_RIGHT = "Give a number in h of 0 or more with at most 4 decimals and 15 digits, such as 24 or 1.5."
IN_QUOTES = ' Write it as a string, in quotes ("82.50"), so that nothing is rounded on the way.'
LEVEL_RIGHT = "Give a level from 0 to 4 as a whole number, such as 3."
MULTI_RIGHT = "Give a list of one or more of: none, some, all."
DATE_RIGHT = "Give a date as year-month-day, such as 2026-03-31."
TEXT_RIGHT = "Give a text of 1 to 5000 characters."


def a_question(kind: QuestionType, allows_not_applicable: bool = False) -> Question:
    options = OPTIONS if kind in (QuestionType.CHOICE, QuestionType.MULTI) else ()
    unit = "h" if kind is QuestionType.NUMBER else ""
    return Question("Q01", {"en": "?"}, kind, options=options, unit=unit, allows_not_applicable=allows_not_applicable)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (QuestionType.CHOICE, "some", "some"),
        (QuestionType.SCALE, 0, 0),
        (QuestionType.SCALE, 4, 4),
        (QuestionType.MULTI, ["some", "all"], frozenset({"some", "all"})),
        (QuestionType.MULTI, ["none"], frozenset({"none"})),
        (QuestionType.PERCENT, "82.50", Decimal("82.50")),
        (QuestionType.PERCENT, 100, Decimal(100)),
        (QuestionType.PERCENT, "100.00", Decimal(100)),
        (QuestionType.NUMBER, "99999999999.1234", Decimal("99999999999.1234")),
        (QuestionType.NUMBER, 0, Decimal(0)),
        (QuestionType.DATE, "2026-11-24", date(2026, 11, 24)),
        (QuestionType.DATE, "1900-01-01", date(1900, 1, 1)),
        (QuestionType.TEXT, " x ", " x "),
        (QuestionType.TEXT, "x" * 5000, "x" * 5000),
    ],
)
def test_a_right_value_is_read(kind: QuestionType, raw: object, value: Value) -> None:
    assert read_value(a_question(kind), raw, REFERENCE_DATE) == value


@pytest.mark.parametrize(
    ("kind", "raw", "reason"),
    [
        (QuestionType.CHOICE, "most", "Choose one of: none, some, all."),
        (QuestionType.CHOICE, ["some"], "Choose one of: none, some, all."),
        (QuestionType.SCALE, True, LEVEL_RIGHT),
        (QuestionType.SCALE, 5, LEVEL_RIGHT),
        (QuestionType.SCALE, -1, LEVEL_RIGHT),
        (QuestionType.SCALE, "3", LEVEL_RIGHT),
        (QuestionType.MULTI, [], MULTI_RIGHT),
        (QuestionType.MULTI, "some", MULTI_RIGHT),
        (QuestionType.MULTI, [["some"]], MULTI_RIGHT),
        (QuestionType.MULTI, ["most"], "There is no option 'most'. Choose from: none, some, all."),
        (QuestionType.MULTI, ["all", "some", "some"], "Name each option once; some stands there twice."),
        (
            QuestionType.MULTI,
            ["some", "none"],
            "The option none stands alone: choose it without any other, or leave it out.",
        ),
        (QuestionType.PERCENT, "101", PERCENT_RIGHT),
        (QuestionType.PERCENT, 101, PERCENT_RIGHT),
        (QuestionType.PERCENT, "100.01", PERCENT_RIGHT),
        (QuestionType.PERCENT, "82.505", PERCENT_RIGHT),
        (QuestionType.PERCENT, "-1", PERCENT_RIGHT),
        (QuestionType.PERCENT, "1e1", PERCENT_RIGHT),
        (QuestionType.PERCENT, "NaN", PERCENT_RIGHT),
        (QuestionType.PERCENT, "٣", PERCENT_RIGHT),
        (QuestionType.PERCENT, "5\n", PERCENT_RIGHT),
        (QuestionType.PERCENT, False, PERCENT_RIGHT),
        (QuestionType.PERCENT, 82.5, PERCENT_RIGHT + IN_QUOTES),
        (QuestionType.PERCENT, Decimal("82.5"), PERCENT_RIGHT + IN_QUOTES),
        (QuestionType.NUMBER, -1, NUMBER_RIGHT),
        (QuestionType.NUMBER, "1.00001", NUMBER_RIGHT),
        (QuestionType.NUMBER, "999999999999.1234", NUMBER_RIGHT),
        (QuestionType.NUMBER, 10**15, NUMBER_RIGHT),
        pytest.param(QuestionType.NUMBER, 10**10000, NUMBER_RIGHT, id="number-of-10000-digits"),
        (QuestionType.DATE, "24.11.2026", DATE_RIGHT),
        (QuestionType.DATE, 20261124, DATE_RIGHT),
        (QuestionType.DATE, "2026-02-30", f"There is no day 2026-02-30. {DATE_RIGHT}"),
        (QuestionType.DATE, "1899-12-31", "Give a date of 1900-01-01 or later."),
        (
            QuestionType.DATE,
            "2026-11-25",
            "Give a date that is not after 2026-11-24, the reference date of this assessment.",
        ),
        (QuestionType.TEXT, "  ", TEXT_RIGHT),
        (QuestionType.TEXT, "x" * 5001, TEXT_RIGHT),
        (QuestionType.TEXT, 7, TEXT_RIGHT),
        (QuestionType.TEXT, "a\x00b", "This text holds a character that cannot be stored; remove it."),
        (QuestionType.TEXT, "\ud800", "This text holds a character that cannot be stored; remove it."),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(kind: QuestionType, raw: object, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_value(a_question(kind), raw, REFERENCE_DATE)
    assert refused.value.message == reason
    assert refused.value.fields == {"value": reason}


def test_without_a_reference_date_a_later_date_is_read() -> None:
    assert read_value(a_question(QuestionType.DATE), "2030-01-01", None) == date(2030, 1, 1)


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ({"value": 3}, Answer(value=3)),
        ({"unknown": True}, Answer(unknown=True)),
        ({"not_applicable": "  We sell none.  "}, Answer(not_applicable="We sell none.")),
    ],
)
def test_content_becomes_an_answer(content: dict[str, object], answer: Answer) -> None:
    assert answer_from_content(a_question(QuestionType.SCALE, True), content, None) == answer


def test_evidence_and_note_are_kept() -> None:
    answer = answer_from_content(a_question(QuestionType.SCALE), {"value": 3}, None, ["policy.pdf"], "see page 2")
    assert answer == Answer(value=3, evidence=("policy.pdf",), note="see page 2")


REASON_RIGHT = "Say in 10 to 2000 characters why this does not apply to your company."
EXACTLY_ONE = "Give exactly one of value, unknown and not_applicable."


@pytest.mark.parametrize(
    ("content", "field", "reason"),
    [
        ({}, "value", EXACTLY_ONE),
        ({"value": 3, "unknown": True}, "value", EXACTLY_ONE),
        ({"value": 3, "points": 75}, "value", EXACTLY_ONE),
        ({"unknown": False}, "unknown", "Write unknown: true where you do not know, and leave it out otherwise."),
        ({"unknown": 1}, "unknown", "Write unknown: true where you do not know, and leave it out otherwise."),
        ({"not_applicable": "n/a       "}, "not_applicable", REASON_RIGHT),
        ({"not_applicable": "x" * 2001}, "not_applicable", REASON_RIGHT),
        ({"not_applicable": True}, "not_applicable", REASON_RIGHT),
    ],
)
def test_content_of_another_shape_is_refused(content: dict[str, object], field: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        answer_from_content(a_question(QuestionType.SCALE, True), content, None)
    assert refused.value.fields == {field: reason}


def test_not_applicable_is_refused_where_the_question_applies_to_everybody() -> None:
    with pytest.raises(Invalid) as refused:
        answer_from_content(a_question(QuestionType.SCALE), {"not_applicable": "We sell none of it."}, None)
    assert refused.value.message == 'This question applies to everybody: give a value, or say "do not know".'


def test_a_note_that_is_too_long_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        answer_from_content(a_question(QuestionType.SCALE), {"value": 3}, None, note="x" * 5001)
    assert refused.value.fields == {"note": "Give the note as a text of at most 5000 characters."}


@given(st.data())
def test_a_value_survives_its_json_form(data: st.DataObject) -> None:
    question = data.draw(builders.questions("Q01", []))
    value = data.draw(builders.values(question).filter(lambda value: _is_writable(question, value)))
    again = read_value(question, value_to_json(value), REFERENCE_DATE)
    assert again == value
    assert value_to_json(again) == value_to_json(value)


@given(st.data())
def test_an_answer_survives_its_content(data: st.DataObject) -> None:
    question = a_question(data.draw(st.sampled_from(list(QuestionType))), True)
    values = builders.values(question).filter(lambda value: _is_writable(question, value))
    answer = data.draw(
        st.builds(Answer, value=values)
        | st.just(Answer(unknown=True))
        | st.just(Answer(not_applicable="We sell none."))
    )
    assert answer_from_content(question, answer_to_content(answer), REFERENCE_DATE) == answer


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (frozenset({"b", "a"}), ["a", "b"]),
        (Decimal("82.50"), "82.50"),
        (Decimal("1E+2"), "100"),
        (date(2026, 3, 1), "2026-03-01"),
        (3, 3),
    ],
)
def test_values_are_written_as_files_hold_them(value: Value, written: object) -> None:
    assert value_to_json(value) == written


def _is_writable(question: Question, value: Value) -> bool:
    """The builders' strategies know nothing of exclusive options and blank texts."""
    if isinstance(value, frozenset):
        return len(value) == 1 or not any(option.exclusive and option.id in value for option in question.options)
    return question.type is not QuestionType.TEXT or (bool(str(value).strip()) and "\x00" not in str(value))
