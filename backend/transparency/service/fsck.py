"""`log fsck`: derive the root again, once from the database and once from the tiles, and compare everything."""

from __future__ import annotations

from typing import Any

from backend.adapters import context
from backend.kernel.errors import Para73Error
from backend.transparency import queries
from backend.transparency.rules.checkpoint import open_note, parse_body
from backend.transparency.rules.entries import parse_entry
from backend.transparency.rules.merkle import EMPTY_ROOT, leaf_hash, node_hash
from backend.transparency.rules.tiles import bundles_to_write, decode_entries, entries_path
from backend.transparency.rules.views import FsckReport
from backend.transparency.service.reading import log_key
from backend.transparency.service.sequencer import CHECKPOINT_FILE
from backend.transparency.service.tree import root_from_tiles


async def fsck() -> FsckReport:
    """Read only. Return every disagreement between entries, tiles, bundles and checkpoints, in words."""
    problems: list[str] = []
    leaves = await _check_entries(problems)
    checkpoints = await queries.list_checkpoints()
    roots = _roots_at(leaves, {row["size"] for row in checkpoints})
    for row in checkpoints:
        _check_checkpoint(row, len(leaves), roots, problems)
    head = checkpoints[-1] if checkpoints else None
    if head is not None:
        await _check_files(head["size"], bytes(head["root"]), problems)
        await _check_bundles(head["size"], leaves, problems)
        await _check_outside(head, problems)
    return FsckReport(
        size=head["size"] if head else 0,
        root=bytes(head["root"]) if head else EMPTY_ROOT,
        entries=len(leaves),
        checkpoints=len(checkpoints),
        problems=tuple(problems),
    )


async def _check_entries(problems: list[str]) -> list[bytes]:
    leaves: list[bytes] = []
    async for row in queries.all_entries():
        index, content = row["index"], bytes(row["content"])
        if index != len(leaves):
            problems.append(f"entry {len(leaves)} is missing: the next one is {index}")
        if leaf_hash(content) != bytes(row["leaf_hash"]):
            problems.append(f"entry {index}: the stored leaf hash is not that of its content")
        try:
            parse_entry(content)
        except Para73Error as error:
            problems.append(f"entry {index}: {error.message}")
        leaves.append(leaf_hash(content))
    return leaves


def _roots_at(leaves: list[bytes], sizes: set[int]) -> dict[int, bytes]:
    """Return the root at each of these sizes, in one pass: `peaks` are the complete subtrees so far."""
    roots = {0: EMPTY_ROOT}
    peaks: list[tuple[int, bytes]] = []
    for size, leaf in enumerate(leaves, start=1):
        level, node = 0, leaf
        while peaks and peaks[-1][0] == level:
            level, node = level + 1, node_hash(peaks.pop()[1], node)
        peaks.append((level, node))
        if size in sizes:
            root = peaks[-1][1]
            for _, left in reversed(peaks[:-1]):
                root = node_hash(left, root)
            roots[size] = root
    return roots


def _check_checkpoint(row: dict[str, Any], entries: int, roots: dict[int, bytes], problems: list[str]) -> None:
    size, root = row["size"], bytes(row["root"])
    if size > entries:
        problems.append(f"checkpoint {size}: the database holds only {entries} entries")
        return
    if roots[size] != root:
        problems.append(f"checkpoint {size}: the entries of the database give another root")
    try:
        told = parse_body(open_note(row["note"], [log_key()]))
    except Para73Error as error:
        problems.append(f"checkpoint {size}: {error.message}")
        return
    if (told.size, told.root, told.origin) != (size, root, log_key().name):
        problems.append(f"checkpoint {size}: the signed note says something else than the row")


async def _check_files(size: int, root: bytes, problems: list[str]) -> None:
    try:
        found = await root_from_tiles(size)
    except Para73Error as error:
        problems.append(f"tiles: {error.message}")
        return
    if found != root:
        problems.append(f"tiles: they give another root than the checkpoint of size {size}")


async def _check_bundles(size: int, leaves: list[bytes], problems: list[str]) -> None:
    """Every entry bundle must hold what the database holds, entry by entry."""
    for bundle in bundles_to_write(0, size):
        path = entries_path(bundle.index, bundle.width)
        try:
            entries = decode_entries(await context.current().log_files.get(path))
        except Para73Error as error:
            problems.append(f"{path}: {error.message}")
            continue
        first = bundle.index * 256
        if [leaf_hash(entry) for entry in entries] != leaves[first : first + bundle.width]:
            problems.append(f"{path}: its entries are not those of the database")


async def _check_outside(head: dict[str, Any], problems: list[str]) -> None:
    try:
        note = (await context.current().log_files.get(CHECKPOINT_FILE)).decode()
        outside = parse_body(open_note(note, [log_key()]))
    except (Para73Error, UnicodeDecodeError) as error:
        problems.append(f"the checkpoint outside: {error}")
        return
    if note != head["note"]:
        problems.append(
            f"the checkpoint outside has size {outside.size}, the stored one {head['size']}: "
            "if the stored one is larger, the sequencer has not run since; if smaller, this is an old backup"
        )
