"""Verifying: one verdict with its reasons, from a file and pinned keys alone (attestation.md, Verifying).

Nothing that a stranger hands over makes this raise: what cannot be read is a verdict as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from backend.attestations.rules.bundle import read_bundle
from backend.attestations.rules.credential import TYPE
from backend.attestations.rules.did import key_id
from backend.attestations.rules.integrity import why_proof_fails
from backend.attestations.rules.multikey import decode_multikey
from backend.kernel.canonical import canonical_digest, strict_json
from backend.kernel.cursor import shown
from backend.kernel.errors import Invalid
from backend.transparency.rules.checkpoint import Checkpoint, open_note, parse_body, parse_vkey
from backend.transparency.rules.entries import LogStatement, parse_entry
from backend.transparency.rules.merkle import leaf_hash, verify_inclusion
from backend.transparency.rules.proofs import TlogProof, parse_tlog_proof

TRUST_FORMAT = "para73-trust@1"
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


class Verdict(StrEnum):
    """What an attestation is, as far as can be told."""

    VALID = "valid"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    FORGED = "forged"

    @property
    def exit_code(self) -> int:
        """Return 0 for valid, 1..5 for the others in the order of this list."""
        return list(Verdict).index(self)


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signatures count: the issuer, its credential keys (Multikeys) and the log's verifier key."""

    issuer: str
    credential_keys: tuple[str, ...]
    log_vkey: str

    def to_json(self) -> dict[str, Any]:
        """Return the content of a trust file."""
        return {
            "format": TRUST_FORMAT,
            "issuer": self.issuer,
            "credential_keys": list(self.credential_keys),
            "log_vkey": self.log_vkey,
        }


@dataclass(frozen=True, slots=True)
class Later:
    """What a later part of the log says of this attestation, where it could be asked."""

    superseded: bool = False
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One verdict, its reasons as sentences, and what the attestation says (only where its signature holds)."""

    verdict: Verdict
    reasons: tuple[str, ...]
    facts: Mapping[str, Any]


class _Ends(Exception):
    """Verification ends here with this verdict and reason."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(reason)
        self.verdict, self.reason = verdict, reason


def read_trust(data: bytes) -> Trust:
    """Return the content of a trust file. Raises Invalid."""
    value = strict_json(data)
    wanted = {"format", "issuer", "credential_keys", "log_vkey"}
    if not isinstance(value, dict) or set(value) != wanted or value["format"] != TRUST_FORMAT:
        raise Invalid(f"a trust file holds format ({TRUST_FORMAT}), issuer, credential_keys and log_vkey")
    keys = value["credential_keys"]
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise Invalid("credential_keys is a list of Multikeys")
    for key in keys:
        decode_multikey(key)
    parse_vkey(str(value["log_vkey"]))
    return Trust(str(value["issuer"]), tuple(keys), str(value["log_vkey"]))


def verify_attestation(
    data: bytes, proof: str | None, trust: Trust, at: datetime, later: Later | None = None
) -> Report:
    """Return the verdict on a credential or a bundle at the instant `at`. Never raises.

    `proof` is a tlog-proof kept beside the file; a bundle's own is used where none is given. `later` is what the
    log said afterwards; None where nobody could be asked, which the reasons then say.
    """
    facts: dict[str, Any] = {}
    try:
        credential, enclosed = _read(data)
        _check_signature(credential, trust)
        facts |= _facts(credential)
        reasons = ["The signature holds: nothing in the attestation was changed since it was issued."]
        handed = proof if proof is not None else enclosed
        if handed is None:
            raise _Ends(
                Verdict.UNKNOWN,
                "No inclusion proof was given, so nobody can tell whether it stands in the log. "
                "Get the bundle, or the .tlog-proof file, from whoever handed it over.",
            )
        checkpoint, index = _check_inclusion(credential, handed, trust)
        facts |= {"log index": index, "tree size": checkpoint.size, "log": checkpoint.origin}
        reasons.append(
            f"It stands in the log as entry {index} of {checkpoint.size}, under a checkpoint signed by the log."
        )
        verdict, told = _standing(credential, at, later)
    except _Ends as end:
        return Report(end.verdict, (end.reason,), facts)
    return Report(verdict, (*reasons, *told), facts)


def _read(data: bytes) -> tuple[dict[str, Any], str | None]:
    try:
        credential, proof = read_bundle(data)
    except Invalid as error:
        raise _Ends(Verdict.FORGED, f"This is not an attestation as Para73 writes it: {error.message}.") from error
    subject = credential.get("credentialSubject")
    if credential.get("type") != ["VerifiableCredential", TYPE] or not isinstance(subject, dict):
        raise _Ends(Verdict.FORGED, "This is not an attestation of Para73.")
    return credential, proof


