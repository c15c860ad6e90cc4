"""Settings, typed, from the environment, read once. A wrong value stops the start with its name and what is allowed.

Each setting is one `Setting` below; docs/settings.md shows the same names, defaults and words, and a test compares
the two.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
PREFIX = "PARA73_"
IDENTITY_FILE = "identity.json"
ISSUER_KEY = "issuer_url"
ORIGIN_KEY = "log_origin"
STORES = ("s3", "gs", "az", "file")
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
# What a signed note can hold as the name of a key: no space, no plus sign.
_ORIGIN = re.compile(r"[!-*,-~]{1,255}")


class SettingRefused(Exception):
    """One setting has a value that is not allowed; the message names it and says what is."""


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One name of the environment. `default` is as somebody would write it; `allowed` ends the sentence "allowed is".

    `read` gives the value or raises ValueError. A `secret` may hold a password, so a refusal never repeats it.
    """

    name: str
    default: str
    allowed: str
    read: Callable[[str], T]
    secret: bool = False

    def of(self, given: Mapping[str, str], default: str | None = None) -> T:
        """Return the value; an empty text counts as not given. Raises SettingRefused."""
        text = given.get(self.name) or (self.default if default is None else default)
        try:
            return self.read(text)
        except ValueError:
            shown = "not usable" if self.secret else repr(text)
            raise SettingRefused(f"{self.name} is {shown}; allowed is {self.allowed}.") from None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the environment decides. docs/settings.md explains each; a test compares the two."""

    data: Path
    database_url: str | None
    base_url: str
    issuer_url: str
    """The address in whose name attestations are issued: `base_url` as it was at the first start, for good."""
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


def _folder(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError
    return path


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        # int() alone would also take "8_000", " 8000" and digits of other scripts.
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError
        return int(text)

    return read


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError
        return text

    return read


def _host(text: str) -> str:
    if not _HOST_NAME.fullmatch(text):
        ip_address(text)
    return text


def _site(text: str) -> str:
    parts = urlsplit(text)
    is_bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
    if parts.scheme not in ("http", "https") or parts.port == 0 or not is_bare:
        raise ValueError
    _host(parts.hostname or "")
    return f"{parts.scheme}://{parts.netloc}"


def _origin(text: str) -> str:
    if not _ORIGIN.fullmatch(text):
        raise ValueError
    return text


def _database(text: str) -> str | None:
    parts = urlsplit(text)
    if text and (parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/")):
        raise ValueError
    return text or None


def _store(text: str) -> str | None:
    parts = urlsplit(text)
    if text and (parts.scheme not in STORES or not (parts.netloc or parts.path.strip("/"))):
        raise ValueError
    return text or None


DATA = Setting("PARA73_DATA", "data", "a folder, which is made where it is missing", _folder)
DATABASE_URL = Setting(
    "DATABASE_URL", "", "the address of a PostgreSQL 15 or later, such as postgresql://user@host/name", _database, True
)
HOST = Setting("PARA73_HOST", "127.0.0.1", "an address or name of this machine", _host)
PORT = Setting("PARA73_PORT", "8000", "a port from 1 to 65535", _whole(1, 65_535))
BASE_URL = Setting("PARA73_BASE_URL", "", "an http or https address without a path", _site)
WORKERS = Setting("PARA73_WORKERS", "1", "a number of web processes from 1 to 64", _whole(1, 64))
LOG_ORIGIN = Setting("PARA73_LOG_ORIGIN", "", "1 to 255 printable characters without space and plus sign", _origin)
STORAGE_URL = Setting(
    "PARA73_STORAGE_URL", "", f"an address that starts with {', '.join(f'{one}://' for one in STORES)}", _store, True
)
SESSION_DAYS = Setting("PARA73_SESSION_DAYS", "14", "a number of days from 1 to 90", _whole(1, 90))
LOG_FORMAT = Setting("PARA73_LOG_FORMAT", "text", "text or json", _one_of("text", "json"))
ALL: tuple[Setting[Any], ...] = (
    DATA, DATABASE_URL, HOST, PORT, BASE_URL, WORKERS, LOG_ORIGIN, STORAGE_URL, SESSION_DAYS, LOG_FORMAT,
)  # fmt: skip
TRUST = "PARA73_TRUST"
"""Read by `para73 verify` alone, which needs none of the others."""
SUPERVISOR = "PARA73_SUPERVISOR"
"""Set by `para73 serve` for its own processes, so that they stop when it is gone; nobody else sets it."""


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings. Raises SettingRefused for the first value, or PARA73_ name, that is not allowed.

    What the data folder remembers of its first start (`remember_identity`) stands where the environment is silent.
    """
    given = os.environ if environment is None else environment
    _refuse_unknown(given)
    data, host, port = DATA.of(given), HOST.of(given), PORT.of(given)
    identity = _identity(data)
    base_url = BASE_URL.of(given, f"http://{f'[{host}]' if ':' in host else host}:{port}")
    log_origin = LOG_ORIGIN.of(given, identity.get(ORIGIN_KEY) or f"{urlsplit(base_url).netloc}/log")
    if log_origin != identity.get(ORIGIN_KEY, log_origin):
        raise SettingRefused(
            f"{LOG_ORIGIN.name} is {log_origin!r}, and the log in {data} is called {identity[ORIGIN_KEY]!r}. "
            "A log keeps its name for good: leave the setting out, or choose another data folder."
        )
    return Settings(
        data=data,
        database_url=DATABASE_URL.of(given),
        base_url=base_url,
        issuer_url=identity.get(ISSUER_KEY, base_url),
        host=host,
        port=port,
        workers=WORKERS.of(given),
        log_origin=log_origin,
        storage_url=STORAGE_URL.of(given),
        session_days=SESSION_DAYS.of(given),
        log_format=LOG_FORMAT.of(given),
    )


def remember_identity(settings: Settings) -> None:
    """Keep the names under which this data folder signs, so that another port or host does not change them."""
    path = settings.data / IDENTITY_FILE
    if path.exists():
        return
    names = {ISSUER_KEY: settings.issuer_url, ORIGIN_KEY: settings.log_origin}
    draft = path.with_suffix(".new")
    with draft.open("w") as file:
        file.write(json.dumps(names, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


def _identity(data: Path) -> dict[str, str]:
    path = data / IDENTITY_FILE
    try:
        kept = json.loads(path.read_text()) if path.exists() else {}
        if not isinstance(kept, dict) or not set(kept) <= {ISSUER_KEY, ORIGIN_KEY}:
            raise ValueError
        return {name: read(kept[name]) for name, read in ((ISSUER_KEY, _site), (ORIGIN_KEY, _origin)) if name in kept}
    except (ValueError, TypeError, AttributeError, OSError):
        raise SettingRefused(f"{path} cannot be read; put it back from a backup of the data folder.") from None


def _refuse_unknown(given: Mapping[str, str]) -> None:
    """A misspelt name would leave its default standing, unnoticed."""
    known = [*(setting.name for setting in ALL), TRUST, SUPERVISOR]
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            close = get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known[:-1])}."
            raise SettingRefused(f"{name} is no setting; {hint}")
