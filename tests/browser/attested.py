"""An attestation of an invented company under keys of its own.

Made by the same rules as the server's, without a server: a small log of ten entries, the attestation at place five.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.attestations.rules.bundle import make_bundle
from backend.attestations.rules.did import key_id
from backend.attestations.rules.integrity import add_proof
from backend.attestations.rules.multikey import encode_multikey
from backend.attestations.rules.verify import Trust
from backend.kernel.canonical import canonical_digest
from backend.transparency.rules.checkpoint import Checkpoint, NoteKey, checkpoint_body, sign_note
from backend.transparency.rules.entries import LogStatement, entry_bytes
from backend.transparency.rules.merkle import inclusion_proof, leaf_hash, root_of
from backend.transparency.rules.proofs import TlogProof, format_tlog_proof

ISSUER = "did:web:para73.test"
ORIGIN = "para73.test/log"
PLACE, SIZE = 5, 10
ID = UUID("01920000-0000-7000-8000-000000000001")
ISSUED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
UNTIL = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
BASES = {"declared": 8250, "evidenced": 6100, "verified": None}
Json = dict[str, Any]


def _key(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


CREDENTIAL_KEY, LOG_KEY, STRANGER = _key(1), _key(2), _key(3)
MULTIKEY = encode_multikey(CREDENTIAL_KEY.public_key().public_bytes_raw())
OTHER_MULTIKEY = encode_multikey(STRANGER.public_key().public_bytes_raw())
LOG_NOTE_KEY = NoteKey(ORIGIN, LOG_KEY.public_key().public_bytes_raw())
OTHER_LOG = NoteKey(ORIGIN, STRANGER.public_key().public_bytes_raw())
TRUST = Trust(ISSUER, (MULTIKEY,), LOG_NOTE_KEY.vkey)


@dataclass(frozen=True)
class Making:
    """How an attestation is made; a test replaces what it wants otherwise. It is signed after every change."""

    change: Callable[[Json], None] = lambda credential: None
    key: Ed25519PrivateKey = CREDENTIAL_KEY
    entry: Callable[[LogStatement], bytes] = entry_bytes
    origin: str = ORIGIN
    signer: str = ORIGIN
    log_key: Ed25519PrivateKey = LOG_KEY
    proof: Callable[[TlogProof], TlogProof] = field(default=lambda proof: proof)


def unsigned() -> Json:
    scores: Json = {
        basis: {"scoreBp": bp, "uncappedBp": bp, "level": "Leading" if bp else None, "failedCritical": []}
        for basis, bp in BASES.items()
    }
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", "http://para73.test/contexts/attestation/v1"],
        "id": f"http://para73.test/attestations/{ID}",
        "type": ["VerifiableCredential", "Para73Attestation"],
        "issuer": ISSUER,
        "validFrom": "2026-03-01T09:00:00Z",
        "validUntil": "2027-03-01T09:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:01920000-0000-7000-8000-0000000000aa",
            "type": "Organisation",
            "legalName": "Sample Mañana Ünlü 旅館 \U0001f3e8 Ltd",
            "country": "KE",
            "sectors": ["tourism"],
            "period": 2026,
            "scores": scores,
            "assurance": "self-declared",
            "sample": True,
        },
    }


def credential_of(making: Making) -> Json:
    document = unsigned()
    making.change(document)
    method = key_id(ISSUER, encode_multikey(making.key.public_key().public_bytes_raw()))
    return add_proof(document, method, ISSUED, making.key.sign)


def proof_of(credential: Json, making: Making) -> str:
    statement = LogStatement("issued", str(ID), canonical_digest(credential), ISSUED)
    entries = [f"entry {number}".encode() for number in range(SIZE)]
    entries[PLACE] = making.entry(statement)
    leaves = [leaf_hash(entry) for entry in entries]
    hashes = inclusion_proof(PLACE, SIZE, lambda level, at: root_of(leaves[at << level : (at + 1) << level]))
    key = NoteKey(making.signer, making.log_key.public_key().public_bytes_raw())
    note = sign_note(checkpoint_body(Checkpoint(making.origin, SIZE, root_of(leaves))), key, making.log_key.sign)
    return format_tlog_proof(making.proof(TlogProof(PLACE, tuple(hashes), note, entries[PLACE])))


def bundle_of(making: Making | None = None) -> bytes:
    how = making or Making()
    credential = credential_of(how)
    return make_bundle(credential, proof_of(credential, how))


@cache
def genuine() -> tuple[Json, str, bytes]:
    """Return (credential, proof, bundle) of the attestation that holds."""
    credential = credential_of(Making())
    proof = proof_of(credential, Making())
    return credential, proof, make_bundle(credential, proof)
