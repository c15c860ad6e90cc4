"""Background jobs on PostgreSQL (pgqueuer), enqueued in the same transaction as their cause.

Because the job's row is written on the transaction's own connection, a rolled-back command leaves no job,
and a committed one always leaves its job. Jobs run at least once: every entry point is idempotent.
"""

from __future__ import annotations

import json
from typing import Any

import asyncpg
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries

from backend.adapters import db


async def enqueue(entrypoint: str, payload: dict[str, Any] | None = None) -> None:
    """Step: put one job into the queue. Must run inside a unit_of_work."""
    queries = Queries(AsyncpgDriver(db.transaction_connection()))
    await queries.enqueue(entrypoint, json.dumps(payload or {}).encode())


async def install_queue(dsn: str) -> None:
    """Create the queue's own tables, or bring them to the library's present version. Idempotent."""
    connection = await asyncpg.connect(dsn)
    try:
        queries = Queries(AsyncpgDriver(connection))
        if await queries.schema_is_installed():
            await queries.upgrade()
        else:
            await queries.install()
    finally:
        await connection.close()


async def waiting_jobs() -> int:
    """Return how many jobs wait or run."""
    rows = await db.fetch("SELECT count(*) AS waiting FROM pgqueuer")
    return int(rows[0]["waiting"])
