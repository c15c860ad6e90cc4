"""The log as files: which tiles and entry bundles there are, what they are called and what a bundle holds.

Source: C2SP tlog-tiles. A tile is up to 256 neighbouring hashes; each hash on level l + 1 is the root of one full tile
on level l. A tile or bundle with fewer than 256 is partial and says so in its path; one with none does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend.kernel.errors import Invalid
from backend.transparency.rules.merkle import MAX_SIZE

HEIGHT = 8
FULL_WIDTH = 1 << HEIGHT
MAX_LEVEL = 63
MAX_ENTRY_BYTES = 2**16 - 1
LENGTH_BYTES = 2

# At most seven groups of three digits: enough for 2^63, and a bound for what a stranger may ask.
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """`width` hashes on `level`, the first of which is number `index` * 256. Raises Invalid out of range."""

    level: int
    index: int
    width: int

    def __post_init__(self) -> None:
        if not 0 <= self.level <= MAX_LEVEL:
            raise Invalid(f"tiles have levels 0 to {MAX_LEVEL}, not {self.level}")
        _check_place(self.index, self.width)


@dataclass(frozen=True, slots=True)
class EntryBundle:
    """`width` entries, the first of which is number `index` * 256. Raises Invalid out of range."""

    index: int
    width: int

    def __post_init__(self) -> None:
        _check_place(self.index, self.width)


def tile_path(tile: Tile) -> str:
    """Return the path of a tile below the log's address, such as `tile/0/x001/234.p/5`."""
    return f"tile/{tile.level}/{_place(tile.index, tile.width)}"


def entries_path(index: int, width: int) -> str:
    """Return the path of an entry bundle, such as `tile/entries/000.p/5`. Raises Invalid out of range."""
    _check_place(index, width)
    return f"tile/entries/{_place(index, width)}"


def parse_path(path: str) -> Tile | EntryBundle | None:
    """Return what a path asks for, or None unless it is exactly as `tile_path` or `entries_path` write it."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    index = int(match["index"].replace("/", "").replace("x", ""))
    width = int(match["width"] or FULL_WIDTH)
    try:
        if match["level"] == "entries":
            bundle = EntryBundle(index, width)
            return bundle if entries_path(index, width) == path else None
        tile = Tile(int(match["level"]), index, width)
    except Invalid:
        return None
    # Other spellings of the same place (x000/001, .p/256) would be other files.
    return tile if tile_path(tile) == path else None


def tiles_to_write(old_size: int, new_size: int) -> list[Tile]:
    """Return the tiles that a tree of `new_size` has and one of `old_size` has not, the lowest level first.

    Tiles that `new_size` leaves as they were are not named again. Raises Invalid unless 0 <= old <= new < 2^63.
    """
    _check_growth(old_size, new_size)
    tiles: list[Tile] = []
    level, old, new = 0, old_size, new_size
    while new:
        tiles += [Tile(level, index, width) for index, width in _grown(old, new)]
        level, old, new = level + 1, old >> HEIGHT, new >> HEIGHT
    return tiles


def bundles_to_write(old_size: int, new_size: int) -> list[EntryBundle]:
    """Return the entry bundles that a log of `new_size` has and one of `old_size` has not, in order.

    Raises Invalid unless 0 <= old_size <= new_size < 2^63.
    """
    _check_growth(old_size, new_size)
    return [EntryBundle(index, width) for index, width in _grown(old_size, new_size)]


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """Return a bundle: each entry after its length in two bytes, big-endian. Raises Invalid unless it is 1 to 256."""
    _check_count(len(entries))
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise Invalid(f"an entry may have {MAX_ENTRY_BYTES} bytes, not {len(entry)}")
    return b"".join(len(entry).to_bytes(LENGTH_BYTES, "big") + entry for entry in entries)


def decode_entries(data: bytes) -> list[bytes]:
    """Return the 1 to 256 entries of a bundle. Raises Invalid where it is cut off, empty or too long."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise Invalid(f"the bundle ends in the middle of its entry {len(entries)}")
        entries.append(data[start:at])
        if len(entries) > FULL_WIDTH:
            break
    _check_count(len(entries))
    return entries


def _grown(old: int, new: int) -> list[tuple[int, int]]:
    """Return (index, width) of each group of 256 that is new or wider among `new` things, `old` of them known."""
    if old == new:
        return []
    groups = range(old >> HEIGHT, (new + FULL_WIDTH - 1) >> HEIGHT)
    return [(index, min(FULL_WIDTH, new - (index << HEIGHT))) for index in groups]


def _place(index: int, width: int) -> str:
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    partial = "" if width == FULL_WIDTH else f".p/{width}"
    return "/".join(reversed(groups)) + partial


def _check_place(index: int, width: int) -> None:
    if not 0 <= index <= MAX_SIZE:
        raise Invalid(f"the index {index} is not between 0 and 2^63 - 1")
    if not 1 <= width <= FULL_WIDTH:
        raise Invalid(f"the width is 1 to {FULL_WIDTH}, not {width}")


def _check_growth(old_size: int, new_size: int) -> None:
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise Invalid(f"a log does not grow from size {old_size} to {new_size}")


def _check_count(count: int) -> None:
    if not 1 <= count <= FULL_WIDTH:
        raise Invalid(f"a bundle holds 1 to {FULL_WIDTH} entries")
