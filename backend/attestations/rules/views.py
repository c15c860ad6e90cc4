"""What the attestations package hands out: frozen values, never rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backend.assessments.rules.scorecard import BasisScore
from backend.kernel.vocabulary import Basis


class AttestationStatus(StrEnum):
    """What an attestation is today. It is never edited; a later one takes its place."""

    VALID = "valid"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class ScoreOrder(StrEnum):
    """How a list of published scores is sorted."""

    NEWEST = "newest"
    HIGHEST_DECLARED = "highest_declared"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class ScoreFilter:
    """Which published scores: each part None for all. `search` looks into company names."""

    country: str | None = None
    sector: str | None = None
    period: int | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class PublishedAttestation:
    """A public attestation as lists show it. `log_index` is covered by the head that the list speaks for."""

    id: UUID
    organisation_id: UUID
    company_name: str
    country: str
    is_sample: bool
    sectors: tuple[str, ...]
    period: int
    bases: Mapping[Basis, BasisScore]
    digest: str
    log_index: int
    issued_at: datetime
    valid_until: datetime
    supersedes: UUID | None
    superseded_by: UUID | None
    status: AttestationStatus


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """One page of published scores. `tree_size` is the head it speaks for; `next_cursor` is None at the end.

    `total`, over all pages, is None where it was not asked for.
    """

    items: tuple[PublishedAttestation, ...]
    total: int | None
    next_cursor: str | None
    tree_size: int


@dataclass(frozen=True, slots=True)
class AttestationDetail:
    """A public attestation with its credential: `credential_text` byte for byte as signed, and its JSON value."""

    attestation: PublishedAttestation
    credential_text: str
    credential: Mapping[str, Any]
    tree_size: int


@dataclass(frozen=True, slots=True)
class OwnAttestation:
    """What the organisation sees of its own: `is_public` once a published checkpoint covers it."""

    id: UUID
    assessment_id: UUID
    log_index: int
    issued_at: datetime
    is_public: bool


@dataclass(frozen=True, slots=True)
class KeyView:
    """The public part of a signing key; `id` is a Multikey under the issuer, or the log's verifier key."""

    id: str
    purpose: str
    public_key: str
    added_at: datetime
    retired_at: datetime | None
