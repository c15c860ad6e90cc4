"""Canonical JSON (JCS, RFC 8785) and SHA-256 digests: what is signed, logged and compared.

Reading is stricter than JSON: duplicate keys, numbers that are not integers, integers of 2^53 and more and halves
of surrogate pairs are refused before anything is canonicalised, because verifiers differ on them (attestation.md,
Profile).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785

from backend.kernel.errors import Invalid

MAX_SAFE_INTEGER = 2**53 - 1
MAX_DEPTH = 64


def canonical_bytes(value: Any) -> bytes:
    """Return the JCS form of a JSON value. Raises Invalid for what JCS cannot hold."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeError) as error:
        raise Invalid(f"this has no canonical JSON form: {error}") from error


def sha256_digest(data: bytes) -> str:
    """Return the digest in the form that files and the log use: `sha-256:` and 64 hex digits."""
    return f"sha-256:{hashlib.sha256(data).hexdigest()}"


def canonical_digest(value: Any) -> str:
    """Return the digest of the JCS form of a JSON value."""
    return sha256_digest(canonical_bytes(value))


def strict_json(data: bytes) -> Any:
    """Parse JSON strictly. Raises Invalid, naming the first reason, and never anything else."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Invalid(f"not UTF-8 at byte {error.start}") from error
    _refuse_deep(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_refuse_duplicates,
            parse_constant=_refuse_constant,
            parse_int=_safe_integer,
            parse_float=_refuse_float,
        )
    except (json.JSONDecodeError, RecursionError) as error:
        raise Invalid(f"not JSON: {error}") from error
    if "\\u" in text:
        _refuse_halves(value)
    return value


def _refuse_deep(text: str) -> None:
    """Count brackets outside strings, so that a nested bomb never reaches the recursive parser."""
    depth, inside, escaped = 0, False, False
    for character in text:
        if inside:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                inside = False
        elif character == '"':
            inside = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise Invalid(f"nested deeper than {MAX_DEPTH} levels")
        elif character in "]}":
            depth -= 1


def _refuse_halves(value: Any) -> None:
    """An escape may name half of a surrogate pair, which is no character and which no UTF-8 can hold."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise Invalid("an escape stands for half a surrogate pair, which is no character") from error


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in pairs:
        if key in result:
            raise Invalid(f"the key {key!r} stands twice in one object")
        result[key] = value
    return result


def _refuse_constant(name: str) -> Any:
    raise Invalid(f"{name} is not a JSON number")


def _refuse_float(digits: str) -> Any:
    raise Invalid(f"{digits[:30]} is not an integer; figures are integers of basis points")


def _safe_integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_SAFE_INTEGER:
        raise Invalid(f"the integer {digits[:20]} is 2^53 or more")
    return int(digits)
