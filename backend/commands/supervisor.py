"""`para73 serve`: one command that brings up everything, and takes all of it down again.

The supervisor holds the data folder by a file lock, so a second one says so and exits. It starts the embedded
database where no DATABASE_URL is given, migrates, prepares keys and questionnaires, then runs the web server and
the worker as children. If it is killed, the children notice and stop; the database stays up, and the next start
finds it.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from backend.adapters.embedded import EmbeddedDatabase
from backend.adapters.schema import migrate
from backend.commands.children import Child, stop_all
from backend.settings import SUPERVISOR, Settings

READY_SECONDS = 60
ORPHAN_SECONDS = 6
POLL_SECONDS = 0.1
LOCK_FILE = "para73.lock"


class AlreadyRunning(Exception):
    """Another para73 serves from this data folder, or the port is taken."""


def _lock_path(settings: Settings) -> Path:
    settings.data.mkdir(parents=True, exist_ok=True)
    return settings.data / LOCK_FILE


@contextmanager
def data_folder(settings: Settings) -> Iterator[Path]:
    """Hold the data folder for this process alone. Raises AlreadyRunning."""
    path = _lock_path(settings)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = path.read_text().strip() or "another process"
        os.close(descriptor)
        raise AlreadyRunning(
            f"para73 serves from {settings.data} already ({holder}). Stop that one first, "
            "or set PARA73_DATA and --port to run a second one beside it."
        ) from None
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}, {settings.base_url}\n".encode(), 0)
        yield settings.data
    finally:
        os.close(descriptor)


@contextmanager
def database(settings: Settings) -> Iterator[Settings]:
    """Give settings that have a database: the one they name, or the embedded one, stopped at the end."""
    if settings.database_url:
        yield settings
        return
    embedded = EmbeddedDatabase(settings.data / "database")
    try:
        yield replace(settings, database_url=embedded.database_url())
    finally:
        embedded.stop()


@contextmanager
def borrowed_database(settings: Settings) -> Iterator[Settings]:
    """As `database`, for a short command: an embedded server that `serve` runs already is left running."""
    descriptor = os.open(_lock_path(settings), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if settings.database_url:
                yield settings
            else:
                address = EmbeddedDatabase(settings.data / "database").database_url()
                yield replace(settings, database_url=address)
            return
        with database(settings) as ready:
            yield ready
    finally:
        os.close(descriptor)


def use_database(settings: Settings) -> None:
    """Make this process and its children use the database of `settings`; before any table is imported."""
    os.environ["DATABASE_URL"] = settings.database_url or ""
    os.environ["PICCOLO_CONF"] = "backend.piccolo_conf"


def refuse_taken_port(settings: Settings) -> None:
    """Raise AlreadyRunning where something listens on the port, and goes on doing so.

    The processes of a supervisor that was killed need a moment to notice; they are waited for.
    """
    deadline = time.monotonic() + ORPHAN_SECONDS
    while (reason := _why_port_is_taken(settings)) is not None:
        if time.monotonic() > deadline:
            raise AlreadyRunning(
                f"{settings.host}:{settings.port} cannot be used ({reason}). Choose another with --port."
            )
        time.sleep(POLL_SECONDS)


def _why_port_is_taken(settings: Settings) -> str | None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return error.strerror or str(error)
    return None


def serve(settings: Settings, with_worker: bool, prepare: Callable[[], None], announce: Callable[[], None]) -> int:
    """Serve until Ctrl-C or SIGTERM; return the exit code. `prepare` runs once the schema stands."""
    with data_folder(settings):
        refuse_taken_port(settings)
        with database(settings) as ready:
            use_database(ready)
            asyncio.run(migrate(ready.database_url or ""))
            prepare()
            return _run_children(ready, with_worker, announce)


def _run_children(settings: Settings, with_worker: bool, announce: Callable[[], None]) -> int:
    environment = {
        **os.environ,
        "PARA73_DATA": str(settings.data),
        "PARA73_HOST": settings.host,
        "PARA73_PORT": str(settings.port),
        "PARA73_BASE_URL": settings.base_url,
        "PARA73_WORKERS": str(settings.workers),
        "PARA73_LOG_ORIGIN": settings.log_origin,
        SUPERVISOR: str(os.getpid()),
    }
    stopping: list[int] = []

    def stop(number: int, _: object) -> None:
        stopping.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    children = [Child("web", ["backend.commands.webserver"], environment)]
    if with_worker:
        children.append(Child("worker", ["backend.cli", "worker"], environment))
    announced, started = False, time.monotonic()
    try:
        while not stopping:
            if not announced and _answers(settings):
                announce()
                announced = True
            if not announced and time.monotonic() - started > READY_SECONDS:
                print("The web server did not get ready in time; see the lines above.", file=sys.stderr)
                return 1
            failed = [code for child in children if (code := child.revive())]
            if failed and not announced:
                # What cannot start at all has wrong settings or no database; trying again would hide that.
                return failed[0]
            time.sleep(POLL_SECONDS)
    finally:
        stop_all(children)
    return 0


def _answers(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    try:
        with socket.create_connection((host, settings.port), timeout=1) as connection:
            connection.sendall(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False
