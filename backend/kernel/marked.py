"""YAML and JSON files from outside, read to values that know where they stand.

Contract: whatever the bytes are, reading ends quickly in a Node or in FileRefused. The depth is counted on
a lazy stream of events, so no parser ever recurses into a nested bomb.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

from backend.kernel.errors import FileProblem, FileRefused
from backend.kernel.marked_events import Event, Kind, Scalar, Unreadable, json_events, position, yaml_events

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 64
MAX_VALUES = 200_000
"""A file of 5 MB can hold millions of values, which would take ten seconds and a gigabyte."""
MAX_PROBLEMS = 100
"""Reading stops after this many problems: nobody reads on, and a hostile file cannot fill the memory."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it starts, counted from 1. Numbers with decimals are Decimal, exactly as written."""

    line: int
    column: int
    value: Scalar | tuple[Node, ...] | Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a map, and where its key stands. A key is its own text: `0` and `"0"` are the same."""

    line: int
    column: int
    node: Node


class Problems:
    """What is wrong with one file, gathered so that its author sees everything at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[FileProblem] = []

    def add(self, line: int, column: int, where: str, reason: str) -> None:
        """Note one problem. Raises FileRefused when there are MAX_PROBLEMS."""
        self.found.append(FileProblem(self.file, line, column, where, reason))
        if len(self.found) >= MAX_PROBLEMS:
            self.refuse()

    def refuse_if_any(self) -> None:
        """Raises FileRefused, in the order of the lines, where a problem was noted."""
        if self.found:
            self.refuse()

    def refuse(self) -> NoReturn:
        raise FileRefused(sorted(self.found, key=lambda problem: (problem.line, problem.column)))


def read_marked(data: bytes, file: str) -> Node:
    """Return the one value that a YAML or JSON file holds. Raises FileRefused.

    `.json` is read by JSON's rules, `.yaml` and `.yml` by YAML's; under any other name a file that starts
    with a bracket is JSON. `file` is only named in problems, never opened.
    """
    problems = Problems(file)
    try:
        text = _text(data)
        events = json_events(text) if _is_json(file, text) else yaml_events(text)
        root = _build(events, problems)
    except Unreadable as error:
        problems.add(error.line, error.column, "", error.reason)
        problems.refuse()
    problems.refuse_if_any()
    return root


def plain(node: Node) -> Any:
    """Return the JSON form of a node: maps, lists, strings, ints, booleans, null.

    A decimal becomes its text, so that the canonical form holds integers only and nothing was rounded.
    """
    value = node.value
    if isinstance(value, Mapping):
        return {key: plain(entry.node) for key, entry in value.items()}
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    return format(value, "f") if isinstance(value, Decimal) else value


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise Unreadable(1, 1, f"the file has more than {MAX_BYTES // 1024 // 1024} MB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        line, column = position(before, len(before))
        raise Unreadable(line, column, "not UTF-8 from here on; save the file as UTF-8") from error
    # Some editors put a byte order mark first; it is no part of the text.
    return text.removeprefix("\ufeff")


def _is_json(file: str, text: str) -> bool:
    name = file.lower()
    if name.endswith((".json", ".yaml", ".yml")):
        return name.endswith(".json")
    return text.lstrip()[:1] in ("{", "[")


@dataclass(slots=True)
class _Open:
    """A map or list whose end was not seen yet."""

    event: Event
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: Event | None = None

    @property
    def is_map(self) -> bool:
        return self.event.kind is Kind.MAP


def _build(events: Iterable[Event], problems: Problems) -> Node:
    stack: list[_Open] = []
    root: Node | None = None
    for count, event in enumerate(events):
        if count > MAX_VALUES:
            raise Unreadable(event.line, event.column, f"the file holds more than {MAX_VALUES} values")
        if event.kind is Kind.END:
            done = stack.pop()
            value = done.entries if done.is_map else tuple(done.items)
            node = Node(done.event.line, done.event.column, value)
        elif stack and stack[-1].is_map and stack[-1].key is None:
            stack[-1].key = _key(event)
            continue
        elif event.kind is Kind.SCALAR:
            node = Node(event.line, event.column, _storable(event))
        else:
            stack.append(_Open(event))
            if len(stack) > MAX_DEPTH:
                raise Unreadable(event.line, event.column, f"nested deeper than {MAX_DEPTH} levels")
            continue
        if stack:
            _attach(stack, node, problems)
        else:
            root = node
    if root is None:
        raise Unreadable(1, 1, "the file is empty")
    return root


def _key(event: Event) -> Event:
    if event.kind is not Kind.SCALAR:
        raise Unreadable(event.line, event.column, "a key must be a plain word, not a list or a map")
    _storable(event)
    return event


def _storable(event: Event) -> Scalar:
    """Refuse what neither a database nor the canonical form can hold: NUL and halves of surrogate pairs."""
    value = event.value
    if isinstance(value, str) and any(part == "\x00" or "\ud800" <= part <= "\udfff" for part in value):
        raise Unreadable(event.line, event.column, "this text holds a character that cannot be stored")
    return value


def _attach(stack: list[_Open], node: Node, problems: Problems) -> None:
    parent = stack[-1]
    if not parent.is_map:
        parent.items.append(node)
        return
    key = parent.key
    parent.key = None
    if key is None:
        raise AssertionError("a value of a map always follows its key")
    first = parent.entries.get(key.written)
    if first is None:
        parent.entries[key.written] = Entry(key.line, key.column, node)
    else:
        where = f"{_path(stack)}.{key.written}".lstrip(".")
        problems.add(key.line, key.column, where, f"this key stands twice; it was given first in line {first.line}")


def _path(stack: list[_Open]) -> str:
    """Return the keys and places that lead to the innermost open map."""
    path = ""
    for part in stack[:-1]:
        if part.key is not None:
            path += f".{part.key.written}"
        elif not part.is_map:
            path += f"[{len(part.items)}]"
    return path
