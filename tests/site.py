"""One database, one context and one client for a whole module of tests that reads more than it changes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from backend.adapters import context as process
from backend.adapters import db
from backend.settings import Settings, read_settings

if TYPE_CHECKING:
    from tests.conftest import Databases

BASE_URL = "http://para73.test"


def settings_in(folder: Path, base_url: str = BASE_URL) -> Settings:
    return read_settings({"PARA73_BASE_URL": base_url, "PARA73_DATA": str(folder / "data")})


@asynccontextmanager
async def fresh_database(databases: Databases) -> AsyncIterator[str]:
    """Give a migrated, empty database, and point the process at it."""
    url = await databases.create()
    db.engine().config["dsn"] = url
    await db.open_pool(max_size=6)
    try:
        yield url
    finally:
        await db.close_pool()
        await databases.drop(url)


@asynccontextmanager
async def fresh_context(databases: Databases, folder: Path) -> AsyncIterator[process.Context]:
    """As `fresh_database`, with the real adapters in folders of their own."""
    async with fresh_database(databases):
        yield process.configure(process.from_settings(settings_in(folder)))


@asynccontextmanager
async def fresh_app(databases: Databases, folder: Path, base_url: str = BASE_URL) -> AsyncIterator[Litestar]:
    """As `fresh_database`, with the whole application, its keys and its questionnaires in the log."""
    from backend.app import create_app
    from backend.attestations import service as attestations

    async with fresh_database(databases):
        app = create_app(settings_in(folder, base_url))
        await attestations.prepare()
        yield app


def a_client(app: Litestar, base_url: str = BASE_URL) -> AsyncClient:
    """Return a client with a cookie jar of its own: one person's browser, or one program."""
    # No web process has a lifespan here: the pool is the database's.
    transport = ASGITransport(app=cast(Any, app), raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url=base_url)
