"""Verifying a file from the command line: finds the proof beside it and the keys to trust, and asks nobody.

Whoever hands over a file can put keys of their own beside it. So pinned keys come first, and a report always says
whose keys it used; where they lay beside the file, it says what that is worth.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

from backend.adapters import clock
from backend.attestations.rules.bundle import MAX_BYTES
from backend.attestations.rules.verify import Report, Trust, Verdict, read_trust, verify_attestation
from backend.kernel.errors import Invalid
from backend.settings import DATA, TRUST, SettingRefused

PROOF_ENDING = ".tlog-proof"
TRUST_FILE = "trust.json"
_NOT_PINNED = (
    "The keys come from trust.json beside the file, and whoever made the one can have made the other. Pin the "
    "publisher's trust.json over a way you trust, by --trust or PARA73_TRUST."
)


@dataclass(frozen=True, slots=True)
class _Pinned:
    """Keys and where they came from; `beside` where nobody pinned them and they lay beside the file."""

    trust: Trust
    place: Path
    beside: bool


def verify_file(file: Path, proof: Path | None, trust: Path | None) -> Report:
    """Return the report on an attestation. Raises SettingRefused where no keys to trust are found."""
    pinned = _pinned(file, trust)
    if file.stat().st_size > MAX_BYTES:
        return Report(Verdict.FORGED, (f"An attestation has at most {MAX_BYTES:,} bytes.",), {})
    beside = proof or _proof_beside(file)
    text = beside.read_bytes()[:MAX_BYTES].decode("utf-8", "replace") if beside else None
    report = verify_attestation(file.read_bytes(), text, pinned.trust, clock.now())
    reasons = (*report.reasons, _NOT_PINNED) if pinned.beside else report.reasons
    trusted = {"issuer trusted": pinned.trust.issuer, "keys trusted from": str(pinned.place)}
    return replace(report, reasons=reasons, facts={**report.facts, **trusted})


def _proof_beside(file: Path) -> Path | None:
    for name in (file.with_suffix(PROOF_ENDING), file.with_name(file.name + PROOF_ENDING)):
        if name.is_file() and name != file:
            return name
    return None


def _pinned(file: Path, given: Path | None) -> _Pinned:
    if given is not None:
        return _Pinned(_read(given), given, beside=False)
    named = os.environ.get(TRUST)
    if named:
        # Never passed over: another file's keys would answer a question that was asked of this one's.
        return _Pinned(_read(Path(named).expanduser()), Path(named), beside=False)
    own = DATA.of(os.environ) / TRUST_FILE
    if own.is_file():
        return _Pinned(_read(own), own, beside=False)
    beside = file.parent / TRUST_FILE
    if beside.is_file():
        return _Pinned(_read(beside), beside, beside=True)
    raise SettingRefused(
        "There are no keys to trust. Get trust.json from the publisher over a way you trust, and name it by --trust "
        "or PARA73_TRUST."
    )


def _read(place: Path) -> Trust:
    try:
        return read_trust(place.read_bytes())
    except OSError as error:
        raise SettingRefused(f"The trust file {place} cannot be read: {error.strerror}.") from error
    except Invalid as error:
        raise SettingRefused(f"{place} is not a trust file: {error.message}.") from error
