"""Settings, typed, from the environment, read once. A wrong value stops the start with its name and what is allowed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")


class SettingRefused(Exception):
    """One setting has a value that is not allowed; the message names it and says what is."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the environment decides. docs/settings.md explains each; a test compares the two."""

    data: Path
    database_url: str | None
    base_url: str
    host: str
    port: int
    workers: int
    log_origin: str
    storage_url: str | None
    session_days: int
    log_format: str

    @property
    def uses_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def objects(self) -> Path:
        return self.data / "objects"

    @property
    def tiles(self) -> Path:
        """The folder of the log's public files; any static host can serve it."""
        return self.data / "log"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings. Raises SettingRefused for the first value that is not allowed."""
    given = os.environ if environment is None else environment
    host = given.get("PARA73_HOST", "127.0.0.1")
    port = _read(given, "PARA73_PORT", "8000", _whole(1, 65_535), "a port from 1 to 65535")
    base_url = _read(given, "PARA73_BASE_URL", f"http://{host}:{port}", _url, "an http or https address without a path")
    return Settings(
        data=Path(given.get("PARA73_DATA", "data")).expanduser().absolute(),
        database_url=given.get("DATABASE_URL") or None,
        base_url=base_url,
        host=host,
        port=port,
        workers=_read(given, "PARA73_WORKERS", "1", _whole(1, 64), "a number of web processes from 1 to 64"),
        log_origin=given.get("PARA73_LOG_ORIGIN") or f"{urlsplit(base_url).netloc}/log",
        storage_url=given.get("PARA73_STORAGE_URL") or None,
        session_days=_read(given, "PARA73_SESSION_DAYS", "14", _whole(1, 90), "a number of days from 1 to 90"),
        log_format=_read(given, "PARA73_LOG_FORMAT", "text", _one_of("text", "json"), "text or json"),
    )


def _read(given: Mapping[str, str], name: str, default: str, read: Callable[[str], T], allowed: str) -> T:
    text = given.get(name) or default
    try:
        return read(text)
    except ValueError:
        raise SettingRefused(f"{name} is {text!r}; allowed is {allowed}.") from None


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = int(text)
        if not low <= number <= high:
            raise ValueError
        return number

    return read


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError
        return text

    return read


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
        raise ValueError
    return f"{parts.scheme}://{parts.netloc}"
