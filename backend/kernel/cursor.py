"""Reading marked values with the checks that every format needs; each check notes its problem and goes on.

Contract: a reader that notes a problem returns a harmless stand-in, so that the rest of the file is checked
too. Whoever reads must call `Problems.refuse_if_any` before using anything that was read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches

from backend.kernel.marked import Node, Problems

MAX_SHOWN = 40
NEAR = 0.7
"""Ids of three signs that differ in one are not near: every question would be near to ten others."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A node, the path that leads to it (`answers.T04`), and where to note what is wrong with it."""

    node: Node
    where: str
    problems: Problems

    def wrong(self, reason: str) -> None:
        """Note that this value is wrong, and what would be right."""
        self.problems.add(self.node.line, self.node.column, self.where, reason)

    def named(self, where: str) -> Cursor:
        """Return the same value under another path."""
        return Cursor(self.node, where, self.problems)

    def map_of(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Cursor]:
        """Return the values by key; unknown keys are problems, and so are missing ones."""
        found = self.open_map()
        known = [*required, *optional]
        for key in [key for key in found if key not in known]:
            self.wrong_key(key, f"there is no key {shown(key)} here{near(key, known)}")
            del found[key]
        for key in required:
            if key not in found and isinstance(self.node.value, Mapping):
                self.wrong(f"the key {key!r} is missing")
        return found

    def open_map(self) -> dict[str, Cursor]:
        """Return the values by key, whatever the keys are."""
        if not isinstance(self.node.value, Mapping):
            self.wrong("a map of keys and values should stand here")
            return {}
        prefix = f"{self.where}." if self.where else ""
        return {key: Cursor(entry.node, f"{prefix}{key}", self.problems) for key, entry in self.node.value.items()}

    def wrong_key(self, key: str, reason: str) -> None:
        """Note that a key of this map is wrong, at the key's own place."""
        if isinstance(self.node.value, Mapping):
            entry = self.node.value[key]
            self.problems.add(entry.line, entry.column, self.where, reason)

    def items(self, at_least: int = 0) -> list[Cursor]:
        """Return the parts of a list."""
        if not isinstance(self.node.value, tuple):
            self.wrong("a list should stand here")
            return []
        if len(self.node.value) < at_least:
            self.wrong(f"this list needs at least {at_least} {'entry' if at_least == 1 else 'entries'}")
        return [Cursor(part, f"{self.where}[{place}]", self.problems) for place, part in enumerate(self.node.value)]

    def text(self, pattern: re.Pattern[str] | None = None, right: str = "") -> str:
        """Return a string that is not blank and fits `pattern`; `right` says in words what fits."""
        value = self.node.value
        if not isinstance(value, str):
            quotes = isinstance(value, int | Decimal)
            self.wrong("a text should stand here" + ("; put it in quotes" if quotes else ""))
        elif not value.strip():
            self.wrong("this text is empty")
        elif pattern is not None and not pattern.fullmatch(value):
            self.wrong(f"{shown(value)} should be {right}")
        else:
            return value
        return ""

    def word(self, allowed: Collection[str]) -> str:
        """Return one of the words of a closed set."""
        value = self.node.value
        if isinstance(value, str) and value in allowed:
            return value
        hint = near(value, allowed) if isinstance(value, str) else ""
        self.wrong(f"this should be one of {', '.join(allowed)}{hint}")
        return ""

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`."""
        value = self.node.value
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.wrong(f"a whole number from {low} to {high} should stand here")
        return low

    def boolean(self) -> bool:
        """Return true or false."""
        if isinstance(self.node.value, bool):
            return self.node.value
        self.wrong("true or false should stand here")
        return False


def near(word: str, known: Collection[str]) -> str:
    """Return `; did you mean X?` where a known word is close to `word`, or nothing."""
    same = [one for one in known if one.casefold() == word.casefold()]
    close = same or get_close_matches(word[:MAX_SHOWN], list(known), n=1, cutoff=NEAR)
    return f"; did you mean {close[0]}?" if close else ""


def shown(text: str) -> str:
    """Return a text in quotes, cut to a length that fits a message."""
    return repr(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")
