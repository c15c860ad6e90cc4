"""Ed25519 public keys as Multikey strings (W3C Controlled Identifiers): base58btc with the ed25519-pub prefix."""

from __future__ import annotations

import base58

from backend.kernel.errors import Invalid

PREFIX = b"\xed\x01"
KEY_BYTES = 32
MAX_LENGTH = 60


def encode_multikey(public_key: bytes) -> str:
    """Return 32 raw bytes as `z6Mk...`. Raises Invalid for another length."""
    if len(public_key) != KEY_BYTES:
        raise Invalid(f"an Ed25519 public key is {KEY_BYTES} bytes, not {len(public_key)}")
    return "z" + base58.b58encode(PREFIX + public_key).decode("ascii")


def decode_multikey(text: str) -> bytes:
    """Return the 32 raw bytes. Raises Invalid for anything but one canonical Ed25519 Multikey."""
    data = decode_base58(text, MAX_LENGTH)
    if data[:2] != PREFIX or len(data) != KEY_BYTES + 2:
        raise Invalid("this is not an Ed25519 Multikey")
    return data[2:]


def decode_base58(text: str, max_length: int) -> bytes:
    """Return the bytes of multibase base58btc (`z...`). Raises Invalid."""
    if not text.startswith("z") or len(text) > max_length:
        raise Invalid("this is not multibase base58btc")
    try:
        data: bytes = base58.b58decode(text[1:])
    except ValueError as error:
        raise Invalid("this is not base58") from error
    if "z" + base58.b58encode(data).decode("ascii") != text:
        raise Invalid("this is not in canonical base58")
    return data
