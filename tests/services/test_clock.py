"""Time: the real clock and its memory twin give aware UTC, and only where the twin was asked for."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import RFC_4122

import pytest

from backend.adapters import clock

INSTANT = datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)


def test_both_clocks_give_aware_utc_and_the_day_of_it() -> None:
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.today() in {datetime.now(UTC).date(), clock.now().date()}
    with clock.fixed_time(INSTANT):
        assert (clock.now(), clock.today()) == (INSTANT, date(2024, 2, 29))


def test_a_fixed_time_ends_with_its_block_even_by_an_error() -> None:
    with clock.fixed_time(INSTANT), clock.fixed_time(INSTANT + timedelta(days=1)):
        assert clock.today() == date(2024, 3, 1)

    def fails() -> None:
        with clock.fixed_time(INSTANT):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert clock.now() > INSTANT + timedelta(days=1)


async def test_a_fixed_time_holds_in_its_own_task_alone() -> None:
    async def holds(instant: datetime) -> datetime:
        with clock.fixed_time(instant):
            await asyncio.sleep(0)
            return clock.now()

    later = INSTANT + timedelta(hours=1)
    first, second = await asyncio.gather(holds(INSTANT), holds(later))
    assert (first, second) == (INSTANT, later)


def test_identifiers_carry_their_instant_and_are_never_the_same() -> None:
    with clock.fixed_time(INSTANT):
        made = [clock.new_id() for _ in range(100)]
    assert {one.int >> 80 for one in made} == {int(INSTANT.timestamp() * 1000)}
    assert {(one.version, one.variant) for one in made} == {(7, RFC_4122)}
    assert len(set(made)) == 100
    with clock.fixed_time(INSTANT + timedelta(milliseconds=1)):
        assert clock.new_id() > max(made)
