"""Where figures are measured: a PostgreSQL of their own, real processes beside it, all in one folder that goes.

Everything listens on 127.0.0.1 or a Unix socket, and stops with this process. Only PostgreSQL outlives a kill -9.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from backend.adapters import context, db
from backend.adapters.embedded import EmbeddedDatabase
from backend.adapters.schema import migrate
from backend.settings import read_settings

HOST = "127.0.0.1"
READY_SECONDS = 30


@contextmanager
def a_server() -> Iterator[EmbeddedDatabase]:
    """Start a PostgreSQL with the settings that the product ships, in a folder that goes with it."""
    # A Unix socket's path must be short, so this lies in the system's own folder for such things.
    folder = Path(tempfile.mkdtemp(prefix="p73-bench-"))
    folder.chmod(0o755)
    server = EmbeddedDatabase(folder / "pg")
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def a_product(server: EmbeddedDatabase, name: str, port: int = 0) -> AsyncIterator[dict[str, str]]:
    """Point this process at a migrated database and a data folder; give the environment for others beside it."""
    with tempfile.TemporaryDirectory(prefix="p73-bench-data-") as folder:
        url = server.database_url(name)
        environment = {
            "DATABASE_URL": url,
            "PARA73_DATA": folder,
            "PARA73_HOST": HOST,
            "PARA73_PORT": str(port or free_port()),
            "PARA73_LOG_FORMAT": "json",
        }
        os.environ["DATABASE_URL"] = url
        db.engine().config["dsn"] = url
        await migrate(url)
        await db.open_pool(max_size=4)
        context.configure(context.from_settings(read_settings(environment)))
        try:
            yield environment
        finally:
            await db.close_pool()


@contextmanager
def a_process(environment: dict[str, str], *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python module beside this process; its output goes to a file, which is shown if it dies."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env={**os.environ, **environment, "PARA73_SUPERVISOR": str(os.getpid())},
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            died = process.poll()
            process.terminate()
            process.wait(timeout=READY_SECONDS)
            if died is not None:
                output.seek(0)
                print(output.read().decode(errors="replace")[-4000:], file=sys.stderr)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until something listens on the port. Raises RuntimeError where nothing does in time."""
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")
