"""Verifying: each verdict and its reason, and everything that a stranger could hand over instead."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.attestations.rules.bundle import make_bundle
from backend.attestations.rules.verify import Later, Report, Trust, Verdict, read_trust, verify_attestation
from backend.kernel.errors import Invalid
from backend.transparency.rules.checkpoint import NoteKey
from tests.attested import (
    ATTESTATION_ID,
    CREDENTIAL_KEY,
    ISSUED_AT,
    ISSUER,
    LOG_KEY,
    LOG_PRIVATE,
    TRUST,
    VALID_UNTIL,
    a_credential,
    a_log,
    a_note,
    a_proof,
    an_entry,
    an_unsigned,
    multikey,
    private,
    signed,
)

CREDENTIAL = a_credential()
LOG = a_log(an_entry(CREDENTIAL))
PROOF = a_proof(LOG)
BUNDLE = make_bundle(CREDENTIAL, PROOF)


def verdict_on(data: bytes, proof: str | None = None, at: datetime = ISSUED_AT, trust: Trust = TRUST) -> Report:
    return verify_attestation(data, proof, trust, at)


def forged_because(report: Report) -> str:
    """Return the only reason of a report that says forged."""
    assert report.verdict is Verdict.FORGED, report
    (reason,) = report.reasons
    return reason


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_a_bundle_is_valid_and_says_why_and_what() -> None:
    report = verdict_on(BUNDLE)
    assert report.verdict is Verdict.VALID
    assert report.reasons == (
        "The signature holds: nothing in the attestation was changed since it was issued.",
        "It stands in the log as entry 3 of 6, under a checkpoint signed by the log.",
        "It holds until 2027-11-24T10:00:00Z.",
        "Whether a later attestation took its place cannot be told offline; its page says so.",
    )
    assert report.facts == {
        "attestation": f"https://para73.example/attestations/{ATTESTATION_ID}",
        "organisation": "Invented Hotels Ltd – Møllegård",
        "country": "KE",
        "period": 2026,
        "assurance": "self-declared",
        "declared score (bp)": 4900,
        "evidenced score (bp)": 1250,
        "verified score (bp)": None,
        "issued": "2026-11-24T10:00:00Z",
        "valid until": "2027-11-24T10:00:00Z",
        "log index": 3,
        "tree size": 6,
        "log": "para73.example/log",
    }


def test_a_credential_with_its_proof_beside_it_says_the_same() -> None:
    assert verdict_on(as_json(CREDENTIAL), PROOF) == verdict_on(BUNDLE)


def test_a_sample_is_told_to_be_one() -> None:
    report = verdict_on(as_json(a_credential(is_sample=True)))
    assert report.facts["sample"] == "an invented company, for demonstration"
    assert "sample" not in verdict_on(BUNDLE).facts


def test_without_a_proof_it_is_unknown_and_the_reason_says_what_helps() -> None:
    report = verdict_on(as_json(CREDENTIAL))
    assert report.verdict is Verdict.UNKNOWN
    assert "No inclusion proof was given" in report.reasons[0]
    assert "Get the bundle" in report.reasons[0]


@pytest.mark.parametrize(
    ("at", "verdict", "reason"),
    [
        (ISSUED_AT, Verdict.VALID, "It holds until 2027-11-24T10:00:00Z."),
        (VALID_UNTIL, Verdict.VALID, "It holds until 2027-11-24T10:00:00Z."),
        (VALID_UNTIL + timedelta(microseconds=1), Verdict.EXPIRED, "It held until 2027-11-24T10:00:00Z."),
        (datetime(2099, 1, 1, tzinfo=UTC), Verdict.EXPIRED, "It held until 2027-11-24T10:00:00Z."),
        (ISSUED_AT - timedelta(microseconds=1), Verdict.UNKNOWN, "check this machine's clock"),
    ],
)
def test_it_holds_from_the_day_it_was_issued_to_the_day_it_names(at: datetime, verdict: Verdict, reason: str) -> None:
    report = verdict_on(BUNDLE, at=at)
    assert report.verdict is verdict
    assert any(reason in one for one in report.reasons)


@pytest.mark.parametrize(
    ("later", "at", "verdict", "reason"),
    [
        (Later(), ISSUED_AT, Verdict.VALID, "Nothing later in the log supersedes it."),
        (Later(superseded=True), ISSUED_AT, Verdict.SUPERSEDED, "A later attestation of the same organisation"),
        (Later(revoked=True), ISSUED_AT, Verdict.REVOKED, "It was revoked."),
        (Later(superseded=True, revoked=True), ISSUED_AT, Verdict.REVOKED, "It was revoked."),
        (Later(), VALID_UNTIL + timedelta(days=1), Verdict.EXPIRED, "It held until"),
        (Later(superseded=True), VALID_UNTIL + timedelta(days=1), Verdict.SUPERSEDED, "A later attestation"),
    ],
)
def test_what_the_log_said_afterwards_counts_where_it_is_known(
    later: Later, at: datetime, verdict: Verdict, reason: str
) -> None:
    report = verify_attestation(BUNDLE, None, TRUST, at, later)
    assert report.verdict is verdict
    assert reason in report.reasons[-1]


def test_nothing_later_saves_a_forgery() -> None:
    changed = BUNDLE.replace(b'"scoreBp": 4900', b'"scoreBp": 9900')
    assert verify_attestation(changed, None, TRUST, ISSUED_AT, Later(True, True)).verdict is Verdict.FORGED


def test_exit_codes_are_those_of_the_manual() -> None:
    assert {verdict.value: verdict.exit_code for verdict in Verdict} == {
        "valid": 0,
        "expired": 1,
        "superseded": 2,
        "revoked": 3,
        "unknown": 4,
        "forged": 5,
    }


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "This is not an attestation as Para73 writes it: not JSON"),
        (b"%PDF-1.7", "This is not an attestation as Para73 writes it: not JSON"),
        (b"[]", "an attestation is a JSON object"),
        (b"{}", "This is not an attestation of Para73."),
        (b" " * (2 * 1024 * 1024 + 1), "an attestation has at most 2,097,152 bytes"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"format":"para73-bundle@2","credential":{},"proof":""}', "a bundle holds format"),
        (as_json({**CREDENTIAL, "type": ["VerifiableCredential"]}), "This is not an attestation of Para73."),
        (as_json({**CREDENTIAL, "type": "Para73Attestation"}), "This is not an attestation of Para73."),
        (as_json({**CREDENTIAL, "credentialSubject": [1]}), "This is not an attestation of Para73."),
        (as_json({**CREDENTIAL, "issuer": "did:web:evil.example"}), "It names the issuer 'did:web:evil.example'"),
        (as_json({**CREDENTIAL, "issuer": {"id": ISSUER}}), "It names the issuer"),
        (as_json({**CREDENTIAL, "issuer": None}), "It names the issuer 'None'"),
        (as_json({**CREDENTIAL, "proof": [CREDENTIAL["proof"]]}), "It is not signed with a key that you trust."),
        (as_json({**CREDENTIAL, "proof": None}), "It is not signed with a key that you trust."),
        (as_json({key: CREDENTIAL[key] for key in CREDENTIAL if key != "proof"}), "It is not signed with a key"),
        (as_json({**CREDENTIAL, "validUntil": "2099-11-24T10:00:00Z"}), "Its signature does not fit its content"),
        (as_json({**CREDENTIAL, "added": 1}), "Its signature does not fit its content"),
    ],
)
def test_what_was_not_signed_is_forged(data: bytes, reason: str) -> None:
    report = verdict_on(data, PROOF)
    assert reason in forged_because(report)
    assert report.facts == {}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b'"scoreBp": 4900', b'"scoreBp": 4901', "Its signature does not fit its content"),
        (b'"scoreBp": 4900', b'"scoreBp": 4900.0', "is not an integer"),
        (b'"scoreBp": 4900', b'"scoreBp": NaN', "NaN is not a JSON number"),
        (b'"scoreBp": 4900', b'"scoreBp": 9007199254740992', "2^53 or more"),
        (b'"scoreBp": 4900', b'"scoreBp": 9900, "scoreBp": 4900', "the key 'scoreBp' stands twice"),
        (b'"scoreBp": 4900', b'"scoreBp": 9900, "\\u0073coreBp": 4900', "the key 'scoreBp' stands twice"),
        (b'"issuer":', b'"issuer": "did:web:evil.example", "issuer":', "the key 'issuer' stands twice"),
        (b'"proofValue":', b'"proofValue": "z", "proofValue":', "the key 'proofValue' stands twice"),
        (b'"proof": {', b'"proof": {}, "proof": {', "the key 'proof' stands twice"),
        (b'"proof": "', b'"proof": "", "proof": "', "the key 'proof' stands twice"),
        (b'"credential":', b'"credential": {}, "credential":', "the key 'credential' stands twice"),
        (b'"legalName": "', b'"legalName": "\\ud800', "half a surrogate pair"),
        (b'"legalName": "', b'"legalName": "\xff', "not UTF-8"),
        (b'"format": "para73-bundle@1",', b'"format": "para73-bundle@1", "note": 1,', "and nothing else"),
    ],
)
def test_a_bundle_that_was_touched_is_forged(old: bytes, new: bytes, reason: str) -> None:
    assert BUNDLE.count(old) == 1
    report = verdict_on(BUNDLE.replace(old, new))
    assert reason in forged_because(report)
    assert report.facts == {}


def test_a_context_that_somebody_appended_is_forged_wherever_it_is_appended() -> None:
    """The standard allows the first of these; it could give every term another meaning."""
    longer = [*CREDENTIAL["@context"], "https://evil.example/context"]
    to_document = {**CREDENTIAL, "@context": longer}
    assert "names other contexts" in forged_because(verdict_on(as_json(to_document), PROOF))
    to_proof = {**CREDENTIAL, "proof": {**CREDENTIAL["proof"], "@context": longer}}
    assert "names other contexts" in forged_because(verdict_on(as_json(to_proof), PROOF))
    to_both = {**to_document, "proof": to_proof["proof"]}
    assert "does not fit its content" in forged_because(verdict_on(as_json(to_both), PROOF))


def test_a_name_that_nobody_vouches_for_reaches_no_terminal_as_it_is() -> None:
    hostile = {**CREDENTIAL, "issuer": "did:web:\x1b[2J\x1b[31mvalid\u202e" + "x" * 10_000}
    reason = forged_because(verdict_on(as_json(hostile), PROOF))
    assert reason.isprintable()
    assert len(reason) < 200


def test_only_the_keys_and_the_issuer_that_are_pinned_count() -> None:
    stranger = private(9)
    method = f"{ISSUER}#{multikey(CREDENTIAL_KEY)}"
    other_key = signed(an_unsigned(), stranger)
    assert "not signed with a key that you trust" in forged_because(verdict_on(as_json(other_key), PROOF))
    borrowed_name = signed(an_unsigned(), stranger, method)
    assert "does not fit its content" in forged_because(verdict_on(as_json(borrowed_name), PROOF))
    elsewhere = signed(an_unsigned(), CREDENTIAL_KEY, f"did:web:evil.example#{multikey(CREDENTIAL_KEY)}")
    assert "not signed with a key that you trust" in forged_because(verdict_on(as_json(elsewhere), PROOF))
    for trust in (
        Trust(ISSUER, (), LOG_KEY.vkey),
        Trust(ISSUER, (multikey(stranger),), LOG_KEY.vkey),
        Trust("did:web:other.example", TRUST.credential_keys, LOG_KEY.vkey),
    ):
        assert verdict_on(BUNDLE, trust=trust).verdict is Verdict.FORGED
    both = Trust(ISSUER, (multikey(stranger), multikey(CREDENTIAL_KEY)), LOG_KEY.vkey)
    assert verdict_on(BUNDLE, trust=both).verdict is Verdict.VALID


OTHER = a_credential(legal_name="Other Invented Hotels Ltd")
BOTH = a_log(an_entry(CREDENTIAL), an_entry(CREDENTIAL, "superseded"), an_entry(OTHER, id="someone-else"))


def line_changed(start: str, change: Callable[[str], str]) -> str:
    """Return the proof with the first line that begins with `start` changed."""
    lines = PROOF.split("\n")
    place = next(number for number, line in enumerate(lines) if line.startswith(start))
    return "\n".join([*lines[:place], change(lines[place]), *lines[place + 1 :]])


@pytest.mark.parametrize(
    ("proof", "reason"),
    [
        ("", "The inclusion proof does not hold"),
        ("\ufffd" * 100, "The inclusion proof does not hold"),
        (PROOF.replace("\n", "\r\n"), "The inclusion proof does not hold"),
        (a_proof(BOTH, 4), "The log's entry is about another attestation."),
        (a_proof(BOTH, 5), "The log's entry is about another attestation."),
        (a_proof(a_log(an_entry(OTHER))), "The log has another content for this attestation."),
        (a_proof(a_log(b"{}")), "an entry holds type, id, digest, at"),
        (a_proof(a_log(an_entry(CREDENTIAL) + b" ")), "canonical form"),
        (a_proof(LOG, 3, a_note(LOG).replace(LOG_KEY.name, "evil.example/log")), "no trusted key signed"),
        (a_proof(LOG, 3, a_note(LOG, origin="evil.example/log")), "The checkpoint is of another log, evil.example"),
        (a_proof(LOG, 3, a_note([*LOG, b"one more"])), "does not lead to the checkpoint's root"),
        (a_proof(LOG, 3, a_note([*LOG[:2], b"forked", *LOG[3:]])), "does not lead to the checkpoint's root"),
        (line_changed("index", lambda _: "index 4"), "does not lead to the checkpoint's root"),
        (line_changed("index", lambda _: "index 6"), "there is no entry 6 in a tree of size 6"),
        (line_changed("6", lambda _: "7"), "does not fit this text"),
        (PROOF.replace(PROOF.split("\n")[3], PROOF.split("\n")[4]), "does not lead to the checkpoint's root"),
        (line_changed("extra", lambda _: ""), "The inclusion proof does not hold"),
    ],
)
def test_a_proof_of_something_else_is_forged(proof: str, reason: str) -> None:
    report = verdict_on(as_json(CREDENTIAL), proof)
    assert reason in forged_because(report)
    assert report.facts["organisation"] == "Invented Hotels Ltd – Møllegård"
    assert "log index" not in report.facts
    assert verdict_on(make_bundle(CREDENTIAL, proof)) == report


def test_a_proof_beside_the_file_counts_and_not_the_one_enclosed() -> None:
    assert verdict_on(make_bundle(CREDENTIAL, "nonsense"), PROOF).verdict is Verdict.VALID
    assert verdict_on(BUNDLE, "nonsense").verdict is Verdict.FORGED
    assert verdict_on(BUNDLE, "").verdict is Verdict.FORGED


def test_the_checkpoint_of_a_log_that_is_not_pinned_is_forged() -> None:
    def note(number: int) -> str:
        key = NoteKey(LOG_KEY.name, private(number).public_key().public_bytes_raw())
        return a_note(LOG, key, private(number).sign)

    assert "no trusted key signed" in forged_because(verdict_on(make_bundle(CREDENTIAL, a_proof(LOG, 3, note(7)))))
    stranger = NoteKey("other.example/log", LOG_PRIVATE.public_key().public_bytes_raw())
    trust = Trust(ISSUER, TRUST.credential_keys, stranger.vkey)
    assert "no trusted key signed" in forged_because(verdict_on(BUNDLE, trust=trust))


def test_more_signatures_on_the_checkpoint_do_no_harm() -> None:
    """As witnesses add them."""
    witness = NoteKey("witness.example", private(6).public_key().public_bytes_raw())
    line = a_note(LOG, witness, private(6).sign, LOG_KEY.name).split("\n\n")[1]
    assert verdict_on(make_bundle(CREDENTIAL, PROOF + line)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "changes",
    [{"validFrom": None}, {"validUntil": None}, {"validUntil": "soon"}, {"validFrom": "2026-11-24T10:00:00+01:00"}],
)
def test_an_attestation_without_its_time_is_forged_although_it_was_signed(changes: dict[str, Any]) -> None:
    credential = signed({**an_unsigned(), **changes})
    report = verdict_on(make_bundle(credential, a_proof(a_log(an_entry(credential)))))
    assert report.reasons[-1] == "It does not say from when to when it holds."
    assert report.verdict is Verdict.FORGED


def test_a_trust_file_reads_back() -> None:
    assert read_trust(as_json(TRUST.to_json())) == TRUST


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "para73-trust@2"},
        {"more": 1},
        {"credential_keys": multikey(CREDENTIAL_KEY)},
        {"credential_keys": [1]},
        {"credential_keys": ["z6Mk"]},
        {"log_vkey": "para73.example/log"},
        {"log_vkey": LOG_KEY.vkey + "="},
        {"log_vkey": None},
    ],
)
def test_a_trust_file_that_pins_nothing_certain_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        read_trust(as_json({**TRUST.to_json(), **changes}))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(
    st.sampled_from(["", *CREDENTIAL]), st.sampled_from(["", *CREDENTIAL["proof"]]), json_values, st.text(max_size=50)
)
def test_nothing_that_a_stranger_hands_over_raises_or_is_valid(name: str, inner: str, value: Any, proof: str) -> None:
    for changed in (
        value,
        {**CREDENTIAL, name: value},
        {**CREDENTIAL, "proof": {**CREDENTIAL["proof"], inner: value}},
    ):
        if changed != CREDENTIAL:
            assert verdict_on(as_json(changed), PROOF).verdict is Verdict.FORGED
    if proof != PROOF:
        assert verdict_on(as_json(CREDENTIAL), proof).verdict is Verdict.FORGED
    assert verdict_on(proof.encode("utf-8", "surrogatepass")).verdict is Verdict.FORGED
