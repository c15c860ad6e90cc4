"""The web server: granian with as many processes as the settings say. Started by `para73 serve`."""

from __future__ import annotations

import os

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from litestar import Litestar

from backend.adapters.process import stop_with_parent
from backend.settings import SUPERVISOR, read_settings


def create_served_app() -> Litestar:
    """Return the application inside one of granian's processes."""
    stop_with_parent(int(os.environ[SUPERVISOR]))
    from backend.app import create_app

    return create_app()


def main() -> None:
    """Serve until stopped, or until the supervisor is gone."""
    settings = read_settings()
    supervisor = os.environ.get(SUPERVISOR)
    if supervisor:
        stop_with_parent(int(supervisor))
    # To granian's processes this one is what the supervisor is to it.
    os.environ[SUPERVISOR] = str(os.getpid())
    Granian(
        "backend.commands.webserver:create_served_app",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=5,
        websockets=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
