"""What services need from the outside world, set once when a process starts (app, worker, command, test)."""

from __future__ import annotations

from dataclasses import dataclass

from backend.adapters.signing import FileSigner, Signer, load_secret
from backend.adapters.storage import ObjectStorage
from backend.kernel.errors import Unavailable
from backend.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """Settings and the adapters that they chose. Evidence and the log's public files are kept apart."""

    settings: Settings
    evidence: ObjectStorage
    log_files: ObjectStorage
    credential_signer: Signer
    log_signer: Signer
    form_secret: str


_CURRENT: list[Context] = []


def configure(context: Context) -> Context:
    """Make `context` the one that services see. The last call holds."""
    _CURRENT[:] = [context]
    return context


def current() -> Context:
    """Return the process's context. Raises Unavailable before `configure`."""
    if not _CURRENT:
        raise Unavailable("This process was not set up: configure() was not called.")
    return _CURRENT[0]


def from_settings(settings: Settings) -> Context:
    """Return the real context: files in the data folder, or the object store that the settings name."""
    if settings.storage_url:
        root = settings.storage_url.rstrip("/")
        evidence, log_files = ObjectStorage.at_url(f"{root}/evidence"), ObjectStorage.at_url(f"{root}/log")
    else:
        evidence, log_files = ObjectStorage.in_folder(settings.objects), ObjectStorage.in_folder(settings.tiles)
    return Context(
        settings=settings,
        evidence=evidence,
        log_files=log_files,
        credential_signer=FileSigner(settings.keys / "credential.pem"),
        log_signer=FileSigner(settings.keys / "log.pem"),
        form_secret=load_secret(settings.keys / "forms.secret"),
    )
