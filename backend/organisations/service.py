"""Organisations and who acts for them: sign up, sign in, invite, and from a session to its actor."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from backend.adapters import clock, context
from backend.adapters.countries import country_names
from backend.adapters.db import unit_of_work
from backend.kernel.actor import Actor
from backend.kernel.errors import Invalid, NotFound, TooMany
from backend.kernel.text import is_storable
from backend.kernel.vocabulary import Role
from backend.organisations import queries
from backend.organisations.rules.people import (
    MemberView,
    OrganisationView,
    SignUp,
    check_member,
    check_sign_up,
    wrong_password,
)
from backend.organisations.tables import Invitation, Member, Organisation, Session, SignInAttempt

INVITATION_DAYS = 7
MAX_FAILED_SIGN_INS = 10
FAILED_SIGN_IN_WINDOW = timedelta(minutes=15)

_HASHER = PasswordHasher()
# Verified when there is no such account, so that the answer takes as long as for one that exists.
_NOBODYS_HASH = _HASHER.hash(secrets.token_hex(16))


async def sign_up(given: SignUp, *, is_sample: bool = False) -> tuple[UUID, UUID]:
    """Command: create an organisation with its first member, an owner. Return (organisation_id, member_id).

    Raises Invalid with every field that is wrong, a taken e-mail address among them.
    """
    checked = check_sign_up(given, frozenset(country_names()))
    password_hash = await asyncio.to_thread(_HASHER.hash, checked.password)
    organisation_id, member_id, now = clock.new_id(), clock.new_id(), clock.now()
    async with unit_of_work():
        await _refuse_taken(checked.email)
        await Organisation(
            id=organisation_id,
            legal_name=checked.legal_name,
            country=checked.country,
            sectors=list(checked.sectors),
            is_sample=is_sample,
            created_at=now,
        ).save()
        await Member(
            id=member_id,
            organisation=organisation_id,
            email=checked.email,
            name=checked.name,
            password_hash=password_hash,
            roles=[Role.OWNER.value],
            created_at=now,
        ).save()
    return organisation_id, member_id


async def sign_in(email: str, password: str) -> str:
    """Command: return a new session's token, to be kept in the cookie.

    Raises Invalid when address and password do not belong together, in the same words whether the
    account exists or not, and TooMany after MAX_FAILED_SIGN_INS failures within the window.
    """
    address = email.strip().lower()
    if not is_storable(address + password):
        # Nobody can have signed up with these, and no table could be asked for them.
        raise _wrong_pair()
    address_digest, now = _digest(address), clock.now()
    await _count_try(address_digest, now)
    member = await queries.find_sign_in(address)
    stored = (member or {}).get("password_hash") or _NOBODYS_HASH
    matches = await asyncio.to_thread(_verify, stored, password)
    if member is None or not member["password_hash"] or not matches:
        raise _wrong_pair()
    async with unit_of_work():
        await queries.forget_failed_sign_ins(address_digest, now)
        return await _open_session(member["id"])


async def _count_try(address_digest: bytes, now: datetime) -> None:
    """Count a try as failed before it is made; success forgets it. So a thousand at once are not a thousand tries.

    Raises TooMany.
    """
    async with unit_of_work():
        await queries.lock_address(address_digest)
        if await queries.count_failed_sign_ins(address_digest, now - FAILED_SIGN_IN_WINDOW) >= MAX_FAILED_SIGN_INS:
            seconds = int(FAILED_SIGN_IN_WINDOW.total_seconds())
            raise TooMany("Too many tries for this address. Wait a quarter of an hour, then try again.", seconds)
        await SignInAttempt(id=clock.new_id(), email_digest=address_digest, at=now).save()


def _wrong_pair() -> Invalid:
    return Invalid(
        "E-mail address and password do not belong together.",
        {"password": "Check both, and that the address is the one you signed up with."},
    )


async def sign_out(token: str) -> None:
    """Command: end the session. An unknown one is nothing to complain about."""
    async with unit_of_work():
        await Session.delete().where(Session.token_digest == _digest(token))


async def actor_of_session(token: str) -> Actor | None:
    """Return who holds this session token, or None where it is unknown or has ended."""
    row = await queries.find_session(_digest(token), clock.now())
    if row is None:
        return None
    roles = frozenset(Role(role) for role in row["roles"])
    return Actor(organisation_id=row["organisation"], member_id=row["id"], roles=roles, name=row["name"])


async def invite_member(actor: Actor, name: str, email: str, roles: Iterable[str]) -> str:
    """Command: add a member who has not joined yet; return the token of the invitation's link.

    Owners only. Raises Invalid for a wrong field or a taken address.
    """
    organisation_id, _ = actor.require_role(Role.OWNER)
    name, email, chosen = check_member(name, email, roles)
    member_id, token, now = clock.new_id(), secrets.token_urlsafe(32), clock.now()
    async with unit_of_work():
        await _refuse_taken(email)
        await Member(
            id=member_id,
            organisation=organisation_id,
            email=email,
            name=name,
            roles=[role.value for role in chosen],
            created_at=now,
        ).save()
        await _invite(member_id, token, now)
    return token


async def renew_invitation(actor: Actor, member_id: UUID) -> str:
    """Command: give a member who has not joined yet a new link, and end the old one; return the new token.

    Owners only. Raises NotFound for a member who has joined, or who is not of this organisation.
    """
    actor.require_role(Role.OWNER)
    token = secrets.token_urlsafe(32)
    async with unit_of_work():
        # Invitation first, member second, as accept_invitation does: two orders would lock each other out.
        await Invitation.delete().where(Invitation.member == member_id)
        if await queries.find_invited_for_update(actor, member_id) is None:
            raise NotFound("There is nobody here whose invitation is open.")
        await _invite(member_id, token, clock.now())
    return token


async def accept_invitation(token: str, password: str) -> str:
    """Command: set the new member's password, close the invitation, and return a session token.

    Raises Invalid for a weak password, NotFound for a link that is unknown, used or out of date.
    """
    wrong = wrong_password(password)
    if wrong:
        raise Invalid("Choose another password.", wrong)
    password_hash = await asyncio.to_thread(_HASHER.hash, password)
    async with unit_of_work():
        invitation = await queries.find_invitation_for_update(_digest(token), clock.now())
        if invitation is None:
            raise NotFound("This invitation was used already or is out of date. Ask for a new one.")
        await Member.update({Member.password_hash: password_hash}).where(Member.id == invitation["member"])
        await Invitation.delete().where(Invitation.id == invitation["id"])
        return await _open_session(invitation["member"])


async def get_own_organisation(actor: Actor) -> OrganisationView:
    """Return the actor's organisation. Raises NotSignedIn."""
    actor.require_member()
    found = await queries.find_own_organisation(actor)
    if found is None:
        raise NotFound("This organisation does not exist any more.")
    return found


async def list_members(actor: Actor) -> list[MemberView]:
    """Return the members of the actor's organisation, the first one first. Raises NotSignedIn."""
    actor.require_member()
    return await queries.list_members(actor)


async def _refuse_taken(email: str) -> None:
    if await queries.email_is_taken(email):
        raise Invalid(
            "Some entries need another look.",
            {"email": "This address cannot be used. Sign in with it, or use another one."},
        )


async def _invite(member_id: UUID, token: str, now: datetime) -> None:
    await Invitation(
        id=clock.new_id(),
        token_digest=_digest(token),
        member=member_id,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    ).save()


async def _open_session(member_id: UUID) -> str:
    token, now = secrets.token_urlsafe(32), clock.now()
    await Session(
        id=clock.new_id(),
        token_digest=_digest(token),
        member=member_id,
        created_at=now,
        expires_at=now + timedelta(days=context.current().settings.session_days),
    ).save()
    return token


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
