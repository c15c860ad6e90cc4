"""Time and identifiers: the only place that asks the machine for either."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from uuid import UUID

from backend.kernel.ids import ENTROPY_BYTES, uuid7

_FIXED: ContextVar[datetime | None] = ContextVar("fixed_time", default=None)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return _FIXED.get() or datetime.now(UTC)


def today() -> date:
    """Return the present day in UTC."""
    return now().date()


def new_id() -> UUID:
    """Return a new UUIDv7: unique, and in order of time."""
    return uuid7(int(now().timestamp() * 1000), secrets.token_bytes(ENTROPY_BYTES))


@contextmanager
def fixed_time(instant: datetime) -> Iterator[None]:
    """Hold the clock at `instant` in this context: the memory twin of time, for tests."""
    token = _FIXED.set(instant)
    try:
        yield
    finally:
        _FIXED.reset(token)
