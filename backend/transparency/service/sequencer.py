"""Append and sequence: how a statement gets its place, and how a place becomes public.

Safety argument (attestation.md, Order of things):
1. `append` runs in the transaction of its cause, under a lock held until commit. So indexes have no gaps, and
   a reader that sees index n sees every index before it.
2. `sequence` is one at a time, by another lock. It writes tiles, then moves the stored checkpoint by
   compare-and-swap, commits, then puts the checkpoint outside, and only then records it as published. A kill
   between any two of these leaves a state from which the next run goes on: tiles are deterministic, and a
   stored checkpoint that is not outside yet is put there first.
3. Public reads go by the recorded checkpoint, so what anybody was ever shown stands outside already. A database
   that was put back from an old backup is therefore always behind the checkpoint outside, and is refused.
"""

from __future__ import annotations

from typing import Any

from backend.adapters import clock, context, queue
from backend.adapters.db import assert_in_unit_of_work, lock_for_transaction, unit_of_work
from backend.kernel.errors import Conflict, NotFound
from backend.transparency import queries
from backend.transparency.rules.checkpoint import (
    Checkpoint,
    checkpoint_body,
    open_note,
    parse_body,
    sign_note,
)
from backend.transparency.rules.entries import LogStatement, entry_bytes
from backend.transparency.rules.merkle import EMPTY_ROOT, leaf_hash
from backend.transparency.service.reading import log_key
from backend.transparency.service.tree import root_from_tiles, write_tiles

APPEND_LOCK = 7_300_001
SEQUENCE_LOCK = 7_300_002
SEQUENCE_LOG = "sequence_log"
CHECKPOINT_FILE = "checkpoint"


async def append(statement: LogStatement) -> int:
    """Step: give the statement the next index and return it; a job to sequence it is enqueued with it.

    Call it late in a transaction: everybody else who appends waits until this one commits.
    """
    assert_in_unit_of_work()
    await lock_for_transaction(APPEND_LOCK)
    content = entry_bytes(statement)
    index = await queries.next_index()
    await queries.insert_entry(index, content, leaf_hash(content), clock.now())
    await queue.enqueue(SEQUENCE_LOG)
    return index


async def sequence() -> int:
    """Command, idempotent: cover every committed entry by a published checkpoint; return the tree's size.

    Raises Conflict, and signs nothing, where the checkpoint outside is not one of this database's, and
    Unavailable where storage or the key does not answer; the next run goes on from there.
    """
    async with unit_of_work():
        await lock_for_transaction(SEQUENCE_LOCK)
        outside = await _outside()
        head = await queries.newest_checkpoint()
        await _refuse_fork(outside, head)
        size = await queries.next_index()
        old_size = head["size"] if head else 0
        old_root = bytes(head["root"]) if head else None
        if head is None or size > old_size:
            await _extend(old_size if head else None, old_root, size)
    return await _publish_outside()


async def _extend(old_size: int | None, old_root: bytes | None, size: int) -> None:
    started_from = old_size or 0
    await write_tiles(started_from, size)
    # Asked of the tiles as they stand now, the rewritten ones too: an entry or a tile that was changed since it was
    # covered would otherwise be signed a second time with another content, and that is a fork.
    if old_root is not None and await root_from_tiles(started_from, size) != old_root:
        raise Conflict(
            f"The tiles do not give the root of the checkpoint of size {started_from} any more. "
            "Nothing is signed. Run `para73 log fsck` and restore what it names."
        )
    root = await root_from_tiles(size) if size else EMPTY_ROOT
    signer, key = context.current().log_signer, log_key()
    note = sign_note(checkpoint_body(Checkpoint(key.name, size, root)), key, signer.sign)
    if not await queries.move_checkpoint(old_size, old_root, size, root, note, clock.now()):
        raise Conflict("The stored checkpoint moved while this one was made. Nothing was signed over it.")


async def _publish_outside() -> int:
    """Put the newest stored checkpoint outside, then record that it stands there."""
    async with unit_of_work():
        await lock_for_transaction(SEQUENCE_LOCK)
        head = await queries.newest_checkpoint()
        if head is None:
            return 0
        published = await queries.newest_published()
        if published is None or published["size"] < head["size"]:
            await context.current().log_files.put(CHECKPOINT_FILE, head["note"].encode())
            await queries.record_published(head["size"], clock.now())
        return int(head["size"])


async def _outside() -> Checkpoint | None:
    """Return the checkpoint that stands outside, its signature checked. Raises Invalid where it is not ours."""
    try:
        note = await context.current().log_files.get(CHECKPOINT_FILE)
    except NotFound:
        return None
    return parse_body(open_note(note.decode("utf-8", "replace"), [log_key()]))


async def _refuse_fork(outside: Checkpoint | None, head: dict[str, Any] | None) -> None:
    published = await queries.newest_published()
    if published is not None and (outside is None or outside.size < published["size"]):
        state = "missing from the log's files" if outside is None else f"of size {outside.size} in the log's files"
        raise Conflict(
            f"The published checkpoint of size {published['size']} is {state}. Nothing is signed. "
            "Put the newest of the log's files back where the settings say, then start again."
        )
    if outside is None:
        return
    row = await queries.find_checkpoint(outside.size)
    if row is not None and bytes(row["root"]) == outside.root:
        return
    stored = head["size"] if head else 0
    raise Conflict(
        f"The checkpoint outside has size {outside.size}, and this database (size {stored}) did not sign it. "
        "It was put back from an older backup, or belongs to another log. Nothing is signed: restore the newest backup."
    )


async def is_waiting() -> bool:
    """Return whether an entry is committed that no published checkpoint covers yet."""
    published = await queries.newest_published()
    return published is None or await queries.next_index() > published["size"]
