"""Real parts for every ring of tests: one PostgreSQL for the run, one fresh database for each test that asks.

The database is built by the migrations once, and copied as a template. It is started before any table is
imported, because Piccolo reads the address when it is.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import asyncpg
import pytest
from httpx import ASGITransport, AsyncClient

from backend.adapters.context import Context
from backend.adapters.embedded import EmbeddedDatabase
from backend.settings import Settings, read_settings

os.environ["PICCOLO_CONF"] = "backend.piccolo_conf"
os.environ.setdefault("DATABASE_URL", "")
TEMPLATE = "para73_template"


@cache
def server() -> EmbeddedDatabase:
    """Start the run's PostgreSQL, in a folder that goes with it."""
    # A Unix socket's path must be short, so this cannot lie in pytest's own folder.
    folder = Path(tempfile.mkdtemp(prefix="p73-"))
    folder.chmod(0o755)
    made = EmbeddedDatabase(folder / "pg")

    def end() -> None:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    return made


@dataclass(slots=True)
class Databases:
    """Makes databases from the migrated template."""

    admin_url: str
    made: int = 0

    async def create(self) -> str:
        self.made += 1
        name = f"t{os.getpid()}_{self.made}"
        connection = await asyncpg.connect(self.admin_url)
        try:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
        finally:
            await connection.close()
        return server().database_url(name)

    async def drop(self, url: str) -> None:
        name = url.rsplit("?", 1)[0].rsplit("/", 1)[-1]
        connection = await asyncpg.connect(self.admin_url)
        try:
            await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        finally:
            await connection.close()


@pytest.fixture(scope="session")
async def databases() -> Databases:
    from backend.adapters.db import engine
    from backend.adapters.schema import migrate

    url = server().database_url(TEMPLATE)
    os.environ["DATABASE_URL"] = url
    engine().config["dsn"] = url
    await migrate(url)
    return Databases(server().database_url("postgres"))


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[str]:
    """Give a fresh, migrated, empty database, and point the process at it."""
    from backend.adapters import db

    url = await databases.create()
    db.engine().config["dsn"] = url
    await db.open_pool(max_size=6)
    try:
        yield url
    finally:
        await db.close_pool()
        await databases.drop(url)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"PARA73_BASE_URL": "http://para73.test", "PARA73_DATA": str(tmp_path / "data")})


@pytest.fixture
def context(settings: Settings) -> Context:
    """Configure the process with memory keys and folders of this test."""
    from backend.adapters import context as process
    from backend.adapters.signing import MemorySigner
    from backend.adapters.storage import ObjectStorage

    made = process.Context(
        settings=settings,
        evidence=ObjectStorage.in_folder(settings.objects),
        log_files=ObjectStorage.in_folder(settings.tiles),
        credential_signer=MemorySigner(),
        log_signer=MemorySigner(),
        form_secret="0" * 64,
    )
    return process.configure(made)


@pytest.fixture
async def client(database: str, settings: Settings) -> AsyncIterator[AsyncClient]:
    """Give a client of the whole application, in this loop, with its keys and questionnaires in the log."""
    from backend.app import create_app
    from backend.attestations import service as attestations

    # No web process has a lifespan here: the pool is the database fixture's.
    transport = ASGITransport(app=cast(Any, create_app(settings)), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url=settings.base_url) as made:
        await attestations.prepare()
        yield made
