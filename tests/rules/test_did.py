"""The issuer's name on the web, its document, and keys as Multikeys: one spelling each."""

from __future__ import annotations

import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.attestations.rules.did import did_document, did_web, key_id
from backend.attestations.rules.multikey import decode_multikey, encode_multikey
from backend.kernel.errors import Invalid

# The example of did:key and of the W3C's vectors.
EXAMPLE = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
OTHER = encode_multikey(bytes(32))


@pytest.mark.parametrize(
    ("base_url", "did"),
    [
        ("https://para73.example", "did:web:para73.example"),
        ("https://www.para73.example:8443", "did:web:www.para73.example%3A8443"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
    ],
)
def test_a_site_has_one_name(base_url: str, did: str) -> None:
    assert did_web(base_url) == did


def test_the_document_lists_every_key_that_may_have_signed() -> None:
    did = "did:web:para73.example"
    assert did_document(did, [EXAMPLE, OTHER]) == {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [
            {"id": f"{did}#{one}", "type": "Multikey", "controller": did, "publicKeyMultibase": one}
            for one in (EXAMPLE, OTHER)
        ],
        "assertionMethod": [f"{did}#{EXAMPLE}", f"{did}#{OTHER}"],
    }


def test_a_key_is_named_by_itself_so_that_its_name_cannot_come_to_mean_another() -> None:
    assert key_id("did:web:para73.example", EXAMPLE) == f"did:web:para73.example#{EXAMPLE}"


@given(st.binary(min_size=32, max_size=32))
def test_every_key_reads_back(public_key: bytes) -> None:
    text = encode_multikey(public_key)
    assert text.startswith("z6Mk")
    assert decode_multikey(text) == public_key


def test_the_example_reads_back() -> None:
    assert encode_multikey(decode_multikey(EXAMPLE)) == EXAMPLE


def spelt(data: bytes) -> str:
    return "z" + base58.b58encode(data).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        EXAMPLE[1:],
        "u" + EXAMPLE[1:],
        EXAMPLE[:-1],
        EXAMPLE + "2",
        EXAMPLE + "\n",
        " " + EXAMPLE,
        "z1" + EXAMPLE[1:],
        EXAMPLE.replace("k", "0"),
        EXAMPLE.replace("k", "é"),
        "z" + "2" * 1_000_000,
        spelt(bytes(32)),
        spelt(b"\xed\x01" + bytes(31)),
        spelt(b"\xed\x01" + bytes(33)),
        spelt(b"\xe7\x01" + bytes(33)),
        spelt(b"\x80\x26" + bytes(32)),
    ],
)
def test_any_other_text_is_no_key(text: str) -> None:
    with pytest.raises(Invalid):
        decode_multikey(text)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_key_of_another_length_is_not_written(length: int) -> None:
    with pytest.raises(Invalid, match="32 bytes"):
        encode_multikey(bytes(length))
