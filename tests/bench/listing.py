"""Public list query: 50 published scores with their companies, of 20,000, over HTTP with 16 connections.

The real application on granian, one process; the attestations are generated straight into the table.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

import asyncpg

from backend.adapters import db
from backend.attestations import service as attestations
from backend.transparency import service as transparency
from tests import world
from tests.bench import load
from tests.bench.harness import Figure, Turn, a_side, take_turns
from tests.bench.passthrough import FIRST
from tests.bench.places import HOST, a_process, a_product, a_server, free_port, wait_for

ROUNDS = 5
REQUESTS = 400
ATTESTATIONS = 20_000
QUERY = (
    f"{{ publishedScores(first: {FIRST}) {{ nodes {{ company {{ name country }} period "
    "declared { scoreBp } evidenced { scoreBp } verified { scoreBp } attestation { id credentialUrl proofUrl } } } }"
)
# Each row is a copy of the one that was really published, under its own ids and with its own figures.
_COPY = "INSERT INTO {0} SELECT (jsonb_populate_record(t, jsonb_build_object({1}))).* FROM {0} t, made m"
_FILL = (
    "CREATE TEMP TABLE made AS SELECT n, gen_random_uuid() AS company, gen_random_uuid() AS assessment, "
    "'Sample Company ' || n AS name, (ARRAY['KE','AT','PH','PE','GB','TH'])[1 + n % 6] AS country, "
    "n * 7 % 10001 AS score FROM generate_series(1, $1::int) AS n",
    _COPY.format("organisation", "'id', m.company, 'legal_name', m.name, 'country', m.country"),
    _COPY.format("assessment", "'id', m.assessment, 'organisation', m.company"),
    _COPY.format(
        "attestation",
        "'id', gen_random_uuid(), 'organisation', m.company, 'assessment', m.assessment, 'company_name', m.name, "
        "'country', m.country, 'digest', 'sample:' || m.n, 'declared_bp', m.score, 'log_index', t.log_index + m.n, "
        "'bases', jsonb_set(t.bases, '{declared,score_bp}', to_jsonb(m.score))",
    ),
    "INSERT INTO checkpoint SELECT size + $1::int, root, note, at FROM checkpoint ORDER BY size DESC LIMIT 1",
    "INSERT INTO published_checkpoint SELECT max(size), now() FROM checkpoint",
)


async def measure(rounds: int = ROUNDS) -> list[Figure]:
    async with _two_servers() as (ours, peer):
        body = json.dumps({"query": QUERY}).encode()
        rates: dict[int, list[float]] = {ours: [], peer: []}
        await _refuse_difference(ours, peer, body)

        def turn(port: int) -> Turn:
            async def run() -> list[float]:
                found = await load.run(port, load.a_request(port, "/graphql", body), REQUESTS)
                rates[port].append(found.per_second)
                return found.times

            return run

        turns = await take_turns(turn(ours), turn(peer), rounds)
        size = len(await load.ask_once(ours, load.a_request(ours, "/graphql", body)))
    return [
        Figure(
            "list",
            f"Public list query: {FIRST} of {ATTESTATIONS:,} scores with company, {load.CONNECTIONS} connections, "
            f"one process each, {size:,} bytes an answer",
            a_side(
                "the application on granian",
                "GraphQL: any fields, filters, order, cursor; session, limits, security headers, request log",
                turns.ours,
                median(rates[ours][1:]),
            ),
            a_side(
                "one SQL statement on granian",
                "the database builds the JSON of this one question; nothing else is done",
                turns.peer,
                median(rates[peer][1:]),
            ),
            turns.ratio(sum),
        )
    ]


async def _refuse_difference(ours: int, peer: int, body: bytes) -> None:
    """Both must say the same, or the comparison means nothing. Raises RuntimeError."""
    answers = [json.loads(await load.ask_once(port, load.a_request(port, "/graphql", body))) for port in (ours, peer)]
    if answers[0] != answers[1]:
        raise RuntimeError(f"the two servers answer differently:\n{_first(answers[0])}\n{_first(answers[1])}")


def _first(answer: Any) -> str:
    return json.dumps(answer)[:600]


@asynccontextmanager
async def _two_servers() -> AsyncIterator[tuple[int, int]]:
    """Give the ports of the product and of the peer, on one database."""
    with a_server() as server:
        ours, peer = free_port(), free_port()
        async with a_product(server, "list", ours) as environment:
            await _fill(environment["DATABASE_URL"])
            base = {"PARA73_BASE_URL": f"http://{HOST}:{ours}"}
            with (
                a_process(environment | base, "backend.commands.webserver") as product,
                a_process(environment | base | {"PARA73_PORT": str(peer)}, "tests.bench.passthrough") as passthrough,
            ):
                wait_for(ours, product)
                wait_for(peer, passthrough)
                yield ours, peer


async def _fill(url: str) -> None:
    await attestations.prepare()
    await world.a_published(await world.a_company())
    await transparency.sequence()
    connection = await asyncpg.connect(url)
    try:
        for statement in _FILL:
            arguments = (ATTESTATIONS,) if "$1" in statement else ()
            await connection.execute(statement, *arguments)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    rows = await db.fetch("SELECT count(*) AS found FROM attestation")
    if rows[0]["found"] != ATTESTATIONS + 1:
        raise RuntimeError(f"the table holds {rows[0]['found']} attestations")
