"""The words of the product as closed sets, so that a misspelt one fails type checking.

Source: product.md, Words; scoring.md, Vocabulary and Levels.
"""

from __future__ import annotations

from enum import StrEnum

FULL_BP = 10_000
"""Every published score is an integer of basis points, 0..FULL_BP."""


class Clause(StrEnum):
    """The eight items of paragraph 73 of the Special Rapporteur's 2011 report."""

    A = "a"
    B = "b"
    C = "c"
    D = "d"
    E = "e"
    F = "f"
    G = "g"
    H = "h"


class Basis(StrEnum):
    """Which answers count; verified <= evidenced <= declared, by construction."""

    DECLARED = "declared"
    EVIDENCED = "evidenced"
    VERIFIED = "verified"


class Level(StrEnum):
    """A score in words; the thresholds stand in scoring.md, Levels."""

    LEADING = "Leading"
    ESTABLISHED = "Established"
    BUILDING = "Building"
    STARTED = "Started"
    NOT_STARTED = "Not started"


class Role(StrEnum):
    """What a member may do in their organisation."""

    OWNER = "owner"
    EDITOR = "editor"
    SIGNATORY = "signatory"
    AUDITOR = "auditor"
    VIEWER = "viewer"


class SectorId(StrEnum):
    """The sectors that have a questionnaire module, or will have one."""

    TOURISM = "tourism"
    ICT = "ict"
    FINANCE = "finance"
    MEDIA = "media"
    AGRICULTURE = "agriculture"
    TRANSPORT = "transport"
    ADVERTISING = "advertising"
    ENTERTAINMENT = "entertainment"


class AssessmentState(StrEnum):
    """An assessment's life (product.md). Published ones are never edited."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"


class VerificationVerdict(StrEnum):
    """An auditor's verdict on one answer; it can confirm or lower, never raise."""

    CONFIRMED = "confirmed"
    LOWERED = "lowered"
    CONTRADICTED = "contradicted"
    UNVERIFIABLE = "unverifiable"


class Assurance(StrEnum):
    """Who looked at the answers behind a score, and how closely."""

    SELF_DECLARED = "self-declared"
    DESK_REVIEW = "desk review"
    ON_SITE = "on-site"


class Form(StrEnum):
    """The whole questionnaire, or the short one that buyers send to suppliers."""

    FULL = "full"
    SUPPLIER = "supplier"
