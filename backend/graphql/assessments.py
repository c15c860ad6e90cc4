"""One's own assessments: start, answer, attach evidence, submit, approve, publish."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import strawberry
from strawberry import argument
from strawberry.scalars import JSON, Base64

from backend.assessments import service
from backend.assessments.rules.scorecard import Scorecard
from backend.assessments.rules.values import answer_to_content
from backend.assessments.rules.views import AssessmentView
from backend.attestations import service as attestations
from backend.graphql.context import PInfo
from backend.graphql.scores import BasisScoreType
from backend.kernel.errors import Invalid
from backend.kernel.vocabulary import Basis, Form

UNSET = strawberry.UNSET
OwnId = Annotated[UUID, argument(description="One of your organisation's assessments.")]
QuestionId = Annotated[str, argument(description="A question of its questionnaire, such as C01.")]


@strawberry.enum(name="QuestionnaireForm", description="Which questions of the modules are asked.")
class FormType(Enum):
    FULL = strawberry.enum_value("full", description="All of them; the result can be published.")
    SUPPLIER = strawberry.enum_value("supplier", description="The short form that customers ask for.")


@strawberry.type(description="How far one section is.")
class SectionProgressType:
    section_id: str = strawberry.field(description="As in the questionnaire.")
    title: str = strawberry.field(description="Its title, in English.")
    asked: int = strawberry.field(description="How many of its questions apply now and must be settled.")
    settled: int = strawberry.field(description="How many of those have a value, a reason or a do-not-know.")


@strawberry.type(description="A question that must be settled before the assessment can be submitted.")
class MissingQuestion:
    question_id: str = strawberry.field(description="Its id, such as C01.")
    section_id: str = strawberry.field(description="The section that it stands in.")
    text: str = strawberry.field(description="The question, in English.")


@strawberry.type(description="A document that is attached to an answer.")
class EvidenceType:
    id: strawberry.ID = strawberry.field(description="A UUID.")
    question_id: str = strawberry.field(description="The question that it is evidence for.")
    file_name: str = strawberry.field(description="The name that it was given with, without any path.")
    kind: str = strawberry.field(description="By its content: pdf, docx, xlsx, csv or txt.")
    size_bytes: int = strawberry.field(description="Bytes, at most 25 MB.")
    digest: str = strawberry.field(description="SHA-256 of its bytes.")


@strawberry.type(description="One answer; `content` is as in an answers file: value, unknown or not_applicable.")
class AnswerType:
    question_id: str = strawberry.field(description="The question that it answers.")
    content: JSON | None = strawberry.field(description="Null where it was cleared.")
    note: str = strawberry.field(description="For whoever reads the answer; empty where there is none.")
    version: int = strawberry.field(description="Counts up from 1; the next change must name it.")
    asked: bool = strawberry.field(
        description="Whether the question applies now; an answer that does not is kept and ignored."
    )
    taken_from: int | None = strawberry.field(
        description="The earlier year that it was taken over from, until somebody confirms it; else null."
    )
    evidence: list[EvidenceType] = strawberry.field(description="The documents attached to it, the oldest first.")


@strawberry.type(description="A scorecard on three bases; `json` is what `para73 score --json` prints.")
class ScorecardType:
    declared: BasisScoreType = strawberry.field(description="Every answer at face value.")
    evidenced: BasisScoreType = strawberry.field(description="Only answers with evidence attached, or that need none.")
    verified: BasisScoreType = strawberry.field(description="Only what an independent reviewer confirmed.")
    questionnaire_digest: str = strawberry.field(description="SHA-256 of the questionnaire that was answered.")
    method: int = strawberry.field(description="The number of the scoring method.")
    json: JSON = strawberry.field(description="The whole scorecard, question by question.")

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


@strawberry.type(name="Assessment", description="One organisation's answers for one year, private to it.")
class AssessmentType:
    id: strawberry.ID = strawberry.field(description="A UUID.")
    period: int = strawberry.field(description="The year that it covers.")
    state: str = strawberry.field(description="draft, submitted, approved, published or superseded.")
    modules: list[str] = strawberry.field(
        description="The questionnaire that it was started with: references such as core@2026.1."
    )
    form: FormType = strawberry.field(description="Whether it answers all questions, or the supplier form.")
    started_at: datetime = strawberry.field(description="In UTC.")
    submitted_at: datetime | None = strawberry.field(description="In UTC; null in a draft.")
    progress: list[SectionProgressType] = strawberry.field(description="How far each section is, in order.")
    missing: list[MissingQuestion] = strawberry.field(
        description="What is still open, in the order of the questionnaire."
    )
    answers: list[AnswerType] = strawberry.field(description="What stands now, by question id.")
    scorecard: ScorecardType | None = strawberry.field(description="Null until it is submitted.")

    @classmethod
    def of(cls, view: AssessmentView) -> AssessmentType:
        return cls(
            id=strawberry.ID(str(view.id)),
            period=view.period,
            state=view.state.value,
            modules=list(view.modules),
            form=FormType(view.form.value),
            started_at=view.started_at,
            submitted_at=view.submitted_at,
            progress=[
                SectionProgressType(section_id=p.section_id, title=p.title["en"], asked=p.asked, settled=p.settled)
                for p in view.progress
            ],
            missing=[
                MissingQuestion(question_id=m.question_id, section_id=m.section_id, text=m.text["en"])
                for m in view.missing
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
            taken_from=stored.taken_from,
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


@strawberry.type(description="What saving one answer changed.")
class AnswerSavedType:
    question_id: str = strawberry.field(description="The question that was answered.")
    version: int = strawberry.field(description="What the next change must name.")
    asked: list[str] = strawberry.field(description="Ids of all questions that apply now, sorted.")


@strawberry.input(description="Exactly one of value, unknown and notApplicable; none of them clears the answer.")
class AnswerInput:
    value: JSON | None = strawberry.field(
        default=UNSET,
        description="By the question's type: a text, a level 0 to 4, options, or a decimal as a string.",
    )
    unknown: bool = strawberry.field(default=False, description="True for: we do not know.")
    not_applicable: str | None = strawberry.field(
        default=None, description="Why the question does not apply, 10 to 2000 characters."
    )

    def content(self) -> dict[str, Any] | None:
        given: dict[str, Any] = {}
        if self.value is not UNSET and self.value is not None:
            given["value"] = self.value
        if self.unknown:
            given["unknown"] = True
        if self.not_applicable is not None:
            given["not_applicable"] = self.not_applicable
        return given or None


@strawberry.type(description="What an answers file changed.")
class AnswersImportType:
    taken: list[str] = strawberry.field(
        description="Ids of the questions whose answers were saved, in the file's order."
    )
    unchanged: int = strawberry.field(description="How many answers of the file stood there already.")


@strawberry.type(description="A published assessment. It is public once the log covers it, within seconds.")
class Publication:
    attestation_id: strawberry.ID = strawberry.field(description="The attestation's id, as in its addresses.")


@strawberry.type
class AssessmentQueries:
    @strawberry.field(description="One of your organisation's assessments.")
    async def assessment(self, info: PInfo, id: OwnId) -> AssessmentType:
        return AssessmentType.of(await service.get_assessment(info.context.actor, id))

    @strawberry.field(description="Your organisation's assessments, the newest period first.")
    async def assessments(self, info: PInfo) -> list[AssessmentType]:
        return [AssessmentType.of(view) for view in await service.list_whole_assessments(info.context.actor)]

    @strawberry.field(description="The answers of one of your organisation's assessments, as an answers file.")
    async def answers_file(self, info: PInfo, assessment_id: OwnId) -> JSON:
        return JSON(await service.export_answers(info.context.actor, assessment_id))


@strawberry.type
class AssessmentMutations:
    @strawberry.mutation(description="Start an assessment for a year.")
    async def start_assessment(
        self,
        info: PInfo,
        period: Annotated[int, argument(description="The year that it covers.")],
        form: Annotated[FormType, argument(description="FULL, or SUPPLIER, which is never published.")] = FormType.FULL,
    ) -> AssessmentType:
        actor = info.context.actor
        return AssessmentType.of(
            await service.get_assessment(actor, await service.start(actor, period, Form(str(form.value))))
        )

    @strawberry.mutation(description="Save one answer. `version` is the one you read; 0 where there was none.")
    async def answer(
        self,
        info: PInfo,
        assessment_id: OwnId,
        question_id: QuestionId,
        given: Annotated[AnswerInput, argument(description="The answer; nothing in it clears.")],
        version: Annotated[int, argument(description="The version that you read; 0 for none.")] = 0,
        note: Annotated[str, argument(description="At most 5000 characters; it replaces the one before.")] = "",
    ) -> AnswerSavedType:
        saved = await service.answer(info.context.actor, assessment_id, question_id, given.content(), note, version)
        return AnswerSavedType(question_id=question_id, version=saved.version, asked=sorted(saved.asked))

    @strawberry.mutation(description="Attach a small document, at most 700 kB in Base64; larger ones go by the pages.")
    async def attach_evidence(
        self,
        info: PInfo,
        assessment_id: OwnId,
        question_id: QuestionId,
        file_name: Annotated[str, argument(description="A name to show; a path in it is dropped.")],
        content: Annotated[Base64, argument(description="The document's bytes.")],
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

    @strawberry.mutation(
        description="Save the answers of a file over those that stand; where anything in it is wrong, none of them."
    )
    async def import_answers(
        self,
        info: PInfo,
        assessment_id: OwnId,
        answers: Annotated[JSON, argument(description="An answers file, as `answersFile` gives it.")],
    ) -> AnswersImportType:
        # Written out again, so that a problem is named by its line as in a file.
        data = json.dumps(answers, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass")
        done = await service.import_answers(info.context.actor, assessment_id, data, "answers.json")
        return AnswersImportType(taken=list(done.taken), unchanged=done.unchanged)

    @strawberry.mutation(description="Close the answers and score them.")
    async def submit_assessment(self, info: PInfo, assessment_id: OwnId) -> ScorecardType:
        return ScorecardType.of(await service.submit(info.context.actor, assessment_id))

    @strawberry.mutation(description="Back to draft, so that answers can be changed.")
    async def reopen_assessment(self, info: PInfo, assessment_id: OwnId) -> AssessmentType:
        await service.reopen(info.context.actor, assessment_id)
        return AssessmentType.of(await service.get_assessment(info.context.actor, assessment_id))

    @strawberry.mutation(description="The signatory stands for the answers.")
    async def approve_assessment(self, info: PInfo, assessment_id: OwnId) -> AssessmentType:
        await service.approve(info.context.actor, assessment_id)
        return AssessmentType.of(await service.get_assessment(info.context.actor, assessment_id))

    @strawberry.mutation(description="Issue the attestation and put it into the log.")
    async def publish_assessment(self, info: PInfo, assessment_id: OwnId) -> Publication:
        attestation_id = await attestations.publish(info.context.actor, assessment_id)
        return Publication(attestation_id=strawberry.ID(str(attestation_id)))


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
