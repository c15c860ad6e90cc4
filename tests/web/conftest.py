"""A site with two organisations, for the modules of tests that read its pages more than they change them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID

import pytest
from httpx import AsyncClient
from litestar import Litestar

from backend.adapters import clock
from backend.organisations import service as organisations
from backend.transparency import service as transparency
from backend.web.session import SESSION_COOKIE
from tests import world
from tests.conftest import Databases
from tests.site import a_client, fresh_app

YEAR = clock.today().year


@dataclass(frozen=True, slots=True)
class Site:
    """What stands there: the member's organisation has a draft with a document, and a public attestation."""

    app: Litestar
    public: AsyncClient
    member: AsyncClient
    other: AsyncClient
    draft: UUID
    evidence: UUID
    published: UUID
    attestation: UUID
    colleague: UUID
    invitation: str

    @property
    def callers(self) -> dict[str, AsyncClient]:
        return {"public": self.public, "member": self.member, "other": self.other}


async def signed_in(client: AsyncClient, email: str) -> AsyncClient:
    """Give the client the cookies of somebody who signed in and opened a form."""
    client.cookies.set(SESSION_COOKIE, await organisations.sign_in(email, world.PASSWORD), client.base_url.host)
    await client.get("/members")
    return client


@pytest.fixture(scope="module")
async def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(fresh_app(databases, tmp_path_factory.mktemp("site")))
        public, member, other = [await stack.enter_async_context(a_client(app)) for _ in range(3)]
        owner = await world.a_company()
        await world.a_company("Other Hotels Ltd", "owner@other.example")
        published = await world.an_approved(owner, YEAR - 1)
        from backend.attestations import service as attestations

        attestation = await attestations.publish(owner, published)
        await transparency.sequence()
        draft = await world.a_started(owner)
        evidence = await world.attach(owner, draft, "C01")
        invitation = await organisations.invite_member(owner, "Alex Test", "invited@test.example", ["viewer"])
        (colleague,) = [one.id for one in await organisations.list_members(owner) if not one.has_joined]
        await signed_in(member, "owner@test.example")
        await signed_in(other, "owner@other.example")
        yield Site(app, public, member, other, draft, evidence, published, attestation, colleague, invitation)
