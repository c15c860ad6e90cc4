"""Scoring, method 1: a pure function from questionnaire and answers to a scorecard (scoring.md).

Integers all the way, so that SQL, NumPy and a browser give the same figures. Clause scores are rounded
before the overall is computed from them on purpose: who sees the published clause scores and weights
can recompute the total by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.assessments.rules.answers import Answer, Verification
from backend.assessments.rules.applicability import applicable_ids, describe
from backend.assessments.rules.points import MAX_POINTS, points_for
from backend.assessments.rules.scorecard import BasisScore, ClauseScore, Counts, QuestionScore, Scorecard
from backend.kernel.canonical import canonical_digest
from backend.kernel.vocabulary import Basis, Clause, Level, VerificationVerdict
from backend.sectors.rules.questionnaire import EvidenceRule, Question, Questionnaire

METHOD = 1
CAP_ONE_FAILED_BP = 4900
CAP_MORE_FAILED_BP = 2400
LEVEL_FLOORS_BP = (
    (Level.LEADING, 8500),
    (Level.ESTABLISHED, 7000),
    (Level.BUILDING, 5000),
    (Level.STARTED, 2500),
    (Level.NOT_STARTED, 0),
)
MAX_NOT_APPLICABLE_PERCENT = 30

METHOD_PARAMETERS: Mapping[str, Any] = {
    "method": METHOD,
    "scale_points_per_level": 25,
    "interpolation": "linear, flat outside, rounded down",
    "rounding": "half to even",
    "cap_one_failed_bp": CAP_ONE_FAILED_BP,
    "cap_more_failed_bp": CAP_MORE_FAILED_BP,
    "level_floors_bp": {level.value: floor for level, floor in LEVEL_FLOORS_BP},
    "level_withheld_above_not_applicable_percent": MAX_NOT_APPLICABLE_PERCENT,
}
METHOD_DIGEST = canonical_digest(METHOD_PARAMETERS)
"""Digest of what method 1 fixes; it stands in scorecards and attestations."""

_JUDGED = (VerificationVerdict.CONFIRMED, VerificationVerdict.LOWERED, VerificationVerdict.CONTRADICTED)


@dataclass(frozen=True, slots=True)
class _Counted:
    """A scored question that stays in the denominator, with its points on the three bases."""

    question: Question
    points: Mapping[Basis, int]


def score(
    questionnaire: Questionnaire,
    answers: Mapping[str, Answer],
    reference_date: date,
    verifications: Mapping[str, Verification] | None = None,
) -> Scorecard:
    """Return the scorecard on three bases. Answers to questions that are not asked are ignored."""
    judged = verifications or {}
    questions = questionnaire.questions
    asked = applicable_ids(questions, answers)
    counted = {
        question.id: _Counted(question, _points(question, answers.get(question.id), judged, reference_date))
        for question in questions
        if question.counts and question.id in asked and not _is_not_applicable(answers.get(question.id))
    }
    withheld = _level_withheld(questions, asked, answers)
    bases = {basis: _basis_score(basis, counted, questionnaire.clause_weights, withheld) for basis in Basis}
    shares = _shares(counted, questionnaire.clause_weights)
    uncapped = bases[Basis.DECLARED].uncapped_bp
    return Scorecard(
        method=METHOD,
        method_digest=METHOD_DIGEST,
        questionnaire_digest=questionnaire.digest,
        bases=bases,
        counts=_counts(questions, asked, answers, judged),
        questions={q.id: _question_score(q, q.id in asked, counted.get(q.id), shares) for q in questions},
        rounding_bp=None if uncapped is None else uncapped - sum(gave for gave, _ in shares.values()),
    )


def rhe(numerator: int, denominator: int) -> int:
    """Return numerator / denominator rounded half to even, for a positive denominator."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return quotient + 1 if twice > denominator or (twice == denominator and quotient % 2) else quotient


def level_of(score_bp: int) -> Level:
    """Return the level of a score in basis points (scoring.md, Levels)."""
    return next(level for level, floor in LEVEL_FLOORS_BP if score_bp >= floor)


def _is_not_applicable(answer: Answer | None) -> bool:
    return answer is not None and answer.not_applicable is not None


def _points(
    question: Question, answer: Answer | None, judged: Mapping[str, Verification], reference_date: date
) -> dict[Basis, int]:
    if answer is None or answer.value is None:
        return dict.fromkeys(Basis, 0)
    declared = points_for(question, answer.value, reference_date)
    verification = judged.get(question.id)
    if verification is not None and verification.verdict in _JUDGED:
        if verification.verdict is not VerificationVerdict.CONFIRMED:
            found = verification.value
            # A reviewer can never raise: the minimum holds even for input that no reader checked.
            declared = 0 if found is None else min(declared, points_for(question, found, reference_date))
        return dict.fromkeys(Basis, declared)
    evidenced = declared if _has_evidence(question, answer) else 0
    return {Basis.DECLARED: declared, Basis.EVIDENCED: evidenced, Basis.VERIFIED: 0}


