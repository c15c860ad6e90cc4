"""Bringing a database to the present schema: Piccolo's migrations, the queue's own tables, one at a time."""

from __future__ import annotations

import asyncio
import io
from contextlib import redirect_stdout

import asyncpg
from piccolo.apps.migrations.commands.forwards import run_forwards

from backend.adapters.queue import install_queue
from backend.kernel.errors import Unavailable

MIGRATION_LOCK = 7_300_000


async def migrate(dsn: str) -> None:
    """Run what is not run yet. Two at once are one after the other. Raises Unavailable without a database."""
    try:
        guard = await asyncpg.connect(dsn)
    except (OSError, asyncpg.PostgresError) as error:
        raise Unavailable(f"The database does not answer: {error}") from error
    try:
        await guard.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        told = io.StringIO()
        with redirect_stdout(told):
            result = await run_forwards(app_name="all", migration_id="all", fake=False)
        if not result.success:
            raise Unavailable(f"The migrations did not run: {result.message}\n{told.getvalue()}")
        await install_queue(dsn)
    finally:
        await guard.close()


def migrate_now(dsn: str) -> None:
    """Run `migrate` from a command."""
    asyncio.run(migrate(dsn))
