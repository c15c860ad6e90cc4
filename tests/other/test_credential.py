"""Other people's verifiers (npm `@digitalbazaar/vc`, PyPI `openvc-core`) take what the real service issued.

Both see only what the service serves, as a stranger downloads it, and neither has a network. Where the two differ from
each other or from ours, a test says how: ours is the strictest in each case.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from openvc import OpenvcError, VerificationPolicy, verify_credential
from openvc.did.did_web import DidWebResolver

from backend.adapters import clock
from backend.attestations.rules.credential import context_document
from backend.attestations.rules.did import did_document, key_id
from backend.attestations.rules.multikey import encode_multikey
from backend.attestations.rules.verify import Verdict, verify_attestation
from tests.attested import ISSUER, TRUST, an_unsigned, signed
from tests.other.published import Published, publish, run_node

APPENDED = "https://stranger.example/context"


@pytest.fixture
async def published(client: AsyncClient) -> Published:
    return await publish(client)


def digital_bazaar(published: Published, credential: dict[str, Any]) -> Any:
    return run_node("verify_credential.mjs", {"credential": credential, "documents": published.documents})


def openvc(published: Published, credential: dict[str, Any], **policy: Any) -> str:
    """Return the issuer that openvc-core names, or the reason for which it refuses."""

    def fetch(address: str) -> dict[str, Any]:
        assert address == "https://para73.test/.well-known/did.json"
        document: dict[str, Any] = published.documents["did:web:para73.test"]
        return document

    asked = VerificationPolicy(expected_types=["Para73Attestation"], **policy)
    try:
        return str(verify_credential(credential, policy=asked, resolver=DidWebResolver(fetch)).issuer)
    except OpenvcError as error:
        return f"{type(error).__name__}: {error}"


def ours(published: Published, credential: dict[str, Any]) -> Verdict:
    data = json.dumps(credential).encode()
    return verify_attestation(data, published.proof, published.trust, clock.now()).verdict


def a_figure(credential: dict[str, Any]) -> None:
    credential["credentialSubject"]["scores"]["declared"]["scoreBp"] += 1


def a_failed_critical_question(credential: dict[str, Any]) -> None:
    credential["credentialSubject"]["scores"]["evidenced"]["failedCritical"].pop()


def the_name(credential: dict[str, Any]) -> None:
    credential["credentialSubject"]["legalName"] = "Another Hotels Ltd"


def a_commitment(credential: dict[str, Any]) -> None:
    credential["credentialSubject"]["answersCommitments"].pop()


def the_end(credential: dict[str, Any]) -> None:
    credential["validUntil"] = "2999" + credential["validUntil"][4:]


def the_time_of_the_proof(credential: dict[str, Any]) -> None:
    credential["proof"]["created"] = credential["validUntil"]


def the_order_of_contexts(credential: dict[str, Any]) -> None:
    credential["@context"].reverse()


CHANGES = [
    a_figure,
    a_failed_critical_question,
    the_name,
    a_commitment,
    the_end,
    the_time_of_the_proof,
    the_order_of_contexts,
]


async def test_all_three_take_what_was_published(published: Published) -> None:
    told = digital_bazaar(published, published.credential)
    assert told["verified"] is True
    assert told["reasons"] == []
    assert openvc(published, published.credential) == "did:web:para73.test"
    assert ours(published, published.credential) is Verdict.VALID
    assert json.loads(published.bundle)["credential"] == published.credential


async def test_as_linked_data_every_name_in_it_has_one_meaning(published: Published) -> None:
    """With the context document that we serve, in the mode in which no term may be without a definition."""
    statements = digital_bazaar(published, published.credential)["statements"]
    subject = published.credential["credentialSubject"]
    assert f'<{subject["id"]}> <urn:para73:v1:legalName> "Test Hotels Ltd" .' in statements
    assert f"<{subject['id']}> <urn:para73:v1:supersedes> <{subject['supersedes']}> ." in statements
    figures = '\\"scoreBp\\":' + str(subject["scores"]["declared"]["scoreBp"])
    assert figures in statements
    for name in set(subject) - {"id", "type"}:
        assert f"<{subject['id']}> <urn:para73:v1:{name}> " in statements, name


async def test_none_takes_a_credential_after_one_change(published: Published) -> None:
    for change in CHANGES:
        credential = deepcopy(published.credential)
        change(credential)
        assert digital_bazaar(published, credential)["verified"] is False, change.__name__
        assert openvc(published, credential).startswith("SignatureInvalid"), change.__name__
        assert ours(published, credential) is Verdict.FORGED, change.__name__


async def test_none_takes_a_key_that_the_issuer_does_not_list(published: Published) -> None:
    did = published.documents["did:web:para73.test"]
    multikey = encode_multikey(bytes(31) + b"\x07")
    other = {**did["verificationMethod"][0], "id": key_id(did["id"], multikey), "publicKeyMultibase": multikey}
    for document, reason in (
        ({**did, "assertionMethod": []}, "ProofPurposeMismatch"),
        ({**did, "verificationMethod": [other]}, "KeyResolutionError"),
        ({**did, "verificationMethod": [{**other, "id": did["assertionMethod"][0]}]}, "SignatureInvalid"),
        ({**did, "id": "did:web:other.example"}, "KeyResolutionError"),
    ):
        published.documents["did:web:para73.test"] = document
        assert digital_bazaar(published, published.credential)["verified"] is False, document
        assert openvc(published, published.credential).startswith(reason), document
    stranger = replace(published.trust, credential_keys=(multikey,))
    assert verify_attestation(published.bundle, None, stranger, clock.now()).verdict is Verdict.FORGED


async def test_none_takes_it_after_its_twelve_months(published: Published) -> None:
    later = clock.now() + timedelta(days=366)
    asked = {"credential": published.credential, "documents": published.documents, "now": later.isoformat()}
    told = run_node("verify_credential.mjs", asked)
    assert told["verified"] is False
    assert "validUntil" in told["reasons"][0]
    assert "expired" in openvc(published, published.credential, now=later)
    report = verify_attestation(published.bundle, None, published.trust, later)
    assert report.verdict is Verdict.EXPIRED


async def test_a_context_that_a_stranger_appended_is_where_they_differ(published: Published) -> None:
    """The standard allows it, and Digital Bazaar follows the standard: this is why ours demands equality."""
    published.documents[APPENDED] = {"@context": {"stranger": "urn:stranger"}}
    credential = deepcopy(published.credential)
    credential["@context"].append(APPENDED)
    assert digital_bazaar(published, credential)["verified"] is True
    assert "SignatureInvalid" in openvc(published, credential)
    assert ours(published, credential) is Verdict.FORGED


def test_an_inline_context_is_what_digital_bazaar_refuses_although_it_was_signed() -> None:
    """It compares contexts as objects, so no two inline ones are the same: this is why ours are addresses."""
    unsigned = an_unsigned()
    documents = {ISSUER: did_document(ISSUER, TRUST.credential_keys), unsigned["@context"][1]: context_document()}
    for contexts, verified in (
        (unsigned["@context"], True),
        ([*unsigned["@context"], {"stranger": "urn:stranger"}], False),
    ):
        credential = signed({**unsigned, "@context": contexts})
        told = run_node("verify_credential.mjs", {"credential": credential, "documents": documents})
        assert told["verified"] is verified, told
