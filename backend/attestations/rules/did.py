"""The issuer's name on the web (did:web) and the document that lists its keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit


def did_web(base_url: str) -> str:
    """Return the did:web of a site: the host, a port percent-encoded."""
    return f"did:web:{urlsplit(base_url).netloc.replace(':', '%3A')}"


def key_id(did: str, multikey: str) -> str:
    """Return the name under which proofs refer to a key."""
    return f"{did}#{multikey}"


def did_document(did: str, multikeys: Sequence[str]) -> dict[str, Any]:
    """Return the DID document with every key that may have signed a credential, retired ones included."""
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [
            {"id": key_id(did, one), "type": "Multikey", "controller": did, "publicKeyMultibase": one}
            for one in multikeys
        ],
        "assertionMethod": [key_id(did, one) for one in multikeys],
    }
