"""Public reads: nothing is shown that the published head of the log does not cover."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.adapters import clock
from backend.assessments.rules.scorecard import read_bases
from backend.attestations import queries
from backend.attestations.rules.bundle import make_bundle
from backend.attestations.rules.credential import context_document
from backend.attestations.rules.views import (
    AttestationDetail,
    AttestationStatus,
    OwnAttestation,
    PublishedAttestation,
    PublishedPage,
    ScoreFilter,
    ScoreOrder,
)
from backend.kernel.actor import Actor
from backend.kernel.canonical import canonical_digest
from backend.kernel.errors import Invalid, NotFound
from backend.transparency import service as transparency
from backend.transparency.rules.views import FsckReport

MAX_PAGE = 100


async def list_published(wanted: ScoreFilter, order: ScoreOrder, first: int, after: str | None) -> PublishedPage:
    """Return a page of public attestations that nothing supersedes; `after` is the cursor of the page before.

    Raises Invalid for a cursor that this order did not give.
    """
    head = await transparency.find_head()
    if head is None:
        return PublishedPage((), 0, None, 0)
    position = _read_cursor(after, order) if after else None
    rows = await queries.list_public(head.size, wanted, order, min(first, MAX_PAGE) + 1, position)
    shown, more = rows[: min(first, MAX_PAGE)], len(rows) > min(first, MAX_PAGE)
    now = clock.now()
    return PublishedPage(
        items=tuple(_published(row, now) for row in shown),
        total=await queries.count_public(head.size, wanted),
        next_cursor=_cursor(shown[-1], order) if more else None,
        tree_size=head.size,
    )


async def find_public(attestation_id: UUID) -> AttestationDetail | None:
    """Return an attestation with its credential, or None while the published head does not cover it."""
    head = await transparency.find_head()
    rows = await queries.list_public_by_ids(head.size, [attestation_id]) if head else []
    if head is None or not rows:
        return None
    row = rows[0]
    return AttestationDetail(_published(row, clock.now()), row["credential"], json.loads(row["credential"]), head.size)


async def get_public(attestation_id: UUID) -> AttestationDetail:
    """As `find_public`. Raises NotFound."""
    found = await find_public(attestation_id)
    if found is None:
        raise NotFound("There is no attestation at this address.")
    return found


async def get_proof(attestation_id: UUID) -> str:
    """Return the attestation's tlog-proof under the published checkpoint. Raises NotFound."""
    index = await queries.find_log_index(attestation_id)
    if index is None:
        raise NotFound("There is no attestation at this address.")
    return await transparency.prove(index)


async def get_bundle(attestation_id: UUID) -> bytes:
    """Return credential and proof in one file. Raises NotFound."""
    detail = await get_public(attestation_id)
    return make_bundle(dict(detail.credential), await get_proof(attestation_id))


async def list_own(actor: Actor) -> list[OwnAttestation]:
    """Return the organisation's attestations, the newest first, public or not yet. Raises NotSignedIn."""
    actor.require_member()
    head = await transparency.find_head()
    size = head.size if head else 0
    return [
        OwnAttestation(row["id"], row["assessment"], row["log_index"], row["issued_at"], row["log_index"] < size)
        for row in await queries.list_own(actor)
    ]


def credential_context() -> dict[str, Any]:
    """Return our JSON-LD context."""
    return context_document()


async def fsck() -> FsckReport:
    """Read only: check the log, and that attestations and their entries say the same."""
    report = await transparency.fsck()
    problems = list(report.problems)
    entries = {entry.index: entry.statement for entry in await transparency.list_all_entries()}
    issued = {index for index, statement in entries.items() if statement.type == "issued"}
    for row in await queries.all_digests():
        index, name = row["log_index"], f"attestation {row['id']}"
        statement = entries.get(index)
        if canonical_digest(json.loads(row["credential"])) != row["digest"]:
            problems.append(f"{name}: its credential is not what was signed")
        if statement is None or (statement.type, statement.id, statement.digest) != (
            "issued",
            str(row["id"]),
            row["digest"],
        ):
            problems.append(f"{name}: entry {index} of the log is not about it")
        issued.discard(index)
    problems += [f"entry {index}: it issues an attestation that the database does not hold" for index in sorted(issued)]
    return FsckReport(report.size, report.root, report.entries, report.checkpoints, tuple(problems))


def _published(row: dict[str, Any], now: datetime) -> PublishedAttestation:
    if row["superseded_by"] is not None:
        status = AttestationStatus.SUPERSEDED
    else:
        status = AttestationStatus.EXPIRED if now > row["valid_until"] else AttestationStatus.VALID
    return PublishedAttestation(
        id=row["id"],
        organisation_id=row["organisation"],
        company_name=row["company_name"],
        country=row["country"],
        is_sample=row["is_sample"],
        sectors=tuple(row["sectors"]),
        period=row["period"],
        bases=read_bases(row["bases"]),
        digest=row["digest"],
        log_index=row["log_index"],
        issued_at=row["issued_at"],
        valid_until=row["valid_until"],
        supersedes=row["supersedes"],
        superseded_by=row["superseded_by"],
        status=status,
    )


def _cursor(row: dict[str, Any], order: ScoreOrder) -> str:
    text = json.dumps([order.value, row["sort_key"], str(row["id"])], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, order: ScoreOrder) -> tuple[str, UUID]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told, key, row_id = json.loads(base64.urlsafe_b64decode(padded))
        if told != order.value or not isinstance(key, str):
            raise ValueError(told)
        if order is not ScoreOrder.NAME:
            int(key)
        return key, UUID(row_id)
    except (ValueError, TypeError, AttributeError, RecursionError):
        wrong = "Use the cursor of the page before, with the same order."
        raise Invalid("This cursor does not belong to this list.", {"after": wrong}) from None
