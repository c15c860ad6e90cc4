"""Scoring by examples that were worked out by hand from scoring.md."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from backend.assessments.rules.answers import Answer, Verification
from backend.assessments.rules.points import interpolate, points_for, whole_months
from backend.assessments.rules.scoring import level_of, rhe, score
from backend.kernel.vocabulary import Basis, Clause, Level, VerificationVerdict
from backend.sectors.rules.questionnaire import Asks, Comparison, EvidenceRule, Option, Question, QuestionType
from tests.builders import REFERENCE_DATE, a_questionnaire, a_scale


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"), [(1, 2, 0), (3, 2, 2), (5, 2, 2), (7, 3, 2), (8, 3, 3), (0, 9, 0)]
)
def test_rhe_rounds_half_to_even(numerator: int, denominator: int, rounded: int) -> None:
    assert rhe(numerator, denominator) == rounded


@pytest.mark.parametrize(
    ("x", "points"),
    [("0", 0), ("25", 20), ("50", 40), ("50.01", 40), ("72.5", 70), ("74", 72), ("95", 100), ("100", 100)],
)
def test_breakpoints_are_linear_between_and_flat_outside_and_rounded_down(x: str, points: int) -> None:
    line = ((Fraction(0), 0), (Fraction(50), 40), (Fraction(95), 100))
    assert interpolate(line, Fraction(x)) == points


def test_falling_breakpoints_round_down_too() -> None:
    line = ((Fraction(24), 100), (Fraction(72), 0))
    assert [interpolate(line, Fraction(x)) for x in (0, 24, 25, 71, 72, 500)] == [100, 100, 97, 2, 0, 0]


def test_age_is_in_whole_months_at_the_reference_date() -> None:
    assert whole_months(date(2025, 11, 24), date(2026, 11, 24)) == 12
    assert whole_months(date(2025, 11, 25), date(2026, 11, 24)) == 11
    assert whole_months(date(2026, 11, 24), date(2026, 11, 24)) == 0


def test_each_type_earns_its_points() -> None:
    options = (Option("none", {"en": "None"}, 0, True), Option("x", {"en": "X"}, 70), Option("y", {"en": "Y"}, 60))
    months = ((Fraction(12), 100), (Fraction(24), 0))

    def points(kind: QuestionType, value: object) -> int:
        question = Question("Q", {"en": "Q"}, kind, Clause.A, options=options, breakpoints=months)
        return points_for(question, value, REFERENCE_DATE)  # type: ignore[arg-type]

    assert points(QuestionType.CHOICE, "x") == 70
    assert points(QuestionType.MULTI, frozenset({"x", "y"})) == 100
    assert points(QuestionType.MULTI, frozenset({"none"})) == 0
    assert points(QuestionType.SCALE, 3) == 75
    assert points(QuestionType.NUMBER, Decimal("18.00")) == 50
    assert points(QuestionType.DATE, date(2025, 5, 24)) == 50
    assert points(QuestionType.TEXT, "words") == 0


def test_the_overall_is_computed_from_rounded_clause_scores() -> None:
    questionnaire = a_questionnaire(
        [a_scale("A1", weight=1), a_scale("A2", weight=2), a_scale("F1", Clause.F)], {Clause.A: 3, Clause.F: 1}
    )
    card = score(questionnaire, {"A1": Answer(4), "A2": Answer(0), "F1": Answer(4)}, REFERENCE_DATE)
    declared = card.bases[Basis.DECLARED]
    assert declared.clauses[Clause.A].score_bp == 3333
    assert (declared.clauses[Clause.A].numerator, declared.clauses[Clause.A].denominator) == (10_000, 3)
    assert declared.score_bp == 5000  # (3 x 3333 + 10000) / 4 = 4999.75
    assert (card.questions["A1"].gave_bp, card.questions["F1"].gave_bp, card.rounding_bp) == (2500, 2500, 0)


@pytest.mark.parametrize(("failures", "expected"), [(0, 10_000), (1, 4900), (2, 2400), (3, 2400)])
def test_failed_critical_questions_cap_the_overall_and_never_a_clause(failures: int, expected: int) -> None:
    asked = [a_scale(f"C{n}", critical=True, weight=1) for n in range(3)] + [a_scale("F", Clause.F)]
    questionnaire = a_questionnaire(asked, {Clause.A: 0, Clause.F: 10})
    answers = {f"C{n}": Answer(1 if n < failures else 2) for n in range(3)} | {"F": Answer(4)}
    declared = score(questionnaire, answers, REFERENCE_DATE).bases[Basis.DECLARED]
    assert (declared.score_bp, declared.uncapped_bp) == (expected, 10_000)
    assert declared.failed_critical == tuple(f"C{n}" for n in range(failures))
    assert declared.clauses[Clause.F].score_bp == 10_000


def test_a_critical_question_that_is_not_applicable_or_not_asked_does_not_fail() -> None:
    gate = Question("P", {"en": "P"}, QuestionType.TEXT)
    asked = [
        gate,
        a_scale("N", critical=True, allows_not_applicable=True),
        a_scale("X", critical=True, applies_when=Asks("P", Comparison.ANSWERED, True)),
        a_scale("F", Clause.F),
    ]
    card = score(a_questionnaire(asked), {"N": Answer(not_applicable="No hotel."), "F": Answer(4)}, REFERENCE_DATE)
    assert card.bases[Basis.DECLARED].failed_critical == ()
    assert card.questions["X"].why_not_asked == "Asked only where P is answered."


def test_on_each_basis_only_what_counts_earns_points() -> None:
    asked = [a_scale("D"), a_scale("E"), a_scale("S", evidence=EvidenceRule.NOT_NEEDED), a_scale("V")]
    answers = {"D": Answer(4), "E": Answer(4, evidence=("a.pdf",)), "S": Answer(4), "V": Answer(4)}
    card = score(a_questionnaire(asked), answers, REFERENCE_DATE, {"V": Verification(VerificationVerdict.CONFIRMED)})
    assert [card.bases[basis].score_bp for basis in Basis] == [10_000, 7500, 2500]
    assert (card.counts.evidenced, card.counts.verified) == (3, 1)


def test_what_a_reviewer_lowered_or_contradicted_replaces_the_points_on_all_three_bases() -> None:
    questionnaire = a_questionnaire([a_scale("Q")])
    answers = {"Q": Answer(4)}

    def scores(verification: Verification) -> list[int | None]:
        card = score(questionnaire, answers, REFERENCE_DATE, {"Q": verification})
        return [card.bases[basis].score_bp for basis in Basis]

    assert scores(Verification(VerificationVerdict.LOWERED, 2)) == [5000, 5000, 5000]
    assert scores(Verification(VerificationVerdict.CONTRADICTED, 1)) == [2500, 2500, 2500]
    assert scores(Verification(VerificationVerdict.CONTRADICTED)) == [0, 0, 0]
    assert scores(Verification(VerificationVerdict.UNVERIFIABLE)) == [10_000, 0, 0]


def test_no_scorable_question_gives_no_score_and_not_zero() -> None:
    declared = score(a_questionnaire([]), {}, REFERENCE_DATE).bases[Basis.DECLARED]
    assert (declared.score_bp, declared.uncapped_bp, declared.level) == (None, None, None)
    unanswered = score(a_questionnaire([a_scale("Q")]), {}, REFERENCE_DATE).bases[Basis.DECLARED]
    assert (unanswered.score_bp, unanswered.level) == (0, Level.NOT_STARTED)


def test_do_not_know_earns_nothing_and_is_counted() -> None:
    card = score(a_questionnaire([a_scale("Q")]), {"Q": Answer(unknown=True)}, REFERENCE_DATE)
    assert card.bases[Basis.DECLARED].score_bp == 0
    assert (card.counts.answered, card.counts.unknown, card.counts.applicable) == (0, 1, 1)


@pytest.mark.parametrize(("weight", "withheld"), [(3, False), (4, True)])
def test_more_than_30_percent_not_applicable_withholds_the_level_and_keeps_the_score(
    weight: int, withheld: bool
) -> None:
    asked = [a_scale("N", weight=weight, allows_not_applicable=True), a_scale("Q", weight=10 - weight)]
    card = score(a_questionnaire(asked), {"N": Answer(not_applicable="Not ours."), "Q": Answer(4)}, REFERENCE_DATE)
    declared = card.bases[Basis.DECLARED]
    assert declared.score_bp == 10_000
    assert (declared.level is None, declared.level_withheld is not None) == (withheld, withheld)


@pytest.mark.parametrize(
    ("score_bp", "level"),
    [
        (10_000, Level.LEADING),
        (8500, Level.LEADING),
        (8499, Level.ESTABLISHED),
        (7000, Level.ESTABLISHED),
        (6999, Level.BUILDING),
        (5000, Level.BUILDING),
        (4999, Level.STARTED),
        (2500, Level.STARTED),
        (2499, Level.NOT_STARTED),
        (0, Level.NOT_STARTED),
    ],
)
def test_levels_start_at_their_floors(score_bp: int, level: Level) -> None:
    assert level_of(score_bp) is level
