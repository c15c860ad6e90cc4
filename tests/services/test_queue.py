"""Jobs: written by the transaction of their cause, so that one never stands without the other."""

from __future__ import annotations

import json

import asyncpg
import pytest

from backend.adapters import db, queue
from backend.adapters.context import Context
from backend.adapters.db import unit_of_work
from backend.attestations import service as attestations
from backend.kernel.errors import Conflict, Unavailable
from backend.transparency import service as transparency
from tests import world

pytestmark = pytest.mark.usefixtures("database", "context")


async def jobs() -> list[tuple[str, dict[str, object]]]:
    rows = await db.fetch("SELECT entrypoint, payload FROM pgqueuer ORDER BY id")
    return [(row["entrypoint"], json.loads(row["payload"])) for row in rows]


async def test_a_committed_transaction_leaves_exactly_its_job() -> None:
    async with unit_of_work():
        await queue.enqueue("noted", {"number": 1})
    assert await jobs() == [("noted", {"number": 1})]


async def test_a_rolled_back_transaction_leaves_no_job() -> None:
    async def fails() -> None:
        async with unit_of_work():
            await queue.enqueue("noted")
            assert await queue.waiting_jobs() == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    assert await queue.waiting_jobs() == 0


async def test_a_job_is_written_on_the_connection_of_its_transaction_and_seen_by_nobody_before_the_commit(
    database: str,
) -> None:
    other = await asyncpg.connect(database)
    try:
        async with unit_of_work():
            await queue.enqueue("noted")
            rows = await db.fetch("SELECT xmin::text AS of, pg_current_xact_id()::text AS mine FROM pgqueuer")
            assert [row["of"] for row in rows] == [rows[0]["mine"]]
            assert await other.fetchval("SELECT count(*) FROM pgqueuer") == 0
        assert await other.fetchval("SELECT count(*) FROM pgqueuer") == 1
    finally:
        await other.close()


async def test_a_job_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(AssertionError):
        await queue.enqueue("noted")
    assert await queue.waiting_jobs() == 0


async def test_a_publication_leaves_one_job_for_each_entry_and_a_refused_one_none(context: Context) -> None:
    owner = await world.a_company()
    assessment_id = await world.an_approved(owner)
    context.credential_signer.fail_next = 1  # type: ignore[attr-defined]
    with pytest.raises(Unavailable):
        await attestations.publish(owner, assessment_id)
    assert await jobs() == []
    await attestations.publish(owner, assessment_id)
    assert await jobs() == [(transparency.SEQUENCE_LOG, {})]
    with pytest.raises(Conflict):
        await attestations.publish(owner, assessment_id)
    assert await jobs() == [(transparency.SEQUENCE_LOG, {})]


async def test_installing_the_queue_again_keeps_what_waits(database: str) -> None:
    async with unit_of_work():
        await queue.enqueue("noted")
    await queue.install_queue(database)
    assert await jobs() == [("noted", {})]
