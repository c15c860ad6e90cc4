"""Publish to covered: from the return of `publish` to a published checkpoint that covers the attestation.

The worker is the real one, in a process of its own, woken by the job that the publication left in PostgreSQL.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales.signing import PlainEd25519Signer
from tlog_scales.writer import TilesWriter

from backend.adapters import clock
from backend.attestations import service as attestations
from backend.kernel.actor import Actor
from backend.kernel.vocabulary import Role
from backend.transparency.rules.merkle import leaf_hash
from tests import world
from tests.bench.harness import Figure, a_side, percentile, take_turns
from tests.bench.places import a_process, a_product, a_server

ROUNDS = 5
OPERATIONS = 20
POLL_SECONDS = 0.001
LONGEST_SECONDS = 30.0
_PEER_TABLE = "CREATE TABLE peer_entry (index bigint PRIMARY KEY, content bytea NOT NULL, leaf_hash bytea NOT NULL)"
# A copy of a row under other ids, whatever columns its table has.
_COPY = "INSERT INTO {0} SELECT (jsonb_populate_record(t, {1})).* FROM {0} t WHERE t.{2} = $1"
_COPY_ORGANISATION = _COPY.format("organisation", "jsonb_build_object('id', $2::text)", "id")
_COPY_ASSESSMENT = _COPY.format("assessment", "jsonb_build_object('id', $2::text, 'organisation', $3::text)", "id")
_COPY_ANSWERS = _COPY.format(
    "answer", "jsonb_build_object('id', gen_random_uuid(), 'assessment', $2::text)", "assessment"
)


@dataclass
class Bench:
    """Approved assessments that wait to be published, and the two logs."""

    connection: asyncpg.Connection
    owner: Actor
    approved: UUID
    writer: TilesWriter
    signer: PlainEd25519Signer
    publishing: list[float] = field(default_factory=list)
    entries: list[bytes] = field(default_factory=list)

    async def another(self) -> tuple[Actor, UUID]:
        """Copy the approved assessment to a company of its own."""
        organisation_id, assessment_id = clock.new_id(), clock.new_id()
        to_company, to_assessment = str(organisation_id), str(assessment_id)
        await self.connection.execute(_COPY_ORGANISATION, self.owner.organisation_id, to_company)
        await self.connection.execute(_COPY_ASSESSMENT, self.approved, to_assessment, to_company)
        await self.connection.execute(_COPY_ANSWERS, self.approved, to_assessment)
        return Actor(organisation_id, self.owner.member_id, frozenset({Role.OWNER}), "Robin Test"), assessment_id

    async def publish(self) -> list[float]:
        """One turn of ours: publish, then wait until a published checkpoint covers it."""
        times = []
        for _ in range(OPERATIONS):
            actor, assessment_id = await self.another()
            started = perf_counter()
            attestation_id = await attestations.publish(actor, assessment_id)
            returned = perf_counter()
            index = await self.connection.fetchval("SELECT log_index FROM attestation WHERE id = $1", attestation_id)
            await self._until_covered(index, returned)
            times.append(perf_counter() - returned)
            self.publishing.append(returned - started)
            self.entries.append(await self.connection.fetchval("SELECT content FROM log_entry WHERE index = $1", index))
        return times

    async def _until_covered(self, index: int, since: float) -> None:
        while await self.connection.fetchval("SELECT max(size) FROM published_checkpoint") <= index:
            if perf_counter() - since > LONGEST_SECONDS:
                raise RuntimeError("nothing covered the entry; the worker does not run")
            await asyncio.sleep(POLL_SECONDS)

    async def peer(self) -> list[float]:
        """One turn of the peer: the same entries, each stored by one INSERT and covered by a checkpoint of theirs."""
        times = []
        for content in self.entries[-OPERATIONS:]:
            started = perf_counter()
            await self.connection.execute(
                "INSERT INTO peer_entry VALUES ($1, $2, $3)", self.writer.size, content, leaf_hash(content)
            )
            self.writer.add_leaf(content)
            self.writer.commit([self.signer])
            times.append(perf_counter() - started)
        return times


async def measure(rounds: int = ROUNDS) -> list[Figure]:
    async with _ready() as bench:
        turns = await take_turns(bench.publish, bench.peer, rounds)
        report = await attestations.fsck()
        if report.problems:
            raise RuntimeError("\n".join(report.problems))
        durable = await bench.connection.fetchrow(
            "SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit, "
            "current_setting('server_version') AS version"
        )
        assert durable is not None
        publishing = sorted(bench.publishing[OPERATIONS:])
        notes = (
            f"before that, publish itself took p50 {1000 * median(publishing):.1f} ms, "
            f"p99 {1000 * percentile(publishing, 99):.1f} ms",
            f"PostgreSQL {durable['version']}, fsync {durable['fsync']}, "
            f"synchronous_commit {durable['synchronous_commit']}; log fsck clean at {report.size} entries",
        )
    return [
        Figure(
            "publish",
            "Publish to covered",
            a_side(
                "from publish's return to a published checkpoint",
                "job, worker in another process, fork checks, tiles, compare-and-swap, put outside, recorded",
                turns.ours,
            ),
            a_side(
                f"tlog-scales {version('tlog-scales')} and one INSERT",
                "stores and covers the same entry in this process: no job, no other process, no lock, no fork check",
                turns.peer,
            ),
            turns.ratio(),
            notes,
        )
    ]


@asynccontextmanager
async def _ready() -> AsyncIterator[Bench]:
    with a_server() as server:
        async with a_product(server, "publish") as environment:
            await attestations.prepare()
            owner = await world.a_company()
            approved = await world.an_approved(owner)
            origin = "peer.example/log"
            writer = TilesWriter.create(Path(environment["PARA73_DATA"]) / "peer", origin)
            connection = await asyncpg.connect(environment["DATABASE_URL"])
            try:
                await connection.execute(_PEER_TABLE)
                with a_process(environment, "backend.cli", "worker"):
                    yield Bench(
                        connection, owner, approved, writer, PlainEd25519Signer(origin, Ed25519PrivateKey.generate())
                    )
            finally:
                await connection.close()
