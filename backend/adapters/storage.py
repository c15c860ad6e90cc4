"""Object storage through obstore: a local folder by default, any S3-compatible store by setting.

Evidence is kept under its SHA-256, so storing the same bytes twice changes nothing, and a name from
outside never becomes a path. Contract: what `put_file` returned from is durable and readable by all.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from backend.kernel.errors import NotFound, Unavailable

if TYPE_CHECKING:
    from obstore import GetResult

CHUNK_BYTES = 256 * 1024


async def _chunks(result: GetResult) -> AsyncIterator[bytes]:
    async for chunk in result.stream(min_chunk_size=CHUNK_BYTES):
        yield bytes(chunk)


def _sync(root: Path, path: Path) -> None:
    """Flush a file, and the folders that lead to it below `root`, which may be as new as the file."""
    for part in (path, *(parent for parent in path.parents if parent.is_relative_to(root))):
        descriptor = os.open(part, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class ObjectStorage:
    """Objects by key. `fail_next` makes the next calls fail, so that tests can try every fault."""

    def __init__(self, store: ObjectStore, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder
        self.fail_next = 0

    @classmethod
    def in_folder(cls, folder: Path) -> ObjectStorage:
        """Return storage in a local folder, which is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(LocalStore(prefix=folder), folder)

    @classmethod
    def at_url(cls, url: str) -> ObjectStorage:
        """Return storage at an address such as `s3://bucket/prefix`; credentials come from the environment."""
        return cls(from_url(url))

    @classmethod
    def in_memory(cls) -> ObjectStorage:
        """Return the memory twin."""
        return cls(MemoryStore())

    async def put(self, key: str, data: bytes) -> None:
        """Store small `data` whole under `key`, replacing what stood there. Raises Unavailable."""
        self._perhaps_fail()
        try:
            await obstore.put_async(self._store, key, data)
            await self._make_durable(key)
        except (BaseError, OSError) as error:
            raise Unavailable("The object storage does not take the file now. Nothing was stored.") from error

    async def put_file(self, key: str, path: Path) -> None:
        """Store the file at `path` in chunks, never whole in memory. Raises Unavailable."""
        self._perhaps_fail()
        try:
            await obstore.put_async(self._store, key, path, use_multipart=True, chunk_size=5 * 1024 * 1024)
            await self._make_durable(key)
        except (BaseError, OSError) as error:
            raise Unavailable("The object storage does not take the file now. Nothing was stored.") from error

    async def get(self, key: str) -> bytes:
        """Return a small object whole. Raises NotFound or Unavailable."""
        self._perhaps_fail()
        try:
            result = await obstore.get_async(self._store, key)
            return bytes(await result.bytes_async())
        except FileNotFoundError as error:
            raise NotFound("There is no such file.") from error
        except (BaseError, OSError) as error:
            raise Unavailable("The object storage does not answer now.") from error

    async def open(self, key: str) -> AsyncIterator[bytes]:
        """Return an object in chunks. Raises NotFound or Unavailable at once, before anybody was promised bytes."""
        self._perhaps_fail()
        try:
            result = await obstore.get_async(self._store, key)
        except FileNotFoundError as error:
            raise NotFound("There is no such file.") from error
        except (BaseError, OSError) as error:
            raise Unavailable("The object storage does not answer now.") from error
        return _chunks(result)

    async def _make_durable(self, key: str) -> None:
        """Wait until a local file survives a power loss; the library leaves that to the operating system's leisure."""
        if self._folder is not None:
            await asyncio.to_thread(_sync, self._folder, self._folder / key)

    def _perhaps_fail(self) -> None:
        if self.fail_next > 0:
            self.fail_next -= 1
            raise Unavailable("The object storage does not answer now.")
