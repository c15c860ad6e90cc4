"""YAML and JSON as one flat stream of events with line and column; nothing here recurses.

Source of the rules: questionnaire-format.md. YAML scalars are typed as in YAML 1.2's JSON schema, so that
`no`, `on` and `2026-11-24` stay the strings that people meant; JSON is read by the rules of RFC 8259.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Any

import yaml

from backend.kernel.canonical import MAX_SAFE_INTEGER

Scalar = str | int | bool | Decimal | None
MAX_DIGITS = 17


class Kind(Enum):
    """What an event opens, closes or is. Inside a map, keys and values take turns."""

    MAP = auto()
    LIST = auto()
    END = auto()
    SCALAR = auto()


@dataclass(frozen=True, slots=True)
class Event:
    """One step through a file; line and column count from 1. `written` is a scalar's own text, for keys."""

    kind: Kind
    line: int
    column: int
    value: Scalar = None
    written: str = ""


class Unreadable(Exception):
    """The file cannot be read on from here. `read_marked` turns it into FileRefused."""

    def __init__(self, line: int, column: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.column, self.reason = line, column, reason


_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*+)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*+)\.[0-9]++")
_EXPONENT = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?[eE][-+]?[0-9]++")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "~": None, "": None}


def _number(text: str, line: int, column: int) -> int | Decimal | None:
    """Return the number that `text` writes, or None where it writes none. Raises Unreadable."""
    is_integer = _INTEGER.fullmatch(text) is not None
    if is_integer or _DECIMAL.fullmatch(text):
        if sum(character.isdigit() for character in text) > MAX_DIGITS:
            raise Unreadable(line, column, f"a number has at most {MAX_DIGITS} digits")
        if not is_integer:
            return Decimal(text)
        if abs(int(text)) > MAX_SAFE_INTEGER:
            raise Unreadable(line, column, "a whole number must be less than 2^53")
        return int(text)
    if _EXPONENT.fullmatch(text):
        raise Unreadable(line, column, "write the number without an exponent, or the text in quotes")
    if _NOT_FINITE.fullmatch(text):
        raise Unreadable(line, column, f"{text} is not a number that can be used here")
    return None


# --- YAML ---

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def yaml_events(text: str) -> Iterator[Event]:
    """Yield the events of one YAML document. Raises Unreadable.

    Lazy on purpose: whoever counts the depth stops before the rest of a nested bomb is even scanned.
    """
    control = _CONTROL.search(text)
    if control:
        line, column = position(text, control.start())
        raise Unreadable(line, column, f"the control character U+{ord(control.group()):04X} is not allowed")
    documents = 0
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            mark: Any = event.start_mark
            line, column = mark.line + 1, mark.column + 1
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                _refuse_document(event, documents, line, column)
            elif isinstance(event, yaml.NodeEvent):
                yield _yaml_node(event, line, column)
            elif isinstance(event, yaml.CollectionEndEvent):
                yield Event(Kind.END, line, column)
    except yaml.MarkedYAMLError as error:
        place: Any = error.problem_mark or error.context_mark
        line, column = (place.line + 1, place.column + 1) if place else (1, 1)
        raise Unreadable(line, column, f"not YAML: {error.problem or error.context}") from error
    except yaml.YAMLError as error:
        raise Unreadable(1, 1, "not YAML") from error


def _refuse_document(event: Any, documents: int, line: int, column: int) -> None:
    if documents > 1:
        raise Unreadable(line, column, "a second document starts here; a file holds one")
    if event.version or event.tags:
        raise Unreadable(line, column, "YAML directives are not allowed; remove the line that starts with %")


def _yaml_node(event: Any, line: int, column: int) -> Event:
    if isinstance(event, yaml.AliasEvent):
        raise Unreadable(line, column, "YAML aliases (*) are not allowed; write the value out")
    if event.anchor is not None:
        raise Unreadable(line, column, "YAML anchors (&) are not allowed; write the value out where it is needed")
    if event.tag is not None:
        raise Unreadable(line, column, "YAML tags (!) are not allowed; put the text in quotes if it starts with !")
    if isinstance(event, yaml.MappingStartEvent):
        return Event(Kind.MAP, line, column)
    if isinstance(event, yaml.SequenceStartEvent):
        return Event(Kind.LIST, line, column)
    text: str = event.value
    if event.style:
        return Event(Kind.SCALAR, line, column, text, text)
    if text == "<<":
        raise Unreadable(line, column, "YAML merge keys (<<) are not allowed; write the values out")
    if text in _WORDS:
        return Event(Kind.SCALAR, line, column, _WORDS[text], text)
    number = _number(text, line, column)
    return Event(Kind.SCALAR, line, column, text if number is None else number, text)


