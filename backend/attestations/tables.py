"""Attestations as they were signed, and the public part of the keys that signed them."""

from __future__ import annotations

from typing import Any

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    ForeignKey,
    Integer,
    LazyTableReference,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table


class Attestation(Table):
    """A signed credential, byte for byte, with the figures that public lists are made of.

    Public only from the moment that a checkpoint covers `log_index`.
    """

    id = UUID(primary_key=True, default=None)
    organisation: ForeignKey[Any] = ForeignKey(
        references=LazyTableReference("Organisation", app_name="organisations"),
        on_delete=OnDelete.restrict,
        null=False,
    )
    assessment: ForeignKey[Any] = ForeignKey(
        references=LazyTableReference("Assessment", app_name="assessments"),
        on_delete=OnDelete.restrict,
        null=False,
        unique=True,
    )
    company_name = Varchar(length=200)
    country = Varchar(length=2, index=True)
    is_sample = Boolean(default=False)
    sectors = Array(base_column=Varchar(length=20))
    period = Integer()
    declared_bp = Integer(null=True, default=None)
    evidenced_bp = Integer(null=True, default=None)
    verified_bp = Integer(null=True, default=None)
    bases = JSONB()
    credential = Text()
    digest = Varchar(length=80, unique=True)
    log_index = BigInt(unique=True)
    supersedes = UUID(null=True, default=None, index=True)
    issued_at = Timestamptz()
    valid_until = Timestamptz()


class CommittedAnswer(Table):
    """The salt behind each digest in `answersCommitments`. Erasing it makes the digest mean nothing."""

    id = UUID(primary_key=True, default=None)
    attestation = ForeignKey(references=Attestation, on_delete=OnDelete.cascade, null=False)
    question_id = Varchar(length=40)
    disclosure = Text()


class SigningKey(Table):
    """The public part of a key. Adding and retiring one is a log entry each."""

    id = Varchar(length=200, primary_key=True)
    purpose = Varchar(length=20)
    public_key = Text()
    added_at = Timestamptz()
    retired_at = Timestamptz(null=True, default=None)
