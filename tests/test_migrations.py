"""Migrations: they build an empty database, running them again is harmless, and the tables are what the code says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.conf.apps import AppConfig
from piccolo.table import Table

from backend.adapters import db
from backend.adapters.schema import migrate
from backend.kernel.errors import Unavailable
from tests.conftest import Databases, server

BACKEND = Path(__file__).resolve().parents[1] / "backend"
NAMES = sorted(file.parent.name for file in BACKEND.glob("*/piccolo_app.py"))


def config_of(name: str) -> AppConfig:
    found: AppConfig = import_module(f"backend.{name}.piccolo_app").APP_CONFIG
    return found


@pytest.fixture
async def empty(databases: Databases) -> AsyncIterator[str]:
    """Give a database in which nothing was ever made, and point the process at it."""
    databases.made += 1
    url = await asyncio.to_thread(server().database_url, f"empty_{databases.made}")
    db.engine().config["dsn"] = url
    yield url
    await databases.drop(url)


async def schema() -> list[str]:
    """Return every column, constraint, index and trigger of the database, in words."""
    rows = await db.fetch(
        """
        SELECT format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS told
          FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL
        SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL
        SELECT format('trigger %s %s', tgrelid::regclass, pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
        ORDER BY 1
        """
    )
    return [row["told"] for row in rows]


async def test_they_build_an_empty_database_and_running_them_again_changes_nothing(empty: str) -> None:
    assert await schema() == []
    await migrate(empty)
    first = await schema()
    ran = await db.fetch("SELECT name, app_name FROM migration ORDER BY 1, 2")
    assert {row["app_name"] for row in ran} == set(NAMES)
    await migrate(empty)
    assert await schema() == first
    assert await db.fetch("SELECT name, app_name FROM migration ORDER BY 1, 2") == ran


async def test_two_at_once_wait_for_each_other(empty: str) -> None:
    await asyncio.gather(migrate(empty), migrate(empty))
    rows = await db.fetch("SELECT name, count(*) AS n FROM migration GROUP BY name HAVING count(*) > 1")
    assert rows == []


async def test_a_database_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await migrate("postgresql://nobody@127.0.0.1:1/nothing")


def test_every_package_with_tables_is_migrated(databases: Databases) -> None:
    # Imported here and not above: it looks for the database at once, which `databases` has started.
    from backend.piccolo_conf import APP_REGISTRY

    assert NAMES
    assert sorted(APP_REGISTRY.apps) == [f"backend.{name}.piccolo_app" for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
async def test_the_migrations_of_each_package_leave_nothing_to_do(name: str, database: str) -> None:
    """As `piccolo migrations new <package> --auto`, without the file that it would write."""
    groups = await AutoMigrationManager().get_alter_statements(config_of(name))
    assert [statement for group in groups for statement in group.statements] == []


@pytest.mark.parametrize("name", NAMES)
async def test_each_table_in_the_database_has_the_columns_of_its_class(name: str, database: str) -> None:
    tables: list[type[Table]] = config_of(name).table_classes
    assert tables
    for table in tables:
        rows = await db.fetch(
            "SELECT column_name AS name, is_nullable = 'YES' AS may_be_null FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = $1",
            table._meta.tablename,
        )
        kept = {row["name"]: row["may_be_null"] for row in rows}
        said = {column._meta.db_column_name: column._meta.null for column in table._meta.columns}
        assert kept == said, table


async def test_every_table_of_the_log_takes_inserts_only(database: str) -> None:
    tables: list[type[Table]] = config_of("transparency").table_classes
    for table in tables:
        name, column = table._meta.tablename, table._meta.columns[-1]._meta.db_column_name
        for statement in (
            f'UPDATE "{name}" SET "{column}" = "{column}"',
            f'DELETE FROM "{name}"',
            f'TRUNCATE "{name}"',
        ):
            with pytest.raises(asyncpg.RaiseError, match="inserts only"):
                await db.fetch(statement)


async def test_the_rows_that_others_hang_on_cannot_be_deleted_under_them(database: str) -> None:
    """An organisation or an assessment with an attestation stays, because what was published stays."""
    rows: list[dict[str, Any]] = await db.fetch(
        "SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent, confdeltype::text AS rule "
        "FROM pg_constraint WHERE contype = 'f' AND conrelid = 'attestation'::regclass"
    )
    # "r" is ON DELETE RESTRICT.
    assert {(row["parent"], row["rule"]) for row in rows} == {("organisation", "r"), ("assessment", "r")}