def _has_evidence(question: Question, answer: Answer) -> bool:
    return bool(answer.evidence) or question.evidence is EvidenceRule.NOT_NEEDED


def _basis_score(
    basis: Basis, counted: Mapping[str, _Counted], weights: Mapping[Clause, int], withheld: str | None
) -> BasisScore:
    clauses: dict[Clause, ClauseScore] = {}
    for clause in Clause:
        members = [entry for entry in counted.values() if entry.question.clause is clause]
        if members:
            numerator = 100 * sum(entry.question.weight * entry.points[basis] for entry in members)
            denominator = sum(entry.question.weight for entry in members)
            clauses[clause] = ClauseScore(rhe(numerator, denominator), numerator, denominator)
    total_weight = sum(weights.get(clause, 0) for clause in clauses)
    failed = tuple(
        sorted(
            entry.question.id
            for entry in counted.values()
            if entry.question.critical and entry.points[basis] < entry.question.fails_below
        )
    )
    if total_weight == 0:
        return BasisScore(None, None, None, "No question of this assessment can be scored.", failed, clauses)
    weighted = sum(weights.get(clause, 0) * part.score_bp for clause, part in clauses.items())
    uncapped = rhe(weighted, total_weight)
    capped = min(uncapped, _cap(len(failed)))
    level = None if withheld else level_of(capped)
    return BasisScore(capped, uncapped, level, withheld, failed, clauses)


def _cap(failures: int) -> int:
    if failures == 0:
        return 10_000
    return CAP_ONE_FAILED_BP if failures == 1 else CAP_MORE_FAILED_BP


def _level_withheld(
    questions: tuple[Question, ...], asked: frozenset[str], answers: Mapping[str, Answer]
) -> str | None:
    scored = [question for question in questions if question.counts and question.id in asked]
    total = sum(question.weight for question in scored)
    removed = sum(question.weight for question in scored if _is_not_applicable(answers.get(question.id)))
    if 100 * removed <= MAX_NOT_APPLICABLE_PERCENT * total:
        return None
    return (
        f"Not applicable took away {removed} of {total} weight, "
        f"more than {MAX_NOT_APPLICABLE_PERCENT} %: the score stands, but no level is given."
    )


def _shares(counted: Mapping[str, _Counted], weights: Mapping[Clause, int]) -> dict[str, tuple[int, int]]:
    """Return (gave_bp, could_give_bp) of each counted question on the declared basis."""
    clause_totals: dict[Clause, int] = {}
    for entry in counted.values():
        clause = entry.question.clause
        if clause is not None:
            clause_totals[clause] = clause_totals.get(clause, 0) + entry.question.weight
    total_weight = sum(weights.get(clause, 0) for clause in clause_totals)
    shares: dict[str, tuple[int, int]] = {}
    for question_id, entry in counted.items():
        clause = entry.question.clause
        if clause is None or total_weight == 0:
            continue
        factor = 100 * weights.get(clause, 0) * entry.question.weight
        divisor = total_weight * clause_totals[clause]
        shares[question_id] = (
            rhe(factor * entry.points[Basis.DECLARED], divisor),
            rhe(factor * MAX_POINTS, divisor),
        )
    return shares


def _question_score(
    question: Question, asked: bool, entry: _Counted | None, shares: Mapping[str, tuple[int, int]]
) -> QuestionScore:
    gave, could_give = shares.get(question.id, (0, 0))
    why = None
    if not asked and question.applies_when is not None:
        why = f"Asked only where {describe(question.applies_when)}."
    return QuestionScore(
        applicable=asked,
        why_not_asked=why,
        weight=question.weight if question.counts else 0,
        clause=question.clause if question.counts else None,
        points={basis: entry.points[basis] if entry else None for basis in Basis},
        gave_bp=gave,
        could_give_bp=could_give,
    )


def _counts(
    questions: tuple[Question, ...],
    asked: frozenset[str],
    answers: Mapping[str, Answer],
    judged: Mapping[str, Verification],
) -> Counts:
    given = [(question, answers[question.id]) for question in questions if question.id in asked & answers.keys()]
    valued = [(question, answer) for question, answer in given if answer.value is not None]
    reviewed = {
        question.id for question, _ in valued if question.id in judged and judged[question.id].verdict in _JUDGED
    }
    return Counts(
        questions=len(questions),
        applicable=len(asked),
        answered=len(valued),
        not_applicable=sum(_is_not_applicable(answer) for _, answer in given),
        unknown=sum(answer.unknown for _, answer in given),
        evidenced=sum(question.id in reviewed or _has_evidence(question, answer) for question, answer in valued),
        verified=len(reviewed),
    )
