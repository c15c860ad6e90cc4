"""Reads: from rows to the frozen values that pages and the API show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.assessments import queries
from backend.assessments.rules.answers import Answer
from backend.assessments.rules.applicability import applicable_ids
from backend.assessments.rules.progress import missing_of, progress_of
from backend.assessments.rules.scorecard import scorecard_from_json
from backend.assessments.rules.values import answer_from_content
from backend.assessments.rules.views import AssessmentCard, AssessmentView, EvidenceView, StoredAnswer
from backend.kernel.actor import Actor
from backend.kernel.errors import NotFound
from backend.kernel.vocabulary import AssessmentState, Form
from backend.organisations import service as organisations
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Questionnaire

_Rows = Sequence[dict[str, Any]]
NOT_HERE = "There is no such assessment, or it belongs to another organisation."


async def get_assessment(actor: Actor, assessment_id: UUID) -> AssessmentView:
    """Return the assessment whole. Raises NotSignedIn, NotFound."""
    actor.require_member()
    row = await queries.find_assessment(actor, assessment_id)
    if row is None:
        raise NotFound(NOT_HERE)
    (view,) = await _views(actor, [row])
    return view


async def list_whole_assessments(actor: Actor) -> list[AssessmentView]:
    """Return the organisation's assessments with everything in them, the newest period first. Raises NotSignedIn."""
    actor.require_member()
    return await _views(actor, await queries.list_assessments(actor))


async def _views(actor: Actor, rows: Sequence[dict[str, Any]]) -> list[AssessmentView]:
    """Load what belongs to these assessments together, so that many cost as many statements as one."""
    ids, names = [row["id"] for row in rows], await member_names(actor)
    documents = _by_assessment(await queries.list_evidence(actor, ids))
    answers = _by_assessment(await queries.list_answers(actor, ids))
    return [_view(row, documents[row["id"]], answers[row["id"]], names) for row in rows]


def _view(row: dict[str, Any], documents: _Rows, answer_rows: _Rows, names: Mapping[str, str]) -> AssessmentView:
    questionnaire, evidence = questionnaire_of(row), _evidence_by_question(documents, names)
    stored = _stored_answers(answer_rows, questionnaire, evidence, names)
    answers = {question_id: one.answer for question_id, one in stored.items()}
    return AssessmentView(
        id=row["id"],
        organisation_id=row["organisation"],
        period=row["period"],
        form=Form(row["form"]),
        state=AssessmentState(row["state"]),
        modules=tuple(row["modules"]),
        questionnaire=questionnaire,
        answers=stored,
        evidence=evidence,
        asked=applicable_ids(questionnaire.questions, answers),
        progress=progress_of(questionnaire, answers, unconfirmed_of(stored)),
        missing=missing_of(questionnaire, answers, unconfirmed_of(stored)),
        reference_date=row["reference_date"],
        scorecard=scorecard_from_json(row["scorecard"]) if row["scorecard"] else None,
        started_at=row["started_at"],
        submitted_at=row["submitted_at"],
        submitted_by=_name(names, row["submitted_by"]),
        approved_at=row["approved_at"],
        approved_by=_name(names, row["approved_by"]),
        published_at=row["published_at"],
    )


async def list_assessments(actor: Actor) -> list[AssessmentCard]:
    """Return the organisation's assessments, the newest period first. Raises NotSignedIn."""
    actor.require_member()
    rows = await queries.list_assessments(actor)
    answers = _by_assessment(await queries.list_answers(actor, [row["id"] for row in rows]))
    return [_card(row, answers[row["id"]]) for row in rows]