# --- JSON ---

_SPACE = re.compile(r"[ \t\r\n]*+")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"')
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?")
_JSON_WORD = re.compile(r"(?:true|false|null)\b")


class _Want(Enum):
    VALUE = "a value"
    VALUE_OR_END = "a value or ]"
    KEY = "a key in double quotes"
    KEY_OR_END = "a key in double quotes or }"
    COLON = "a colon"
    COMMA_OR_END = "a comma or the closing bracket"
    NOTHING = "nothing"


class _JsonReader:
    """A cursor over JSON text and the brackets that are open; `step` reads one token."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line, self.line_start = text, 0, 1, 0
        self.brackets: list[str] = []
        self.want = _Want.VALUE

    def skip_space(self) -> None:
        end = _match_end(_SPACE, self.text, self.at)
        breaks = self.text.count("\n", self.at, end)
        if breaks:
            self.line += breaks
            self.line_start = self.text.rfind("\n", self.at, end) + 1
        self.at = end

    def wrong(self) -> Unreadable:
        found = repr(self.text[self.at]) if self.at < len(self.text) else "the end of the file"
        return Unreadable(self.line, self.column, f"not JSON: {self.want.value} should stand here, not {found}")

    @property
    def column(self) -> int:
        return self.at - self.line_start + 1

    def step(self) -> Event | None:
        """Read one token. Return its event, or None for a comma or a colon."""
        mark = self.text[self.at]
        if mark in ",:":
            self._separator(mark)
            return None
        if mark in "]}":
            return self._close(mark)
        if self.want not in (_Want.VALUE, _Want.VALUE_OR_END, _Want.KEY, _Want.KEY_OR_END):
            raise self.wrong()
        if self.want in (_Want.KEY, _Want.KEY_OR_END):
            if mark != '"':
                raise self.wrong()
            event = self._scalar()
            self.want = _Want.COLON
            return event
        if mark in "[{":
            event = Event(Kind.MAP if mark == "{" else Kind.LIST, self.line, self.column)
            self.brackets.append(mark)
            self.want = _Want.KEY_OR_END if mark == "{" else _Want.VALUE_OR_END
            self.at += 1
            return event
        event = self._scalar()
        self._after_value()
        return event

    def _separator(self, mark: str) -> None:
        if mark == ":" and self.want is _Want.COLON:
            self.want = _Want.VALUE
        elif mark == "," and self.want is _Want.COMMA_OR_END:
            self.want = _Want.KEY if self.brackets[-1] == "{" else _Want.VALUE
        else:
            raise self.wrong()
        self.at += 1

    def _close(self, mark: str) -> Event:
        allowed = self.want in (_Want.COMMA_OR_END, _Want.VALUE_OR_END, _Want.KEY_OR_END)
        if not allowed or self.brackets[-1] + mark not in ("[]", "{}"):
            raise self.wrong()
        event = Event(Kind.END, self.line, self.column)
        self.brackets.pop()
        self.at += 1
        self._after_value()
        return event

    def _after_value(self) -> None:
        self.want = _Want.COMMA_OR_END if self.brackets else _Want.NOTHING

    def _scalar(self) -> Event:
        line, column = self.line, self.column
        for pattern in (_STRING, _JSON_NUMBER, _JSON_WORD):
            found = pattern.match(self.text, self.at)
            if found:
                written = found.group()
                self.at = found.end()
                if pattern is _JSON_NUMBER:
                    return Event(Kind.SCALAR, line, column, _number(written, line, column), written)
                value: Scalar = json.loads(written)
                return Event(Kind.SCALAR, line, column, value, value if isinstance(value, str) else written)
        if self.text[self.at] == '"':
            reason = "not JSON: this string has no end on its line, or holds a control character or an unknown escape"
            raise Unreadable(line, column, reason)
        raise self.wrong()


def json_events(text: str) -> Iterator[Event]:
    """Yield the events of one JSON value. Raises Unreadable. Lazy, as `yaml_events` is."""
    reader = _JsonReader(text)
    reader.skip_space()
    while reader.at < len(text):
        event = reader.step()
        if event is not None:
            yield event
        reader.skip_space()
    if reader.want is not _Want.NOTHING:
        raise reader.wrong()


def position(text: str, index: int) -> tuple[int, int]:
    """Return the line and the column, counted from 1, of a character index."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
