"""The peer of the list query: one SQL statement that builds the whole JSON, passed through by a bare ASGI application.

It is what the fastest server for this one question looks like, and it can answer nothing else: no other fields, no
filter, no order, no cursor, no limits, no session, no security headers, no request log.
"""

from __future__ import annotations

import os
from typing import Any

import asyncpg
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from backend.adapters.process import stop_with_parent

FIRST = 50
SQL = """
WITH head AS (SELECT max(size) AS size FROM published_checkpoint),
page AS (
  SELECT a.*, row_number() OVER (ORDER BY a.log_index DESC, a.id DESC) AS place
  FROM (
    SELECT a.id, a.company_name, a.country, a.period, a.bases, a.log_index
    FROM attestation a, head
    WHERE a.log_index < head.size
      AND NOT EXISTS (SELECT 1 FROM attestation n WHERE n.supersedes = a.id AND n.log_index < head.size)
    ORDER BY a.log_index DESC, a.id DESC
    LIMIT $2
  ) a
)
SELECT json_build_object('data', json_build_object('publishedScores', json_build_object('nodes', json_agg(
  json_build_object(
    'company', json_build_object('name', company_name, 'country', country),
    'period', period,
    'declared', json_build_object('scoreBp', bases->'declared'->'score_bp'),
    'evidenced', json_build_object('scoreBp', bases->'evidenced'->'score_bp'),
    'verified', json_build_object('scoreBp', bases->'verified'->'score_bp'),
    'attestation', json_build_object(
      'id', id,
      'credentialUrl', $1::text || '/attestations/' || id || '.json',
      'proofUrl', $1::text || '/attestations/' || id || '.tlog-proof'
    )
  ) ORDER BY place
))))::text FROM page
"""


class Application:
    """ASGI, with a pool of as many connections as the product opens."""

    def __init__(self) -> None:
        self.pool: asyncpg.Pool | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        while (await receive()).get("more_body"):
            pass
        assert self.pool is not None
        body = (await self.pool.fetchval(SQL, os.environ["PARA73_BASE_URL"], FIRST)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        self.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=1, max_size=10)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})


def create_application() -> Application:
    stop_with_parent(os.getppid())
    return Application()


def main() -> None:
    stop_with_parent(int(os.environ["PARA73_SUPERVISOR"]))
    Granian(
        "tests.bench.passthrough:create_application",
        factory=True,
        address=os.environ["PARA73_HOST"],
        port=int(os.environ["PARA73_PORT"]),
        interface=Interfaces.ASGI,
        workers=1,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
