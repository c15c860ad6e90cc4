"""Answers that come along: from an earlier year, and to the newest questionnaire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import argument

from backend.assessments import service
from backend.graphql.assessments import OwnId
from backend.graphql.context import PInfo


@strawberry.type(description="An answer that did not come along.")
class LeftOut:
    question_id: str = strawberry.field(description="The question that it was given to.")
    reason: str = strawberry.field(description="Why it does not stand for an answer now.")


@strawberry.type(description="What was taken over from an earlier assessment; each answer is to be confirmed.")
class TakenOverType:
    period: int = strawberry.field(description="The year that the answers come from.")
    taken: list[str] = strawberry.field(description="The questions whose answers came over.")
    left_out: list[LeftOut] = strawberry.field(description="The questions that have to be answered anew.")


@strawberry.type(description="A draft on the newest questionnaire.")
class CarriedType:
    modules: list[str] = strawberry.field(description="The modules that it stands on now.")
    kept: list[str] = strawberry.field(description="The questions whose answers stayed as they were.")
    again: list[LeftOut] = strawberry.field(description="The questions whose answers were cleared.")
    new: list[str] = strawberry.field(description="The questions that were not there before.")


def _left_out(reasons: Mapping[str, str]) -> list[LeftOut]:
    return [LeftOut(question_id=question_id, reason=reason) for question_id, reason in sorted(reasons.items())]


@strawberry.type
class CarryingMutations:
    @strawberry.mutation(description="Copy an earlier assessment's answers to questions that have none yet.")
    async def take_over_answers(
        self,
        info: PInfo,
        assessment_id: OwnId,
        from_id: Annotated[UUID, argument(description="The id of an earlier assessment of your organisation.")],
    ) -> TakenOverType:
        done = await service.take_over(info.context.actor, assessment_id, from_id)
        return TakenOverType(period=done.period, taken=list(done.taken), left_out=_left_out(done.left_out))

    @strawberry.mutation(description="Confirm every answer of a section that was taken over; return how many were.")
    async def confirm_section(
        self,
        info: PInfo,
        assessment_id: OwnId,
        section_id: Annotated[str, argument(description="The id of a section of the questionnaire.")],
    ) -> int:
        return await service.confirm_section(info.context.actor, assessment_id, section_id)

    @strawberry.mutation(description="Put a draft on the newest version of its modules.")
    async def carry_to_newest(self, info: PInfo, assessment_id: OwnId) -> CarriedType:
        done = await service.carry_to_newest(info.context.actor, assessment_id)
        return CarriedType(
            modules=list(done.modules), kept=list(done.kept), again=_left_out(done.again), new=list(done.new)
        )
