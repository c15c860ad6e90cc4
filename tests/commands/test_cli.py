"""The commands: exit codes, what they refuse, and that those without a server need none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from backend.adapters import clock
from backend.attestations.rules.bundle import make_bundle
from backend.attestations.rules.verify import Verdict
from backend.cli import main
from tests import attested

SECOND = timedelta(seconds=1)
NEED_A_DATABASE = [["worker"], ["migrate"], ["demo"], ["log", "fsck"], ["keys"]]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "PARA73_TRUST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PARA73_DATA", str(tmp_path / "data"))
    return tmp_path


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env=environment)


# --- verify ---


def write(folder: Path, at: datetime, **changes: object) -> Path:
    """Write an attestation of that day, as a bundle and as two files, with the keys to trust; return the bundle."""
    credential = attested.a_credential(issued_at=at, valid_until=at + timedelta(days=365), **changes)
    entries = attested.a_log(attested.an_entry(credential))
    proof = attested.a_proof(entries)
    (folder / "trust.json").write_text(json.dumps(attested.TRUST.to_json()))
    (folder / "a.bundle").write_bytes(make_bundle(credential, proof))
    (folder / "a.json").write_text(json.dumps(credential))
    (folder / "a.tlog-proof").write_text(proof)
    return folder / "a.bundle"


def verdict(*arguments: str) -> tuple[int, str]:
    result = run("verify", *arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout.split("\n")[0]


def test_a_verdict_is_the_first_line_and_the_exit_code(folder: Path) -> None:
    write(folder, clock.now() - SECOND)
    assert verdict("a.bundle", "--trust", "trust.json") == (0, "valid")
    assert verdict("a.json", "--trust", "trust.json") == (0, "valid"), "the proof beside it is found"
    (folder / "a.tlog-proof").rename(folder / "elsewhere")
    assert verdict("a.json", "--trust", "trust.json") == (4, "unknown")
    assert verdict("a.json", "--trust", "trust.json", "--proof", "elsewhere") == (0, "valid")
    write(folder, datetime(2020, 1, 1, tzinfo=UTC))
    assert verdict("a.bundle", "--trust", "trust.json") == (1, "expired")


def test_a_changed_byte_is_forged_wherever_it_is(folder: Path) -> None:
    bundle = write(folder, clock.now() - SECOND)
    # A proof that lies beside the file would be taken before the one inside.
    (folder / "a.tlog-proof").unlink()
    good = bundle.read_bytes()
    places = [good.index(part) for part in (b"Invented Hotels", b"scoreBp", b'"period"', b"proofValue", b"c2sp.org")]
    for place in [*places, len(good) // 2]:
        bundle.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        assert verdict("a.bundle", "--trust", "trust.json") == (5, "forged"), good[place : place + 20]
    for content in (b"", b"{}", b"not JSON", good[:-40], b"[" * 1000, b"x" * 3 * 1024 * 1024):
        bundle.write_bytes(content)
        assert verdict("a.bundle", "--trust", "trust.json") == (5, "forged")


def test_as_json_a_verdict_comes_with_its_reasons_and_facts(folder: Path) -> None:
    write(folder, clock.now() - SECOND)
    result = run("verify", "a.bundle", "--trust", "trust.json", "--json")
    told = json.loads(result.stdout)
    assert (result.exit_code, told["verdict"]) == (0, "valid")
    assert told["reasons"]
    assert told["facts"]["log index"] == 3


def test_each_verdict_has_an_exit_code_of_its_own() -> None:
    codes = {one.value: one.exit_code for one in Verdict}
    assert codes == {"valid": 0, "expired": 1, "superseded": 2, "revoked": 3, "unknown": 4, "forged": 5}


# --- refusals ---


@pytest.mark.parametrize("command", NEED_A_DATABASE, ids=" ".join)
def test_a_command_that_needs_a_database_says_so_and_makes_nothing(folder: Path, command: list[str]) -> None:
    result = run(*command)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "DATABASE_URL" in result.stderr
    assert "Traceback" not in result.output
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("command", [*NEED_A_DATABASE, ["serve"]], ids=" ".join)
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PARA73_PORT", "99999"),
        ("PARA73_WORKERS", "none"),
        ("PARA73_BASE_URL", "para73.example"),
        ("DATABASE_URL", "x"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name_and_what_is_allowed(
    folder: Path, command: list[str], setting: str, value: str
) -> None:
    result = run(*command, **{setting: value})
    assert result.exit_code == 2
    assert setting in result.stderr
    assert "allowed is" in result.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "para73.example"])
def test_sample_accounts_are_served_on_this_machine_alone(folder: Path, host: str) -> None:
    result = run("serve", "--sample-data", PARA73_HOST=host)
    assert result.exit_code == 2
    assert "127.0.0.1" in result.stderr
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["score"],
        ["score", "no-such-file"],
        ["serve", "--port", "0"],
        ["serve", "--port", "x"],
        ["log"],
        [],
    ],
    ids=" ".join,
)
def test_a_wrong_use_is_told_and_has_exit_code_2(folder: Path, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.output
    assert list(folder.iterdir()) == []


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Mapping[tuple[str, ...], click.Command]:
    found: dict[tuple[str, ...], click.Command] = {}
    for name, command in group.commands.items():
        found[(*path, name)] = command
        if isinstance(command, click.Group):
            found |= commands(command, (*path, name))
    return found


@pytest.mark.parametrize("path", commands(main), ids=" ".join)
def test_every_command_helps_without_settings_or_database(folder: Path, path: tuple[str, ...]) -> None:
    for option in ("--help", "-h"):
        result = run(*path, option, PARA73_PORT="wrong", DATABASE_URL="wrong")
        assert result.exit_code == 0
        assert result.stdout.startswith(f"Usage: main {' '.join(path)}")
    assert list(folder.iterdir()) == []


def test_the_version_is_that_of_the_package() -> None:
    from backend import __version__

    result = run("--version")
    assert (result.exit_code, __version__ in result.stdout) == (0, True)


def test_schemas_are_printed_as_json_schema() -> None:
    for more in ([], ["--answers"]):
        told = json.loads(run("sectors", "schema", *more).stdout)
        assert told["$schema"].startswith("https://json-schema.org/")


def test_a_module_is_checked_with_every_mistake(folder: Path) -> None:
    library = Path(__file__).resolve().parents[2] / "backend" / "sectors" / "library"
    assert run("sectors", "check", *[str(file) for file in library.rglob("*.yaml")]).exit_code == 0
    text = (library / "core" / "2026.1.yaml").read_text()
    (folder / "mine.yaml").write_text(text.replace("type: scale", "type: scales", 1).replace("weight:", "weigth:", 1))
    result = run("sectors", "check", "mine.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) >= 2
    assert all(line.startswith("mine.yaml:") for line in result.stderr.splitlines())
