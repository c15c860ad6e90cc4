"""Object storage through obstore: a local folder by default, any S3-compatible store by setting.

Evidence is kept under its SHA-256, so storing the same bytes twice changes nothing, and a name from
outside never becomes a path. Contract: what `put_file` returned from is durable and readable by all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from backend.kernel.errors import NotFound, Unavailable

CHUNK_BYTES = 256 * 1024


class ObjectStorage:
    """Objects by key. `fail_next` makes the next calls fail, so that tests can try every fault."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.fail_next = 0

    @classmethod
    def in_folder(cls, folder: Path) -> ObjectStorage:
        """Return storage in a local folder, which is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        return cls(LocalStore(prefix=folder))

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
        except (BaseError, OSError) as error:
            raise Unavailable("The object storage does not take the file now. Nothing was stored.") from error

    async def put_file(self, key: str, path: Path) -> None:
        """Store the file at `path` in chunks, never whole in memory. Raises Unavailable."""
        self._perhaps_fail()
        try:
            await obstore.put_async(self._store, key, path, use_multipart=True, chunk_size=5 * 1024 * 1024)
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

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """Yield an object in chunks. Raises NotFound or Unavailable before the first one."""
        self._perhaps_fail()
        try:
            result = await obstore.get_async(self._store, key)
        except FileNotFoundError as error:
            raise NotFound("There is no such file.") from error
        except (BaseError, OSError) as error:
            raise Unavailable("The object storage does not answer now.") from error
        async for chunk in result.stream(min_chunk_size=CHUNK_BYTES):
            yield bytes(chunk)

    async def has(self, key: str) -> bool:
        """Return whether an object stands under `key`."""
        try:
            await obstore.head_async(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def _perhaps_fail(self) -> None:
        if self.fail_next > 0:
            self.fail_next -= 1
            raise Unavailable("The object storage does not answer now.")
