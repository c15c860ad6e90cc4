"""All SQL of assessments. Every read takes the actor and sees the actor's own organisation only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from piccolo.columns import Column

from backend.adapters import db
from backend.assessments.tables import Answer, Assessment, Evidence
from backend.kernel.actor import Actor


def _decoded(row: dict[str, Any], *columns: str) -> dict[str, Any]:
    for column in columns:
        if isinstance(row.get(column), str):
            row[column] = json.loads(row[column])
    return row


async def find_assessment(actor: Actor, assessment_id: UUID) -> dict[str, Any] | None:
    rows = await db.fetch(
        "SELECT * FROM assessment WHERE id = $1 AND organisation = $2", assessment_id, actor.organisation_id
    )
    return _decoded(rows[0], "scorecard") if rows else None


async def find_assessment_for_update(actor: Actor, assessment_id: UUID) -> dict[str, Any] | None:
    """Return the assessment and lock it until commit, so that its state cannot change under the caller."""
    rows = await db.fetch(
        "SELECT * FROM assessment WHERE id = $1 AND organisation = $2 FOR UPDATE",
        assessment_id,
        actor.organisation_id,
    )
    return _decoded(rows[0], "scorecard") if rows else None


async def find_assessment_for_share(actor: Actor, assessment_id: UUID) -> dict[str, Any] | None:
    """Return the assessment and hold its state until commit; many may answer at once, nobody can submit meanwhile."""
    rows = await db.fetch(
        "SELECT * FROM assessment WHERE id = $1 AND organisation = $2 FOR SHARE",
        assessment_id,
        actor.organisation_id,
    )
    return _decoded(rows[0], "scorecard") if rows else None


async def list_assessments(actor: Actor) -> list[dict[str, Any]]:
    rows = await db.fetch(
        "SELECT * FROM assessment WHERE organisation = $1 ORDER BY period DESC, started_at DESC",
        actor.organisation_id,
    )
    return [_decoded(row, "scorecard") for row in rows]


async def list_answers(actor: Actor, assessment_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    rows = await db.fetch(
        "SELECT a.* FROM answer a JOIN assessment s ON s.id = a.assessment "
        "WHERE a.assessment = ANY($1::uuid[]) AND s.organisation = $2 ORDER BY a.question_id",
        assessment_ids,
        actor.organisation_id,
    )
    return [_decoded(row, "content") for row in rows]


async def list_evidence(actor: Actor, assessment_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    return await db.fetch(
        "SELECT e.* FROM evidence e JOIN assessment s ON s.id = e.assessment "
        "WHERE e.assessment = ANY($1::uuid[]) AND s.organisation = $2 AND e.removed_at IS NULL "
        "ORDER BY e.uploaded_at, e.id",
        assessment_ids,
        actor.organisation_id,
    )


async def find_evidence(actor: Actor, assessment_id: UUID, evidence_id: UUID) -> dict[str, Any] | None:
    """Return one document's row, a removed one included."""
    rows = await db.fetch(
        "SELECT e.* FROM evidence e JOIN assessment s ON s.id = e.assessment "
        "WHERE e.id = $1 AND e.assessment = $2 AND s.organisation = $3",
        evidence_id,
        assessment_id,
        actor.organisation_id,
    )
    return rows[0] if rows else None


async def set_removed(evidence_id: UUID, at: datetime | None) -> None:
    await Evidence.update({Evidence.removed_at: at}).where(Evidence.id == evidence_id)


async def lock_documents(assessment_id: UUID, question_id: str) -> None:
    """Wait until nobody else attaches a document to this answer, until commit."""
    await db.fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 75))", f"{assessment_id} {question_id}")


async def count_evidence(assessment_id: UUID, question_id: str) -> int:
    found: int = await Evidence.count().where(
        (Evidence.assessment == assessment_id) & (Evidence.question_id == question_id) & Evidence.removed_at.is_null()
    )
    return found


async def write_answer(
    new_id: UUID,
    assessment_id: UUID,
    question_id: str,
    content: Mapping[str, Any] | None,
    note: str,
    expected_version: int,
    by: str,
    at: datetime,
) -> int | None:
    """Write the answer where its version is still `expected_version` (0: there was none); return the new version.

    Returns None where somebody else was first. Whoever saves an answer that was taken over confirms it. The history
    gets the same content in the same statement.
    """
    stored = None if content is None else json.dumps(content)
    rows = await db.fetch(
        """
        WITH written AS (
          INSERT INTO answer (id, assessment, question_id, content, note, version, answered_by, answered_at)
          SELECT $1, $2, $3, $4::jsonb, $5, 1, $7, $8 WHERE $6::int = 0
          ON CONFLICT (assessment, question_id) DO NOTHING
          RETURNING *
        ), changed AS (
          UPDATE answer SET content = $4::jsonb, note = $5, version = version + 1, answered_by = $7, answered_at = $8,
            taken_from = NULL
          WHERE assessment = $2 AND question_id = $3 AND version = $6::int AND $6::int > 0
          RETURNING *
        ), kept AS (SELECT * FROM written UNION ALL SELECT * FROM changed)
        INSERT INTO answer_version (id, assessment, question_id, content, note, version, answered_by, answered_at)
        SELECT $9, assessment, question_id, content, note, version, answered_by, answered_at FROM kept
        RETURNING version
        """,
        new_id,
        assessment_id,
        question_id,
        stored,
        note,
        expected_version,
        by,
        at,
        new_id,
    )
    return int(rows[0]["version"]) if rows else None


async def mark_taken_from(assessment_id: UUID, question_ids: Sequence[str], period: int) -> None:
    await db.fetch(
        "UPDATE answer SET taken_from = $3 WHERE assessment = $1 AND question_id = ANY($2::varchar[])",
        assessment_id,
        list(question_ids),
        period,
    )


async def confirm_taken(assessment_id: UUID, question_ids: Sequence[str], by: str, at: datetime) -> int:
    """Confirm these answers where they were taken over and not confirmed yet; return how many were."""
    rows = await db.fetch(
        """
        WITH kept AS (
          UPDATE answer SET taken_from = NULL, version = version + 1, answered_by = $3, answered_at = $4
          WHERE assessment = $1 AND question_id = ANY($2::varchar[]) AND taken_from IS NOT NULL
          RETURNING *
        )
        INSERT INTO answer_version (id, assessment, question_id, content, note, version, answered_by, answered_at)
        SELECT gen_random_uuid(), assessment, question_id, content, note, version, answered_by, answered_at FROM kept
        RETURNING id
        """,
        assessment_id,
        list(question_ids),
        by,
        at,
    )
    return len(rows)


async def list_answer_versions(actor: Actor, assessment_id: UUID, question_id: str) -> list[dict[str, Any]]:
    rows = await db.fetch(
        "SELECT v.* FROM answer_version v JOIN assessment s ON s.id = v.assessment "
        "WHERE v.assessment = $1 AND v.question_id = $2 AND s.organisation = $3 ORDER BY v.version DESC",
        assessment_id,
        question_id,
        actor.organisation_id,
    )
    return [_decoded(row, "content") for row in rows]


async def update_assessment(assessment_id: UUID, values: Mapping[str, Any]) -> None:
    changes: dict[Column | str, Any] = {name: value for name, value in values.items()}  # noqa: C416
    await Assessment.update(changes).where(Assessment.id == assessment_id)


async def count_answers(assessment_id: UUID) -> int:
    found: int = await Answer.count().where(Answer.assessment == assessment_id)
    return found
