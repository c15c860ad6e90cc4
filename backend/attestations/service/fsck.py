"""`log fsck`, the attestations' part: what the database shows is what was signed, and what was signed is in the log.

Public lists are made of columns beside the credential, and the DID document of the table of keys. Neither is signed,
so both are compared with what is: whoever changes one of them behind the program's back is found out here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backend.adapters.db import snapshot
from backend.assessments.rules.scorecard import read_bases
from backend.attestations import queries
from backend.attestations.rules.credential import columns_of, scores_content
from backend.attestations.rules.multikey import decode_multikey
from backend.attestations.service.keys import CREDENTIAL, list_keys
from backend.kernel.canonical import sha256_digest, strict_json
from backend.kernel.errors import Invalid
from backend.transparency import service as transparency
from backend.transparency.rules.checkpoint import parse_vkey
from backend.transparency.rules.entries import LogStatement
from backend.transparency.rules.views import FsckReport


async def fsck() -> FsckReport:
    """Read only: check the log, and that attestations, keys and the log's entries say the same."""
    outside = await transparency.find_outside()
    async with snapshot():
        report = await transparency.check_log(outside)
        entries = {entry.index: entry.statement for entry in await transparency.list_all_entries()}
        problems = [*report.problems, *await _attestation_problems(entries), *await _key_problems(entries)]
    return replace(report, problems=tuple(problems))


async def _attestation_problems(entries: Mapping[int, LogStatement]) -> list[str]:
    problems: list[str] = []
    issued = {index for index, statement in entries.items() if statement.type == "issued"}
    told = {(one.id, one.digest) for one in entries.values() if one.type == "superseded"}
    superseded: set[tuple[str, str]] = set()
    async for row in queries.all_attestations():
        index, digest = row["log_index"], row["digest"]
        reasons = _row_problems(row)
        statement = entries.get(index)
        if statement is None or (statement.type, statement.id, statement.digest) != ("issued", str(row["id"]), digest):
            reasons.append(f"entry {index} of the log is not about it")
        problems += [f"attestation {row['id']}: {reason}" for reason in reasons]
        issued.discard(index)
        if row["supersedes"] is not None:
            superseded.add((str(row["supersedes"]), digest))
    problems += [f"entry {index}: it issues an attestation that the database does not hold" for index in sorted(issued)]
    problems += [f"attestation {one}: the log does not say that it was superseded" for one, _ in superseded - told]
    problems += [f"attestation {one}: only the log says that it was superseded" for one, _ in told - superseded]
    return problems


def _row_problems(row: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the row by itself: its credential first, then each column that is read from it."""
    if sha256_digest(row["credential"].encode()) != row["digest"]:
        return ["its credential is not what was signed"]
    try:
        credential = strict_json(row["credential"].encode())
        signed = columns_of(credential)
        differing = [name for name, value in signed.items() if row[name] != value]
        if scores_content(read_bases(row["bases"])) != credential["credentialSubject"]["scores"]:
            differing.append("bases")
    except (Invalid, KeyError, ValueError, TypeError, AttributeError) as error:
        return [f"it cannot be compared with its credential: {error!r}"]
    return [f"{name} is not what its credential says" for name in differing]


async def _key_problems(entries: Mapping[int, LogStatement]) -> list[str]:
    logged = {(one.id, one.digest) for one in entries.values() if one.type == "key"}
    problems: list[str] = []
    for key in await list_keys():
        try:
            raw = (
                decode_multikey(key.public_key) if key.purpose == CREDENTIAL else parse_vkey(key.public_key).public_key
            )
        except Invalid as error:
            problems.append(f"key {key.id}: {error.message}")
            continue
        if (key.id, sha256_digest(raw)) not in logged:
            problems.append(f"key {key.id}: the log does not say that it was added")
    return problems
