"""UUIDv7 (RFC 9562, 5.7) from a given instant and given random bytes: pure, so tests can repeat it."""

from __future__ import annotations

from uuid import UUID

ENTROPY_BYTES = 10


def uuid7(unix_ms: int, entropy: bytes) -> UUID:
    """Return the version 7 UUID of `unix_ms` (48 bits) and ENTROPY_BYTES random bytes.

    Raises ValueError when the instant does not fit or the entropy has another length.
    """
    if not 0 <= unix_ms < 1 << 48:
        raise ValueError(f"unix_ms must fit 48 bits, not {unix_ms}")
    if len(entropy) != ENTROPY_BYTES:
        raise ValueError(f"entropy must be {ENTROPY_BYTES} bytes, not {len(entropy)}")
    random = int.from_bytes(entropy, "big")
    rand_a = (random >> 62) & 0xFFF
    rand_b = random & ((1 << 62) - 1)
    return UUID(int=(unix_ms << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b)
