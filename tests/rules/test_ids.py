"""UUIDv7: the example of RFC 9562, the order of time, and every random bit where it belongs."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.adapters import clock
from backend.kernel.ids import ENTROPY_BYTES, uuid7

instants = st.integers(0, 2**48 - 1)
entropies = st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES)


def test_the_example_of_the_specification() -> None:
    """RFC 9562, A.6: rand_a is 0xCC3 and rand_b 0x18C4DC0C0C07398F."""
    entropy = (0xCC3 << 62 | 0x18C4DC0C0C07398F).to_bytes(ENTROPY_BYTES, "big")
    assert uuid7(0x017F22E279B0, entropy) == UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")


@given(instants, entropies)
def test_version_variant_and_time_read_back(unix_ms: int, entropy: bytes) -> None:
    made = uuid7(unix_ms, entropy)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == unix_ms


@given(instants, entropies)
def test_74_random_bits_stand_in_it(unix_ms: int, entropy: bytes) -> None:
    made = uuid7(unix_ms, entropy).int
    told = (made >> 64 & 0xFFF) << 62 | made & (1 << 62) - 1
    assert told == int.from_bytes(entropy, "big") & (1 << 74) - 1


@given(instants, instants, entropies, entropies)
def test_ids_sort_by_time(earlier: int, later: int, one: bytes, other: bytes) -> None:
    if earlier < later:
        assert uuid7(earlier, one) < uuid7(later, other)
        assert str(uuid7(earlier, one)) < str(uuid7(later, other))


@pytest.mark.parametrize("unix_ms", [-1, 2**48])
def test_an_instant_that_does_not_fit_is_refused(unix_ms: int) -> None:
    with pytest.raises(ValueError, match="48 bits"):
        uuid7(unix_ms, bytes(ENTROPY_BYTES))


@pytest.mark.parametrize("length", [0, 9, 11, 16])
def test_entropy_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="10 bytes"):
        uuid7(0, bytes(length))


def test_new_ids_differ_and_carry_the_clocks_time() -> None:
    before = int(clock.now().timestamp() * 1000)
    made = [clock.new_id() for _ in range(1000)]
    after = int(clock.now().timestamp() * 1000)
    assert len(set(made)) == 1000
    assert all(before <= one.int >> 80 <= after for one in made)
    assert {one.version for one in made} == {7}
