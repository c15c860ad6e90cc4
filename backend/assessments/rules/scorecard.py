"""The result of scoring, as frozen values, and its JSON form (questionnaire-format.md, Scorecard)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.kernel.vocabulary import Basis, Clause, Level


@dataclass(frozen=True, slots=True)
class ClauseScore:
    """`score_bp` is numerator / denominator, rounded half to even: 100 x sum(w p) over sum(w)."""

    score_bp: int
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class BasisScore:
    """One basis. `score_bp` is None where no question can be scored, never 0."""

    score_bp: int | None
    uncapped_bp: int | None
    level: Level | None
    level_withheld: str | None
    failed_critical: tuple[str, ...]
    clauses: Mapping[Clause, ClauseScore]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions; `applicable` includes the not-applicable ones, `answered` only those with a value."""

    questions: int
    applicable: int
    answered: int
    not_applicable: int
    unknown: int
    evidenced: int
    verified: int


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """One question's part. Points are None where it is unscored, not asked or not applicable.

    `gave_bp` and `could_give_bp` are its share of the uncapped declared overall, in basis points.
    """

    applicable: bool
    why_not_asked: str | None
    weight: int
    clause: Clause | None
    points: Mapping[Basis, int | None]
    gave_bp: int
    could_give_bp: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Everything that a score rests on; whoever holds it and the answers recomputes each figure."""

    method: int
    method_digest: str
    questionnaire_digest: str
    bases: Mapping[Basis, BasisScore]
    counts: Counts
    questions: Mapping[str, QuestionScore]
    rounding_bp: int | None

    def to_json(self) -> dict[str, Any]:
        """Return the JSON value that `para73 score --json` prints and the database keeps."""
        return {
            "method": self.method,
            "method_digest": self.method_digest,
            "questionnaire_digest": self.questionnaire_digest,
            "bases": {basis.value: _basis_json(score) for basis, score in self.bases.items()},
            "counts": {name: getattr(self.counts, name) for name in Counts.__slots__},
            "questions": {question: _question_json(score) for question, score in self.questions.items()},
            "rounding_bp": self.rounding_bp,
        }


def _basis_json(score: BasisScore) -> dict[str, Any]:
    return {
        "score_bp": score.score_bp,
        "uncapped_bp": score.uncapped_bp,
        "level": score.level.value if score.level else None,
        "level_withheld": score.level_withheld,
        "failed_critical": list(score.failed_critical),
        "clauses": {
            clause.value: {
                "score_bp": part.score_bp,
                "numerator": part.numerator,
                "denominator": part.denominator,
            }
            for clause, part in score.clauses.items()
        },
    }


def _question_json(score: QuestionScore) -> dict[str, Any]:
    return {
        "applicable": score.applicable,
        "why_not_asked": score.why_not_asked,
        "weight": score.weight,
        "clause": score.clause.value if score.clause else None,
        "points": {basis.value: score.points[basis] for basis in Basis},
        "gave_bp": score.gave_bp,
        "could_give_bp": score.could_give_bp,
    }


def scorecard_from_json(stored: Mapping[str, Any]) -> Scorecard:
    """Return the scorecard that `to_json` gave. Raises KeyError or ValueError for anything else."""
    return Scorecard(
        method=stored["method"],
        method_digest=stored["method_digest"],
        questionnaire_digest=stored["questionnaire_digest"],
        bases=read_bases(stored["bases"]),
        counts=Counts(**stored["counts"]),
        questions={name: _read_question(part) for name, part in stored["questions"].items()},
        rounding_bp=stored["rounding_bp"],
    )


def read_bases(stored: Mapping[str, Any]) -> dict[Basis, BasisScore]:
    """Return the three bases from their stored form, in the order declared, evidenced, verified."""
    return {basis: _read_basis(stored[basis.value]) for basis in Basis}


# A look-up costs a third of what the enumeration's own call does, and a public list makes 1,200 of them.
_CLAUSES = {clause.value: clause for clause in Clause}


def _read_basis(part: Mapping[str, Any]) -> BasisScore:
    return BasisScore(
        score_bp=part["score_bp"],
        uncapped_bp=part["uncapped_bp"],
        level=Level(part["level"]) if part["level"] else None,
        level_withheld=part["level_withheld"],
        failed_critical=tuple(part["failed_critical"]),
        clauses={_CLAUSES[name]: ClauseScore(**figures) for name, figures in sorted(part["clauses"].items())},
    )


def _read_question(part: Mapping[str, Any]) -> QuestionScore:
    return QuestionScore(
        applicable=part["applicable"],
        why_not_asked=part["why_not_asked"],
        weight=part["weight"],
        clause=Clause(part["clause"]) if part["clause"] else None,
        points={basis: part["points"][basis.value] for basis in Basis},
        gave_bp=part["gave_bp"],
        could_give_bp=part["could_give_bp"],
    )
