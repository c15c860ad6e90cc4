"""Attestations made by the rules alone, with fixed keys and a log of a few entries, for whoever verifies them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.assessments.rules.scorecard import BasisScore, ClauseScore, Counts, Scorecard
from backend.attestations.rules.commitments import commitments, make_disclosure
from backend.attestations.rules.credential import Statement, build_credential
from backend.attestations.rules.did import did_web, key_id
from backend.attestations.rules.integrity import add_proof
from backend.attestations.rules.multikey import encode_multikey
from backend.attestations.rules.verify import Trust
from backend.kernel.canonical import canonical_digest
from backend.kernel.vocabulary import Assurance, Basis, Clause, Level
from backend.transparency.rules.checkpoint import Checkpoint, NoteKey, checkpoint_body, sign_note
from backend.transparency.rules.entries import LogStatement, StatementType, entry_bytes
from backend.transparency.rules.merkle import inclusion_proof, leaf_hash, root_of
from backend.transparency.rules.proofs import TlogProof, format_tlog_proof

BASE_URL = "https://para73.example"
ISSUER = did_web(BASE_URL)
ATTESTATION_ID = UUID("01936a8b-5a00-7000-8000-000000000073")
ISSUED_AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
VALID_UNTIL = datetime(2027, 11, 24, 10, tzinfo=UTC)

Sign = Callable[[bytes], bytes]


def private(number: int) -> Ed25519PrivateKey:
    """Return the same key for the same number."""
    return Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))


def multikey(key: Ed25519PrivateKey) -> str:
    return encode_multikey(key.public_key().public_bytes_raw())


CREDENTIAL_KEY, LOG_PRIVATE = private(1), private(2)
LOG_KEY = NoteKey("para73.example/log", LOG_PRIVATE.public_key().public_bytes_raw())
TRUST = Trust(ISSUER, (multikey(CREDENTIAL_KEY),), LOG_KEY.vkey)


def a_scorecard() -> Scorecard:
    """Return one where each basis differs: capped, without a level, and without a score."""

    def clauses(*scores: int) -> dict[Clause, ClauseScore]:
        return {clause: ClauseScore(score, score * 3, 3) for clause, score in zip(Clause, scores, strict=False)}

    bases = {
        Basis.DECLARED: BasisScore(4900, 7312, Level.BUILDING, None, ("C08",), clauses(8000, 7000, 6600)),
        Basis.EVIDENCED: BasisScore(1250, 1250, None, "Too little of it applies.", ("C01", "C08"), clauses(2000, 500)),
        Basis.VERIFIED: BasisScore(None, None, None, None, (), {}),
    }
    counts = Counts(40, 38, 30, 2, 5, 12, 0)
    return Scorecard(1, "sha-256:" + "1" * 64, "sha-256:" + "2" * 64, bases, counts, {}, None)


def a_statement(**changes: Any) -> Statement:
    """Return what an attestation of an invented company says."""
    disclosures = [make_disclosure("c2FsdA", "C01", {"value": "yes"})]
    statement = Statement(
        attestation_id=ATTESTATION_ID,
        organisation_id=UUID("01936a8b-5a00-7000-8000-000000000001"),
        legal_name="Invented Hotels Ltd – Møllegård",
        country="KE",
        lei=None,
        is_sample=False,
        sectors=("tourism",),
        period=2026,
        modules=("core@2026.1", "tourism@2026.1"),
        scorecard=a_scorecard(),
        assurance=Assurance.SELF_DECLARED,
        auditor=None,
        commitments=tuple(commitments(disclosures, [bytes([7]) * 32])),
        issued_at=ISSUED_AT,
        valid_until=VALID_UNTIL,
    )
    return replace(statement, **changes)


def signed(document: dict[str, Any], key: Ed25519PrivateKey = CREDENTIAL_KEY, method: str | None = None) -> Any:
    """Return the document with a proof by `key`, which says that it was made by `method`."""
    named = method if method is not None else key_id(ISSUER, multikey(key))
    return add_proof(document, named, ISSUED_AT, key.sign)


def an_unsigned(**changes: Any) -> dict[str, Any]:
    return build_credential(a_statement(**changes), BASE_URL, ISSUER)


def a_credential(**changes: Any) -> dict[str, Any]:
    credential: dict[str, Any] = signed(an_unsigned(**changes))
    return credential


def an_entry(credential: dict[str, Any], kind: StatementType = "issued", **changes: Any) -> bytes:
    """Return the log's entry about a credential."""
    statement = LogStatement(kind, str(credential["id"]).rsplit("/", 1)[-1], canonical_digest(credential), ISSUED_AT)
    return entry_bytes(replace(statement, **changes))


def a_log(*entries: bytes, at: int = 3) -> list[bytes]:
    """Return a log of these entries one after the other from index `at`, among others."""
    others = [an_entry({"id": f"other/{number}"}, "questionnaire") for number in range(at + 2)]
    return [*others[:at], *entries, *others[at:]]


def a_note(entries: Sequence[bytes], key: NoteKey = LOG_KEY, sign: Sign = LOG_PRIVATE.sign, origin: str = "") -> str:
    root = root_of([leaf_hash(entry) for entry in entries])
    return sign_note(checkpoint_body(Checkpoint(origin or key.name, len(entries), root)), key, sign)


def a_proof(entries: Sequence[bytes], index: int = 3, note: str | None = None) -> str:
    """Return the tlog-proof of one entry under a checkpoint over all of them."""
    leaves = [leaf_hash(entry) for entry in entries]

    def node(level: int, place: int) -> bytes:
        return root_of(leaves[place << level : (place + 1) << level])

    hashes = tuple(inclusion_proof(index, len(entries), node))
    return format_tlog_proof(TlogProof(index, hashes, note or a_note(entries), entries[index]))
