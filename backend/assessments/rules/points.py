"""From one answer to its points, 0..100, in exact rational arithmetic (scoring.md, From answer to points)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from backend.assessments.rules.answers import Value
from backend.sectors.rules.questionnaire import Question, QuestionType

MAX_POINTS = 100
POINTS_PER_LEVEL = 25


def points_for(question: Question, value: Value, reference_date: date) -> int:
    """Return the points, 0..100, that `value` earns on `question`; a text and an unscored fact earn 0.

    `reference_date` is the assessment's, and matters to dates only. Raises ValueError for a value
    whose shape is not the question's: readers check that first (answers.read_value).
    """
    match question.type, value:
        case QuestionType.CHOICE, str():
            return _option_points(question).get(value, 0)
        case QuestionType.MULTI, frozenset():
            points = _option_points(question)
            return min(MAX_POINTS, sum(points.get(chosen, 0) for chosen in value))
        case QuestionType.SCALE, int():
            return POINTS_PER_LEVEL * value
        case ((QuestionType.PERCENT | QuestionType.NUMBER), Decimal()):
            return interpolate(question.breakpoints, Fraction(value))
        case QuestionType.DATE, date():
            return interpolate(question.breakpoints, Fraction(whole_months(value, reference_date)))
        case QuestionType.TEXT, str():
            return 0
    raise ValueError(f"{question.id} is a {question.type.value} question and cannot hold {value!r}")


def interpolate(breakpoints: tuple[tuple[Fraction, int], ...], x: Fraction) -> int:
    """Return the points at `x`: linear between breakpoints, flat outside, rounded down; 0 without any."""
    if not breakpoints:
        return 0
    if x <= breakpoints[0][0]:
        return breakpoints[0][1]
    for (left, low), (right, high) in pairwise(breakpoints):
        if x <= right:
            exact = low + (x - left) * (high - low) / (right - left)
            return exact.numerator // exact.denominator
    return breakpoints[-1][1]


def whole_months(earlier: date, later: date) -> int:
    """Return the whole months from `earlier` to `later`; a month is whole when its day is reached."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - 1 if later.day < earlier.day else months


def _option_points(question: Question) -> dict[str, int]:
    return {option.id: option.points for option in question.options}
