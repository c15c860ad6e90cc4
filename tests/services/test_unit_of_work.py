"""One transaction per command: all of it or nothing, never nested, never two statements at once, never left open."""

from __future__ import annotations

import asyncio

import pytest
from piccolo.engine.exceptions import TransactionError

from backend.adapters import db
from backend.adapters.db import snapshot, unit_of_work
from backend.kernel.errors import Conflict, NotFound, Unavailable

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
async def table(database: str) -> None:
    await db.fetch("CREATE TABLE noted (number int PRIMARY KEY)")


async def note(number: int) -> None:
    await db.fetch("INSERT INTO noted VALUES ($1)", number)


async def noted() -> list[int]:
    return [row["number"] for row in await db.fetch("SELECT number FROM noted ORDER BY 1")]


def connections_taken() -> int:
    pool = db.engine().pool
    assert pool is not None
    return int(pool.get_size() - pool.get_idle_size())


async def all_given_back() -> None:
    """Fail where a connection stays taken; it is cut off then, so that the pool can close."""
    for _ in range(100):
        if connections_taken() == 0:
            return
        await asyncio.sleep(0.01)
    pool = db.engine().pool
    assert pool is not None
    pool.terminate()
    raise AssertionError("a connection was not given back")


async def test_everything_is_committed_at_the_end_and_seen_by_nobody_before() -> None:
    async with unit_of_work():
        await note(1)
        await note(2)
        # Another task has no transaction of its own context, so it reads what is committed.
        elsewhere = await db.engine().pool.fetch("SELECT number FROM noted")  # type: ignore[union-attr]
        assert elsewhere == []
    assert await noted() == [1, 2]


async def test_an_error_rolls_everything_back_and_comes_out_as_it_was() -> None:
    async def fails() -> None:
        async with unit_of_work():
            await note(1)
            raise NotFound("as it was")

    with pytest.raises(NotFound, match="as it was"):
        await fails()
    assert await noted() == []
    assert not db.engine().transaction_exists()


async def test_a_transaction_inside_a_transaction_is_refused_and_the_outer_one_goes_on() -> None:
    async with unit_of_work():
        await note(1)
        with pytest.raises(TransactionError):
            async with unit_of_work():
                await note(2)
        await note(3)
    assert await noted() == [1, 3]


async def test_two_statements_at_once_inside_one_are_refused_and_nothing_is_kept() -> None:
    async def gathers() -> None:
        async with unit_of_work():
            await asyncio.gather(*(note(number) for number in range(5)))

    with pytest.raises(Unavailable):
        await gathers()
    await asyncio.sleep(0)
    assert await noted() == []
    assert not db.engine().transaction_exists()
    async with unit_of_work():
        await note(9)
    assert await noted() == [9]


async def test_a_command_that_is_cancelled_at_any_moment_keeps_nothing_and_gives_its_connection_back() -> None:
    async def writes() -> None:
        async with unit_of_work():
            await note(1)
            await db.fetch("SELECT pg_sleep(0.05)")

    for turns in range(40):
        task = asyncio.create_task(writes())
        for _ in range(turns):
            # One turn of the loop after another: before BEGIN, inside it, after it, inside a statement.
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await all_given_back()
    assert await noted() == []
    await writes()
    assert await noted() == [1]


async def test_two_commands_in_two_tasks_have_a_transaction_each() -> None:
    async def one(number: int) -> None:
        async with unit_of_work():
            await note(number)
            if number % 2:
                raise NotFound("odd")

    await asyncio.gather(*(one(number) for number in range(6)), return_exceptions=True)
    assert await noted() == [0, 2, 4]


async def test_somebody_who_was_first_is_a_conflict_and_nothing_is_kept() -> None:
    await note(1)

    async def second() -> None:
        async with unit_of_work():
            await note(2)
            await note(1)

    with pytest.raises(Conflict):
        await second()
    assert await noted() == [1]


async def test_a_deadlock_is_a_conflict_for_one_and_the_other_goes_through() -> None:
    await note(1)
    await note(2)
    both = asyncio.Barrier(2)

    async def takes(first: int, second: int) -> None:
        async with unit_of_work():
            await db.fetch("UPDATE noted SET number = number WHERE number = $1", first)
            await both.wait()
            await db.fetch("UPDATE noted SET number = number WHERE number = $1", second)

    results = await asyncio.gather(takes(1, 2), takes(2, 1), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]


async def test_a_database_that_goes_away_is_unavailable_and_the_next_command_works() -> None:
    async def is_cut_off() -> None:
        async with unit_of_work():
            await note(1)
            await db.fetch("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(Unavailable):
        await is_cut_off()
    assert not db.engine().transaction_exists()
    async with unit_of_work():
        await note(2)
    assert await noted() == [2]


async def test_a_step_outside_of_a_command_is_refused() -> None:
    with pytest.raises(AssertionError):
        db.assert_in_unit_of_work()
    with pytest.raises(AssertionError):
        db.transaction_connection()
    async with unit_of_work():
        db.assert_in_unit_of_work()


async def test_a_snapshot_sees_one_moment_and_cannot_write() -> None:
    await note(1)
    async with snapshot():
        assert await noted() == [1]
        await db.engine().pool.execute("INSERT INTO noted VALUES (2)")  # type: ignore[union-attr]
        assert await noted() == [1]
    assert await noted() == [1, 2]

    async def writes() -> None:
        async with snapshot():
            await note(3)

    with pytest.raises(Exception, match="read-only transaction"):
        await writes()
    assert await noted() == [1, 2]
