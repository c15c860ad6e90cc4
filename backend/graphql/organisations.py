"""Sign up, sign in, and who is asking."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import argument

from backend.graphql.context import PInfo
from backend.organisations import service
from backend.organisations.rules.people import SignUp


@strawberry.type(description="A tenant, seen by its own members.")
class Organisation:
    id: strawberry.ID = strawberry.field(description="A UUID.")
    legal_name: str = strawberry.field(description="As registered; it stands on attestations.")
    country: str = strawberry.field(description="ISO 3166-1, two letters.")
    sectors: list[str] = strawberry.field(description="Its sectors, which decide what it is asked.")


@strawberry.type(description="A session. Send its token as `Authorization: Bearer <token>`.")
class Session:
    token: str = strawberry.field(
        description="Keep it as you would keep a password. It ends after the days that the server sets."
    )


@strawberry.input(description="A new organisation and its first member.")
class SignUpInput:
    legal_name: str = strawberry.field(description="As registered, 2 to 200 characters.")
    country: str = strawberry.field(description="Where it is registered: ISO 3166-1, two letters.")
    sectors: list[str] = strawberry.field(description="One sector or more, such as tourism.")
    name: str = strawberry.field(description="The member's name, at most 120 characters.")
    email: str = strawberry.field(description="What the member signs in with.")
    password: str = strawberry.field(description="12 to 200 characters.")


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
    async def sign_up(
        self, given: Annotated[SignUpInput, argument(description="The organisation and its owner.")]
    ) -> Session:
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
    async def sign_in(
        self,
        email: Annotated[str, argument(description="The address that the member signed up with.")],
        password: Annotated[str, argument(description="The member's password.")],
    ) -> Session:
        return Session(token=await service.sign_in(email, password))
