"""All SQL of organisations. Reads of members take the actor, so that tenancy stands in one place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.adapters.db import fetch, reading
from backend.kernel.actor import Actor
from backend.kernel.vocabulary import Role
from backend.organisations.rules.people import MemberView, OrganisationView
from backend.organisations.tables import Invitation, Member, Organisation, Session, SignInAttempt


def _organisation(row: dict[str, Any]) -> OrganisationView:
    return OrganisationView(
        row["id"], row["legal_name"], row["country"], row["lei"], tuple(row["sectors"]), row["is_sample"]
    )


def _member(row: dict[str, Any]) -> MemberView:
    roles = tuple(Role(role) for role in row["roles"])
    return MemberView(row["id"], row["name"], row["email"], roles, row["password_hash"] is not None)


@reading
async def find_own_organisation(actor: Actor) -> OrganisationView | None:
    row = await Organisation.select().where(Organisation.id == actor.organisation_id).first()
    return _organisation(row) if row else None


@reading
async def list_members(actor: Actor) -> list[MemberView]:
    rows = await Member.select().where(Member.organisation == actor.organisation_id).order_by(Member.created_at)
    return [_member(row) for row in rows]


@reading
async def find_sign_in(email: str) -> dict[str, Any] | None:
    """Return id and password_hash of the member with this address, before anybody is signed in."""
    return await Member.select(Member.id, Member.password_hash).where(Member.email == email).first()


@reading
async def find_session(token_digest: bytes, at: datetime) -> dict[str, Any] | None:
    """Return the member behind a live session: id, organisation, name, roles."""
    row = await (
        Session.select(
            Session.member.id.as_alias("id"),
            Session.member.organisation.as_alias("organisation"),
            Session.member.name.as_alias("name"),
            Session.member.roles.as_alias("roles"),
        )
        .where((Session.token_digest == token_digest) & (Session.expires_at > at))
        .first()
    )
    return row


async def lock_address(email_digest: bytes) -> None:
    """Wait until no other try for this address is being counted, until commit."""
    await fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 74))", email_digest.hex())


@reading
async def count_failed_sign_ins(email_digest: bytes, since: datetime) -> int:
    found: int = await SignInAttempt.count().where(
        (SignInAttempt.email_digest == email_digest) & (SignInAttempt.at > since)
    )
    return found


async def forget_failed_sign_ins(email_digest: bytes, before: datetime) -> None:
    """Delete this address's failures, and everybody's that are older than a day."""
    await SignInAttempt.delete().where(
        (SignInAttempt.email_digest == email_digest) | (SignInAttempt.at < before - timedelta(days=1))
    )


async def find_invitation_for_update(token_digest: bytes, at: datetime) -> dict[str, Any] | None:
    return await (
        Invitation.select(Invitation.id, Invitation.member)
        .where((Invitation.token_digest == token_digest) & (Invitation.expires_at > at))
        .lock_rows("UPDATE")
        .first()
    )


async def find_invited_for_update(actor: Actor, member_id: UUID) -> dict[str, Any] | None:
    return await (
        Member.select(Member.id)
        .where(
            (Member.id == member_id) & (Member.organisation == actor.organisation_id) & Member.password_hash.is_null()
        )
        .lock_rows("UPDATE")
        .first()
    )


async def email_is_taken(email: str) -> bool:
    return await Member.exists().where(Member.email == email)