def _check_signature(credential: Mapping[str, Any], trust: Trust) -> None:
    issuer = credential.get("issuer")
    if issuer != trust.issuer:
        # Nobody vouches for this name, so it is shown in quotes and cut: it may hold anything a terminal obeys.
        named = shown(str(issuer))
        raise _Ends(Verdict.FORGED, f"It names the issuer {named}, and the issuer that you trust is {trust.issuer}.")
    proof = credential.get("proof")
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    key = next((one for one in trust.credential_keys if method == key_id(trust.issuer, one)), None)
    if key is None:
        raise _Ends(Verdict.FORGED, "It is not signed with a key that you trust.")
    try:
        failure = why_proof_fails(credential, decode_multikey(key))
    except Invalid as error:
        failure = f"It cannot be checked: {error.message}."
    if failure:
        raise _Ends(Verdict.FORGED, failure)


def _check_inclusion(credential: Mapping[str, Any], handed: str, trust: Trust) -> tuple[Checkpoint, int]:
    try:
        proof = parse_tlog_proof(handed)
        key = parse_vkey(trust.log_vkey)
        checkpoint = parse_body(open_note(proof.checkpoint_note, [key]))
        statement = parse_entry(proof.extra or b"")
    except Invalid as error:
        raise _Ends(Verdict.FORGED, f"The inclusion proof does not hold: {error.message}.") from error
    if checkpoint.origin != key.name:
        raise _Ends(Verdict.FORGED, f"The checkpoint is of another log, {checkpoint.origin}.")
    if not _is_included(proof, checkpoint):
        raise _Ends(Verdict.FORGED, "The inclusion proof does not lead to the checkpoint's root.")
    _check_entry(credential, statement)
    return checkpoint, proof.index


def _is_included(proof: TlogProof, checkpoint: Checkpoint) -> bool:
    leaf = leaf_hash(proof.extra or b"")
    return verify_inclusion(leaf, proof.index, checkpoint.size, list(proof.hashes), checkpoint.root)


def _check_entry(credential: Mapping[str, Any], statement: LogStatement) -> None:
    if statement.type != "issued" or statement.id != str(credential.get("id")).rsplit("/", 1)[-1]:
        raise _Ends(Verdict.FORGED, "The log's entry is about another attestation.")
    if statement.digest != canonical_digest(credential):
        raise _Ends(Verdict.FORGED, "The log has another content for this attestation.")


def _standing(credential: Mapping[str, Any], at: datetime, later: Later | None) -> tuple[Verdict, tuple[str, ...]]:
    issued, until = _instant(credential.get("validFrom")), _instant(credential.get("validUntil"))
    if issued is None or until is None:
        return Verdict.FORGED, ("It does not say from when to when it holds.",)
    if later is not None and later.revoked:
        return Verdict.REVOKED, ("It was revoked.",)
    if later is not None and later.superseded:
        return Verdict.SUPERSEDED, ("A later attestation of the same organisation took its place.",)
    if at < issued:
        return Verdict.UNKNOWN, (f"It holds from {credential['validFrom']} on; check this machine's clock.",)
    if at > until:
        return Verdict.EXPIRED, (f"It held until {credential['validUntil']}.",)
    if later is None:
        told = "Whether a later attestation took its place cannot be told offline; its page says so."
        return Verdict.VALID, (f"It holds until {credential['validUntil']}.", told)
    return Verdict.VALID, (f"It holds until {credential['validUntil']}.", "Nothing later in the log supersedes it.")


def _facts(credential: Mapping[str, Any]) -> dict[str, Any]:
    subject = credential["credentialSubject"]
    facts: dict[str, Any] = {
        "attestation": credential.get("id"),
        "organisation": subject.get("legalName"),
        "country": subject.get("country"),
        "period": subject.get("period"),
        "assurance": subject.get("assurance"),
    }
    scores = subject.get("scores")
    if isinstance(scores, dict):
        facts |= {
            f"{basis} score (bp)": part.get("scoreBp") for basis, part in scores.items() if isinstance(part, dict)
        }
    if subject.get("sample") is True:
        facts["sample"] = "an invented company, for demonstration"
    return facts | {"issued": credential.get("validFrom"), "valid until": credential.get("validUntil")}


def _instant(value: object) -> datetime | None:
    # Readers of dates are lenient, each in its own way, so only the one form that is written is read.
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
