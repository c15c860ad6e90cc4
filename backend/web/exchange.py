"""Working offline: the workbook and the answers file, out as downloads and back in as uploads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Template

from backend.assessments import service as assessments
from backend.assessments.rules.workbook_package import MAX_WORKBOOK_BYTES
from backend.assessments.rules.workbook_reading import CellProblem
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, FileProblem, FileRefused, Invalid, LimitReached
from backend.web.errors import status_of
from backend.web.language import CurrentLanguage
from backend.web.render import page
from backend.web.session import CurrentActor

AnyRequest = Request[Any, Any, Any]
NAV = "/assessments"
# The form around the file needs a little room as well.
MAX_BODY_BYTES = MAX_WORKBOOK_BYTES + 64 * 1024
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CONTAINERS = (b"PK", b"\xd0\xcf\x11\xe0")
"""What a workbook begins with, a locked or an old one included. Anything else is taken for an answers file."""


@get("/assessments/{assessment_id:uuid}/workbook.xlsx")
async def download_workbook(
    request: AnyRequest, actor: CurrentActor, language: CurrentLanguage, assessment_id: FromPath[UUID]
) -> Response[bytes]:
    wanted = request.query_params.get("lang") or language
    name, data = await assessments.export_workbook(actor, assessment_id, wanted)
    return _download(data, name, _XLSX)


@get("/assessments/{assessment_id:uuid}/answers.json")
async def download_answers(actor: CurrentActor, assessment_id: FromPath[UUID]) -> Response[bytes]:
    answers = await assessments.export_answers(actor, assessment_id)
    data = json.dumps(answers, indent=2, ensure_ascii=False).encode() + b"\n"
    return _download(data, f"para73-{answers['period']}-answers.json", "application/json")


def _download(data: bytes, name: str, media_type: str) -> Response[bytes]:
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "cache-control": "private, no-store",
    }
    return Response(data, media_type=media_type, headers=headers)


@post("/assessments/{assessment_id:uuid}/import", status_code=200, request_max_body_size=MAX_BODY_BYTES)
async def do_import(
    request: AnyRequest, actor: CurrentActor, language: CurrentLanguage, assessment_id: FromPath[UUID]
) -> Template:
    file = (await request.form()).get("file")
    # Whoever may not see the assessment hears nothing about the file.
    await assessments.get_assessment(actor, assessment_id)
    try:
        if not isinstance(file, UploadFile) or not file.filename:
            raise Invalid("Choose a file first.", {"file": "Choose the workbook that you filled in."})
        data = await file.read()
        if data.startswith(_CONTAINERS) or file.filename.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods")):
            book = await assessments.import_workbook(actor, assessment_id, data)
            return await _result(
                actor,
                language,
                assessment_id,
                taken=book.taken,
                cleared=book.cleared,
                unchanged=book.unchanged,
                problems=book.problems,
            )
        answers = await assessments.import_answers(actor, assessment_id, data, file.filename)
        return await _result(actor, language, assessment_id, taken=answers.taken, unchanged=answers.unchanged)
    except FileRefused as error:
        status = status_of(error)
        return await _result(actor, language, assessment_id, refused=error.problems, status=status)
    except (Invalid, LimitReached, Conflict) as error:
        return await _result(actor, language, assessment_id, message=error.message, status=status_of(error))


async def _result(
    actor: Actor,
    language: str,
    assessment_id: UUID,
    *,
    taken: Sequence[str] = (),
    cleared: Sequence[str] = (),
    unchanged: int = 0,
    problems: Sequence[CellProblem] = (),
    refused: Sequence[FileProblem] = (),
    message: str = "",
    status: int = 200,
) -> Template:
    """Say what became of an upload: what was taken in, what was not and why, or why nothing was."""
    view = await assessments.get_assessment(actor, assessment_id)
    return page(
        "assessments/imported.html",
        actor,
        NAV,
        status,
        language=language,
        a=view,
        taken=taken,
        cleared=cleared,
        unchanged=unchanged,
        problems=problems,
        refused=refused,
        message=message,
        section_of={question.id: part.id for part in view.questionnaire.sections for question in part.questions},
    )


HANDLERS = [download_workbook, download_answers, do_import]
