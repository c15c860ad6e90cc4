"""Attestations: issue, keep keys, read what is public, and check all of it again (fsck)."""

from backend.attestations.service.fsck import fsck
from backend.attestations.service.issuing import publish
from backend.attestations.service.keys import did_json, list_keys, own_trust, own_trust_json, prepare
from backend.attestations.service.reading import (
    count_published,
    credential_context,
    find_public,
    get_bundle,
    get_proof,
    get_public,
    list_own,
    list_published,
)

__all__ = [
    "count_published",
    "credential_context",
    "did_json",
    "find_public",
    "fsck",
    "get_bundle",
    "get_proof",
    "get_public",
    "list_keys",
    "list_own",
    "list_published",
    "own_trust",
    "own_trust_json",
    "prepare",
    "publish",
]
