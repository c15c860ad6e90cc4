"""Commitments: the example of the SD-JWT specification, another program's digests, and what they give away: nothing."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.attestations.rules.commitments import commitments, disclosure_digest, make_disclosure, salt_of

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_example_of_the_specification() -> None:
    disclosure = make_disclosure("_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius")
    assert disclosure == "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert disclosure_digest(disclosure) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("C01", {"value": "yes"}),
        ("T04", {"value": 73}),
        ("C08", {"not_applicable": "Møllegård – 没有"}),
        ("x" * 500, 0),
    ],
)
def test_openssl_gives_the_same_digest(name: str, value: object, tmp_path: Path) -> None:
    disclosure = make_disclosure(salt_of(bytes(range(16))), name, value)
    file = tmp_path / "disclosure"
    file.write_text(disclosure, encoding="ascii")
    done = subprocess.run(["openssl", "dgst", "-sha256", "-binary", str(file)], capture_output=True, check=True)
    assert decoded(disclosure_digest(disclosure)) == done.stdout


@given(st.binary(min_size=16, max_size=16), texts, texts)
def test_a_disclosure_opens_to_salt_name_and_value(random: bytes, name: str, value: str) -> None:
    disclosure = make_disclosure(salt_of(random), name, {"value": value})
    salt, told, content = json.loads(decoded(disclosure))
    assert (decoded(salt), told, content) == (random, name, {"value": value})
    assert "=" not in disclosure + salt


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_another_salt_is_another_digest(one: bytes, other: bytes) -> None:
    digests = {disclosure_digest(make_disclosure(salt_of(salt), "C01", {"value": "yes"})) for salt in (one, other)}
    assert len(digests) == len({one, other})


@given(
    st.lists(texts, unique=True, max_size=20), st.lists(st.binary(min_size=32, max_size=32), unique=True, max_size=9)
)
def test_order_and_form_tell_nothing(names: list[str], decoys: list[bytes]) -> None:
    """Sorted, and a decoy looks as a digest does, so neither which nor how many were answered shows."""
    disclosures = [make_disclosure("c2FsdA", name, 1) for name in names]
    made = commitments(disclosures, decoys)
    assert made == sorted(made)
    assert made == commitments(disclosures[::-1], decoys[::-1])
    assert len(made) == len(names) + len(decoys)
    assert all(len(one) == 43 and len(decoded(one)) == 32 for one in made)
    assert {disclosure_digest(one) for one in disclosures} <= set(made)
