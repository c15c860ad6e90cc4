"""Tenants, their members, and who is signed in."""

from __future__ import annotations

from piccolo.columns import (
    UUID,
    Array,
    Boolean,
    Bytea,
    ForeignKey,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table


class Organisation(Table):
    """A tenant: a company, a buyer, an auditor's team or an NGO."""

    id = UUID(primary_key=True, default=None)
    legal_name = Varchar(length=200)
    country = Varchar(length=2)
    lei = Varchar(length=20, null=True, default=None)
    sectors = Array(base_column=Varchar(length=20))
    is_sample = Boolean(default=False)
    created_at = Timestamptz()


class Member(Table):
    """A person who signs in for one organisation. Personal data stands here and nowhere else."""

    id = UUID(primary_key=True, default=None)
    organisation = ForeignKey(references=Organisation, on_delete=OnDelete.cascade, null=False)
    email = Varchar(length=254, unique=True)
    name = Varchar(length=120)
    password_hash = Text(null=True, default=None)
    roles = Array(base_column=Varchar(length=20))
    created_at = Timestamptz()


class Session(Table):
    """Somebody signed in. Only the digest of the cookie's token is kept, so a leaked table opens nothing."""

    id = UUID(primary_key=True, default=None)
    token_digest = Bytea(unique=True)
    member = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False)
    created_at = Timestamptz()
    expires_at = Timestamptz()


class Invitation(Table):
    """A link by which a new member sets a password, once. Only the digest of its token is kept."""

    id = UUID(primary_key=True, default=None)
    token_digest = Bytea(unique=True)
    member = ForeignKey(references=Member, on_delete=OnDelete.cascade, null=False)
    expires_at = Timestamptz()


class SignInAttempt(Table):
    """A failed sign-in, by the digest of its e-mail address: what slows guessing down."""

    id = UUID(primary_key=True, default=None)
    email_digest = Bytea(index=True)
    at = Timestamptz()
