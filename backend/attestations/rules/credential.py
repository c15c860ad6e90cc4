"""The attestation as a W3C Verifiable Credential 2.0 (attestation.md, Profile). All figures are integers.

The place of `credentialStatus` is beside `validUntil`; it comes with the status list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.assessments.rules.scorecard import BasisScore, Scorecard
from backend.kernel.vocabulary import Assurance, Basis

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
CONTEXT_PATH = "/contexts/attestation/v1"
TYPE = "Para73Attestation"


@dataclass(frozen=True, slots=True)
class Statement:
    """What an attestation says. `commitments` are the sorted digests of answers and decoys. No personal data."""

    attestation_id: UUID
    organisation_id: UUID
    legal_name: str
    country: str
    lei: str | None
    is_sample: bool
    sectors: tuple[str, ...]
    period: int
    modules: tuple[str, ...]
    scorecard: Scorecard
    assurance: Assurance
    auditor: str | None
    commitments: tuple[str, ...]
    issued_at: datetime
    valid_until: datetime
    supersedes: UUID | None = None


def contexts(base_url: str) -> list[str]:
    """Return the `@context` of every attestation: two addresses, never an inline object."""
    return [CREDENTIALS_V2, base_url + CONTEXT_PATH]


def build_credential(statement: Statement, base_url: str, issuer: str) -> dict[str, Any]:
    """Return the unsigned credential."""
    subject: dict[str, Any] = {
        "id": f"urn:uuid:{statement.organisation_id}",
        "type": "Organisation",
        "legalName": statement.legal_name,
        "country": statement.country,
        "sectors": list(statement.sectors),
        "period": statement.period,
        "questionnaire": {
            "modules": list(statement.modules),
            "digest": statement.scorecard.questionnaire_digest,
        },
        "method": {"number": statement.scorecard.method, "digest": statement.scorecard.method_digest},
        "scores": scores_content(statement.scorecard.bases),
        "counts": _counts(statement.scorecard),
        "assurance": statement.assurance.value,
        "answersCommitments": list(statement.commitments),
    }
    if statement.lei:
        subject["lei"] = statement.lei
    if statement.auditor:
        subject["auditor"] = statement.auditor
    if statement.is_sample:
        subject["sample"] = True
    if statement.supersedes:
        subject["supersedes"] = f"{base_url}/attestations/{statement.supersedes}"
    return {
        "@context": contexts(base_url),
        "id": f"{base_url}/attestations/{statement.attestation_id}",
        "type": ["VerifiableCredential", TYPE],
        "issuer": issuer,
        "validFrom": _instant(statement.issued_at),
        "validUntil": _instant(statement.valid_until),
        "credentialSubject": subject,
    }


def scores_content(bases: Mapping[Basis, BasisScore]) -> dict[str, Any]:
    """Return the scores on the three bases as a credential states them."""
    return {basis.value: _basis(bases[basis]) for basis in Basis}


def columns_of(credential: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the database keeps beside a credential for lists, by column, read back from what was signed.

    For a credential that `build_credential` made; it raises KeyError or ValueError for others.
    """
    subject = credential["credentialSubject"]
    earlier = subject.get("supersedes")
    return {
        "id": _last_part(credential["id"]),
        "organisation": UUID(subject["id"]),
        "company_name": subject["legalName"],
        "country": subject["country"],
        "is_sample": subject.get("sample", False),
        "sectors": subject["sectors"],
        "period": subject["period"],
        **{f"{basis.value}_bp": subject["scores"][basis.value]["scoreBp"] for basis in Basis},
        "supersedes": _last_part(earlier) if earlier else None,
        "issued_at": datetime.fromisoformat(credential["validFrom"]),
        "valid_until": datetime.fromisoformat(credential["validUntil"]),
    }


def context_document() -> dict[str, Any]:
    """Return our JSON-LD context: immutable under its version. Figures are kept as plain JSON (`@json`)."""
    vocabulary = "urn:para73:v1:"
    plain = ("legalName", "country", "lei", "sectors", "period", "assurance", "auditor", "sample", "answersCommitments")
    as_json = ("questionnaire", "method", "scores", "counts")
    terms: dict[str, Any] = {name: vocabulary + name for name in plain}
    terms |= {name: {"@id": vocabulary + name, "@type": "@json"} for name in as_json}
    terms["supersedes"] = {"@id": vocabulary + "supersedes", "@type": "@id"}
    types = {name: vocabulary + name for name in (TYPE, "Organisation")}
    return {"@context": {"@version": 1.1, "@protected": True, **types, **terms}}


def _basis(score: BasisScore) -> dict[str, Any]:
    part: dict[str, Any] = {
        "scoreBp": score.score_bp,
        "uncappedBp": score.uncapped_bp,
        "level": score.level.value if score.level else None,
        "failedCritical": list(score.failed_critical),
        "clauses": {clause.value: one.score_bp for clause, one in score.clauses.items()},
    }
    if score.level_withheld:
        part["levelWithheld"] = score.level_withheld
    return part


def _counts(scorecard: Scorecard) -> Mapping[str, int]:
    counts = scorecard.counts
    return {
        "questions": counts.questions,
        "applicable": counts.applicable,
        "answered": counts.answered,
        "notApplicable": counts.not_applicable,
        "unknown": counts.unknown,
        "evidenced": counts.evidenced,
        "verified": counts.verified,
    }


def _last_part(address: str) -> UUID:
    return UUID(address.rsplit("/", 1)[-1])


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
