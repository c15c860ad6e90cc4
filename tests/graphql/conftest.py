"""A site that NGOs query: one company that published twice, another that did not, and many copies to page through."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from litestar import Litestar

from backend.adapters import clock
from backend.attestations import service as attestations
from backend.kernel.actor import Actor
from backend.organisations import service as organisations
from backend.transparency import service as transparency
from tests import world
from tests.conftest import Databases
from tests.many import copy_published
from tests.site import a_client, fresh_app

COPIES = 60
YEAR = clock.today().year


@dataclass(slots=True)
class Api:
    """The application, a program that calls it, and two organisations with their tokens."""

    app: Litestar
    client: AsyncClient
    owner: Actor
    token: str
    stranger_token: str
    superseded: UUID
    newest: UUID
    copies: list[UUID]

    async def send(self, query: str, variables: dict[str, Any] | None = None, token: str = "") -> dict[str, Any]:
        """Send one operation; return data and errors. Text goes as ASCII, as a program may escape anything."""
        headers = {"content-type": "application/json"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        body = json.dumps({"query": query, "variables": variables}).encode()
        told: dict[str, Any] = (await self.client.post("/graphql", content=body, headers=headers)).json()
        return told

    async def data(self, query: str, variables: dict[str, Any] | None = None, token: str = "") -> dict[str, Any]:
        told = await self.send(query, variables, token)
        assert "errors" not in told, told
        data: dict[str, Any] = told["data"]
        return data

    async def problem(self, query: str, variables: dict[str, Any] | None = None, token: str = "") -> dict[str, Any]:
        """Send what must fail with one error; return its extensions."""
        told = await self.send(query, variables, token)
        assert len(told["errors"]) == 1, told
        assert not told.get("data"), told
        extensions: dict[str, Any] = told["errors"][0]["extensions"]
        return extensions


@pytest.fixture(scope="module")
async def api(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(fresh_app(databases, tmp_path_factory.mktemp("site")))
        client = await stack.enter_async_context(a_client(app))
        owner = await world.a_company()
        await world.a_company("Other Hotels Ltd", "owner@other.example")
        superseded = await world.a_published(owner, YEAR - 1, 2)
        newest = await attestations.publish(owner, await world.an_approved(owner, YEAR))
        copies = await copy_published(newest, COPIES)
        await transparency.sequence()
        tokens = [await organisations.sign_in(f"owner@{name}.example", world.PASSWORD) for name in ("test", "other")]
        yield Api(app, client, owner, tokens[0], tokens[1], superseded, newest, copies)
