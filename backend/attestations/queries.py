"""All SQL of attestations. What is public is bounded by a tree size that the caller names; the rest takes the actor."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.adapters import db
from backend.attestations.rules.views import ScoreFilter, ScoreOrder
from backend.kernel.actor import Actor

CHUNK_ATTESTATIONS = 500
_COLUMNS = """
  a.id, a.organisation, a.company_name, a.country, a.is_sample, a.sectors, a.period, a.bases, a.digest, a.log_index,
  a.issued_at, a.valid_until, a.supersedes,
  (SELECT n.id FROM attestation n WHERE n.supersedes = a.id AND n.log_index < $1) AS superseded_by
"""
# A list is sorted by (key, id), both in one direction, so that a cursor can go on after the last row.
_ORDERS = {
    ScoreOrder.NEWEST: ("a.log_index", "DESC", "bigint"),
    ScoreOrder.HIGHEST_DECLARED: ("coalesce(a.declared_bp, -1)", "DESC", "int"),
    ScoreOrder.NAME: ("lower(a.company_name)", "ASC", "text"),
}


async def list_public(
    tree_size: int, wanted: ScoreFilter, order: ScoreOrder, first: int, after: tuple[str, UUID] | None
) -> list[dict[str, Any]]:
    """Return up to `first` attestations that the tree of `tree_size` covers and no later one supersedes.

    Each row has `sort_key` as text, which with its id is the cursor to go on after it.
    """
    key, direction, kind = _ORDERS[order]
    where, arguments = _where(tree_size, wanted)
    if after is not None:
        arguments += [after[0], after[1]]
        sign = "<" if direction == "DESC" else ">"
        where += f" AND ({key}, a.id) {sign} (${len(arguments) - 1}::text::{kind}, ${len(arguments)}::uuid)"
    arguments.append(first)
    rows = await db.fetch(
        f"SELECT {_COLUMNS}, {key}::text AS sort_key FROM attestation a WHERE {where} "
        f"ORDER BY {key} {direction}, a.id {direction} LIMIT ${len(arguments)}",
        *arguments,
    )
    return [_decoded(row) for row in rows]


async def count_public(tree_size: int, wanted: ScoreFilter) -> int:
    where, arguments = _where(tree_size, wanted)
    rows = await db.fetch(f"SELECT count(*) AS found FROM attestation a WHERE {where}", *arguments)
    return int(rows[0]["found"])


async def list_public_by_ids(tree_size: int, ids: list[UUID]) -> list[dict[str, Any]]:
    """Return these attestations where they are public, superseded ones included."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS}, a.credential FROM attestation a WHERE a.log_index < $1 AND a.id = ANY($2::uuid[])",
        tree_size,
        ids,
    )
    return [_decoded(row) for row in rows]


async def find_log_index(attestation_id: UUID) -> int | None:
    rows = await db.fetch("SELECT log_index FROM attestation WHERE id = $1", attestation_id)
    return int(rows[0]["log_index"]) if rows else None


async def list_own(actor: Actor) -> list[dict[str, Any]]:
    return await db.fetch(
        "SELECT id, assessment, log_index, issued_at FROM attestation WHERE organisation = $1 ORDER BY issued_at DESC",
        actor.organisation_id,
    )


async def find_latest_own(actor: Actor) -> dict[str, Any] | None:
    """Return the actor's attestation that nothing supersedes yet."""
    rows = await db.fetch(
        "SELECT a.* FROM attestation a WHERE a.organisation = $1 "
        "AND NOT EXISTS (SELECT 1 FROM attestation n WHERE n.supersedes = a.id) "
        "ORDER BY a.log_index DESC LIMIT 1",
        actor.organisation_id,
    )
    return rows[0] if rows else None


async def lock_organisation(organisation_id: UUID) -> None:
    """Wait until no other publication of this organisation is under way, until commit."""
    await db.fetch("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 73))", str(organisation_id))


async def all_attestations() -> AsyncIterator[dict[str, Any]]:
    """Yield every attestation, whole, in the order of the log, in chunks, for fsck."""
    at = -1
    while rows := await db.fetch(
        "SELECT * FROM attestation WHERE log_index > $1 ORDER BY log_index LIMIT $2", at, CHUNK_ATTESTATIONS
    ):
        for row in rows:
            yield _decoded(row)
        at = rows[-1]["log_index"]


async def lock_keys() -> None:
    """Wait until no other process records keys, until commit."""
    await db.fetch("SELECT pg_advisory_xact_lock(7300003)")


async def key_ids() -> set[str]:
    rows = await db.fetch("SELECT id FROM signing_key")
    return {row["id"] for row in rows}


async def list_keys() -> list[dict[str, Any]]:
    return await db.fetch("SELECT * FROM signing_key ORDER BY added_at, id")


async def retire_key(key_id: str, at: datetime) -> None:
    await db.fetch("UPDATE signing_key SET retired_at = $2 WHERE id = $1", key_id, at)


def _where(tree_size: int, wanted: ScoreFilter) -> tuple[str, list[Any]]:
    arguments: list[Any] = [tree_size]
    where = (
        "a.log_index < $1 AND NOT EXISTS (SELECT 1 FROM attestation n WHERE n.supersedes = a.id AND n.log_index < $1)"
    )
    parts = (
        ("a.country = $", wanted.country),
        ("a.period = $", wanted.period),
        ("a.sectors @> ARRAY[$]::varchar[]", wanted.sector),
        ("position(lower($) in lower(a.company_name)) > 0", wanted.search),
    )
    for text, value in parts:
        if value is not None:
            arguments.append(value)
            where += " AND " + text.replace("$", f"${len(arguments)}")
    return where, arguments


def _decoded(row: dict[str, Any]) -> dict[str, Any]:
    if isinstance(row["bases"], str):
        row["bases"] = json.loads(row["bases"])
    return row
