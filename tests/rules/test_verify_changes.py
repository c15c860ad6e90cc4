"""Every change of a bundle, byte by byte: it is forged, or it is the layout of the JSON and changes no meaning."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.attestations.rules.bundle import make_bundle, read_bundle
from backend.attestations.rules.verify import Verdict, verify_attestation
from tests.attested import ISSUED_AT, TRUST, a_credential, a_log, a_proof, an_entry

CREDENTIAL = a_credential()
PROOF = a_proof(a_log(an_entry(CREDENTIAL)))
BUNDLE = make_bundle(CREDENTIAL, PROOF)
WHITESPACE = b" \t\r\n"
REPORT = verify_attestation(BUNDLE, None, TRUST, ISSUED_AT)

places = st.integers(0, len(BUNDLE) - 1)


def is_forged(data: bytes) -> bool:
    """Return whether it is; fail unless it is that or says exactly what the bundle says."""
    report = verify_attestation(data, None, TRUST, ISSUED_AT)
    if report.verdict is Verdict.FORGED:
        return True
    assert report == REPORT, data
    assert read_bundle(data) == (CREDENTIAL, PROOF), data
    return False


def test_the_bundle_itself_is_valid() -> None:
    assert REPORT.verdict is Verdict.VALID
    assert not is_forged(BUNDLE)


def test_every_flipped_bit_in_every_byte_is_forged() -> None:
    """No single bit turns one kind of white space into another."""
    for at in range(len(BUNDLE)):
        for bit in range(8):
            assert is_forged(BUNDLE[:at] + bytes([BUNDLE[at] ^ 1 << bit]) + BUNDLE[at + 1 :]), (at, bit)


def test_every_removed_byte_is_forged_unless_it_is_white_space_between_parts() -> None:
    removed = [at for at in range(len(BUNDLE)) if not is_forged(BUNDLE[:at] + BUNDLE[at + 1 :])]
    assert removed
    inside_strings = _places_inside_strings()
    assert removed == [at for at in range(len(BUNDLE)) if BUNDLE[at] in WHITESPACE and at not in inside_strings]


def test_every_cut_is_forged() -> None:
    for end in range(len(BUNDLE) - 1):
        assert is_forged(BUNDLE[:end]), end


@settings(max_examples=1000)
@given(places, st.integers(0, 255))
def test_any_other_byte_in_any_place_is_forged_or_layout(at: int, value: int) -> None:
    changed = BUNDLE[:at] + bytes([value]) + BUNDLE[at + 1 :]
    layout = BUNDLE[at] in WHITESPACE and value in WHITESPACE and at not in _places_inside_strings()
    assert is_forged(changed) is (changed != BUNDLE and not layout)


@settings(max_examples=1000)
@given(places, st.binary(min_size=1, max_size=8))
def test_any_bytes_inserted_anywhere_are_forged_or_layout(at: int, inserted: bytes) -> None:
    is_forged(BUNDLE[:at] + inserted + BUNDLE[at:])


@settings(max_examples=500)
@given(places, places, st.integers(1, 200))
def test_any_part_copied_over_another_is_forged_or_layout(source: int, target: int, length: int) -> None:
    is_forged(BUNDLE[:target] + BUNDLE[source : source + length] + BUNDLE[target + length :])


@given(st.sampled_from([None, 0, 1, 7]), st.booleans(), st.booleans())
def test_another_layout_order_or_escape_is_valid(indent: int | None, escaped: bool, ordered: bool) -> None:
    value = json.loads(BUNDLE)
    assert not is_forged(json.dumps(value, indent=indent, ensure_ascii=escaped, sort_keys=ordered).encode())


def _places_inside_strings() -> frozenset[int]:
    found: set[int] = set()
    inside = escaped = False
    for at, byte in enumerate(BUNDLE):
        if inside:
            found.add(at)
        if escaped:
            escaped = False
        elif byte == ord("\\"):
            escaped = True
        elif byte == ord('"'):
            inside = not inside
    return frozenset(found)
