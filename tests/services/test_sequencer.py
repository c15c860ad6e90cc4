"""The sequencer signs nothing that is not a continuation of what it signed before, and says what would help."""

from __future__ import annotations

from dataclasses import replace

import asyncpg
import pytest

from backend.adapters import context as process
from backend.adapters import db
from backend.adapters.context import Context
from backend.adapters.signing import MemorySigner
from backend.kernel.errors import Conflict, Invalid
from backend.transparency import service as transparency
from tests.conftest import Databases, server
from tests.services.trouble import append, on_database, tamper

pytestmark = pytest.mark.usefixtures("database", "context")


async def signed_so_far() -> list[str]:
    return [row["note"] for row in await db.fetch("SELECT note FROM checkpoint ORDER BY size")]


async def a_backup(database: str, databases: Databases) -> str:
    """Return the address of a copy of the database as it stands now."""
    name = f"backup_of_{database.rsplit('?', 1)[0].rsplit('/', 1)[-1]}"
    await db.close_pool()
    connection = await asyncpg.connect(databases.admin_url)
    try:
        source = database.rsplit("?", 1)[0].rsplit("/", 1)[-1]
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    finally:
        await connection.close()
        await db.open_pool(max_size=6)
    return server().database_url(name)


@pytest.mark.parametrize("covered", [0, 2])
async def test_a_database_put_back_from_an_older_backup_signs_nothing(
    covered: int, database: str, databases: Databases, context: Context
) -> None:
    """Also where it went on by itself and has grown as long as the log outside."""
    await append(covered)
    await transparency.sequence()
    older = await a_backup(database, databases)
    await append(3, "lost")
    await transparency.sequence()
    note = await context.log_files.get("checkpoint")
    try:
        async with on_database(older):
            before = await signed_so_far()
            for more in (0, 1, 2, 3):
                await append(more, f"other{more}-")
                with pytest.raises(Conflict, match="put back from an older backup, or belongs to another log"):
                    await transparency.sequence()
            assert await signed_so_far() == before
            (problem,) = (await transparency.fsck()).problems
            assert f"the checkpoint outside has size {covered + 3}, and the database (size {covered})" in problem
            assert "this database is an old backup" in problem
        assert await context.log_files.get("checkpoint") == note
        assert await transparency.sequence() == covered + 3
        assert (await transparency.fsck()).problems == ()
    finally:
        await databases.drop(older)


@pytest.mark.parametrize("with_its_hash", [True, False])
async def test_an_entry_that_was_changed_after_it_was_covered_is_not_signed_again(
    with_its_hash: bool, context: Context
) -> None:
    """It lies in a tile and a bundle that are not full, so the next run writes it anew: a fork, were it signed."""
    await append(5)
    await transparency.sequence()
    before = await signed_so_far()
    await tamper("CREATE TABLE kept AS SELECT * FROM log_entry")
    await tamper(
        "UPDATE log_entry SET content = convert_to(replace(convert_from(content, 'UTF8'), 'entry2', 'entry9'), 'UTF8') "
        "WHERE index = 2"
    )
    if with_its_hash:
        await tamper("UPDATE log_entry SET leaf_hash = sha256('\\x00' || content)")
    await append(1, "more")
    with pytest.raises(Conflict, match="do not give the root of the checkpoint of size 5 any more"):
        await transparency.sequence()
    assert await signed_so_far() == before
    assert (await context.log_files.get("checkpoint")).decode() == before[-1]

    await tamper("UPDATE log_entry SET content = kept.content FROM kept WHERE kept.index = log_entry.index")
    await tamper("UPDATE log_entry SET leaf_hash = sha256('\\x00' || content)")
    assert await transparency.sequence() == 6
    assert (await transparency.fsck()).problems == ()


async def test_a_full_tile_that_was_damaged_is_not_signed_into_the_tile_above(context: Context) -> None:
    await append(512)
    await transparency.sequence()
    before = await signed_so_far()
    file = context.settings.tiles / "tile/0/000"
    good = file.read_bytes()
    file.write_bytes(good[:40] + bytes([good[40] ^ 1]) + good[41:])
    await append(256, "more")
    with pytest.raises(Conflict, match="do not give the root of the checkpoint of size 512 any more"):
        await transparency.sequence()
    assert await signed_so_far() == before

    file.write_bytes(good)
    assert await transparency.sequence() == 768
    assert (await transparency.fsck()).problems == ()


async def test_files_put_back_from_an_older_backup_stop_the_sequencer(context: Context) -> None:
    await append(2)
    await transparency.sequence()
    older = await context.log_files.get("checkpoint")
    await append(1, "later")
    await transparency.sequence()
    newest = await context.log_files.get("checkpoint")
    await context.log_files.put("checkpoint", older)
    before = await signed_so_far()
    await append(1, "more")
    with pytest.raises(Conflict, match="checkpoint of size 3 is of size 2 in the log's files"):
        await transparency.sequence()
    assert await signed_so_far() == before

    await context.log_files.put("checkpoint", newest)
    assert await transparency.sequence() == 4


@pytest.mark.parametrize("outside", [b"", b"\xff\xfe", b"no note", b"para73.test/log\n2\n\n"])
async def test_a_checkpoint_outside_that_nobody_signed_stops_the_sequencer(outside: bytes, context: Context) -> None:
    await append(2)
    await transparency.sequence()
    before = await signed_so_far()
    await context.log_files.put("checkpoint", outside)
    await append(1, "more")
    with pytest.raises(Invalid):
        await transparency.sequence()
    assert await signed_so_far() == before
    assert len((await transparency.fsck()).problems) == 1


async def test_the_checkpoint_of_another_key_stops_the_sequencer(context: Context) -> None:
    await append(2)
    await transparency.sequence()
    before = await signed_so_far()
    process.configure(replace(context, log_signer=MemorySigner()))
    await append(1, "more")
    with pytest.raises(Invalid, match="no trusted key signed this note"):
        await transparency.sequence()
    assert await signed_so_far() == before


async def test_an_entry_that_is_missing_before_it_was_covered_is_not_passed_over(context: Context) -> None:
    await append(2)
    await transparency.sequence()
    await append(3, "more")
    await tamper("DELETE FROM log_entry WHERE index = 3")
    with pytest.raises(Conflict, match="lacks entries of the bundle 0"):
        await transparency.sequence()
    assert len(await signed_so_far()) == 1
