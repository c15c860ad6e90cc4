"""Load and compose all questionnaires, as a process does once at its start."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import yaml

from backend.sectors import service as sectors
from backend.sectors.rules.parse import parse_module
from backend.sectors.service import modules
from tests.bench.harness import Figure, Turn, a_side, take_turns

ROUNDS = 7
OPERATIONS = 3
PROMISE_MS = 150
"""What the whole library may take, once in a process."""


async def measure(rounds: int = ROUNDS) -> list[Figure]:
    sectors.compile_library()
    files = [(entry.read_bytes(), name) for entry, name in modules.module_files()]
    texts = [data for data, _ in files]
    read_anew = _times(lambda: [parse_module(data, name) for data, name in files], 1)[0]
    turns = await take_turns(_turn(_load_and_compose), _turn(lambda: [_plain_yaml(text) for text in texts]), rounds)
    ours = a_side(
        f"{len(files)} modules, {sum(map(len, texts)):,} bytes, from their compiled forms, and each sector with core",
        "checks each file's digest, builds every question and composes eight questionnaires with their digests",
        turns.ours,
    )
    peer = a_side(
        f"PyYAML {yaml.__version__} with libyaml loads the same files",
        "gives maps and lists; checks no key, builds no question, composes nothing",
        turns.peer,
    )
    notes = (
        f"promised: {PROMISE_MS} ms once in a process",
        f"without compiled forms, read with every check: {1000 * read_anew:,.0f} ms",
    )
    return [Figure("library", "Load and compose all questionnaires", ours, peer, turns.ratio(), notes)]


def _load_and_compose() -> None:
    modules.library.cache_clear()
    modules._composed.cache_clear()
    for sector in sectors.available_sectors():
        sectors.get_questionnaire(sectors.current_references([sector]))


def _plain_yaml(text: bytes) -> object:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def _times(operation: Callable[[], object], count: int) -> list[float]:
    times: list[float] = []
    for _ in range(count):
        started = perf_counter()
        operation()
        times.append(perf_counter() - started)
    return times


def _turn(operation: Callable[[], object]) -> Turn:
    async def run() -> list[float]:
        return _times(operation, OPERATIONS)

    return run
