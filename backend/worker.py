"""The worker: background jobs, and above all the sequencer of the log.

A job runs at least once. A worker that is killed leaves its job to the next one; and whatever a job's fate, the
worker sequences when it starts and every few seconds where entries wait, so that no entry stays uncovered.
"""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta

import asyncpg
import structlog
from pgqueuer import Job, PgQueuer

from backend.adapters import context, db
from backend.adapters.logs import configure_logs
from backend.kernel.errors import Para73Error
from backend.settings import Settings
from backend.transparency import service as transparency

SWEEP_SECONDS = 2.0
log = structlog.get_logger("para73.worker")


async def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    configure_logs(settings.log_format)
    context.configure(context.from_settings(settings))
    await db.open_pool(max_size=4)
    connection = await asyncpg.connect(settings.database_url)
    try:
        queue = PgQueuer.from_asyncpg_connection(connection)

        @queue.entrypoint(transparency.SEQUENCE_LOG)
        async def sequence_log(_: Job) -> None:
            await _sequence()

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, queue.shutdown.set)
        log.info("worker started")
        sweep = asyncio.create_task(_sweep(queue.shutdown))
        await queue.run(dequeue_timeout=timedelta(seconds=5))
        sweep.cancel()
    finally:
        await connection.close()
        await db.close_pool()
    log.info("worker stopped")


async def _sequence() -> None:
    try:
        size = await transparency.sequence()
        log.info("log sequenced", tree_size=size)
    except Para73Error as error:
        # Nothing is lost: the entries wait in the database, and the sweep tries again.
        log.error("log not sequenced", reason=error.message)


async def _sweep(shutdown: asyncio.Event) -> None:
    """Sequence at start, and again whenever entries wait without a job that would cover them."""
    while not shutdown.is_set():
        try:
            if await transparency.is_waiting():
                await _sequence()
        except (Para73Error, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.error("sweep failed", reason=str(error))
        await asyncio.sleep(SWEEP_SECONDS)
