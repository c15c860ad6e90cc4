"""`para73 verify`: whose keys it trusts, and what its exit codes mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.adapters.signing import MemorySigner
from backend.attestations.rules.multikey import encode_multikey
from backend.attestations.rules.verify import Trust, Verdict
from backend.cli import main
from backend.transparency.rules.checkpoint import NoteKey


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a file that was handed over, and a data folder of one's own that is empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PARA73_TRUST", raising=False)
    monkeypatch.setenv("PARA73_DATA", str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    (tmp_path / "handed.bundle").write_text("{}")
    return tmp_path


def trust_file(path: Path, host: str) -> Path:
    signer = MemorySigner()
    key = NoteKey(f"{host}/log", signer.public_key)
    trust = Trust(f"did:web:{host}", (encode_multikey(signer.public_key),), key.vkey)
    path.write_text(json.dumps(trust.to_json()))
    return path


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", "handed.bundle", "--json", *arguments])


def issuer_of(result: Result) -> str:
    assert result.exit_code == Verdict.FORGED.exit_code, result.output
    return str(json.loads(result.stdout)["facts"]["issuer trusted"])


def test_pinned_keys_come_before_those_that_were_handed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust_file(folder / "trust.json", "handed.example")
    assert issuer_of(verify()) == "did:web:handed.example"
    trust_file(folder / "own" / "trust.json", "own.example")
    assert issuer_of(verify()) == "did:web:own.example"
    monkeypatch.setenv("PARA73_TRUST", str(trust_file(folder / "pinned.json", "pinned.example")))
    assert issuer_of(verify()) == "did:web:pinned.example"
    named = trust_file(folder / "named.json", "named.example")
    assert issuer_of(verify("--trust", str(named))) == "did:web:named.example"


def test_a_report_warns_where_the_keys_lay_beside_the_file_and_only_there(folder: Path) -> None:
    beside = trust_file(folder / "trust.json", "handed.example")
    assert "whoever made the one can have made the other" in verify().stdout
    assert "whoever made the one can have made the other" not in verify("--trust", str(beside)).stdout


@pytest.mark.parametrize("content", [None, "{}", "not JSON"])
def test_a_pinned_file_that_cannot_be_used_is_never_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    trust_file(folder / "trust.json", "handed.example")
    monkeypatch.setenv("PARA73_TRUST", "pinned.json")
    if content is not None:
        (folder / "pinned.json").write_text(content)
    result = verify()
    assert (result.exit_code, result.stdout) == (6, "")
    assert "pinned.json" in result.stderr


def test_no_verdict_has_an_exit_code_that_no_verdict_has(folder: Path) -> None:
    codes = {
        verify().exit_code,
        verify("--no-such-option").exit_code,
        verify("--proof", "no-such-file").exit_code,
        CliRunner().invoke(main, ["verify"]).exit_code,
        CliRunner().invoke(main, ["verify", "no-such-file"]).exit_code,
    }
    assert codes == {6}
    assert 6 not in {verdict.exit_code for verdict in Verdict}
    assert [verdict.exit_code for verdict in Verdict] == [0, 1, 2, 3, 4, 5]
