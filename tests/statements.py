"""What the application asks the database, statement by statement."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg

from backend.adapters import db

# What the driver sends by itself: a connection is brought back into its first state, a type is looked up once.
_OF_THE_DRIVER = (
    "SELECT pg_advisory_unlock_all()",
    "SELECT current_setting('jit')",
    "SELECT set_config('jit'",
    "WITH RECURSIVE typeinfo_tree",
)


class Statements:
    """Collects statements while it is open; outside of `counted` it forgets them."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def note(self, record: Any) -> None:
        text = " ".join(str(record.query).split())
        if not text.startswith(_OF_THE_DRIVER):
            self.seen.append(text)

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Give the list of statements that run inside the block."""
        self.seen = []
        yield self.seen
        self.seen = []


@asynccontextmanager
async def listening() -> AsyncIterator[Statements]:
    """Open the pool anew, so that every connection tells what is run on it."""
    statements = Statements()

    async def listen(connection: asyncpg.Connection[Any]) -> None:
        connection.add_query_logger(statements.note)

    await db.close_pool()
    await db.engine().start_connection_pool(min_size=1, max_size=6, setup=listen)
    yield statements
