"""`log fsck`: derive the root again, once from the database and once from the tiles, and compare everything.

The database is read in one snapshot, so that a log that grows meanwhile raises no false alarm. Checked are the files
that a reader of the newest checkpoint needs. Partial tiles of earlier checkpoints are not: fuller ones took their
place, and tlog-tiles lets them go.
"""

from __future__ import annotations

from typing import Any

from backend.adapters import context
from backend.adapters.db import assert_in_unit_of_work, snapshot
from backend.kernel.errors import NotFound, Para73Error
from backend.transparency import queries
from backend.transparency.rules.checkpoint import Checkpoint, open_note, parse_body
from backend.transparency.rules.entries import parse_entry
from backend.transparency.rules.merkle import EMPTY_ROOT, leaf_hash, node_hash, root_of
from backend.transparency.rules.tiles import (
    FULL_WIDTH,
    bundles_to_write,
    decode_entries,
    entries_path,
    tile_path,
    tiles_to_write,
)
from backend.transparency.rules.views import FsckReport
from backend.transparency.service.reading import log_key
from backend.transparency.service.sequencer import CHECKPOINT_FILE
from backend.transparency.service.tree import root_from_tiles


async def fsck() -> FsckReport:
    """Read only. Return every disagreement between entries, tiles, bundles and checkpoints, in words."""
    outside = await find_outside()
    async with snapshot():
        return await check_log(outside)


async def find_outside() -> Checkpoint | str | None:
    """Return the checkpoint that stands outside, None where there is none, or in words what is wrong with it."""
    try:
        note = (await context.current().log_files.get(CHECKPOINT_FILE)).decode("utf-8", "replace")
        return parse_body(open_note(note, [log_key()]))
    except NotFound:
        return None
    except Para73Error as error:
        return f"the checkpoint outside: {error.message}"


async def check_log(outside: Checkpoint | str | None) -> FsckReport:
    """Step, read only: what `fsck` does, inside the caller's snapshot; `outside` was found before that was taken."""
    assert_in_unit_of_work()
    problems: list[str] = []
    leaves = await _check_entries(problems)
    checkpoints = await queries.list_checkpoints()
    roots = _roots_at(leaves, {row["size"] for row in checkpoints})
    for row in checkpoints:
        _check_checkpoint(row, len(leaves), roots, problems)
    head = checkpoints[-1] if checkpoints else None
    if head is not None:
        await _check_tiles(head["size"], bytes(head["root"]), leaves, problems)
        await _check_bundles(head["size"], leaves, problems)
    await _check_outside(outside, {row["size"]: bytes(row["root"]) for row in checkpoints}, problems)
    return FsckReport(
        size=head["size"] if head else 0,
        root=bytes(head["root"]) if head else EMPTY_ROOT,
        entries=len(leaves),
        checkpoints=len(checkpoints),
        problems=tuple(problems),
    )


async def _check_entries(problems: list[str]) -> list[bytes]:
    leaves: list[bytes] = []
    expected = 0
    async for row in queries.all_entries():
        index, content = row["index"], bytes(row["content"])
        if index != expected:
            problems.append(f"entry {expected} is missing: the next one is {index}")
        expected = index + 1
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


async def _check_tiles(size: int, root: bytes, leaves: list[bytes], problems: list[str]) -> None:
    """Every tile must hold what the entries of the database give, and all of them together the checkpoint's root."""
    row, level = leaves[:size], 0
    for tile in tiles_to_write(0, size):
        while level < tile.level:
            # A hash of the level above is the root of one full tile; those that are not full yet have none.
            level += 1
            row = [root_of(row[at : at + FULL_WIDTH]) for at in range(0, len(row) - FULL_WIDTH + 1, FULL_WIDTH)]
        wanted = row[tile.index * FULL_WIDTH : tile.index * FULL_WIDTH + tile.width]
        await _check_tile(tile_path(tile), b"".join(wanted), problems)
    try:
        found = await root_from_tiles(size)
    except Para73Error as error:
        problems.append(f"tiles: {error.message}")
        return
    if found != root:
        problems.append(f"tiles: they give another root than the checkpoint of size {size}")


async def _check_tile(path: str, wanted: bytes, problems: list[str]) -> None:
    try:
        found = await context.current().log_files.get(path)
    except Para73Error as error:
        problems.append(f"{path}: {error.message}")
        return
    if found != wanted:
        problems.append(f"{path}: its hashes are not those of the entries of the database")


async def _check_bundles(size: int, leaves: list[bytes], problems: list[str]) -> None:
    """Every entry bundle must hold what the database holds, entry by entry."""
    for bundle in bundles_to_write(0, size):
        path = entries_path(bundle.index, bundle.width)
        try:
            entries = decode_entries(await context.current().log_files.get(path))
        except Para73Error as error:
            problems.append(f"{path}: {error.message}")
            continue
        first = bundle.index * FULL_WIDTH
        if [leaf_hash(entry) for entry in entries] != leaves[first : first + bundle.width]:
            problems.append(f"{path}: its entries are not those of the database")


async def _check_outside(before: Checkpoint | str | None, stored: dict[int, bytes], problems: list[str]) -> None:
    """A checkpoint is stored, then put outside, then recorded as published; so, also while the log grows:

    what stood outside before the snapshot is stored in it, and what it says is published stands outside afterwards.
    """
    if isinstance(before, str):
        problems.append(before)
        return
    if before is not None and stored.get(before.size) != before.root:
        problems.append(
            f"the checkpoint outside has size {before.size}, and the database (size {max(stored, default=0)}) does not "
            "hold it: this database is an old backup, or belongs to another log"
        )
    published, after = await queries.newest_published(), await find_outside()
    if published is None or isinstance(after, str):
        return
    size = after.size if after is not None else None
    if size is None or size < published["size"]:
        state = "is missing" if size is None else f"has size {size}"
        problems.append(f"the checkpoint outside {state}, and the one of size {published['size']} was published")
