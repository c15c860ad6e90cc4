"""Evidence: received in chunks, judged by content, stored by digest before the row that names it.

Safety argument: the object is written first and is content-addressed, so a crash in between leaves at most
an object that nothing names; a row never names bytes that are not there.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from backend.adapters import clock, context
from backend.adapters.db import unit_of_work
from backend.assessments import queries
from backend.assessments.rules.evidence import MAX_EVIDENCE_BYTES, EvidenceKind, evidence_kind, safe_file_name
from backend.assessments.rules.views import EvidenceView
from backend.assessments.service.answering import question_of, require_draft
from backend.assessments.service.reading import NOT_HERE, evidence_view, questionnaire_of
from backend.assessments.tables import Evidence
from backend.kernel.actor import Actor
from backend.kernel.errors import LimitReached, NotFound
from backend.kernel.vocabulary import Role

MAX_PER_QUESTION = 20
_TOO_LARGE = f"A document may have at most {MAX_EVIDENCE_BYTES // 1024 // 1024} MB. Split it, or save it smaller."
_GONE = "There is no such document, or it belongs to another organisation."


async def attach_evidence(
    actor: Actor, assessment_id: UUID, question_id: str, file_name: str, chunks: AsyncIterator[bytes]
) -> EvidenceView:
    """Command: attach a document to an answer. Nothing is kept when it is refused.

    Raises Invalid for a kind of file that cannot be evidence, LimitReached for its size or the number of
    documents, Conflict where the assessment is not a draft, NotFound, Unavailable.
    """
    _, member_id = actor.require_role(Role.EDITOR)
    await _require_open(actor, assessment_id, question_id)
    with tempfile.TemporaryDirectory(prefix="para73-") as folder:
        path = Path(folder) / "upload"
        digest, size = await _receive(chunks, path)
        name = safe_file_name(file_name)
        kind = await asyncio.to_thread(_kind, path, name)
        await context.current().evidence.put_file(evidence_key(digest), path)
    row: dict[str, Any] = {
        "id": clock.new_id(),
        "question_id": question_id,
        "file_name": name,
        "kind": kind.value,
        "size_bytes": size,
        "digest": f"sha-256:{digest}",
        "uploaded_by": str(member_id),
        "uploaded_at": clock.now(),
    }
    async with unit_of_work():
        found = await queries.find_assessment_for_share(actor, assessment_id)
        if found is None:
            raise NotFound(NOT_HERE)
        require_draft(found["state"])
        await _require_room(assessment_id, question_id)
        await Evidence(None, False, False, assessment=assessment_id, **row).save()
    return evidence_view(row, {str(member_id): actor.name})


async def remove_evidence(actor: Actor, assessment_id: UUID, evidence_id: UUID) -> None:
    """Command: take a document off its answer. `restore_evidence` undoes it. Raises NotFound, Conflict."""
    await _set_removed(actor, assessment_id, evidence_id, removed=True)


async def restore_evidence(actor: Actor, assessment_id: UUID, evidence_id: UUID) -> None:
    """Command: put a removed document back. Raises NotFound, Conflict, LimitReached where its place was taken."""
    await _set_removed(actor, assessment_id, evidence_id, removed=False)


async def open_evidence(
    actor: Actor, assessment_id: UUID, evidence_id: UUID
) -> tuple[EvidenceView, AsyncIterator[bytes]]:
    """Return a document and its bytes in chunks. Raises NotSignedIn, NotFound, Unavailable."""
    actor.require_member()
    row = await queries.find_evidence(actor, assessment_id, evidence_id)
    if row is None:
        raise NotFound(_GONE)
    key = evidence_key(row["digest"].removeprefix("sha-256:"))
    return evidence_view(row, {}), await context.current().evidence.open(key)


def evidence_key(digest_hex: str) -> str:
    """Return the object's key: two digits fan out, so that no folder grows without end."""
    return f"{digest_hex[:2]}/{digest_hex}"


async def _require_open(actor: Actor, assessment_id: UUID, question_id: str) -> None:
    """Refuse before anything is received; the state is checked again when the row is written."""
    row = await queries.find_assessment(actor, assessment_id)
    if row is None:
        raise NotFound(NOT_HERE)
    require_draft(row["state"])
    question_of(questionnaire_of(row), question_id)


async def _require_room(assessment_id: UUID, question_id: str) -> None:
    await queries.lock_documents(assessment_id, question_id)
    if await queries.count_evidence(assessment_id, question_id) >= MAX_PER_QUESTION:
        raise LimitReached(f"An answer holds at most {MAX_PER_QUESTION} documents. Remove one first.")


async def _receive(chunks: AsyncIterator[bytes], path: Path) -> tuple[str, int]:
    """Write the chunks to `path`; return (SHA-256 in hex, bytes). Raises LimitReached at the first byte too many."""
    hasher, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > MAX_EVIDENCE_BYTES:
                raise LimitReached(_TOO_LARGE)
            hasher.update(chunk)
            await asyncio.to_thread(file.write, chunk)
    return hasher.hexdigest(), size


def _kind(path: Path, name: str) -> EvidenceKind:
    with path.open("rb") as file:
        return evidence_kind(cast(BinaryIO, file), name)


async def _set_removed(actor: Actor, assessment_id: UUID, evidence_id: UUID, *, removed: bool) -> None:
    actor.require_role(Role.EDITOR)
    async with unit_of_work():
        row = await queries.find_assessment_for_share(actor, assessment_id)
        document = await queries.find_evidence(actor, assessment_id, evidence_id)
        if row is None or document is None:
            raise NotFound(_GONE)
        require_draft(row["state"])
        if not removed and document["removed_at"] is not None:
            await _require_room(assessment_id, document["question_id"])
        await queries.set_removed(evidence_id, clock.now() if removed else None)
