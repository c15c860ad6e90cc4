"""Everything that the database holds, so that a test can say that nothing changed."""

from __future__ import annotations

from backend.adapters import db

# What a refused attempt leaves on purpose: who knocked how often, and the jobs' own bookkeeping.
_ASIDE = ("sign_in_attempt", "migration")


async def everything() -> dict[str, list[str]]:
    """Return each row of each table as text, by table."""
    tables = await db.fetch(
        "SELECT table_name AS name FROM information_schema.tables "
        "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1"
    )
    found: dict[str, list[str]] = {}
    for table in tables:
        name = table["name"]
        if name not in _ASIDE and "statistics" not in name:
            rows = await db.fetch(f'SELECT t::text AS row FROM "{name}" t ORDER BY 1')
            found[name] = [row["row"] for row in rows]
    return found
