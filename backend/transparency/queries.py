"""All SQL of the log. It is public, so no read takes an actor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from backend.adapters import db

CHUNK_ENTRIES = 5000


async def next_index() -> int:
    rows = await db.fetch("SELECT coalesce(max(index) + 1, 0) AS next FROM log_entry")
    return int(rows[0]["next"])


async def insert_entry(index: int, content: bytes, leaf_hash: bytes, at: datetime) -> None:
    await db.fetch(
        "INSERT INTO log_entry (index, content, leaf_hash, at) VALUES ($1, $2, $3, $4)", index, content, leaf_hash, at
    )


async def find_entry(index: int) -> dict[str, Any] | None:
    rows = await db.fetch("SELECT * FROM log_entry WHERE index = $1", index)
    return rows[0] if rows else None


async def list_entries(start: int, end: int) -> list[dict[str, Any]]:
    """Return the entries start <= index < end, in order."""
    return await db.fetch("SELECT * FROM log_entry WHERE index >= $1 AND index < $2 ORDER BY index", start, end)


async def all_entries() -> AsyncIterator[dict[str, Any]]:
    """Yield every entry in order, in chunks, so that a log of any length fits in memory."""
    at = -1
    while rows := await db.fetch("SELECT * FROM log_entry WHERE index > $1 ORDER BY index LIMIT $2", at, CHUNK_ENTRIES):
        for row in rows:
            yield row
        at = rows[-1]["index"]


async def newest_checkpoint() -> dict[str, Any] | None:
    rows = await db.fetch("SELECT * FROM checkpoint ORDER BY size DESC LIMIT 1")
    return rows[0] if rows else None


async def newest_published() -> dict[str, Any] | None:
    rows = await db.fetch(
        "SELECT c.* FROM checkpoint c JOIN published_checkpoint p USING (size) ORDER BY size DESC LIMIT 1"
    )
    return rows[0] if rows else None


async def list_checkpoints() -> list[dict[str, Any]]:
    return await db.fetch("SELECT * FROM checkpoint ORDER BY size")


async def move_checkpoint(
    old_size: int | None, old_root: bytes | None, size: int, root: bytes, note: str, at: datetime
) -> bool:
    """Compare-and-swap: insert the new head only where the newest is still (old_size, old_root)."""
    rows = await db.fetch(
        """
        INSERT INTO checkpoint (size, root, note, at)
        SELECT $3, $4, $5, $6
        WHERE (SELECT (size, root) FROM checkpoint ORDER BY size DESC LIMIT 1)
              IS NOT DISTINCT FROM (CASE WHEN $1::bigint IS NULL THEN NULL ELSE ($1::bigint, $2::bytea) END)
        RETURNING size
        """,
        old_size,
        old_root,
        size,
        root,
        note,
        at,
    )
    return bool(rows)


async def record_published(size: int, at: datetime) -> None:
    await db.fetch("INSERT INTO published_checkpoint (size, at) VALUES ($1, $2) ON CONFLICT DO NOTHING", size, at)


async def find_checkpoint(size: int) -> dict[str, Any] | None:
    rows = await db.fetch("SELECT * FROM checkpoint WHERE size = $1", size)
    return rows[0] if rows else None
