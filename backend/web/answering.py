"""Saving one answer and its evidence: the same address for autosave (JSON) and for a plain form."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.enums import MediaType
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from backend.assessments import service as assessments
from backend.assessments.rules.evidence import MAX_EVIDENCE_BYTES
from backend.assessments.rules.values import answer_to_content
from backend.assessments.rules.views import AnswerSaved, AssessmentView, EvidenceView, StoredAnswer
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, Invalid, LimitReached, NotFound
from backend.sectors.rules.questionnaire import Question
from backend.web.assessments import section_page
from backend.web.errors import wants_json
from backend.web.forms import answer_content, texts, whole_number
from backend.web.language import language_of
from backend.web.render import answer_words
from backend.web.session import CurrentActor

AnyRequest = Request[Any, Any, Any]
CHUNK_BYTES = 256 * 1024
# The form around the file needs a little room as well.
MAX_BODY_BYTES = MAX_EVIDENCE_BYTES + 64 * 1024
_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    # The framework adds the character set to whatever is text.
    "csv": "text/csv",
    "txt": "text/plain",
}


@post("/assessments/{assessment_id:uuid}/answers/{question_id:str}", status_code=200)
async def do_answer(
    request: AnyRequest, actor: CurrentActor, assessment_id: FromPath[UUID], question_id: FromPath[str]
) -> Response[Any]:
    form = await request.form()
    view = await assessments.get_assessment(actor, assessment_id)
    section_id, question = _find(view, question_id)
    note = texts(form, "note")["note"].replace("\r\n", "\n").strip()
    try:
        content = answer_content(form, question)
        version = whole_number(form, "version", "The version")
        saved = await assessments.answer(actor, assessment_id, question_id, content, note, version)
    except (Invalid, Conflict) as error:
        return _refused(request, actor, view, section_id, question, form, error)
    if wants_json(request):
        return Response(_saved_json(saved, actor), media_type=MediaType.JSON)
    return Redirect(f"/assessments/{assessment_id}/sections/{section_id}#{question_id}", status_code=303)


def _refused(
    request: AnyRequest,
    actor: Actor,
    view: AssessmentView,
    section_id: str,
    question: Question,
    form: FormMultiDict,
    error: Invalid | Conflict,
) -> Response[Any]:
    """Say what was refused and keep what was typed: as JSON, or in the section's page."""
    newer = error.newer if isinstance(error, Conflict) else None
    standing = _standing_json(newer, question) if isinstance(newer, StoredAnswer) else None
    status = 409 if isinstance(error, Conflict) else 422
    if wants_json(request):
        fields = dict(error.fields) if isinstance(error, Invalid) else {}
        body = {"code": error.code, "message": error.message, "fields": fields, "newer": standing}
        return Response(body, status_code=status, media_type=MediaType.JSON)
    typed = {
        **texts(form, "kind", "reason", "note"),
        "value": [str(one) for one in form.getall("value", []) if isinstance(one, str)],
    }
    problem = {"question_id": question.id, "message": error.message, "typed": typed, "newer": standing}
    return section_page(actor, view, section_id, language_of(request), problem, status)


def _saved_json(saved: AnswerSaved, actor: Actor) -> dict[str, Any]:
    return {
        "question": saved.question_id,
        "version": saved.version,
        "savedAt": saved.answered_at.isoformat(timespec="seconds"),
        "savedBy": actor.name,
        "asked": sorted(saved.asked),
        "progress": [
            {"id": section.section_id, "asked": section.asked, "settled": section.settled} for section in saved.progress
        ],
    }


def _standing_json(newer: StoredAnswer, question: Question) -> dict[str, Any]:
    content = answer_to_content(newer.answer) or None
    return {
        "version": newer.version,
        "content": content,
        "words": answer_words(content, question),
        "note": newer.note,
        "answeredAt": newer.answered_at.isoformat(timespec="seconds"),
        "answeredBy": newer.answered_by,
    }


def _find(view: AssessmentView, question_id: str) -> tuple[str, Question]:
    for section in view.questionnaire.sections:
        for question in section.questions:
            if question.id == question_id:
                return section.id, question
    raise NotFound(f"This questionnaire has no question {question_id}.")


@post(
    "/assessments/{assessment_id:uuid}/answers/{question_id:str}/evidence",
    status_code=200,
    request_max_body_size=MAX_BODY_BYTES,
)
async def do_attach(
    request: AnyRequest, actor: CurrentActor, assessment_id: FromPath[UUID], question_id: FromPath[str]
) -> Response[Any]:
    form = await request.form()
    view = await assessments.get_assessment(actor, assessment_id)
    section_id, question = _find(view, question_id)
    file = form.get("file")
    try:
        if not isinstance(file, UploadFile):
            raise Invalid("Choose a document first.", {"file": "Choose a PDF, DOCX, XLSX, CSV or TXT file."})
        document = await assessments.attach_evidence(actor, assessment_id, question_id, file.filename, _chunks(file))
    except (Invalid, LimitReached) as error:
        if wants_json(request):
            raise
        problem = {"question_id": question.id, "message": error.message, "typed": None, "newer": None}
        return section_page(actor, view, section_id, language_of(request), problem, 422)
    if wants_json(request):
        return Response(_document_json(assessment_id, document), status_code=201, media_type=MediaType.JSON)
    return Redirect(f"/assessments/{assessment_id}/sections/{section_id}#{question_id}", status_code=303)


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK_BYTES):
        yield chunk


def _document_json(assessment_id: UUID, document: EvidenceView) -> dict[str, Any]:
    return {
        "id": str(document.id),
        "fileName": document.file_name,
        "kind": document.kind,
        "sizeBytes": document.size_bytes,
        "digest": document.digest,
        "href": f"/assessments/{assessment_id}/evidence/{document.id}",
    }


@get("/assessments/{assessment_id:uuid}/evidence/{evidence_id:uuid}")
async def download(actor: CurrentActor, assessment_id: FromPath[UUID], evidence_id: FromPath[UUID]) -> Stream:
    """Hand a document out as a download, never shown inline (product.md, Safeguarding)."""
    document, chunks = await assessments.open_evidence(actor, assessment_id, evidence_id)
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(document.file_name)}",
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "private, no-store",
    }
    return Stream(chunks, media_type=_TYPES[document.kind], headers=headers)


@post("/assessments/{assessment_id:uuid}/evidence/{evidence_id:uuid}/remove", status_code=200)
async def do_remove(
    request: AnyRequest, actor: CurrentActor, assessment_id: FromPath[UUID], evidence_id: FromPath[UUID]
) -> Response[Any]:
    await assessments.remove_evidence(actor, assessment_id, evidence_id)
    return await _after_change(request, assessment_id)


@post("/assessments/{assessment_id:uuid}/evidence/{evidence_id:uuid}/restore", status_code=200)
async def do_restore(
    request: AnyRequest, actor: CurrentActor, assessment_id: FromPath[UUID], evidence_id: FromPath[UUID]
) -> Response[Any]:
    await assessments.restore_evidence(actor, assessment_id, evidence_id)
    return await _after_change(request, assessment_id)


async def _after_change(request: AnyRequest, assessment_id: UUID) -> Response[Any]:
    if wants_json(request):
        return Response({"done": True}, media_type=MediaType.JSON)
    form = await request.form()
    back = texts(form, "section", "question")
    return Redirect(
        f"/assessments/{assessment_id}/sections/{quote(back['section'])}#{quote(back['question'])}", status_code=303
    )


HANDLERS = [do_answer, do_attach, download, do_remove, do_restore]
