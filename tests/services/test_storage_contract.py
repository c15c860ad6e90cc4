"""Object storage: one contract, kept by the local folder and by its memory twin."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from backend.adapters.context import from_settings
from backend.adapters.storage import ObjectStorage
from backend.kernel.errors import NotFound, Unavailable
from tests.site import settings_in

KINDS = ["folder", "file address", "memory"]


@pytest.fixture(params=KINDS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStorage:
    folder = tmp_path / "objects"
    match request.param:
        case "folder":
            return ObjectStorage.in_folder(folder)
        case "file address":
            folder.mkdir()
            return ObjectStorage.at_url(f"file://{folder}")
        case _:
            return ObjectStorage.in_memory()


async def read(storage: ObjectStorage, key: str) -> bytes:
    return b"".join([chunk async for chunk in await storage.open(key)])


async def test_what_was_put_is_read_whole_and_in_chunks(storage: ObjectStorage) -> None:
    for data in (b"", b"x", bytes(range(256)) * 5000):
        await storage.put("ab/abcdef", data)
        assert await storage.get("ab/abcdef") == data
        assert await read(storage, "ab/abcdef") == data


async def test_putting_again_replaces(storage: ObjectStorage) -> None:
    await storage.put("checkpoint", b"the first, which is longer")
    await storage.put("checkpoint", b"the second")
    assert await storage.get("checkpoint") == b"the second"


async def test_a_large_file_arrives_whole(storage: ObjectStorage, tmp_path: Path) -> None:
    path, hasher = tmp_path / "large", hashlib.sha256()
    with path.open("wb") as file:
        for number in range(12 * 1024):
            block = number.to_bytes(4, "big") * 256
            file.write(block)
            hasher.update(block)
    await storage.put_file("large", path)
    received = hashlib.sha256()
    async for chunk in await storage.open("large"):
        received.update(chunk)
    assert received.digest() == hasher.digest()


async def test_what_is_not_there_is_not_found_before_anything_is_read(storage: ObjectStorage) -> None:
    await storage.put("ab/abcdef", b"x")
    for key in ("cd/abcdef", "ab/abcde", "ab/abcdefg"):
        with pytest.raises(NotFound):
            await storage.get(key)
        with pytest.raises(NotFound):
            await storage.open(key)


async def test_each_call_can_be_told_to_fail_and_then_stores_nothing(storage: ObjectStorage, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    await storage.put("known", b"x")
    for attempt in (
        lambda: storage.put("new", b"x"),
        lambda: storage.put_file("new", tmp_path / "file"),
        lambda: storage.get("known"),
        lambda: storage.open("known"),
    ):
        storage.fail_next = 1
        with pytest.raises(Unavailable):
            await attempt()
        assert storage.fail_next == 0
    with pytest.raises(NotFound):
        await storage.get("new")
    assert await storage.get("known") == b"x"


async def test_a_key_never_leads_out_of_the_storage(storage: ObjectStorage, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"untouched")
    for key in ("../outside", "ab/../../outside", str(tmp_path / "outside")):
        with pytest.raises((NotFound, Unavailable, ValueError)):
            await storage.get(key)
        try:
            await storage.put(key, b"overwritten")
        except (Unavailable, ValueError):
            continue
    assert (tmp_path / "outside").read_bytes() == b"untouched"


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    storage = ObjectStorage.in_folder(tmp_path / "objects")
    (tmp_path / "objects" / "ab").write_bytes(b"a file where a folder should be")
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(Unavailable):
        await storage.put("ab/abcdef", b"x")
    with pytest.raises(Unavailable):
        await storage.put_file("ab/abcdef", tmp_path / "file")


async def test_evidence_and_the_logs_public_files_lie_apart(tmp_path: Path) -> None:
    """Whoever serves the folder of the log to the world must not serve evidence with it."""
    here = from_settings(settings_in(tmp_path))
    await here.evidence.put("ab/abcdef", b"private")
    with pytest.raises(NotFound):
        await here.log_files.get("ab/abcdef")
    assert not here.settings.objects.is_relative_to(here.settings.tiles)
    assert not here.settings.tiles.is_relative_to(here.settings.objects)
