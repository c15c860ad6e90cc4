"""A bundle: the attestation and its proof in one file, so that it verifies wherever it is handed to."""

from __future__ import annotations

import json
from typing import Any

from backend.kernel.canonical import strict_json
from backend.kernel.errors import Invalid

FORMAT = "para73-bundle@1"
MAX_BYTES = 2 * 1024 * 1024


def make_bundle(credential: dict[str, Any], proof: str) -> bytes:
    """Return the bundle as JSON, indented for people."""
    bundle = {"format": FORMAT, "credential": credential, "proof": proof}
    return json.dumps(bundle, indent=2, ensure_ascii=False).encode() + b"\n"


def read_bundle(data: bytes) -> tuple[dict[str, Any], str | None]:
    """Return (credential, proof); a bare credential has no proof. Raises Invalid for anything else."""
    if len(data) > MAX_BYTES:
        raise Invalid(f"an attestation has at most {MAX_BYTES:,} bytes")
    value = strict_json(data)
    if not isinstance(value, dict):
        raise Invalid("an attestation is a JSON object")
    if "format" not in value:
        return value, None
    if set(value) != {"format", "credential", "proof"} or value["format"] != FORMAT:
        raise Invalid(f"a bundle holds format ({FORMAT}), credential and proof, and nothing else")
    if not isinstance(value["credential"], dict) or not isinstance(value["proof"], str):
        raise Invalid("a bundle's credential is an object and its proof is text")
    return value["credential"], value["proof"]
