"""Data Integrity proofs: every step of the W3C's own example, and what a proof must be to hold."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from backend.adapters.signing import MemorySigner
from backend.attestations.rules.integrity import add_proof, signed_data, why_proof_fails
from backend.attestations.rules.multikey import decode_multikey, encode_multikey
from backend.kernel.canonical import canonical_bytes
from backend.kernel.errors import Unavailable
from tests.attested import CREDENTIAL_KEY, ISSUED_AT, a_credential, an_unsigned, private, signed

VECTORS = Path(__file__).parents[1] / "vectors" / "eddsa-jcs-2022"
STEPS = VECTORS / "eddsa-jcs-2022"
PUBLIC = CREDENTIAL_KEY.public_key().public_bytes_raw()
CREDENTIAL = a_credential()
PROOF = CREDENTIAL["proof"]


def vector(name: str) -> Any:
    return json.loads((VECTORS / name).read_bytes())


def step(name: str) -> bytes:
    return (STEPS / name).read_bytes()


def their_key() -> tuple[bytes, Ed25519PrivateKey]:
    """Return the example's public key, and its private one (multicodec 0x1300, then 32 bytes)."""
    pair = vector("keyPair.json")
    secret: bytes = base58.b58decode(pair["privateKeyMultibase"][1:])
    assert secret[:2] == b"\x80\x26"
    return decode_multikey(pair["publicKeyMultibase"]), Ed25519PrivateKey.from_private_bytes(secret[2:])


def test_the_files_of_the_example_are_those_that_are_reproduced() -> None:
    assert {path.name for path in STEPS.iterdir()} == {
        "canonDocJCS.txt",
        "docHashJCS.txt",
        "proofConfigJCS.json",
        "proofCanonJCS.txt",
        "proofHashJCS.txt",
        "combinedHashJCS.txt",
        "sigHexJCS.txt",
        "sigBTC58JCS.txt",
        "signedJCS.json",
    }


def test_the_example_step_by_step() -> None:
    unsigned, options = vector("unsigned.json"), json.loads(step("proofConfigJCS.json"))
    document, proof = canonical_bytes(unsigned), canonical_bytes(options)
    assert document == step("canonDocJCS.txt")
    assert proof == step("proofCanonJCS.txt")
    assert hashlib.sha256(document).hexdigest().encode() == step("docHashJCS.txt")
    assert hashlib.sha256(proof).hexdigest().encode() == step("proofHashJCS.txt")
    data = signed_data(unsigned, options)
    assert data.hex().encode() == step("combinedHashJCS.txt")
    public, secret = their_key()
    signature = secret.sign(data)
    assert signature.hex().encode() == step("sigHexJCS.txt")
    assert b"z" + base58.b58encode(signature) == step("sigBTC58JCS.txt")
    assert secret.public_key().public_bytes_raw() == public
    assert encode_multikey(public) == vector("keyPair.json")["publicKeyMultibase"]


def test_we_sign_the_example_as_they_do() -> None:
    options = json.loads(step("proofConfigJCS.json"))
    created = datetime.fromisoformat(options["created"])
    made = add_proof(vector("unsigned.json"), options["verificationMethod"], created, their_key()[1].sign)
    assert made == json.loads(step("signedJCS.json"))


def test_their_signed_document_holds_for_us_and_for_no_other_key() -> None:
    theirs = json.loads(step("signedJCS.json"))
    assert why_proof_fails(theirs, their_key()[0]) is None
    assert why_proof_fails(theirs, PUBLIC) == ("Its signature does not fit its content: something in it was changed.")
    theirs["name"] += "!"
    assert why_proof_fails(theirs, their_key()[0]) is not None


def test_the_proof_that_we_write() -> None:
    assert {key: value for key, value in PROOF.items() if key != "proofValue"} == {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2026-11-24T10:00:00Z",
        "verificationMethod": f"did:web:para73.example#{encode_multikey(PUBLIC)}",
        "proofPurpose": "assertionMethod",
        "@context": CREDENTIAL["@context"],
    }
    assert {key: value for key, value in CREDENTIAL.items() if key != "proof"} == an_unsigned()
    assert why_proof_fails(CREDENTIAL, PUBLIC) is None


def test_the_same_content_is_signed_the_same_way_twice() -> None:
    assert signed(an_unsigned()) == CREDENTIAL
    assert signed(an_unsigned(), private(3))["proof"]["proofValue"] != PROOF["proofValue"]


def test_what_the_signer_raises_goes_through() -> None:
    signer = MemorySigner()
    signer.fail_next = 1
    with pytest.raises(Unavailable):
        add_proof(an_unsigned(), "key", ISSUED_AT, signer.sign)


