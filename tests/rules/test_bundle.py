"""The bundle: one file that reads back as what went in, and no other form of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.attestations.rules.bundle import FORMAT, MAX_BYTES, make_bundle, read_bundle
from backend.kernel.errors import Invalid
from tests.attested import a_credential

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
credentials = st.dictionaries(texts.filter(lambda key: key != "format"), texts | st.integers(0, 10_000), max_size=5)


@given(credentials, texts)
def test_it_reads_back(credential: dict[str, Any], proof: str) -> None:
    assert read_bundle(make_bundle(credential, proof)) == (credential, proof)


@given(credentials)
def test_a_bare_credential_has_no_proof(credential: dict[str, Any]) -> None:
    assert read_bundle(json.dumps(credential).encode()) == (credential, None)


def test_it_is_laid_out_for_people() -> None:
    text = make_bundle(a_credential(), "a proof\n").decode()
    assert text.startswith('{\n  "format": "para73-bundle@1",\n  "credential": {\n')
    assert "Møllegård" in text
    assert text.endswith('  "proof": "a proof\\n"\n}\n')


def bundle(**changes: Any) -> bytes:
    whole = {"format": FORMAT, "credential": {}, "proof": "", **changes}
    return json.dumps({key: value for key, value in whole.items() if value is not ...}).encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b"null", "an attestation is a JSON object"),
        (b'"text"', "an attestation is a JSON object"),
        (b"[{}]", "an attestation is a JSON object"),
        (bundle(format="para73-bundle@2"), "a bundle holds format"),
        (bundle(format=None), "a bundle holds format"),
        (bundle(proof=...), "a bundle holds format"),
        (bundle(credential=...), "a bundle holds format"),
        (bundle(added=1), "a bundle holds format"),
        (bundle(credential=[]), "credential is an object"),
        (bundle(credential="{}"), "credential is an object"),
        (bundle(proof=None), "its proof is text"),
        (bundle(proof={}), "its proof is text"),
        (bundle()[:-1] + b',"proof":""}', "stands twice"),
        (bundle() + b" " * MAX_BYTES, "at most 2,097,152 bytes"),
    ],
)
def test_another_form_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        read_bundle(data)


def test_the_largest_file_that_is_read() -> None:
    whole = bundle()
    assert read_bundle(whole + b" " * (MAX_BYTES - len(whole))) == ({}, "")
