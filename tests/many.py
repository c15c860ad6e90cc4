"""Many published scores at little cost: rows like those of one real publication, each with an entry in the log."""

from __future__ import annotations

from uuid import UUID

from backend.adapters import clock, db
from backend.adapters.db import unit_of_work
from backend.kernel.canonical import sha256_digest
from backend.transparency import service as transparency
from backend.transparency.rules.entries import LogStatement

COUNTRIES = ("AT", "KE", "PE")


async def copy_published(attestation_id: UUID, count: int, first: int = 0) -> list[UUID]:
    """Publish `count` companies like the one of this attestation; return their ids, covered by a new head.

    Names and scores come in groups of equal ones, and every tenth has no score, so that a list has ties.
    """
    made: list[UUID] = []
    async with unit_of_work():
        for number in range(first, first + count):
            organisation, assessment, attestation = clock.new_id(), clock.new_id(), clock.new_id()
            digest, name = sha256_digest(attestation.bytes), f"Copied Hotels {number % 8} Ltd"
            index = await transparency.append(LogStatement("issued", str(attestation), digest, clock.now()))
            await _copy(
                "organisation",
                "id = (SELECT organisation FROM attestation WHERE id = $1)",
                attestation_id,
                {
                    "id": organisation,
                    "legal_name": name,
                },
            )
            await _copy(
                "assessment",
                "id = (SELECT assessment FROM attestation WHERE id = $1)",
                attestation_id,
                {
                    "id": assessment,
                    "organisation": organisation,
                },
            )
            await _copy(
                "attestation",
                "id = $1",
                attestation_id,
                {
                    "id": attestation,
                    "organisation": organisation,
                    "assessment": assessment,
                    "company_name": name,
                    "country": COUNTRIES[number % len(COUNTRIES)],
                    "declared_bp": None if number % 10 == 0 else number % 7 * 1000,
                    "digest": digest,
                    "log_index": index,
                    "supersedes": None,
                },
            )
            made.append(attestation)
    await transparency.sequence()
    return made


async def _copy(table: str, where: str, pattern: UUID, changes: dict[str, object]) -> None:
    """Insert a row like the one that `where` finds, with these columns changed."""
    columns = [
        row["name"]
        for row in await db.fetch(
            "SELECT column_name AS name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position",
            table,
        )
    ]
    names = list(changes)
    told = [f"${names.index(column) + 2}" if column in changes else column for column in columns]
    await db.fetch(
        f'INSERT INTO "{table}" ({", ".join(columns)}) SELECT {", ".join(told)} FROM "{table}" WHERE {where}',
        pattern,
        *changes.values(),
    )
