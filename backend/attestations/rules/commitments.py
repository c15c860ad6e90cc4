"""Commitments to answers: SD-JWT disclosure strings, of which the credential holds only sorted digests.

A digest says nothing without its salt, and decoys hide how many questions were answered. Erasing the salt
erases what the digest meant, while the attestation still verifies.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any


def make_disclosure(salt: str, name: str, value: Any) -> str:
    """Return base64url(JSON [salt, name, value]); `salt` is base64url of 16 random bytes."""
    return _base64url(json.dumps([salt, name, value], ensure_ascii=False).encode())


def disclosure_digest(disclosure: str) -> str:
    """Return base64url(SHA-256 of the disclosure's ASCII bytes), as SD-JWT does."""
    return _base64url(hashlib.sha256(disclosure.encode("ascii")).digest())


def commitments(disclosures: Sequence[str], decoys: Sequence[bytes]) -> list[str]:
    """Return the digests of disclosures and of 32-byte decoys together, sorted, so that order tells nothing."""
    return sorted([disclosure_digest(one) for one in disclosures] + [_base64url(one) for one in decoys])


def salt_of(random: bytes) -> str:
    """Return a salt as text."""
    return _base64url(random)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
