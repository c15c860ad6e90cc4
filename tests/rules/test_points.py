"""From answers to points: exact at breakpoints, rational in between, rounded down, falling as well as rising."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.assessments.rules.answers import Value
from backend.assessments.rules.points import interpolate, points_for, whole_months
from backend.kernel.vocabulary import Clause
from backend.sectors.rules.questionnaire import Option, Question, QuestionType
from tests.builders import REFERENCE_DATE, breakpoints

Line = tuple[tuple[Fraction, int], ...]
lines = breakpoints()
xs = st.integers(0, 12_000).map(lambda hundredths: Fraction(hundredths, 100))


def a_line(*points: tuple[int, int]) -> Line:
    return tuple((Fraction(x), earned) for x, earned in points)


def a_question(kind: QuestionType, line: Line = (), options: tuple[Option, ...] = ()) -> Question:
    return Question("Q01", {"en": "?"}, kind, Clause.A, breakpoints=line, options=options)


@given(lines)
def test_a_breakpoint_earns_exactly_its_own_points(line: Line) -> None:
    assert [interpolate(line, x) for x, _ in line] == [earned for _, earned in line]


@given(lines, xs)
def test_outside_the_breakpoints_the_points_are_flat(line: Line, distance: Fraction) -> None:
    assert interpolate(line, line[0][0] - distance) == line[0][1]
    assert interpolate(line, line[-1][0] + distance) == line[-1][1]


@given(lines, xs)
def test_between_two_breakpoints_the_exact_value_is_rounded_down(line: Line, x: Fraction) -> None:
    for (left, low), (right, high) in pairwise(line):
        if left <= x <= right:
            share = (x - left) / (right - left)
            assert interpolate(line, x) == floor((1 - share) * low + share * high)


@given(lines, xs)
def test_points_are_whole_and_lie_between_their_neighbours(line: Line, x: Fraction) -> None:
    earned = interpolate(line, x)
    assert isinstance(earned, int)
    assert min(points for _, points in line) <= earned <= max(points for _, points in line)


@given(lines, xs)
def test_falling_points_are_the_mirror_of_rising_ones(line: Line, x: Fraction) -> None:
    top = line[-1][0]
    mirrored = tuple((top - at, earned) for at, earned in reversed(line))
    assert interpolate(mirrored, top - x) == interpolate(line, x)


@given(lines, xs, xs)
def test_a_line_that_only_rises_never_earns_less_for_more(line: Line, one: Fraction, other: Fraction) -> None:
    rising = tuple(zip([x for x, _ in line], sorted(earned for _, earned in line), strict=True))
    low, high = sorted((one, other))
    assert interpolate(rising, low) <= interpolate(rising, high)


@given(st.integers(0, 10_000), lines)
def test_a_decimal_earns_what_its_exact_fraction_earns(hundredths: int, line: Line) -> None:
    value = Decimal(hundredths) / 100
    for kind in (QuestionType.PERCENT, QuestionType.NUMBER):
        assert points_for(a_question(kind, line), value, REFERENCE_DATE) == interpolate(line, Fraction(hundredths, 100))


def test_what_floats_would_get_wrong_is_right() -> None:
    """In floats 0.1 * 3 is a little more than 0.3, and 100 * 0.29 a little less than 29."""
    line = a_line((0, 0), (1, 100))
    assert interpolate(line, 3 * Fraction("0.1")) == 30
    assert [interpolate(line, Fraction(Decimal(n) / 100)) for n in range(101)] == list(range(101))


def test_a_line_of_one_point_is_flat_and_no_line_earns_nothing() -> None:
    assert [interpolate(a_line((5, 40)), Fraction(x)) for x in (0, 5, 9)] == [40, 40, 40]
    assert interpolate((), Fraction(50)) == 0


@pytest.mark.parametrize(
    ("hours", "points"),
    [("0", 100), ("2", 100), ("13", 90), ("24", 80), ("48", 52), ("72", 25), ("168", 0), ("1000", 0)],
)
def test_hours_to_act_earn_less_the_longer_they_are(hours: str, points: int) -> None:
    line = a_line((2, 100), (24, 80), (72, 25), (168, 0))
    assert points_for(a_question(QuestionType.NUMBER, line), Decimal(hours), REFERENCE_DATE) == points


@pytest.mark.parametrize("level", range(5))
def test_a_level_earns_25_points_each(level: int) -> None:
    assert points_for(a_question(QuestionType.SCALE), level, REFERENCE_DATE) == 25 * level


OPTIONS = (Option("none", {"en": "None"}, 0, True), Option("a", {"en": "A"}, 70), Option("b", {"en": "B"}, 45))


@pytest.mark.parametrize(
    ("value", "points"), [({"a"}, 70), ({"b"}, 45), ({"a", "b"}, 100), ({"none"}, 0), ({"withdrawn"}, 0)]
)
def test_a_multi_earns_the_sum_of_its_options_up_to_a_hundred(value: set[str], points: int) -> None:
    question = a_question(QuestionType.MULTI, options=OPTIONS)
    assert points_for(question, frozenset(value), REFERENCE_DATE) == points


def test_a_choice_earns_its_options_points() -> None:
    question = a_question(QuestionType.CHOICE, options=OPTIONS)
    assert [points_for(question, option.id, REFERENCE_DATE) for option in OPTIONS] == [0, 70, 45]


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 1200))
def test_a_month_is_whole_when_its_day_is_reached_and_not_a_day_before(start: date, months: int) -> None:
    assume(start.day <= 28)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    reached = date(year, month + 1, start.day)
    assert whole_months(start, reached) == months
    assert whole_months(start, reached - timedelta(days=1)) == months - 1


@pytest.mark.parametrize(
    ("earlier", "later", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 1, 31), date(2026, 3, 1), 1),
        (date(2024, 2, 29), date(2025, 2, 28), 11),
        (date(2024, 2, 29), date(2025, 3, 1), 12),
    ],
)
def test_a_month_without_that_day_is_whole_with_the_next_one(earlier: date, later: date, months: int) -> None:
    assert whole_months(earlier, later) == months


@given(st.dates(date(2000, 1, 1), REFERENCE_DATE), st.dates(date(2000, 1, 1), REFERENCE_DATE))
def test_the_younger_of_two_dates_never_earns_less_where_points_fall_with_age(one: date, other: date) -> None:
    question = a_question(QuestionType.DATE, a_line((12, 100), (24, 60), (36, 0)))
    older, younger = sorted((one, other))
    assert points_for(question, younger, REFERENCE_DATE) >= points_for(question, older, REFERENCE_DATE)


def test_age_is_counted_at_the_reference_date_and_not_today() -> None:
    question = a_question(QuestionType.DATE, a_line((12, 100), (24, 0)))
    done = date(2025, 5, 24)
    assert [points_for(question, done, at) for at in (date(2026, 5, 24), date(2026, 11, 24), date(2027, 5, 24))] == [
        100,
        50,
        0,
    ]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (QuestionType.SCALE, "3"),
        (QuestionType.CHOICE, 3),
        (QuestionType.MULTI, "a"),
        (QuestionType.PERCENT, 50),
        (QuestionType.NUMBER, "50"),
        (QuestionType.DATE, "2026-01-01"),
        (QuestionType.TEXT, 3),
    ],
)
def test_a_value_of_another_shape_is_an_error_and_earns_nothing_silently(kind: QuestionType, value: Value) -> None:
    with pytest.raises(ValueError, match=f"is a {kind.value} question and cannot hold"):
        points_for(a_question(kind), value, REFERENCE_DATE)
