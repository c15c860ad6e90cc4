"""`log fsck` names each kind of damage, and nothing else than what is damaged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from backend.adapters import clock, db
from backend.adapters.context import Context
from backend.attestations import service as attestations
from backend.attestations.rules.multikey import encode_multikey
from backend.kernel.canonical import sha256_digest
from backend.transparency import service as transparency
from backend.transparency.rules.views import FsckReport
from tests import world
from tests.services.trouble import append, tamper

pytestmark = pytest.mark.usefixtures("database", "context")

Damage = Callable[[Path], object]


def flipped(path: str, at: int = 40) -> Damage:
    def damage(folder: Path) -> None:
        data = bytearray((folder / path).read_bytes())
        data[at] ^= 1
        (folder / path).write_bytes(data)

    return damage


def cut(path: str) -> Damage:
    return lambda folder: (folder / path).write_bytes((folder / path).read_bytes()[:-1])


def removed(path: str) -> Damage:
    return lambda folder: (folder / path).unlink()


HASHES = "its hashes are not those of the entries of the database"
ROOT = "tiles: they give another root than the checkpoint of size 600"
GONE = "There is no such file."


async def a_log_of_600() -> None:
    """Two checkpoints: one inside the first tile, one with two full tiles, a tile above them and a partial one."""
    await append(5)
    await transparency.sequence()
    await append(595, "more")
    assert await transparency.sequence() == 600
    assert (await transparency.fsck()).problems == ()


@pytest.mark.parametrize(
    ("damage", "problems"),
    [
        (flipped("tile/0/000"), [f"tile/0/000: {HASHES}"]),
        (flipped("tile/0/001", 8191), [f"tile/0/001: {HASHES}"]),
        (flipped("tile/0/002.p/88"), [f"tile/0/002.p/88: {HASHES}", ROOT]),
        (flipped("tile/1/000.p/2"), [f"tile/1/000.p/2: {HASHES}", ROOT]),
        (cut("tile/0/000"), [f"tile/0/000: {HASHES}"]),
        (
            cut("tile/0/002.p/88"),
            [f"tile/0/002.p/88: {HASHES}", "tiles: The tile tile/0/002.p/88 has 2815 bytes, not 2816."],
        ),
        (removed("tile/0/001"), [f"tile/0/001: {GONE}"]),
        (removed("tile/1/000.p/2"), [f"tile/1/000.p/2: {GONE}", f"tiles: {GONE}"]),
        (flipped("tile/entries/001"), ["tile/entries/001: its entries are not those of the database"]),
        (flipped("tile/entries/002.p/88"), ["tile/entries/002.p/88: its entries are not those of the database"]),
        (cut("tile/entries/000"), ["tile/entries/000: the bundle ends in the middle of its entry 255"]),
        (removed("tile/entries/000"), [f"tile/entries/000: {GONE}"]),
        (flipped("checkpoint"), ["the checkpoint outside: the signature by para73.test/log does not fit this text"]),
        (removed("checkpoint"), ["the checkpoint outside is missing, and the one of size 600 was published"]),
    ],
)
async def test_damage_to_each_kind_of_file(damage: Damage, problems: list[str], context: Context) -> None:
    await a_log_of_600()
    damage(context.settings.tiles)
    assert list((await transparency.fsck()).problems) == problems


async def test_a_checkpoint_outside_that_is_older_than_what_was_published(context: Context) -> None:
    await append(2)
    await transparency.sequence()
    older = (context.settings.tiles / "checkpoint").read_bytes()
    await append(1, "later")
    await transparency.sequence()
    (context.settings.tiles / "checkpoint").write_bytes(older)
    assert (await transparency.fsck()).problems == (
        "the checkpoint outside has size 2, and the one of size 3 was published",
    )


ENTRIES = "its entries are not those of the database"
NOT_HELD = "does not hold it: this database is an old backup, or belongs to another log"


@pytest.mark.parametrize(
    ("sql", "problems"),
    [
        (
            "UPDATE log_entry SET content = convert_to(replace(convert_from(content, 'UTF8'), 'entry1', 'entry9'), "
            "'UTF8') WHERE index = 1",
            [
                "entry 1: the stored leaf hash is not that of its content",
                "checkpoint 3: the entries of the database give another root",
                f"tile/0/000.p/3: {HASHES}",
                f"tile/entries/000.p/3: {ENTRIES}",
            ],
        ),
        (
            "UPDATE log_entry SET leaf_hash = sha256(''::bytea) WHERE index = 1",
            ["entry 1: the stored leaf hash is not that of its content"],
        ),
        (
            "UPDATE log_entry SET content = 'no entry', leaf_hash = sha256('\\x006e6f20656e747279') WHERE index = 2",
            [
                "entry 2: not JSON: Expecting value: line 1 column 1 (char 0)",
                "checkpoint 3: the entries of the database give another root",
                f"tile/0/000.p/3: {HASHES}",
                f"tile/entries/000.p/3: {ENTRIES}",
            ],
        ),
        (
            "DELETE FROM log_entry WHERE index = 1",
            [
                "entry 1 is missing: the next one is 2",
                "checkpoint 3: the database holds only 2 entries",
                f"tile/0/000.p/3: {HASHES}",
                f"tile/entries/000.p/3: {ENTRIES}",
            ],
        ),
        (
            "DELETE FROM log_entry",
            [
                "checkpoint 3: the database holds only 0 entries",
                f"tile/0/000.p/3: {HASHES}",
                f"tile/entries/000.p/3: {ENTRIES}",
            ],
        ),
        (
            "UPDATE checkpoint SET root = sha256('')",
            [
                "checkpoint 3: the entries of the database give another root",
                "checkpoint 3: the signed note says something else than the row",
                "tiles: they give another root than the checkpoint of size 3",
                f"the checkpoint outside has size 3, and the database (size 3) {NOT_HELD}",
            ],
        ),
        (
            "UPDATE checkpoint SET note = replace(note, E'\\n3\\n', E'\\n4\\n')",
            ["checkpoint 3: the signature by para73.test/log does not fit this text"],
        ),
        (
            "UPDATE checkpoint SET note = ''",
            ["checkpoint 3: a note is a text, an empty line and signature lines, each with a newline at its end"],
        ),
        (
            "DELETE FROM checkpoint",
            [
                f"the checkpoint outside has size 3, and the database (size 0) {NOT_HELD}",
            ],
        ),
    ],
)
async def test_damage_to_each_kind_of_row_by_a_superuser(sql: str, problems: list[str]) -> None:
    await append(3)
    await transparency.sequence()
    assert (await transparency.fsck()).problems == ()
    await tamper(sql)
    assert list((await transparency.fsck()).problems) == problems


async def two_attestations() -> tuple[UUID, UUID]:
    """Return an earlier attestation and the one that supersedes it, both covered."""
    await attestations.prepare()
    owner = await world.a_company()
    first = await world.a_published(owner, clock.today().year - 1)
    second = await world.a_published(owner)
    await transparency.sequence()
    assert (await attestations.fsck()).problems == ()
    return first, second


COLUMNS = {
    "company_name": "'Best Hotels Ltd'",
    "country": "'FR'",
    "is_sample": "true",
    "sectors": "'{ict}'",
    "period": "1999",
    "declared_bp": "10000",
    "evidenced_bp": "NULL",
    "verified_bp": "1",
    "bases": "jsonb_set(bases, '{declared,score_bp}', '10000')",
    "issued_at": "issued_at - interval '1 day'",
    "valid_until": "valid_until + interval '10 years'",
}


@pytest.mark.parametrize("column", COLUMNS)
async def test_a_figure_that_lists_show_and_nobody_signed(column: str) -> None:
    """Public lists read these columns; only the credential beside them is signed."""
    _, second = await two_attestations()
    await db.fetch(f"UPDATE attestation SET {column} = {COLUMNS[column]} WHERE id = $1", second)
    assert (await attestations.fsck()).problems == (f"attestation {second}: {column} is not what its credential says",)


async def test_an_attestation_that_is_shown_as_if_nothing_had_superseded_it() -> None:
    first, second = await two_attestations()
    await db.fetch("UPDATE attestation SET supersedes = NULL WHERE id = $1", second)
    assert (await attestations.fsck()).problems == (
        f"attestation {second}: supersedes is not what its credential says",
        f"attestation {first}: only the log says that it was superseded",
    )


async def test_an_attestation_of_which_the_log_does_not_say_that_it_was_superseded() -> None:
    first, _ = await two_attestations()
    other = "replace(convert_from(content, 'UTF8'), 'superseded', 'revoked')"
    await tamper(f"UPDATE log_entry SET content = convert_to({other}, 'UTF8')")
    problem = f"attestation {first}: the log does not say that it was superseded"
    assert problem in (await attestations.fsck()).problems


@pytest.mark.parametrize(
    "change",
    [
        "replace(credential, 'Test Hotels', 'Best Hotels')",
        'replace(credential, \'"country":\', \'"country":"FR","country":\')',
        "credential || ' '",
        "''",
        "'no JSON'",
    ],
)
async def test_a_credential_that_is_not_byte_for_byte_what_was_signed(change: str) -> None:
    """A second key of the same name, or a space, would change nothing for a lenient reader and all for another."""
    _, second = await two_attestations()
    await db.fetch(f"UPDATE attestation SET credential = {change} WHERE id = $1", second)
    assert (await attestations.fsck()).problems == (f"attestation {second}: its credential is not what was signed",)


async def test_a_credential_that_was_swapped_together_with_its_digest() -> None:
    _, second = await two_attestations()
    (row,) = await db.fetch("SELECT credential, log_index FROM attestation WHERE id = $1", second)
    forged = row["credential"].replace("Test Hotels", "Best Hotels")
    await db.fetch(
        "UPDATE attestation SET credential = $2, digest = $3 WHERE id = $1",
        second,
        forged,
        sha256_digest(forged.encode()),
    )
    problems = (await attestations.fsck()).problems
    assert f"attestation {second}: entry {row['log_index']} of the log is not about it" in problems
    assert f"attestation {second}: company_name is not what its credential says" in problems


async def test_an_attestation_that_the_database_lost() -> None:
    _, second = await two_attestations()
    (row,) = await db.fetch("SELECT log_index FROM attestation WHERE id = $1", second)
    await db.fetch("DELETE FROM attestation WHERE id = $1", second)
    problems = (await attestations.fsck()).problems
    assert f"entry {row['log_index']}: it issues an attestation that the database does not hold" in problems


async def test_an_attestation_that_was_never_logged() -> None:
    _, second = await two_attestations()
    await db.fetch("UPDATE attestation SET log_index = 1000 WHERE id = $1", second)
    assert f"attestation {second}: entry 1000 of the log is not about it" in (await attestations.fsck()).problems


async def test_an_entry_that_cannot_be_read_is_named_and_stops_nothing() -> None:
    first, _ = await two_attestations()
    (row,) = await db.fetch("SELECT log_index FROM attestation WHERE id = $1", first)
    await tamper("UPDATE log_entry SET content = '{' WHERE index = $1", row["log_index"])
    problems = (await attestations.fsck()).problems
    assert f"entry {row['log_index']}: the stored leaf hash is not that of its content" in problems
    assert f"attestation {first}: entry {row['log_index']} of the log is not about it" in problems


@pytest.mark.parametrize(
    ("purpose", "public_key", "problem"),
    [
        ("credential", encode_multikey(bytes(31) + b"\x07"), "the log does not say that it was added"),
        ("credential", "z6Mk", "this is not an Ed25519 Multikey"),
        ("log", "para73.test/log", "a verifier key has the form name+keyid+base64"),
    ],
)
async def test_a_key_that_was_slipped_in(purpose: str, public_key: str, problem: str) -> None:
    """It would stand in the DID document that is served, and sign for us everywhere but here."""
    await two_attestations()
    await db.fetch(
        "INSERT INTO signing_key (id, purpose, public_key, added_at) VALUES ('slipped', $1, $2, now())",
        purpose,
        public_key,
    )
    assert (await attestations.fsck()).problems == (f"key slipped: {problem}",)


async def test_what_is_not_covered_yet_is_no_damage() -> None:
    await attestations.prepare()
    await world.a_published(await world.a_company())
    report = await attestations.fsck()
    assert report.problems == ()
    assert report.entries == report.size + 1


async def test_an_empty_log_is_sound() -> None:
    report = await attestations.fsck()
    assert (report.size, report.entries, report.checkpoints, report.problems) == (0, 0, 0, ())


async def is_blocked() -> bool:
    here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
    return bool(await db.fetch(f"SELECT 1 FROM pg_locks WHERE NOT granted AND database = {here}"))


@pytest.mark.parametrize(
    ("locked", "fsck"),
    [("checkpoint", transparency.fsck), ("checkpoint", attestations.fsck), ("attestation", attestations.fsck)],
)
async def test_what_is_committed_in_the_middle_of_a_check_raises_no_alarm(
    locked: str, fsck: Callable[[], Coroutine[Any, Any, FsckReport]], database: str, context: Context
) -> None:
    """The check waits for a table that somebody holds, who meanwhile adds an entry and what belongs to it."""
    await attestations.prepare()
    note = await context.log_files.get("checkpoint")
    covered = (await attestations.fsck()).size
    await world.a_published(await world.a_company())
    if locked == "checkpoint":
        await transparency.sequence()
        await context.log_files.put("checkpoint", note)
        await tamper("DELETE FROM published_checkpoint WHERE size > $1", covered)
    newer = {"log_entry": "index >= $1", "attestation": "log_index >= $1", "checkpoint": "size > $1"}
    kept = {table: await db.fetch(f"SELECT * FROM {table} WHERE {where}", covered) for table, where in newer.items()}
    for table, where in newer.items():
        await tamper(f"DELETE FROM {table} WHERE {where}", covered)
    assert (await attestations.fsck()).problems == ()

    somebody = await asyncpg.connect(database)
    try:
        async with somebody.transaction():
            await somebody.execute(f"LOCK TABLE {locked} IN ACCESS EXCLUSIVE MODE")
            check = asyncio.create_task(fsck())
            while not (check.done() or await is_blocked()):
                pass
            for table, rows in kept.items():
                for row in rows:
                    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
                    await somebody.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())
        report = await check
    finally:
        await somebody.close()
    assert (report.problems, report.entries) == ((), covered)
    again = await fsck()
    assert (again.problems, again.entries) == ((), covered + 1)


async def test_a_log_that_grows_meanwhile_raises_no_alarm() -> None:
    await append(300)
    await transparency.sequence()
    done = asyncio.Event()

    async def grow() -> None:
        for number in range(60):
            await append(1, f"grow{number}-")
            await transparency.sequence()
        done.set()

    async def check() -> list[Any]:
        found: list[Any] = []
        while not done.is_set():
            found.append(await attestations.fsck())
        return found

    _, reports = await asyncio.gather(grow(), check())
    assert [report.problems for report in reports if report.problems] == []
    assert len({report.entries for report in reports}) > 3
