"""Data Integrity proofs with cryptosuite `eddsa-jcs-2022` (W3C vc-di-eddsa), stricter than the standard.

`proof.@context` must equal the document's: the standard lets a stranger append contexts, and so meanings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.attestations.rules.multikey import decode_base58
from backend.kernel.canonical import canonical_bytes
from backend.kernel.errors import Invalid

CRYPTOSUITE = "eddsa-jcs-2022"
SIGNATURE_BYTES = 64
MAX_SIGNATURE_LENGTH = 100
_MEMBERS = {"@context", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}


def add_proof(
    document: Mapping[str, Any], verification_method: str, created: datetime, sign: Callable[[bytes], bytes]
) -> dict[str, Any]:
    """Return the document with its proof. `created` is aware UTC; what `sign` raises goes through."""
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
        "@context": document["@context"],
    }
    signature = sign(signed_data(document, options))
    value = "z" + base58.b58encode(signature).decode("ascii")
    return {**document, "proof": {**options, "proofValue": value}}


def signed_data(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    """Return the 64 bytes that are signed: the hash of the proof's options, then the document's."""
    return hashlib.sha256(canonical_bytes(options)).digest() + hashlib.sha256(canonical_bytes(document)).digest()


def why_proof_fails(document: Mapping[str, Any], public_key: bytes) -> str | None:
    """Return why the document's proof does not hold under this key, or None where it does. Never raises."""
    proof = document.get("proof")
    if not isinstance(proof, dict) or set(proof) != _MEMBERS:
        return "It carries no proof of the form that Para73 writes."
    if proof["type"] != "DataIntegrityProof" or proof["cryptosuite"] != CRYPTOSUITE:
        return f"Its proof is not of the kind {CRYPTOSUITE}."
    if proof["proofPurpose"] != "assertionMethod":
        return "Its proof was made for another purpose."
    if proof["@context"] != document.get("@context"):
        return "Its proof names other contexts than the attestation itself."
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        signature = decode_base58(str(proof["proofValue"]), MAX_SIGNATURE_LENGTH)
        if len(signature) != SIGNATURE_BYTES:
            return "Its signature has the wrong length."
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, signed_data(unsigned, options))
    except (Invalid, ValueError) as error:
        return f"Its signature cannot be read: {error}."
    except InvalidSignature:
        return "Its signature does not fit its content: something in it was changed."
    return None
