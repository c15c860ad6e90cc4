"""All SQL of sectors: which module versions were published, and with which content."""

from __future__ import annotations

from collections.abc import Sequence

from backend.sectors.tables import PublishedModule


async def published_digests(references: Sequence[str]) -> dict[str, str]:
    """Return the digest under which each of these modules was published; unpublished ones are left out."""
    rows = await PublishedModule.select().where(PublishedModule.reference.is_in(list(references)))
    return {row["reference"]: row["digest"] for row in rows}