NO_FORM = "It carries no proof of the form that Para73 writes."
KIND = "Its proof is not of the kind eddsa-jcs-2022."
UNREAD = "Its signature cannot be read"
CHANGED = "Its signature does not fit its content: something in it was changed."


@pytest.mark.parametrize(
    ("proof", "reason"),
    [
        (None, NO_FORM),
        ([PROOF], NO_FORM),
        ({}, NO_FORM),
        ({**PROOF, "nonce": "1"}, NO_FORM),
        ({**PROOF, "expires": "2099-01-01T00:00:00Z"}, NO_FORM),
        ({key: value for key, value in PROOF.items() if key != "created"}, NO_FORM),
        ({key: value for key, value in PROOF.items() if key != "@context"}, NO_FORM),
        ({**PROOF, "type": "Ed25519Signature2020"}, KIND),
        ({**PROOF, "cryptosuite": "eddsa-rdfc-2022"}, KIND),
        ({**PROOF, "cryptosuite": None}, KIND),
        ({**PROOF, "proofPurpose": "authentication"}, "Its proof was made for another purpose."),
        ({**PROOF, "@context": PROOF["@context"][:1]}, "Its proof names other contexts than the attestation itself."),
        ({**PROOF, "@context": PROOF["@context"][::-1]}, "Its proof names other contexts than the attestation itself."),
        ({**PROOF, "created": "2026-11-24T10:00:01Z"}, CHANGED),
        ({**PROOF, "verificationMethod": "did:web:evil.example#key"}, CHANGED),
        ({**PROOF, "proofValue": PROOF["proofValue"][1:]}, UNREAD),
        ({**PROOF, "proofValue": PROOF["proofValue"] + " "}, UNREAD),
        ({**PROOF, "proofValue": "z" + "0" * 80}, UNREAD),
        ({**PROOF, "proofValue": "zé"}, UNREAD),
        ({**PROOF, "proofValue": "z1" + PROOF["proofValue"][1:]}, "Its signature has the wrong length."),
        ({**PROOF, "proofValue": "z" + "2" * 100_000}, UNREAD),
        ({**PROOF, "proofValue": None}, UNREAD),
        ({**PROOF, "proofValue": "z"}, "Its signature has the wrong length."),
        ({**PROOF, "proofValue": "z" + base58.b58encode(bytes(64)).decode()}, CHANGED),
    ],
)
def test_a_proof_of_another_form_does_not_hold(proof: Any, reason: str) -> None:
    told = why_proof_fails({**CREDENTIAL, "proof": proof}, PUBLIC)
    assert told is not None
    assert told.startswith(reason)


def test_a_context_appended_to_the_document_alone_does_not_hold() -> None:
    """The standard's own rule would let it through, and the stranger's context could change what terms mean."""
    longer = {**CREDENTIAL, "@context": [*CREDENTIAL["@context"], "https://evil.example/context"]}
    assert why_proof_fails(longer, PUBLIC) == "Its proof names other contexts than the attestation itself."


def test_a_signature_with_the_groups_order_added_does_not_hold() -> None:
    """Ed25519's known second spelling of a signature: S + L instead of S."""
    order = 2**252 + 27742317777372353535851937790883648493
    signature = base58.b58decode(PROOF["proofValue"][1:])
    larger = int.from_bytes(signature[32:], "little") + order
    again = signature[:32] + larger.to_bytes(32, "little")
    spelt = {**PROOF, "proofValue": "z" + base58.b58encode(again).decode()}
    assert why_proof_fails({**CREDENTIAL, "proof": spelt}, PUBLIC) == CHANGED


@pytest.mark.parametrize("public_key", [b"", bytes(31), bytes(33)])
def test_no_key_holds_nothing_and_raises_nothing(public_key: bytes) -> None:
    assert why_proof_fails(CREDENTIAL, public_key) is not None


def test_a_document_without_a_canonical_form_does_not_hold_and_raises_nothing() -> None:
    endless: Any = []
    for _ in range(20_000):
        endless = [endless]
    for value in (float("nan"), 2**53, "\ud800", {"\ud800": 1}, endless):
        told = why_proof_fails({**CREDENTIAL, "added": value}, PUBLIC)
        assert told is not None
        assert told.startswith(UNREAD)


@given(st.binary(min_size=64, max_size=64))
def test_no_other_signature_holds(signature: bytes) -> None:
    spelt = {**PROOF, "proofValue": "z" + base58.b58encode(signature).decode()}
    assert (why_proof_fails({**CREDENTIAL, "proof": spelt}, PUBLIC) is None) is (spelt == PROOF)
