"""What every figure shares: ours and the peer take turns, and what counts is their ratio, round by round.

A single time says as much about the machine as about the program. Two programs that take turns within a minute
share the machine's mood, so their ratio stays when the machine changes.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from backend.adapters import clock

Turn = Callable[[], Awaitable[list[float]]]
"""One turn of one side: the times of its operations, in seconds."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared. Times are milliseconds for one operation, over all turns."""

    name: str
    does: str
    p50_ms: float
    p99_ms: float
    operations: int
    per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """Time of ours over time of the peer, turn against turn: under 1, ours is the faster."""

    least: float
    median: float
    most: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, with whatever else was seen on the way."""

    name: str
    title: str
    ours: Side
    peer: Side
    ratio: Ratio
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def to_text(self) -> str:
        lines = [self.title]
        for label, side in (("ours", self.ours), ("peer", self.peer)):
            rate = f", {side.per_second:,.0f} a second" if side.per_second is not None else ""
            told = f"p50 {side.p50_ms:.3f} ms, p99 {side.p99_ms:.3f} ms{rate}, {side.operations} operations"
            lines += [f"  {label}   {side.name}: {told}", f"         {side.does}"]
        spread = f"from {self.ratio.least:.2f} to {self.ratio.most:.2f}"
        lines.append(f"  ratio  {self.ratio.median:.2f} ({spread}); under 1, ours is faster")
        return "\n".join([*lines, *(f"         {note}" for note in self.notes)])


@dataclass(frozen=True, slots=True)
class Turns:
    """The times of both sides, turn by turn, and how long each turn took as a whole where that was measured."""

    ours: list[list[float]]
    peer: list[list[float]]

    def ratio(self, middle: Callable[[Sequence[float]], float] = median) -> Ratio:
        found = [middle(one) / middle(other) for one, other in zip(self.ours, self.peer, strict=True)]
        return Ratio(min(found), median(found), max(found))


async def take_turns(ours: Turn, peer: Turn, rounds: int) -> Turns:
    """Run ours, peer, ours, peer, and so on, after one turn of each that is thrown away."""
    await ours()
    await peer()
    turns = Turns([], [])
    for _ in range(rounds):
        turns.ours.append(await ours())
        turns.peer.append(await peer())
    return turns


def a_side(name: str, does: str, turns: Sequence[Sequence[float]], per_second: float | None = None) -> Side:
    times = sorted(time for turn in turns for time in turn)
    return Side(name, does, 1000 * percentile(times, 50), 1000 * percentile(times, 99), len(times), per_second)


def percentile(ordered: Sequence[float], percent: int) -> float:
    """Return the nearest-rank percentile of times in order."""
    rank = -(-percent * len(ordered) // 100)
    return ordered[max(0, rank - 1)]


def machine() -> dict[str, Any]:
    """Return where and when this ran, without a name of the machine."""
    return {
        "at": clock.now().date().isoformat(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }
