"""One transaction per command, and what runs inside it.

Piccolo keeps the open transaction in a context variable. Three things were tried and fail, so this module
refuses them: nesting (an inner rollback keeps its writes), concurrency inside one transaction (one
connection cannot run two statements) and a transaction around a whole request.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import asyncpg
from piccolo.engine.finder import engine_finder
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from backend.kernel.errors import Conflict, Unavailable

P = ParamSpec("P")
T = TypeVar("T")
_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    OSError,
)


def engine() -> PostgresEngine:
    """Return the engine that piccolo_conf names."""
    found = engine_finder()
    if not isinstance(found, PostgresEngine):
        raise Unavailable("No PostgreSQL is configured: set DATABASE_URL.")
    return found


@asynccontextmanager
async def unit_of_work() -> AsyncIterator[None]:
    """Open exactly one transaction: commit at the end, roll back on any exception.

    Raises piccolo's TransactionError when one is open already, Conflict when PostgreSQL
    found that somebody else's transaction came first, and Unavailable without a database.
    """
    database = engine()
    transaction, done = PostgresTransaction(database, allow_nested=False), False
    try:
        async with transaction:
            yield
        done = True
    except (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.UniqueViolationError) as error:
        raise Conflict("Somebody else changed this at the same moment. Load it again and repeat.") from error
    except _GONE as error:
        raise Unavailable("The database does not answer. Nothing was changed.") from error
    finally:
        if not done:
            await _clear(database, transaction)


@asynccontextmanager
async def snapshot() -> AsyncIterator[None]:
    """Open a transaction that only reads and sees the database as it stands now, whatever others commit meanwhile."""
    async with unit_of_work():
        await fetch("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


async def _clear(database: PostgresEngine, transaction: PostgresTransaction) -> None:
    """Give the connection back where a transaction failed on its way in or out; Piccolo keeps it taken then.

    A cancelled BEGIN or COMMIT leaves a connection in an unknown state, so it is cut off, which rolls back. Where
    Piccolo gave it back already, after a proper rollback, both calls find nothing to do.
    """
    if database.current_transaction.get() is transaction:
        database.current_transaction.set(None)
    connection = getattr(transaction, "connection", None)
    if connection is not None:
        with suppress(asyncpg.InterfaceError):
            connection.terminate()
        if database.pool:
            await database.pool.release(connection)


def assert_in_unit_of_work() -> None:
    """Contract of every step: a command has opened the transaction. Raises AssertionError otherwise."""
    if not engine().transaction_exists():
        raise AssertionError("this step runs only inside a unit_of_work()")


def transaction_connection() -> asyncpg.Connection[Any]:
    """Return the connection of the open transaction, for what Piccolo does not speak (jobs, COPY)."""
    assert_in_unit_of_work()
    current: Any = engine().current_transaction.get()
    connection: asyncpg.Connection[Any] = current.connection
    return connection


async def fetch(sql: str, *arguments: Any) -> list[dict[str, Any]]:
    """Run one statement with $1.. placeholders, in the open transaction or on a pooled connection.

    Raises Unavailable where the database does not answer.
    """
    database = engine()
    if database.transaction_exists():
        rows = await transaction_connection().fetch(sql, *arguments)
        return [dict(row) for row in rows]
    with _answering():
        if database.pool:
            rows = await database.pool.fetch(sql, *arguments)
        else:
            connection = await database.get_new_connection()
            try:
                rows = await connection.fetch(sql, *arguments)
            finally:
                await connection.close()
    return [dict(row) for row in rows]


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except _GONE as error:
        raise Unavailable("The database does not answer now. Try again in a moment.") from error


def reading(read: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Make a read that Piccolo runs by itself raise Unavailable where the database does not answer, as `fetch` does."""

    @wraps(read)
    async def wrapped(*arguments: P.args, **named: P.kwargs) -> T:
        with _answering():
            return await read(*arguments, **named)

    return wrapped


async def lock_for_transaction(key: int) -> None:
    """Wait for the advisory lock `key` and hold it until the transaction ends."""
    await transaction_connection().execute("SELECT pg_advisory_xact_lock($1)", key)


async def open_pool(max_size: int = 10) -> None:
    """Open the connection pool of this process; called once at start."""
    database = engine()
    if database.pool is None:
        await database.start_connection_pool(min_size=1, max_size=max_size)


async def close_pool() -> None:
    """Close the pool of this process."""
    database = engine()
    if database.pool is not None:
        await database.close_connection_pool()


async def is_reachable() -> bool:
    """Return whether the database answers a trivial question."""
    try:
        await fetch("SELECT 1")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, Unavailable):
        return False
    return True
