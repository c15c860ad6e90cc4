"""Verifying a file from the command line: finds the proof beside it and the keys to trust, and asks nobody."""

from __future__ import annotations

import os
from pathlib import Path

from backend.adapters import clock
from backend.attestations.rules.bundle import MAX_BYTES
from backend.attestations.rules.verify import Report, Trust, Verdict, read_trust, verify_attestation
from backend.kernel.errors import Invalid
from backend.settings import SettingRefused

PROOF_ENDING = ".tlog-proof"
TRUST_FILE = "trust.json"


def verify_file(file: Path, proof: Path | None, trust: Path | None) -> Report:
    """Return the report on an attestation. Raises SettingRefused where no keys to trust are found."""
    if file.stat().st_size > MAX_BYTES:
        return Report(Verdict.FORGED, (f"An attestation has at most {MAX_BYTES:,} bytes.",), {})
    beside = proof or _proof_beside(file)
    text = beside.read_bytes()[:MAX_BYTES].decode("utf-8", "replace") if beside else None
    return verify_attestation(file.read_bytes(), text, _trust(file, trust), clock.now())


def _proof_beside(file: Path) -> Path | None:
    for name in (file.with_suffix(PROOF_ENDING), file.with_name(file.name + PROOF_ENDING)):
        if name.is_file() and name != file:
            return name
    return None


def _trust(file: Path, given: Path | None) -> Trust:
    data_folder = Path(os.environ.get("PARA73_DATA", "data"))
    named = os.environ.get("PARA73_TRUST")
    places = [given, Path(named) if named else None, file.parent / TRUST_FILE, data_folder / TRUST_FILE]
    for place in places:
        if place is not None and place.is_file():
            try:
                return read_trust(place.read_bytes())
            except Invalid as error:
                raise SettingRefused(f"{place} is not a trust file: {error.message}.") from error
    raise SettingRefused(
        "There are no keys to trust. Get trust.json from the publisher over a way you trust, and name it by --trust "
        "or PARA73_TRUST, or put it beside the file."
    )
