"""Names, sizes and contents of tiles and entry bundles, with the examples of C2SP tlog-tiles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.errors import Invalid
from backend.transparency.rules.merkle import MAX_SIZE, leaf_hash, node_hash, root_of
from backend.transparency.rules.tiles import (
    EntryBundle,
    Tile,
    bundles_to_write,
    decode_entries,
    encode_entries,
    entries_path,
    parse_path,
    tile_path,
    tiles_to_write,
)

indexes = st.one_of(st.integers(0, 3000), st.integers(0, MAX_SIZE))
widths = st.integers(1, 256)
sizes = st.integers(0, 200_000)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0, 256), "tile/0/000"),
        (Tile(0, 2, 188), "tile/0/002.p/188"),
        (Tile(0, 999, 256), "tile/0/999"),
        (Tile(0, 1000, 256), "tile/0/x001/000"),
        (Tile(0, 1234, 5), "tile/0/x001/234.p/5"),
        (Tile(0, 1234067, 256), "tile/0/x001/x234/067"),
        (Tile(2, 0, 1), "tile/2/000.p/1"),
        (Tile(63, 7, 255), "tile/63/007.p/255"),
        (Tile(0, MAX_SIZE, 256), "tile/0/x009/x223/x372/x036/x854/x775/807"),
    ],
)
def test_tile_paths(tile: Tile, path: str) -> None:
    assert tile_path(tile) == path
    assert parse_path(path) == tile


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [(0, 256, "tile/entries/000"), (0, 5, "tile/entries/000.p/5"), (1234, 9, "tile/entries/x001/234.p/9")],
)
def test_entry_bundle_paths(index: int, width: int, path: str) -> None:
    assert entries_path(index, width) == path
    assert parse_path(path) == EntryBundle(index, width)


@given(st.integers(0, 63), indexes, widths)
def test_every_path_reads_back(level: int, index: int, width: int) -> None:
    assert parse_path(tile_path(Tile(level, index, width))) == Tile(level, index, width)
    assert parse_path(entries_path(index, width)) == EntryBundle(index, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "checkpoint",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/000\n",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/1000",
        "tile/0/x000/001",
        "tile/0/x000/x001/001",
        "tile/0/001/001",
        "tile/0/x001/x002",
        "tile/0/X001/002",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/entry/000",
        "tile/0/000.p/0",
        "tile/0/000.p/00",
        "tile/0/000.p/05",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000/p/5",
        "tile/0/../000",
        "tile/0/٠٠٠",
        "tile/entries/000.p/256",
        "tile/entries/x000/000",
        "tile/0/x009/x223/x372/x036/x854/x775/808",
        "tile/0/x001/x000/x000/x000/x000/x000/x000/000",
    ],
)
def test_any_other_spelling_is_no_path(path: str) -> None:
    assert parse_path(path) is None


@given(st.text(alphabet="tile/entris0123456789x.p", max_size=40))
def test_what_is_read_as_a_path_is_spelt_so(path: str) -> None:
    found = parse_path(path)
    if isinstance(found, Tile):
        assert tile_path(found) == path
    elif found is not None:
        assert entries_path(found.index, found.width) == path


@pytest.mark.parametrize(("index", "width"), [(0, 0), (0, 257), (0, -1), (-1, 5), (MAX_SIZE + 1, 5)])
def test_no_tile_or_bundle_outside_the_format(index: int, width: int) -> None:
    with pytest.raises(Invalid):
        Tile(0, index, width)
    with pytest.raises(Invalid):
        EntryBundle(index, width)
    with pytest.raises(Invalid):
        entries_path(index, width)


@pytest.mark.parametrize("level", [-1, 64])
def test_no_level_outside_the_format(level: int) -> None:
    with pytest.raises(Invalid):
        Tile(level, 0, 1)


def test_tiles_of_a_tree_of_70000() -> None:
    tiles = tiles_to_write(0, 70_000)
    assert [tile for tile in tiles if tile.level == 0] == [*(Tile(0, i, 256) for i in range(273)), Tile(0, 273, 112)]
    assert [tile for tile in tiles if tile.level > 0] == [Tile(1, 0, 256), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert bundles_to_write(0, 70_000) == [*(EntryBundle(i, 256) for i in range(273)), EntryBundle(273, 112)]


@pytest.mark.parametrize(
    ("old", "new", "tiles"),
    [
        (0, 0, []),
        (5, 5, []),
        (256, 256, []),
        (0, 1, [Tile(0, 0, 1)]),
        (1, 3, [Tile(0, 0, 3)]),
        (0, 256, [Tile(0, 0, 256), Tile(1, 0, 1)]),
        (255, 256, [Tile(0, 0, 256), Tile(1, 0, 1)]),
        (256, 257, [Tile(0, 1, 1)]),
        (255, 257, [Tile(0, 0, 256), Tile(0, 1, 1), Tile(1, 0, 1)]),
        (700, 800, [Tile(0, 2, 256), Tile(0, 3, 32), Tile(1, 0, 3)]),
        (65_535, 65_536, [Tile(0, 255, 256), Tile(1, 0, 256), Tile(2, 0, 1)]),
    ],
)
def test_tiles_to_write(old: int, new: int, tiles: list[Tile]) -> None:
    assert tiles_to_write(old, new) == tiles


def tiles_of(size: int) -> set[Tile]:
    """All tiles of a tree, by the formula of tlog-tiles: floor(size / 256**level), full ones first."""
    found: set[Tile] = set()
    level = 0
    while count := size // 256**level:
        found |= {Tile(level, index, 256) for index in range(count // 256)}
        if count % 256:
            found.add(Tile(level, count // 256, count % 256))
        level += 1
    return found


@given(sizes, st.integers(0, 3000))
def test_growing_writes_exactly_what_is_new(old: int, more: int) -> None:
    new = old + more
    tiles = tiles_to_write(old, new)
    assert set(tiles) == tiles_of(new) - tiles_of(old)
    assert len(set(tiles)) == len(tiles)
    assert [tile.level for tile in tiles] == sorted(tile.level for tile in tiles)
    lowest = [EntryBundle(tile.index, tile.width) for tile in tiles if tile.level == 0]
    assert bundles_to_write(old, new) == lowest


@pytest.mark.parametrize(("old", "new"), [(1, 0), (-1, 0), (MAX_SIZE, MAX_SIZE + 1)])
def test_a_log_only_grows(old: int, new: int) -> None:
    with pytest.raises(Invalid):
        tiles_to_write(old, new)
    with pytest.raises(Invalid):
        bundles_to_write(old, new)


def test_a_full_tile_is_one_hash_of_the_level_above() -> None:
    hashes = [leaf_hash(bytes([number])) for number in range(256)]
    halves = node_hash(root_of(hashes[:128]), root_of(hashes[128:]))
    assert root_of(hashes) == halves


def test_bundle_bytes() -> None:
    assert encode_entries([b"ab", b"", b"c"]) == b"\x00\x02ab\x00\x00\x00\x01c"
    assert encode_entries([bytes(0x0102)])[:2] == b"\x01\x02"
    assert decode_entries(encode_entries([bytes(65_535)])) == [bytes(65_535)]


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_a_bundle_reads_back(entries: list[bytes]) -> None:
    assert decode_entries(encode_entries(entries)) == entries


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=20), st.data())
def test_a_bundle_cut_off_inside_an_entry_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    whole = encode_entries(entries)
    last = len(whole) - len(entries[-1]) - 2
    cut = data.draw(st.integers(last + 1, len(whole) - 1))
    with pytest.raises(Invalid):
        decode_entries(whole[:cut])


@given(st.binary(max_size=2000))
def test_any_bytes_are_a_bundle_or_refused(data: bytes) -> None:
    try:
        entries = decode_entries(data)
    except Invalid:
        return
    assert encode_entries(entries) == data


def test_a_bundle_holds_1_to_256_entries_of_at_most_65535_bytes() -> None:
    for entries in ([], [b""] * 257, [bytes(65_536)]):
        with pytest.raises(Invalid):
            encode_entries(entries)
    for data in (b"", b"\x00\x00" * 257):
        with pytest.raises(Invalid):
            decode_entries(data)
    assert decode_entries(b"\x00\x00" * 256) == [b""] * 256
