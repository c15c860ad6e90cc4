"""Public reads: nothing is shown that the published head of the log does not cover.

Each read takes the head to speak for, and finds the published one where none is given. Whoever makes one response
of several reads finds the head once and hands it to all of them, so that the log may grow meanwhile.
"""

from __future__ import annotations

import base64
import json
import re
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
from backend.kernel.errors import Invalid, NotFound
from backend.kernel.text import is_storable
from backend.transparency import service as transparency
from backend.transparency.rules.views import Head

MAX_PAGE = 100
# What the database can compare a cursor's key with, in the orders that sort by a number.
_LIMITS = {ScoreOrder.NEWEST: 2**63, ScoreOrder.HIGHEST_DECLARED: 2**31}
_INTEGER = re.compile(r"-?[0-9]{1,19}")


async def list_published(
    wanted: ScoreFilter,
    order: ScoreOrder,
    first: int,
    after: str | None,
    head: Head | None = None,
    with_total: bool = True,
) -> PublishedPage:
    """Return a page of public attestations that nothing supersedes; `after` is the cursor of the page before.

    Without `with_total` its total is None: a count reads every row, a page only its own.
    Raises Invalid for a cursor that this order did not give, and for a filter that no stored text can equal.
    """
    _require_storable(wanted)
    head = head or await transparency.find_head()
    if head is None:
        return PublishedPage((), 0, None, 0)
    position = _read_cursor(after, order) if after else None
    rows = await queries.list_public(head.size, wanted, order, min(first, MAX_PAGE) + 1, position)
    shown, more = rows[: min(first, MAX_PAGE)], len(rows) > min(first, MAX_PAGE)
    now = clock.now()
    return PublishedPage(
        items=tuple(_published(row, now) for row in shown),
        total=await queries.count_public(head.size, wanted) if with_total else None,
        next_cursor=_cursor(shown[-1], order) if more else None,
        tree_size=head.size,
    )


async def count_published(wanted: ScoreFilter, head: Head | None = None) -> int:
    """Return how many attestations `list_published` would give over all its pages. Raises Invalid as it does."""
    _require_storable(wanted)
    head = head or await transparency.find_head()
    return await queries.count_public(head.size, wanted) if head else 0


async def find_public(attestation_id: UUID, head: Head | None = None) -> AttestationDetail | None:
    """Return an attestation with its credential, or None while the published head does not cover it."""
    head = head or await transparency.find_head()
    rows = await queries.list_public_by_ids(head.size, [attestation_id]) if head else []
    if head is None or not rows:
        return None
    row = rows[0]
    return AttestationDetail(_published(row, clock.now()), row["credential"], json.loads(row["credential"]), head.size)


async def get_public(attestation_id: UUID, head: Head | None = None) -> AttestationDetail:
    """As `find_public`. Raises NotFound."""
    found = await find_public(attestation_id, head)
    if found is None:
        raise NotFound("There is no attestation at this address.")
    return found


async def get_proof(attestation_id: UUID, head: Head | None = None) -> str:
    """Return the attestation's tlog-proof under the published checkpoint. Raises NotFound."""
    index = await queries.find_log_index(attestation_id)
    if index is None:
        raise NotFound("There is no attestation at this address.")
    return await transparency.prove(index, head)


async def get_bundle(attestation_id: UUID, head: Head | None = None) -> bytes:
    """Return credential and proof in one file. Raises NotFound."""
    head = head or await transparency.find_head()
    detail = await get_public(attestation_id, head)
    return make_bundle(dict(detail.credential), await get_proof(attestation_id, head))


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


def _require_storable(wanted: ScoreFilter) -> None:
    given = {"country": wanted.country, "sector": wanted.sector, "search": wanted.search}
    wrong = [name for name, text in given.items() if not is_storable(text or "")]
    if wrong:
        message = "This filter holds a character that nothing stored can hold."
        raise Invalid(message, dict.fromkeys(wrong, "Remove it and ask again."))


def _cursor(row: dict[str, Any], order: ScoreOrder) -> str:
    text = json.dumps([order.value, row["sort_key"], str(row["id"])], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str, order: ScoreOrder) -> tuple[str, UUID]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        told, key, row_id = json.loads(base64.urlsafe_b64decode(padded))
        if told != order.value or not isinstance(key, str):
            raise ValueError(told)
        limit = _LIMITS.get(order)
        if not is_storable(key) or (limit and not (_INTEGER.fullmatch(key) and abs(int(key)) < limit)):
            raise ValueError(key)
        return key, UUID(row_id)
    except (ValueError, TypeError, AttributeError, RecursionError):
        wrong = "Use the cursor of the page before, with the same order."
        raise Invalid("This cursor does not belong to this list.", {"after": wrong}) from None
