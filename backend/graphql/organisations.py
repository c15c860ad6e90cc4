"""Sign up, sign in, and who is asking."""

from __future__ import annotations

import strawberry

from backend.graphql.context import PInfo
from backend.organisations import service
from backend.organisations.rules.people import SignUp


@strawberry.type
class Organisation:
    id: strawberry.ID
    legal_name: str
    country: str
    sectors: list[str]


@strawberry.type(description="A session. Send its token as `Authorization: Bearer <token>`.")
class Session:
    token: str


@strawberry.input
class SignUpInput:
    legal_name: str
    country: str
    sectors: list[str]
    name: str
    email: str
    password: str


@strawberry.type
class OrganisationQueries:
    @strawberry.field(description="Your organisation; null for the public.")
    async def own_organisation(self, info: PInfo) -> Organisation | None:
        actor = info.context.actor
        if actor.member_id is None:
            return None
        found = await service.get_own_organisation(actor)
        return Organisation(
            id=strawberry.ID(str(found.id)),
            legal_name=found.legal_name,
            country=found.country,
            sectors=list(found.sectors),
        )


@strawberry.type
class OrganisationMutations:
    @strawberry.mutation(description="Create an organisation with its first member, an owner, and sign in.")
    async def sign_up(self, given: SignUpInput) -> Session:
        await service.sign_up(
            SignUp(
                legal_name=given.legal_name,
                country=given.country,
                sectors=tuple(given.sectors),
                name=given.name,
                email=given.email,
                password=given.password,
            )
        )
        return Session(token=await service.sign_in(given.email, given.password))

    @strawberry.mutation(description="Sign in with e-mail address and password.")
    async def sign_in(self, email: str, password: str) -> Session:
        return Session(token=await service.sign_in(email, password))
