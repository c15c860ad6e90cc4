"""What the log hands out: frozen values, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.transparency.rules.entries import LogStatement

TREE_SIZE_HEADER = "para73-tree-size"
"""Every public response names the tree size it speaks for."""


@dataclass(frozen=True, slots=True)
class Head:
    """A signed tree head. `note` is the whole checkpoint as published."""

    origin: str
    size: int
    root: bytes
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """One entry at its place."""

    index: int
    statement: LogStatement


@dataclass(frozen=True, slots=True)
class FsckReport:
    """What `log fsck` found. `problems` is empty where everything agrees."""

    size: int
    root: bytes
    entries: int
    checkpoints: int
    problems: tuple[str, ...]
