"""`para73 serve` as a person runs it: started, run into, stopped by Ctrl-C, and found again as it was left."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from backend.commands.samples import SAMPLE_PASSWORD, SAMPLES, sample_accounts
from tests.world import PASSWORD

PATIENCE_SECONDS = 60


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Machine:
    """A machine with a data folder: commands run on it, and what they leave running can be seen."""

    root: Path
    port: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.root / "data"

    def start(self, *arguments: str, data: Path | None = None) -> subprocess.Popen[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PARA73_", "DATABASE_URL"))}
        environment = {**kept, "PARA73_DATA": str(data or self.data), "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "backend.cli", *arguments]
        pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, env=environment, **pipes)

    def run(self, *arguments: str, data: Path | None = None) -> tuple[int, str, str]:
        process = self.start(*arguments, data=data)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
        return process.returncode, out, err

    def serve(self, *arguments: str) -> subprocess.Popen[str]:
        """Start serving, and wait until it answers."""
        process = self.start("serve", "--port", str(self.port), *arguments)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.base}/readyz").status_code == 200:
                    return process
            time.sleep(0.1)
        process.kill()
        raise AssertionError(process.communicate())

    def ask(self, query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        return httpx.post(f"{self.base}/graphql", json=body, timeout=30).json()

    def running(self) -> list[str]:
        """Return what still runs on this machine's folders, processes that are about to end not counted."""
        found: list[str] = []
        for process in psutil.process_iter(["cmdline", "status"]):
            line = " ".join(process.info["cmdline"] or [])
            if str(self.root) in line and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(line)
        return found


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    root = Path(tempfile.mkdtemp(prefix="p73-"))
    root.chmod(0o755)
    made = Machine(root, a_free_port())
    try:
        yield made
    finally:
        for process in psutil.process_iter(["cmdline", "environ"]):
            mine = str(root) in " ".join(process.info["cmdline"] or [])
            if mine or (process.info["environ"] or {}).get("PARA73_DATA", "").startswith(str(root)):
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        shutil.rmtree(root, ignore_errors=True)


def children_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return psutil.Process(process.pid).children(recursive=True)


def stop(process: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, out, err


def assert_all_stopped(machine: Machine, children: list[psutil.Process]) -> None:
    assert [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE] == []
    assert machine.running() == []
    assert not (machine.data / "database" / "postmaster.pid").exists()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", machine.port))


SIGN_UP = "mutation($g: SignUpInput!) { signUp(given: $g) { token } }"
SIGN_IN = "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { token } }"
GIVEN = {
    "legalName": "Test Hotels Ltd",
    "country": "KE",
    "sectors": ["tourism"],
    "name": "Robin Test",
    "email": "owner@test.example",
    "password": PASSWORD,
}


def assert_samples_are_public(machine: Machine) -> None:
    told = machine.ask("{ publishedScores(first: 100) { totalCount nodes { company { name isSample } } } }")
    scores = told["data"]["publishedScores"]
    assert scores["totalCount"] == sum(sample.publishes for sample in SAMPLES)
    assert all(one["company"]["isSample"] for one in scores["nodes"])
    for email, _ in sample_accounts():
        assert machine.ask(SIGN_IN, e=email, p=SAMPLE_PASSWORD)["data"]["signIn"]["token"]


def test_it_starts_refuses_a_second_one_stops_whole_and_finds_its_data_again(machine: Machine) -> None:
    process = machine.serve("--sample-data")
    children = children_of(process)
    assert_samples_are_public(machine)
    names = " ".join(" ".join(child.cmdline()) for child in children)
    assert "backend.commands.webserver" in names
    assert "backend.cli worker" in names
    assert any("postgres" in line for line in machine.running())
    assert machine.ask(SIGN_UP, g=GIVEN)["data"]["signUp"]["token"]

    code, out, err = machine.run("serve", "--port", str(a_free_port()))
    assert (code, out) == (2, "")
    assert f"process {process.pid}, {machine.base}" in err

    # Short commands borrow the database that runs, and leave it running.
    code, out, err = machine.run("log", "fsck")
    assert (code, err) == (0, "")
    assert out.endswith("clean\n")
    assert machine.run("keys")[0] == 0
    assert httpx.get(f"{machine.base}/readyz").status_code == 200

    code, out, err = stop(process)
    assert code == 0, err
    assert f"{machine.base}/graphql" in out
    assert all(email in out for email, _ in sample_accounts())
    assert SAMPLE_PASSWORD in out
    assert "Traceback" not in err
    assert_all_stopped(machine, children)

    # Without a server the same commands bring the database up, and take it down again.
    assert machine.run("log", "fsck")[0] == 0
    assert machine.run("migrate")[0] == 0
    assert_all_stopped(machine, [])

    process = machine.serve()
    children = children_of(process)
    assert machine.ask(SIGN_IN, e=GIVEN["email"], p=PASSWORD)["data"]["signIn"]["token"]
    assert_samples_are_public(machine)
    code, out, err = stop(process, signal.SIGTERM)
    assert code == 0, err
    assert SAMPLE_PASSWORD not in out
    assert_all_stopped(machine, children)


def test_a_taken_port_is_told_before_anything_is_started(machine: Machine) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        code, out, err = machine.run("serve", "--port", str(taken), data=machine.root / "other")
    assert (code, out) == (2, "")
    assert f"127.0.0.1:{taken}" in err
    assert "--port" in err
    assert not (machine.root / "other" / "database").exists()
    assert machine.running() == []
