"""Tiles in storage: written from the database's entries, read back for roots and proofs."""

from __future__ import annotations

from collections.abc import Callable

from backend.adapters import context
from backend.kernel.errors import Conflict
from backend.transparency import queries
from backend.transparency.rules.merkle import EMPTY_ROOT, inclusion_proof, leaf_hash, node_hash
from backend.transparency.rules.tiles import (
    HEIGHT,
    Tile,
    bundles_to_write,
    encode_entries,
    entries_path,
    tile_path,
    tiles_to_write,
)

WIDTH = 1 << HEIGHT
HASH_BYTES = 32

Node = Callable[[int, int], bytes]


async def write_tiles(old_size: int, size: int) -> None:
    """Write every tile and entry bundle that growing from `old_size` to `size` needs. Deterministic."""
    files = context.current().log_files
    for bundle in bundles_to_write(old_size, size):
        rows = await queries.list_entries(bundle.index * WIDTH, bundle.index * WIDTH + bundle.width)
        if len(rows) != bundle.width:
            raise Conflict(f"The database lacks entries of the bundle {bundle.index}. Run `para73 log fsck`.")
        await files.put(
            entries_path(bundle.index, bundle.width), encode_entries([bytes(row["content"]) for row in rows])
        )
    for tile in sorted(tiles_to_write(old_size, size), key=lambda tile: tile.level):
        await files.put(tile_path(tile), b"".join(await _hashes_of(tile, size)))


async def _hashes_of(tile: Tile, size: int) -> list[bytes]:
    first = tile.index * WIDTH
    if tile.level == 0:
        # Hashed from the content, so that no tile ever says something else than the bundle beside it.
        return [leaf_hash(bytes(row["content"])) for row in await queries.list_entries(first, first + tile.width)]
    # Each hash of an upper tile is the root of one full tile below, which was written before.
    below = [Tile(tile.level - 1, index, WIDTH) for index in range(first, first + tile.width)]
    return [await _full_root(one) for one in below]


async def _full_root(tile: Tile) -> bytes:
    hashes = await _read_tile(tile)
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


async def _read_tile(tile: Tile) -> list[bytes]:
    data = await context.current().log_files.get(tile_path(tile))
    if len(data) != tile.width * HASH_BYTES:
        raise Conflict(f"The tile {tile_path(tile)} has {len(data)} bytes, not {tile.width * HASH_BYTES}.")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


async def load_nodes(wanted: set[tuple[int, int]], size: int) -> Node:
    """Return a function that gives each wanted (level, index), read from the tiles of a tree of `size`."""
    tiles: dict[tuple[int, int], list[bytes]] = {}
    nodes: dict[tuple[int, int], bytes] = {}
    for level, index in wanted:
        tile_level, above = divmod(level, HEIGHT)
        first = index << above
        key = (tile_level, first // WIDTH)
        if key not in tiles:
            width = min(WIDTH, (size >> (HEIGHT * tile_level)) - key[1] * WIDTH)
            tiles[key] = await _read_tile(Tile(tile_level, key[1], width))
        hashes = tiles[key][first % WIDTH : first % WIDTH + (1 << above)]
        while len(hashes) > 1:
            hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
        nodes[level, index] = hashes[0]
    return lambda level, index: nodes[level, index]


async def root_from_tiles(size: int, within: int | None = None) -> bytes:
    """Return the root of the first `size` entries, from the tiles alone: those of the tree of `within` entries.

    `within` is at least `size`, and `size` where it is left out. A tree that grew keeps the complete subtrees of the
    one before, so the old root can be derived from the new tiles.
    """
    if size == 0:
        return EMPTY_ROOT
    peaks = _peaks(size)
    node = await load_nodes(set(peaks), size if within is None else within)
    hashes = [node(level, index) for level, index in peaks]
    root = hashes.pop()
    while hashes:
        root = node_hash(hashes.pop(), root)
    return root


async def prove_inclusion(index: int, size: int) -> list[bytes]:
    """Return the inclusion proof of `index` in the tree of `size`, from the tiles alone."""
    wanted: set[tuple[int, int]] = set()

    def note_down(level: int, position: int) -> bytes:
        wanted.add((level, position))
        return bytes(HASH_BYTES)

    inclusion_proof(index, size, note_down)
    return inclusion_proof(index, size, await load_nodes(wanted, size))


def _peaks(size: int) -> list[tuple[int, int]]:
    """Return the complete subtrees that a tree of `size` is made of, from the left: one for each bit."""
    peaks: list[tuple[int, int]] = []
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            peaks.append((level, start >> level))
            start += 1 << level
    return peaks
