"""Public reads of the log: each is a function of the published head alone."""

from __future__ import annotations

from contextlib import suppress

from backend.adapters import context
from backend.kernel.errors import Invalid, NotFound
from backend.transparency import queries
from backend.transparency.rules.checkpoint import NoteKey
from backend.transparency.rules.entries import parse_entry
from backend.transparency.rules.proofs import TlogProof, format_tlog_proof
from backend.transparency.rules.tiles import HEIGHT, Tile, parse_path
from backend.transparency.rules.views import Head, LoggedEntry
from backend.transparency.service.tree import prove_inclusion

_NOT_PUBLIC = "The published log has no such file."


def log_key() -> NoteKey:
    """Return the log's public key under its origin, as verifiers pin it."""
    here = context.current()
    return NoteKey(here.settings.log_origin, here.log_signer.public_key)


async def find_head() -> Head | None:
    """Return the published head, or None before the first one."""
    row = await queries.newest_published()
    if row is None:
        return None
    return Head(log_key().name, row["size"], bytes(row["root"]), row["note"], row["at"])


async def list_latest_entries(head: Head, first: int = 20) -> list[LoggedEntry]:
    """Return the newest entries that `head` covers, the newest first."""
    rows = await queries.list_entries(max(0, head.size - first), head.size)
    return [LoggedEntry(row["index"], parse_entry(bytes(row["content"]))) for row in reversed(rows)]


async def list_all_entries() -> list[LoggedEntry]:
    """Return every entry that can be read, covered or not, for checks; `fsck` names those that cannot."""
    found: list[LoggedEntry] = []
    async for row in queries.all_entries():
        with suppress(Invalid):
            found.append(LoggedEntry(row["index"], parse_entry(bytes(row["content"]))))
    return found


async def get_entry_file(path: str) -> bytes:
    """Return a tile or an entry bundle by its tlog-tiles path. Raises NotFound for what is not public (yet)."""
    asked, head = parse_path(path), await find_head()
    if asked is None or head is None:
        raise NotFound(_NOT_PUBLIC)
    level = asked.level if isinstance(asked, Tile) else 0
    if (asked.index << HEIGHT) + asked.width > head.size >> (HEIGHT * level):
        raise NotFound(_NOT_PUBLIC)
    return await context.current().log_files.get(path)


async def prove(index: int, head: Head | None = None) -> str:
    """Return the tlog-proof of entry `index`, the entry itself as its extra line. Raises NotFound until covered.

    It is made under `head` where one is given, so that a response speaks for one head in all of its parts.
    """
    head = head or await find_head()
    row = await queries.find_entry(index)
    if head is None or row is None or index >= head.size:
        raise NotFound("No published checkpoint covers this entry yet. Try again in a few seconds.")
    hashes = await prove_inclusion(index, head.size)
    return format_tlog_proof(TlogProof(index, tuple(hashes), head.note, bytes(row["content"])))
