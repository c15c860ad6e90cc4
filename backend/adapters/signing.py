"""Ed25519 signing keys behind one small interface: a file by default, a key service through the same two members.

The private key lies in a file of mode 0600 and leaves this module only as signatures.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.kernel.errors import Unavailable

KEY_MODE = 0o600
MIN_SECRET = 32


class Signer(Protocol):
    """Whatever can sign: `public_key` is 32 raw bytes, `sign` gives 64 bytes. Raises Unavailable."""

    @property
    def public_key(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes: ...


class MemorySigner:
    """A key that lives in this process: the memory twin. `fail_next` makes the next signatures fail."""

    def __init__(self, private_key: Ed25519PrivateKey | None = None) -> None:
        self._private = private_key or Ed25519PrivateKey.generate()
        self.fail_next = 0

    @property
    def public_key(self) -> bytes:
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        return self._private.public_key().public_bytes(*raw)

    def sign(self, message: bytes) -> bytes:
        if self.fail_next > 0:
            self.fail_next -= 1
            raise Unavailable("The signing key does not answer now.")
        return self._private.sign(message)


class FileSigner(MemorySigner):
    """A key in a PEM file of mode 0600, made when it is first asked for."""

    def __init__(self, path: Path) -> None:
        super().__init__(_load(path) if path.exists() else _create(path))


def load_secret(path: Path) -> str:
    """Return the secret that signs forms, made where it is missing; all web processes share it."""
    if not path.exists():
        _write_once(path, secrets.token_hex(32).encode())
    _refuse_readable(path)
    secret = path.read_text("ascii", "replace").strip()
    if len(secret) < MIN_SECRET:
        raise Unavailable(f"{path} is too short to protect anything. Delete it, and a new one is made.")
    return secret


def _load(path: Path) -> Ed25519PrivateKey:
    _refuse_readable(path)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Unavailable(f"{path} holds no private key that can be read. Put it back from a backup.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Unavailable(f"{path} is not an Ed25519 key.")
    return key


def _create(path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    _write_once(path, pem)
    return _load(path)


def _refuse_readable(path: Path) -> None:
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise Unavailable(f"The key {path} can be read by others (mode {mode:o}). Run: chmod 600 {path}")


def _write_once(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and never over another: a torn or replaced key would end the log."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEY_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
