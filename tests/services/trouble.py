"""What can go wrong around the log: a store or a key that fails at one chosen call, and a superuser who tampers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from backend.adapters import clock, db
from backend.adapters import context as process
from backend.adapters.context import Context
from backend.adapters.db import unit_of_work
from backend.adapters.signing import MemorySigner
from backend.adapters.storage import ObjectStorage
from backend.kernel.canonical import sha256_digest
from backend.kernel.errors import Unavailable
from backend.transparency import service as transparency
from backend.transparency.rules.entries import LogStatement


async def append(count: int, prefix: str = "entry") -> None:
    """Log `count` statements about nothing, in one transaction; no attestation stands behind them."""
    async with unit_of_work():
        for number in range(count):
            name = f"{prefix}{number}"
            await transparency.append(LogStatement("questionnaire", name, sha256_digest(name.encode()), clock.now()))


@dataclass
class Faults:
    """Counts the calls that leave the process; call number `at` fails, before or `after` it took effect."""

    at: int = 0
    after: bool = False
    calls: int = 0

    def arm(self, at: int, after: bool) -> None:
        self.at, self.after, self.calls = at, after, 0

    @property
    def have_struck(self) -> bool:
        return 0 < self.at <= self.calls

    @contextmanager
    def around(self) -> Iterator[None]:
        self.calls += 1
        strikes = self.calls == self.at
        if strikes and not self.after:
            raise Unavailable("It does not answer.")
        yield
        if strikes:
            raise Unavailable("It did it, and its answer was lost.")


class FailingStorage(ObjectStorage):
    """The real local storage, with faults."""

    faults: Faults

    async def put(self, key: str, data: bytes) -> None:
        with self.faults.around():
            await super().put(key, data)

    async def get(self, key: str) -> bytes:
        with self.faults.around():
            return await super().get(key)


class FailingSigner(MemorySigner):
    """A key in memory, with faults."""

    faults: Faults

    def sign(self, message: bytes) -> bytes:
        with self.faults.around():
            return super().sign(message)


def with_faults(context: Context) -> Faults:
    """Configure the process with parts that share these faults, unarmed."""
    faults = Faults()
    storage = FailingStorage.in_folder(context.settings.tiles)
    signers = FailingSigner(), FailingSigner()
    assert isinstance(storage, FailingStorage)
    storage.faults = signers[0].faults = signers[1].faults = faults
    process.configure(replace(context, log_files=storage, credential_signer=signers[0], log_signer=signers[1]))
    return faults


async def tamper(sql: str, *arguments: Any) -> None:
    """Run a statement as a superuser who switches the triggers off first, so that nothing in the database objects."""
    async with unit_of_work():
        await db.fetch("SET LOCAL session_replication_role = replica")
        await db.fetch(sql, *arguments)


@asynccontextmanager
async def on_database(url: str) -> AsyncIterator[None]:
    """Point the process at another database."""
    before = db.engine().config["dsn"]
    await db.close_pool()
    db.engine().config["dsn"] = url
    await db.open_pool(max_size=6)
    try:
        yield
    finally:
        await db.close_pool()
        db.engine().config["dsn"] = before
        await db.open_pool(max_size=6)
