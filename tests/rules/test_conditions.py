"""Conditions: each test holds exactly where questionnaire-format.md says, and looks only at earlier questions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from backend.assessments.rules.answers import Answer, Value
from backend.assessments.rules.applicability import applicable_ids, describe
from backend.kernel.errors import FileRefused, Invalid
from backend.sectors.rules import conditions
from backend.sectors.rules.compose import compose
from backend.sectors.rules.parse import parse_module
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

OPTIONS = (Option("none", {"en": "None"}, exclusive=True), Option("some", {"en": "Some"}), Option("all", {"en": "All"}))
EQUALS, INCLUDES, AT_LEAST, AT_MOST, ANSWERED = Comparison


def holds(condition: Condition, answers: Mapping[str, Answer], *earlier: Question) -> bool:
    """Whether a question under this condition is asked."""
    asked = Question("Q99", {"en": "?"}, QuestionType.TEXT, applies_when=condition)
    return "Q99" in applicable_ids([*earlier, asked], answers)


def a_question(kind: QuestionType, question_id: str = "Q01", **changes: Condition) -> Question:
    return Question(question_id, {"en": "?"}, kind, options=OPTIONS, **changes)  # type: ignore[arg-type]


def passes(kind: QuestionType, value: Value, test: Comparison, operand: str | Fraction | bool) -> bool:
    return holds(Asks("Q01", test, operand), {"Q01": Answer(value)}, a_question(kind))


@pytest.mark.parametrize(
    ("kind", "value", "operand", "expected"),
    [
        (QuestionType.CHOICE, "some", "some", True),
        (QuestionType.CHOICE, "some", "all", False),
        (QuestionType.MULTI, frozenset({"some"}), "some", True),
        (QuestionType.MULTI, frozenset({"some", "all"}), "some", False),
        (QuestionType.SCALE, 3, Fraction(3), True),
        (QuestionType.SCALE, 2, Fraction(3), False),
        (QuestionType.PERCENT, Decimal("82.50"), Fraction(165, 2), True),
        (QuestionType.NUMBER, Decimal("0.1"), Fraction(1, 10), True),
        (QuestionType.NUMBER, Decimal("0.1001"), Fraction(1, 10), False),
    ],
)
def test_equals_holds_for_that_value_and_for_a_set_of_that_option_alone(
    kind: QuestionType, value: Value, operand: str | Fraction, expected: bool
) -> None:
    assert passes(kind, value, EQUALS, operand) is expected


def test_includes_holds_where_the_option_is_among_those_chosen() -> None:
    assert passes(QuestionType.MULTI, frozenset({"some", "all"}), INCLUDES, "some")
    assert not passes(QuestionType.MULTI, frozenset({"all"}), INCLUDES, "some")


@pytest.mark.parametrize(("value", "least", "most"), [("1.99", False, True), ("2", True, True), ("2.01", True, False)])
def test_at_least_and_at_most_hold_at_their_own_bound(value: str, least: bool, most: bool) -> None:
    for kind in (QuestionType.NUMBER, QuestionType.PERCENT):
        assert passes(kind, Decimal(value), AT_LEAST, Fraction(2)) is least
        assert passes(kind, Decimal(value), AT_MOST, Fraction(2)) is most
    assert [passes(QuestionType.SCALE, level, AT_LEAST, Fraction(2)) for level in range(4)] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (QuestionType.TEXT, "words"),
        (QuestionType.DATE, date(2026, 1, 1)),
        (QuestionType.SCALE, 0),
        (QuestionType.NUMBER, Decimal(0)),
    ],
)
def test_answered_holds_for_any_value_zero_included(kind: QuestionType, value: Value) -> None:
    assert passes(kind, value, ANSWERED, True)
    assert not passes(kind, value, ANSWERED, False)


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"Q01": Answer()},
        {"Q01": Answer(unknown=True)},
        {"Q01": Answer(not_applicable="We do not do this.")},
    ],
    ids=["unanswered", "empty", "unknown", "not applicable"],
)
@pytest.mark.parametrize(
    ("kind", "test", "operand"),
    [
        (QuestionType.CHOICE, EQUALS, "none"),
        (QuestionType.MULTI, INCLUDES, "none"),
        (QuestionType.NUMBER, AT_LEAST, Fraction(0)),
        (QuestionType.PERCENT, AT_MOST, Fraction(100)),
        (QuestionType.TEXT, ANSWERED, True),
    ],
)
def test_every_test_is_false_where_there_is_no_value(
    answers: Mapping[str, Answer], kind: QuestionType, test: Comparison, operand: str | Fraction | bool
) -> None:
    assert not holds(Asks("Q01", test, operand), answers, a_question(kind))
    assert holds(Asks("Q01", ANSWERED, False), answers, a_question(kind))


@pytest.mark.parametrize("test", [*Comparison, None])
def test_every_test_is_false_on_a_question_that_is_not_asked_whatever_was_answered(test: Comparison | None) -> None:
    hidden = a_question(QuestionType.MULTI, "Q02", applies_when=Asks("Q01", EQUALS, "some"))
    answers = {"Q01": Answer("all"), "Q02": Answer(frozenset({"some"}))}
    earlier = (a_question(QuestionType.CHOICE), hidden)
    if test is None:
        assert not holds(Asks("Q02", ANSWERED, False), answers, *earlier)
    else:
        operands: dict[Comparison, str | bool] = {EQUALS: "some", INCLUDES: "some", ANSWERED: True}
        operand = operands.get(test, Fraction(0))
        assert not holds(Asks("Q02", test, operand), answers, *earlier)


def test_all_any_and_not_combine_and_nest() -> None:
    yes, no = Asks("Q01", EQUALS, "some"), Asks("Q01", EQUALS, "all")

    def found(condition: Condition) -> bool:
        return holds(condition, {"Q01": Answer("some")}, a_question(QuestionType.CHOICE))

    assert [found(All(parts)) for parts in [(yes, yes), (yes, no), (no, no)]] == [True, False, False]
    assert [found(AnyOf(parts)) for parts in [(yes, yes), (yes, no), (no, no)]] == [True, True, False]
    assert [found(Not(yes)), found(Not(no)), found(Not(Not(yes)))] == [False, True, True]
    assert found(All((AnyOf((no, yes)), Not(All((yes, no))))))


def test_not_holds_where_there_is_no_answer_so_that_silence_lifts_no_question() -> None:
    question = a_question(QuestionType.CHOICE)
    condition = Not(Asks("Q01", EQUALS, "none"))
    assert holds(condition, {}, question)
    assert holds(condition, {"Q01": Answer(unknown=True)}, question)
    assert not holds(condition, {"Q01": Answer("none")}, question)


def test_conditions_chain_and_a_break_in_the_chain_ends_it() -> None:
    chain = [a_question(QuestionType.CHOICE, "Q00")]
    for number in range(1, 30):
        chain.append(
            a_question(QuestionType.CHOICE, f"Q{number:02}", applies_when=Asks(f"Q{number - 1:02}", EQUALS, "some"))
        )
    everything = {question.id: Answer("some") for question in chain}
    assert len(applicable_ids(chain, everything)) == 30
    broken = {**everything, "Q10": Answer("all")}
    assert applicable_ids(chain, broken) == {f"Q{number:02}" for number in range(11)}


def test_a_circle_that_no_checked_module_can_hold_is_told_and_not_followed() -> None:
    circle = [
        a_question(QuestionType.CHOICE, "Q01", applies_when=Asks("Q02", EQUALS, "some")),
        a_question(QuestionType.CHOICE, "Q02", applies_when=Asks("Q01", EQUALS, "some")),
    ]
    with pytest.raises(ValueError, match="depends on itself"):
        applicable_ids(circle, {})


def test_a_condition_is_described_by_question_ids() -> None:
    told = describe(All((AnyOf((Asks("P02", INCLUDES, "tours"), Asks("P12", AT_LEAST, Fraction(2)))), Not(ASK))))
    assert told == "(P02 includes tours or P12 is at least 2) and not (P04 is none)"
    assert describe(Asks("P01", ANSWERED, False)) == "P01 is not answered"


ASK = Asks("P04", EQUALS, "none")


def test_tests_of_finds_every_test_in_the_order_in_which_they_are_written() -> None:
    first, second, third = (Asks(f"Q0{number}", ANSWERED, True) for number in (1, 2, 3))
    assert list(conditions.tests_of(All((first, Not(AnyOf((second, third))))))) == [first, second, third]
    assert list(conditions.tests_of(None)) == []


CHOICE, SCALE, MULTI, PERCENT, NUMBER, DATE, TEXT = (
    a_question(kind, f"Q0{number}") for number, kind in enumerate(QuestionType, start=1)
)
LEVEL_RIGHT = "needs a number from 0 to 4, without quotes"
PERCENT_RIGHT = "needs a number from 0 to 100, without quotes"
NO_SOME = "has no option 'som'; did you mean some?"


@pytest.mark.parametrize(
    ("question", "test", "operand", "problem"),
    [
        (CHOICE, EQUALS, "some", None),
        (CHOICE, EQUALS, "som", f"Q01 {NO_SOME}"),
        (CHOICE, EQUALS, Fraction(1), "Q01 has the options none, some, all; write one of them as a text"),
        (CHOICE, INCLUDES, "some", "Q01 is a choice question; includes cannot be asked of it"),
        (CHOICE, AT_LEAST, Fraction(1), "Q01 is a choice question; at_least cannot be asked of it"),
        (MULTI, EQUALS, "some", None),
        (MULTI, INCLUDES, "som", f"Q03 {NO_SOME}"),
        (SCALE, EQUALS, Fraction(4), None),
        (SCALE, AT_LEAST, Fraction(5), f"Q02 is a scale question: at_least {LEVEL_RIGHT}"),
        (SCALE, AT_MOST, Fraction(1, 2), f"Q02 is a scale question: at_most {LEVEL_RIGHT}"),
        (PERCENT, AT_MOST, Fraction(100), None),
        (PERCENT, AT_MOST, Fraction(101), f"Q04 is a percent question: at_most {PERCENT_RIGHT}"),
        (NUMBER, AT_LEAST, Fraction(10**9), None),
        (NUMBER, AT_LEAST, "two", "Q05 is a number question: at_least needs a number of 0 or more, without quotes"),
        (NUMBER, INCLUDES, Fraction(1), "Q05 is a number question; includes cannot be asked of it"),
        (DATE, AT_LEAST, Fraction(1), "Q06 is a date question; at_least cannot be asked of it"),
        (TEXT, EQUALS, "words", "Q07 is a text question; equals cannot be asked of it"),
        (DATE, ANSWERED, True, None),
        (TEXT, ANSWERED, False, None),
    ],
)
def test_only_a_test_that_its_question_can_answer_is_taken(
    question: Question, test: Comparison, operand: str | Fraction | bool, problem: str | None
) -> None:
    assert conditions.operand_problem(question, Asks(question.id, test, operand)) == problem


def a_module(module_id: str, *questions: str) -> bytes:
    weights = "" if module_id == "core" else "clause_weights: {a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1, h: 1}\n"
    return (
        f'id: {module_id}\nversion: "2026.1"\ntitle: {{en: T}}\n{weights}'
        f"sections:\n  - id: {module_id}-s\n    title: {{en: S}}\n    questions:\n"
        + "".join(f"      - {{{question}}}\n" for question in questions)
    ).encode()


def a_text(question_id: str, asks: str = "") -> str:
    condition = f", applies_when: {{question: {asks}, answered: true}}" if asks else ""
    return f"id: {question_id}, text: {{en: T}}, type: text{condition}"


@pytest.mark.parametrize("later", ["Q02", "Q03"])
def test_a_condition_never_looks_forward_nor_at_itself(later: str) -> None:
    data = a_module("core", a_text("Q01"), a_text("Q02", later), a_text("Q03"))
    with pytest.raises(FileRefused) as refused:
        parse_module(data, "core.yaml")
    reason = f"a condition looks only at questions that stand earlier, and {later} does not"
    assert [str(problem) for problem in refused.value.problems] == [f"core.yaml:9:60: Q02.applies_when: {reason}"]


def test_a_sector_looks_at_core_and_at_itself_and_never_at_another_sector() -> None:
    core = parse_module(a_module("core", a_text("P01")), "core.yaml")
    tourism = parse_module(a_module("tourism", a_text("T01", "P01"), a_text("T02", "T01")), "tourism.yaml")
    media = parse_module(a_module("media", a_text("M01", "T01")), "media.yaml")
    assert [question.id for question in compose([tourism, core]).questions] == ["P01", "T01", "T02"]
    with pytest.raises(Invalid) as refused:
        compose([core, tourism, media])
    assert refused.value.message == (
        "media@2026.1: M01: its condition asks for T01, which stands neither earlier in it nor in core."
    )
