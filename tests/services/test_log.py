"""The log: inserts only, no gaps, no fork, and fsck that sees what was tampered with."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from backend.adapters import clock, db, queue
from backend.adapters.context import Context
from backend.adapters.db import unit_of_work
from backend.adapters.storage import ObjectStorage
from backend.attestations import service as attestations
from backend.kernel.canonical import sha256_digest
from backend.kernel.errors import Conflict, NotFound, Unavailable
from backend.transparency import service as transparency
from backend.transparency.rules.checkpoint import open_note, parse_body
from backend.transparency.rules.entries import LogStatement
from backend.transparency.rules.merkle import leaf_hash, verify_inclusion
from backend.transparency.rules.proofs import parse_tlog_proof
from tests import world

pytestmark = pytest.mark.usefixtures("database", "context")


def statement(name: str) -> LogStatement:
    return LogStatement("issued", name, sha256_digest(name.encode()), clock.now())


async def append(count: int, prefix: str = "a") -> None:
    for number in range(count):
        async with unit_of_work():
            await transparency.append(statement(f"{prefix}{number}"))


async def test_a_rolled_back_transaction_leaves_neither_entry_nor_job() -> None:
    async def fails_at_the_end() -> None:
        async with unit_of_work():
            await transparency.append(statement("never"))
            assert await queue.waiting_jobs() == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails_at_the_end()
    assert await queue.waiting_jobs() == 0
    assert await db.fetch("SELECT * FROM log_entry") == []


async def test_a_committed_entry_leaves_its_job() -> None:
    await append(1)
    assert await queue.waiting_jobs() == 1


@pytest.mark.parametrize("table", ["log_entry", "checkpoint", "published_checkpoint"])
async def test_the_tables_of_the_log_take_inserts_only(table: str) -> None:
    await append(1)
    await transparency.sequence()
    column = "at" if table != "checkpoint" else "note"
    for sql in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(asyncpg.RaiseError, match="inserts only"):
            await db.fetch(sql)


async def test_indexes_have_no_gaps_when_many_append_at_once_and_some_roll_back() -> None:
    async def one(number: int) -> None:
        try:
            async with unit_of_work():
                await transparency.append(statement(f"n{number}"))
                if number % 3 == 0:
                    raise RuntimeError
        except RuntimeError:
            pass

    await asyncio.gather(*(one(number) for number in range(30)))
    rows = await db.fetch("SELECT index FROM log_entry ORDER BY index")
    assert [row["index"] for row in rows] == list(range(20))


async def test_every_entry_can_be_proved_under_the_published_checkpoint_as_the_log_grows() -> None:
    for size in (1, 2, 5, 255, 256, 257, 513):
        await append(size - len(await transparency.list_all_entries()), f"s{size}-")
        assert await transparency.sequence() == size
        for index in {0, size // 2, size - 1}:
            proof = parse_tlog_proof(await transparency.prove(index))
            checkpoint = parse_body(open_note(proof.checkpoint_note, [transparency.log_key()]))
            assert checkpoint.size == size
            leaf = leaf_hash(proof.extra or b"")
            assert verify_inclusion(leaf, index, size, list(proof.hashes), checkpoint.root)
    assert (await transparency.fsck()).problems == ()


async def test_two_sequencers_at_once_make_one_history() -> None:
    await append(40)
    assert await asyncio.gather(*(transparency.sequence() for _ in range(4))) == [40] * 4
    assert len(await db.fetch("SELECT * FROM checkpoint")) == 1
    assert (await transparency.fsck()).problems == ()


async def test_sequencing_again_changes_nothing() -> None:
    await append(3)
    await transparency.sequence()
    before = await db.fetch("SELECT * FROM checkpoint")
    await transparency.sequence()
    assert await db.fetch("SELECT * FROM checkpoint") == before


async def test_a_database_from_an_old_backup_is_noticed_and_nothing_is_signed(
    databases: object, context: Context
) -> None:
    await append(2)
    await transparency.sequence()
    rows = await db.fetch("SELECT * FROM log_entry WHERE index = 0")
    await append(3, "later")
    await transparency.sequence()
    note = await context.log_files.get("checkpoint")
    url = await databases.create()  # type: ignore[attr-defined]
    await db.close_pool()
    db.engine().config["dsn"] = url
    await db.open_pool()
    row = rows[0]
    await db.fetch(
        "INSERT INTO log_entry VALUES ($1, $2, $3, $4)", row["index"], row["content"], row["leaf_hash"], row["at"]
    )
    with pytest.raises(Conflict, match="older backup"):
        await transparency.sequence()
    assert await db.fetch("SELECT * FROM checkpoint") == []
    assert await context.log_files.get("checkpoint") == note


async def test_a_stored_checkpoint_that_is_not_outside_yet_is_published_and_not_signed_again(context: Context) -> None:
    await append(2)
    context.log_files.fail_next = 0
    real_put = context.log_files.put

    async def fail_on_checkpoint(key: str, data: bytes) -> None:
        if key == "checkpoint":
            raise Unavailable("down")
        await real_put(key, data)

    context.log_files.put = fail_on_checkpoint  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        await transparency.sequence()
    assert await transparency.find_head() is None
    stored = await db.fetch("SELECT note FROM checkpoint")
    context.log_files.put = real_put  # type: ignore[method-assign]
    assert await transparency.sequence() == 2
    head = await transparency.find_head()
    assert head is not None
    assert [head.note] == [row["note"] for row in stored]


async def test_a_missing_checkpoint_outside_stops_the_sequencer(context: Context) -> None:
    await append(1)
    await transparency.sequence()
    (context.settings.tiles / "checkpoint").unlink()
    await append(1, "b")
    with pytest.raises(Conflict, match="missing"):
        await transparency.sequence()


async def test_fsck_sees_a_changed_tile_a_changed_bundle_and_a_changed_checkpoint(context: Context) -> None:
    await append(5)
    await transparency.sequence()
    assert (await transparency.fsck()).problems == ()
    for path in ("tile/0/000.p/5", "tile/entries/000.p/5", "checkpoint"):
        file = context.settings.tiles / path
        good = file.read_bytes()
        file.write_bytes(good[:40] + bytes([good[40] ^ 1]) + good[41:])
        assert len((await transparency.fsck()).problems) >= 1, path
        file.write_bytes(good)
    assert (await transparency.fsck()).problems == ()


async def test_fsck_sees_an_entry_changed_in_the_database_behind_the_programs_back() -> None:
    await attestations.prepare()
    owner = await world.a_company()
    await world.a_published(owner)
    await transparency.sequence()
    assert (await attestations.fsck()).problems == ()
    await db.fetch("ALTER TABLE log_entry DISABLE TRIGGER ALL")
    await db.fetch(
        "UPDATE log_entry SET content = convert_to(replace(convert_from(content, 'UTF8'), '0', '1'), 'UTF8')"
    )
    await db.fetch("ALTER TABLE log_entry ENABLE TRIGGER ALL")
    assert (await attestations.fsck()).problems


async def test_fsck_sees_a_changed_credential() -> None:
    await attestations.prepare()
    owner = await world.a_company()
    await world.a_published(owner)
    await transparency.sequence()
    await db.fetch("UPDATE attestation SET credential = replace(credential, 'Test Hotels', 'Best Hotels')")
    problems = (await attestations.fsck()).problems
    assert len(problems) == 1
    assert "not what was signed" in problems[0]


async def test_tiles_beyond_the_published_checkpoint_are_not_served(context: Context) -> None:
    await append(3)
    await transparency.sequence()
    assert len(await transparency.get_entry_file("tile/0/000.p/3")) == 96
    await ObjectStorage.in_folder(context.settings.tiles).put("tile/0/000.p/4", bytes(128))
    for path in ("tile/0/000.p/4", "tile/0/000.p/0", "tile/0/000", "tile/../../keys/log.pem", "tile/1/000.p/1"):
        with pytest.raises(NotFound):
            await transparency.get_entry_file(path)


async def test_keys_and_questionnaires_are_entries_of_the_log_once() -> None:
    await attestations.prepare()
    await attestations.prepare()
    types = [entry.statement.type for entry in await transparency.list_all_entries()]
    assert types.count("key") == 2
    assert types.count("questionnaire") == len(types) - 2 >= 2
