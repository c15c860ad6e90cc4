"""One's own assessments: start, answer, attach evidence, submit, approve, publish."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON, Base64

from backend.assessments import service
from backend.assessments.rules.scorecard import Scorecard
from backend.assessments.rules.values import answer_to_content
from backend.assessments.rules.views import AssessmentView
from backend.attestations import service as attestations
from backend.graphql.context import PInfo
from backend.graphql.scores import BasisScoreType
from backend.kernel.errors import Invalid
from backend.kernel.vocabulary import Basis

UNSET = strawberry.UNSET


@strawberry.type
class SectionProgressType:
    section_id: str
    title: str
    asked: int
    settled: int


@strawberry.type
class MissingQuestion:
    question_id: str
    section_id: str
    text: str


@strawberry.type
class EvidenceType:
    id: strawberry.ID
    question_id: str
    file_name: str
    kind: str
    size_bytes: int
    digest: str


@strawberry.type(description="One answer; `content` is as in an answers file: value, unknown or not_applicable.")
class AnswerType:
    question_id: str
    content: JSON | None
    note: str
    version: int
    asked: bool
    evidence: list[EvidenceType]


@strawberry.type(description="A scorecard on three bases; `json` is what `para73 score --json` prints.")
class ScorecardType:
    declared: BasisScoreType
    evidenced: BasisScoreType
    verified: BasisScoreType
    questionnaire_digest: str
    method: int
    json: JSON

    @classmethod
    def of(cls, scorecard: Scorecard) -> ScorecardType:
        return cls(
            declared=BasisScoreType.of(scorecard.bases[Basis.DECLARED]),
            evidenced=BasisScoreType.of(scorecard.bases[Basis.EVIDENCED]),
            verified=BasisScoreType.of(scorecard.bases[Basis.VERIFIED]),
            questionnaire_digest=scorecard.questionnaire_digest,
            method=scorecard.method,
            json=JSON(scorecard.to_json()),
        )


@strawberry.type(name="Assessment")
class AssessmentType:
    id: strawberry.ID
    period: int
    state: str
    modules: list[str]
    started_at: datetime
    submitted_at: datetime | None
    progress: list[SectionProgressType]
    missing: list[MissingQuestion]
    answers: list[AnswerType]
    scorecard: ScorecardType | None

    @classmethod
    def of(cls, view: AssessmentView) -> AssessmentType:
        return cls(
            id=strawberry.ID(str(view.id)),
            period=view.period,
            state=view.state.value,
            modules=list(view.modules),
            started_at=view.started_at,
            submitted_at=view.submitted_at,
            progress=[
                SectionProgressType(section_id=p.section_id, title=p.title, asked=p.asked, settled=p.settled)
                for p in view.progress
            ],
            missing=[
                MissingQuestion(question_id=m.question_id, section_id=m.section_id, text=m.text) for m in view.missing
            ],
            answers=_answers(view),
            scorecard=ScorecardType.of(view.scorecard) if view.scorecard else None,
        )


def _answers(view: AssessmentView) -> list[AnswerType]:
    return [
        AnswerType(
            question_id=question_id,
            content=JSON(answer_to_content(stored.answer)) if answer_to_content(stored.answer) else None,
            note=stored.note,
            version=stored.version,
            asked=question_id in view.asked,
            evidence=[
                EvidenceType(
                    id=strawberry.ID(str(document.id)),
                    question_id=question_id,
                    file_name=document.file_name,
                    kind=document.kind,
                    size_bytes=document.size_bytes,
                    digest=document.digest,
                )
                for document in view.evidence.get(question_id, ())
            ],
        )
        for question_id, stored in view.answers.items()
    ]


@strawberry.type
class AnswerSavedType:
    question_id: str
    version: int
    asked: list[str]


@strawberry.input(description="Exactly one of value, unknown and notApplicable; none of them clears the answer.")
class AnswerInput:
    value: JSON | None = UNSET
    unknown: bool = False
    not_applicable: str | None = None

    def content(self) -> dict[str, Any] | None:
        given: dict[str, Any] = {}
        if self.value is not UNSET and self.value is not None:
            given["value"] = self.value
        if self.unknown:
            given["unknown"] = True
        if self.not_applicable is not None:
            given["not_applicable"] = self.not_applicable
        return given or None


@strawberry.type(description="A published assessment. It is public once the log covers it, within seconds.")
class Publication:
    attestation_id: strawberry.ID


@strawberry.type
class AssessmentQueries:
    @strawberry.field(description="One of your organisation's assessments.")
    async def assessment(self, info: PInfo, id: UUID) -> AssessmentType:
        return AssessmentType.of(await service.get_assessment(info.context.actor, id))

    @strawberry.field(description="Your organisation's assessments, the newest period first.")
    async def assessments(self, info: PInfo) -> list[AssessmentType]:
        actor = info.context.actor
        cards = await service.list_assessments(actor)
        return [AssessmentType.of(await service.get_assessment(actor, card.id)) for card in cards]


@strawberry.type
class AssessmentMutations:
    @strawberry.mutation(description="Start an assessment for a year.")
    async def start_assessment(self, info: PInfo, period: int) -> AssessmentType:
        actor = info.context.actor
        return AssessmentType.of(await service.get_assessment(actor, await service.start(actor, period)))

    @strawberry.mutation(description="Save one answer. `version` is the one you read; 0 where there was none.")
    async def answer(
        self,
        info: PInfo,
        assessment_id: UUID,
        question_id: str,
        given: AnswerInput,
        version: int = 0,
        note: str = "",
    ) -> AnswerSavedType:
        saved = await service.answer(info.context.actor, assessment_id, question_id, given.content(), note, version)
        return AnswerSavedType(question_id=question_id, version=saved.version, asked=sorted(saved.asked))

    @strawberry.mutation(description="Attach a small document, at most 700 kB in Base64; larger ones go by the pages.")
    async def attach_evidence(
        self, info: PInfo, assessment_id: UUID, question_id: str, file_name: str, content: Base64
    ) -> EvidenceType:
        data = bytes(content)
        if not data:
            raise Invalid("This file is empty.", {"content": "Give the document's bytes in Base64."})
        one = await service.attach_evidence(info.context.actor, assessment_id, question_id, file_name, _once(data))
        return EvidenceType(
            id=strawberry.ID(str(one.id)),
            question_id=question_id,
            file_name=one.file_name,
            kind=one.kind,
            size_bytes=one.size_bytes,
            digest=one.digest,
        )

    @strawberry.mutation(description="Close the answers and score them.")
    async def submit_assessment(self, info: PInfo, assessment_id: UUID) -> ScorecardType:
        return ScorecardType.of(await service.submit(info.context.actor, assessment_id))

    @strawberry.mutation(description="Back to draft, so that answers can be changed.")
    async def reopen_assessment(self, info: PInfo, assessment_id: UUID) -> AssessmentType:
        await service.reopen(info.context.actor, assessment_id)
        return AssessmentType.of(await service.get_assessment(info.context.actor, assessment_id))

    @strawberry.mutation(description="The signatory stands for the answers.")
    async def approve_assessment(self, info: PInfo, assessment_id: UUID) -> AssessmentType:
        await service.approve(info.context.actor, assessment_id)
        return AssessmentType.of(await service.get_assessment(info.context.actor, assessment_id))

    @strawberry.mutation(description="Issue the attestation and put it into the log.")
    async def publish_assessment(self, info: PInfo, assessment_id: UUID) -> Publication:
        attestation_id = await attestations.publish(info.context.actor, assessment_id)
        return Publication(attestation_id=strawberry.ID(str(attestation_id)))


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
