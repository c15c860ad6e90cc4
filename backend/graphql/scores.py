"""Types of scores, shared by published attestations and by one's own scorecards."""

from __future__ import annotations

import strawberry

from backend.assessments.rules.scorecard import BasisScore, ClauseScore


@strawberry.type(description="The score of one of the eight clauses of paragraph 73.")
class ClauseScoreType:
    clause: str = strawberry.field(description="A letter from a to h.")
    score_bp: int = strawberry.field(description="Basis points, 0 to 10000: numerator / denominator, half to even.")
    numerator: int = strawberry.field(
        description="100 times the sum of weight times points, over the questions of this clause that apply."
    )
    denominator: int = strawberry.field(
        description="The sum of the weights of the questions of this clause that apply."
    )

    @classmethod
    def of(cls, clause: str, part: ClauseScore) -> ClauseScoreType:
        return cls(clause=clause, score_bp=part.score_bp, numerator=part.numerator, denominator=part.denominator)


@strawberry.type(description="A score on one basis: declared, evidenced or verified.")
class BasisScoreType:
    score_bp: int | None = strawberry.field(
        description="Basis points, 0 to 10000, after caps. Null where nothing could be scored; never 0 for that."
    )
    uncapped_bp: int | None = strawberry.field(description="The same before caps.")
    level: str | None = strawberry.field(description="The score in words; null where it is withheld.")
    level_withheld: str | None = strawberry.field(description="Why no level is given, where none is.")
    failed_critical: list[str] = strawberry.field(description="Ids of the critical questions that failed.")
    part: strawberry.Private[BasisScore]

    @strawberry.field(description="The clauses that were scored, in order of their letters; never capped.")
    def clauses(self) -> list[ClauseScoreType]:
        return [ClauseScoreType.of(clause.value, one) for clause, one in self.part.clauses.items()]

    @classmethod
    def of(cls, part: BasisScore) -> BasisScoreType:
        return cls(
            score_bp=part.score_bp,
            uncapped_bp=part.uncapped_bp,
            level=part.level.value if part.level else None,
            level_withheld=part.level_withheld,
            failed_critical=list(part.failed_critical),
            part=part,
        )
