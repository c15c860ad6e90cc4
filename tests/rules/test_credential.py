"""The credential's profile (attestation.md): integers, addresses as contexts, digests of answers, nobody's name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.assessments.rules.scoring import score
from backend.attestations.rules.credential import (
    Statement,
    build_credential,
    columns_of,
    context_document,
    contexts,
    scores_content,
)
from backend.kernel.canonical import MAX_SAFE_INTEGER, canonical_bytes, canonical_digest, strict_json
from backend.kernel.vocabulary import Assurance, Basis, Level
from tests.attested import BASE_URL, ISSUED_AT, ISSUER, VALID_UNTIL, a_statement, an_unsigned
from tests.builders import REFERENCE_DATE, Case, cases

EARLIER = UUID("01936a8b-5a00-7000-8000-000000000072")
ALL = {
    "lei": "529900T8BM49AURSDO55",
    "is_sample": True,
    "auditor": "Invented Auditors Ltd",
    "assurance": Assurance.ON_SITE,
    "supersedes": EARLIER,
}


def leaves(value: Any) -> Iterator[Any]:
    """Yield every value that is no list and no object."""
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield value


def names(value: Any) -> set[str]:
    """Return every key at any depth."""
    if isinstance(value, dict):
        return set(value) | set().union(*(names(part) for part in value.values()))
    return set().union(*(names(part) for part in value)) if isinstance(value, list) else set()


def test_the_whole_credential() -> None:
    digits = {number: "sha-256:" + number * 64 for number in "12"}
    assert an_unsigned() == {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://para73.example/contexts/attestation/v1"],
        "id": "https://para73.example/attestations/01936a8b-5a00-7000-8000-000000000073",
        "type": ["VerifiableCredential", "Para73Attestation"],
        "issuer": "did:web:para73.example",
        "validFrom": "2026-11-24T10:00:00Z",
        "validUntil": "2027-11-24T10:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:01936a8b-5a00-7000-8000-000000000001",
            "type": "Organisation",
            "legalName": "Invented Hotels Ltd – Møllegård",
            "country": "KE",
            "sectors": ["tourism"],
            "period": 2026,
            "questionnaire": {"modules": ["core@2026.1", "tourism@2026.1"], "digest": digits["2"]},
            "method": {"number": 1, "digest": digits["1"]},
            "scores": {
                "declared": {
                    "scoreBp": 4900,
                    "uncappedBp": 7312,
                    "level": "Building",
                    "failedCritical": ["C08"],
                    "clauses": {"a": 8000, "b": 7000, "c": 6600},
                },
                "evidenced": {
                    "scoreBp": 1250,
                    "uncappedBp": 1250,
                    "level": None,
                    "levelWithheld": "Too little of it applies.",
                    "failedCritical": ["C01", "C08"],
                    "clauses": {"a": 2000, "b": 500},
                },
                "verified": {
                    "scoreBp": None,
                    "uncappedBp": None,
                    "level": None,
                    "failedCritical": [],
                    "clauses": {},
                },
            },
            "counts": {
                "questions": 40,
                "applicable": 38,
                "answered": 30,
                "notApplicable": 2,
                "unknown": 5,
                "evidenced": 12,
                "verified": 0,
            },
            "assurance": "self-declared",
            "answersCommitments": list(a_statement().commitments),
        },
    }


def test_what_is_not_known_is_left_out_and_what_is_known_is_there() -> None:
    bare, whole = an_unsigned()["credentialSubject"], an_unsigned(**ALL)["credentialSubject"]
    assert whole == {
        **bare,
        "lei": "529900T8BM49AURSDO55",
        "sample": True,
        "auditor": "Invented Auditors Ltd",
        "assurance": "on-site",
        "supersedes": f"https://para73.example/attestations/{EARLIER}",
    }


def test_contexts_are_addresses_and_ours_names_its_version() -> None:
    assert contexts(BASE_URL) == [
        "https://www.w3.org/ns/credentials/v2",
        "https://para73.example/contexts/attestation/v1",
    ]


def test_version_1_of_our_context_never_changes() -> None:
    """Verifiers keep it for ever. Another vocabulary is another version, at another address."""
    pinned = "sha-256:fa8d0913d9d097d2c70c463fe31ff96857237e4d4ac6343a8562f1f3d9356bdc"
    assert canonical_digest(context_document()) == pinned


def test_our_context_defines_every_name_that_a_subject_has() -> None:
    defined = set(context_document()["@context"])
    as_json = {name for name, term in context_document()["@context"].items() if _is_json(term)}
    subject = an_unsigned(**ALL)["credentialSubject"]
    assert set(subject) - {"id", "type"} <= defined
    assert {name for name, value in subject.items() if isinstance(value, dict)} == as_json
    assert {"Para73Attestation", subject["type"]} <= defined


def _is_json(term: Any) -> bool:
    return isinstance(term, dict) and term.get("@type") == "@json"


@given(cases())
def test_every_figure_is_an_integer_and_the_rest_is_text(case: Case) -> None:
    questionnaire, answers, verifications = case
    scorecard = score(questionnaire, answers, REFERENCE_DATE, verifications)
    credential = build_credential(a_statement(scorecard=scorecard, **ALL), BASE_URL, ISSUER)
    figures = [value for value in leaves(credential) if not isinstance(value, str) and value is not None]
    assert {type(value) for value in figures} == {int, bool}
    assert all(0 <= value <= MAX_SAFE_INTEGER for value in figures)
    assert [value for value in figures if value is True] == [True]
    assert strict_json(canonical_bytes(credential)) == credential
    scores = credential["credentialSubject"]["scores"]
    assert scores == scores_content(scorecard.bases)
    for basis in Basis:
        assert scores[basis]["scoreBp"] == scorecard.bases[basis].score_bp
        assert scores[basis]["failedCritical"] == list(scorecard.bases[basis].failed_critical)


def test_it_says_nothing_of_a_person() -> None:
    """A statement has no place for one, and every text in the credential comes from the statement or is a word."""
    assert {field.name for field in fields(Statement)} == {
        "attestation_id",
        "organisation_id",
        "legal_name",
        "country",
        "lei",
        "is_sample",
        "sectors",
        "period",
        "modules",
        "scorecard",
        "assurance",
        "auditor",
        "commitments",
        "issued_at",
        "valid_until",
        "supersedes",
    }
    statement = a_statement(**ALL)
    said = {
        *contexts(BASE_URL),
        *("VerifiableCredential", "Para73Attestation", "Organisation", ISSUER),
        *(f"{BASE_URL}/attestations/{one}" for one in (statement.attestation_id, EARLIER)),
        f"urn:uuid:{statement.organisation_id}",
        *(statement.legal_name, statement.country, statement.lei, statement.auditor, statement.assurance.value),
        *statement.sectors,
        *statement.modules,
        *statement.commitments,
        *(statement.scorecard.questionnaire_digest, statement.scorecard.method_digest),
        *("2026-11-24T10:00:00Z", "2027-11-24T10:00:00Z"),
        *(level.value for level in Level),
        *(basis.level_withheld for basis in statement.scorecard.bases.values()),
        *(one for basis in statement.scorecard.bases.values() for one in basis.failed_critical),
    }
    assert {text for text in leaves(an_unsigned(**ALL)) if isinstance(text, str)} <= said


def test_answers_are_in_it_as_digests_alone() -> None:
    """Nor does it hold what single answers could be worked out from."""
    credential = an_unsigned()
    assert not names(credential) & {"answers", "points", "numerator", "denominator", "gaveBp", "weight"}
    assert all(len(one) == 43 for one in credential["credentialSubject"]["answersCommitments"])


@pytest.mark.parametrize("changes", [{}, ALL])
def test_what_lists_show_reads_back_from_what_was_signed(changes: dict[str, Any]) -> None:
    statement = a_statement(**changes)
    assert columns_of(build_credential(statement, BASE_URL, ISSUER)) == {
        "id": statement.attestation_id,
        "organisation": statement.organisation_id,
        "company_name": statement.legal_name,
        "country": statement.country,
        "is_sample": statement.is_sample,
        "sectors": list(statement.sectors),
        "period": statement.period,
        "declared_bp": 4900,
        "evidenced_bp": 1250,
        "verified_bp": None,
        "supersedes": statement.supersedes,
        "issued_at": ISSUED_AT,
        "valid_until": VALID_UNTIL,
    }


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_times_are_whole_seconds_in_utc(at: datetime) -> None:
    issued = replace(a_statement(), issued_at=at.replace(tzinfo=UTC), valid_until=at.replace(tzinfo=UTC))
    credential = build_credential(issued, BASE_URL, ISSUER)
    assert credential["validFrom"] == credential["validUntil"] == at.strftime("%Y-%m-%dT%H:%M:%S") + "Z"
    assert at.replace(tzinfo=UTC) - columns_of(credential)["issued_at"] < timedelta(seconds=1)