def _card(row: dict[str, Any], answer_rows: _Rows) -> AssessmentCard:
    questionnaire, scorecard = questionnaire_of(row), row["scorecard"]
    stored = _stored_answers(answer_rows, questionnaire, {}, {})
    answers = {name: one.answer for name, one in stored.items()}
    progress = progress_of(questionnaire, answers, unconfirmed_of(stored))
    return AssessmentCard(
        id=row["id"],
        period=row["period"],
        form=Form(row["form"]),
        state=AssessmentState(row["state"]),
        modules=tuple(row["modules"]),
        started_at=row["started_at"],
        asked=sum(section.asked for section in progress),
        settled=sum(section.settled for section in progress),
        declared_bp=scorecard["bases"]["declared"]["score_bp"] if scorecard else None,
    )


def questionnaire_of(row: Mapping[str, Any]) -> Questionnaire:
    """Return the questionnaire that the assessment was started with."""
    return sectors.get_questionnaire(row["modules"], Form(row["form"]))


async def load_answers(
    actor: Actor,
    assessment_id: UUID,
    questionnaire: Questionnaire,
    evidence: Mapping[str, tuple[EvidenceView, ...]],
    names: Mapping[str, str],
) -> dict[str, StoredAnswer]:
    """Return the standing answers by question id; a cleared one keeps its version with an empty Answer."""
    return _stored_answers(await queries.list_answers(actor, [assessment_id]), questionnaire, evidence, names)


def _stored_answers(
    rows: _Rows,
    questionnaire: Questionnaire,
    evidence: Mapping[str, tuple[EvidenceView, ...]],
    names: Mapping[str, str],
) -> dict[str, StoredAnswer]:
    questions = {question.id: question for question in questionnaire.questions}
    found: dict[str, StoredAnswer] = {}
    for row in rows:
        question = questions.get(row["question_id"])
        if question is None:
            continue
        files = tuple(document.file_name for document in evidence.get(question.id, ()))
        if row["content"] is None:
            answer = Answer(evidence=files, note=row["note"])
        else:
            answer = answer_from_content(question, row["content"], None, files, row["note"])
        found[question.id] = StoredAnswer(
            question_id=question.id,
            answer=answer,
            note=row["note"],
            version=row["version"],
            answered_by=_name(names, row["answered_by"]) or "",
            answered_at=row["answered_at"],
            taken_from=row["taken_from"],
        )
    return found


def unconfirmed_of(stored: Mapping[str, StoredAnswer]) -> dict[str, int]:
    """Return the period of each answer that was taken over and not confirmed yet, by question id."""
    return {name: one.taken_from for name, one in stored.items() if one.taken_from is not None}


async def load_evidence(
    actor: Actor, assessment_id: UUID, names: Mapping[str, str]
) -> dict[str, tuple[EvidenceView, ...]]:
    """Return the attached documents by question id, the oldest first."""
    return _evidence_by_question(await queries.list_evidence(actor, [assessment_id]), names)


def _evidence_by_question(rows: _Rows, names: Mapping[str, str]) -> dict[str, tuple[EvidenceView, ...]]:
    found: dict[str, list[EvidenceView]] = {}
    for row in rows:
        found.setdefault(row["question_id"], []).append(evidence_view(row, names))
    return {question_id: tuple(documents) for question_id, documents in found.items()}


def evidence_view(row: Mapping[str, Any], names: Mapping[str, str]) -> EvidenceView:
    return EvidenceView(
        id=row["id"],
        question_id=row["question_id"],
        file_name=row["file_name"],
        kind=row["kind"],
        size_bytes=row["size_bytes"],
        digest=row["digest"],
        uploaded_by=_name(names, row["uploaded_by"]) or "",
        uploaded_at=row["uploaded_at"],
    )


def _by_assessment(rows: _Rows) -> defaultdict[UUID, list[dict[str, Any]]]:
    found: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["assessment"]].append(row)
    return found


async def member_names(actor: Actor) -> dict[str, str]:
    """Rows keep member ids, so that a name stands in one table only and can be erased there."""
    return {str(member.id): member.name for member in await organisations.list_members(actor)}


def _name(names: Mapping[str, str], member_id: str | None) -> str | None:
    return None if member_id is None else names.get(member_id, "a former member")
