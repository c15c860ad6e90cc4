"""Reading the documentation as GitHub shows it: headings and their anchors, links, tables and code blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_OURS = {".venv", ".git", "node_modules", "dist", "data", "build"}
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<code>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Block:
    """A code block, and the last line of text before it, which says what it is."""

    language: str
    code: str
    before: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image, where it stands and where it points."""

    file: Path
    text: str
    target: str
    is_image: bool


@cache
def pages() -> dict[str, str]:
    """Return the text of every Markdown file of ours by its path from the root."""
    found = [file for file in ROOT.rglob("*.md") if not NOT_OURS & set(file.relative_to(ROOT).parts)]
    return {file.relative_to(ROOT).as_posix(): file.read_text() for file in sorted(found)}


def page(name: str) -> str:
    return pages()[name]


def blocks(text: str) -> list[Block]:
    """Return the code blocks of a page, in order."""
    found: list[Block] = []
    for match in _FENCE.finditer(text):
        indent = match["indent"]
        code = "\n".join(line.removeprefix(indent) for line in match["code"].split("\n"))
        lines = [line.strip() for line in text[: match.start()].split("\n") if line.strip()]
        found.append(Block(match["language"], code, lines[-1] if lines else ""))
    return found


def without_code(text: str) -> str:
    """Return a page without its code blocks."""
    return _FENCE.sub("", text)


def headings(text: str) -> list[str]:
    """Return the headings as they are written, without their marks."""
    return [match[1].strip() for match in re.finditer(r"^#{1,6} (.+)$", without_code(text), re.MULTILINE)]


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings."""
    found: set[str] = set()
    for heading in headings(text):
        plain = _LINK.sub(lambda match: match["text"], heading).replace("`", "").lower()
        base = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        name, count = base, 0
        while name in found:
            count += 1
            name = f"{base}-{count}"
        found.add(name)
    return found


def links() -> Iterator[Link]:
    """Yield every link and image of every page."""
    for name, text in pages().items():
        for match in _LINK.finditer(without_code(text)):
            yield Link(ROOT / name, match["text"], match["target"], bool(match["image"]))


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next one of its rank or a higher one."""
    match = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert match, f"there is no heading {heading!r}"
    rest = text[match.end() :]
    following = re.search(rf"^#{{1,{len(match[1])}}} ", rest, re.MULTILINE)
    return rest[: following.start()] if following else rest


def tables(text: str) -> list[list[dict[str, str]]]:
    """Return the tables of a page; each row maps the head of a column to the cell's text."""
    found: list[list[dict[str, str]]] = []
    for match in re.finditer(r"(?:^\|.*\|$\n?)+", without_code(text), re.MULTILINE):
        lines = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in match[0].strip().split("\n")]
        head, _, *rows = lines
        assert all(len(row) == len(head) for row in rows), f"a row of the table {head} has another number of cells"
        found.append([dict(zip(head, row, strict=True)) for row in rows])
    return found


def code_words(text: str) -> list[str]:
    """Return what stands between backticks, outside code blocks."""
    return re.findall(r"`([^`\n]+)`", without_code(text))


def map_entries(block: str) -> dict[str, list[str]]:
    """Return the names in a map of folders: those at its left edge under "", those below one under its name."""
    found: dict[str, list[str]] = {"": []}
    parent = ""
    for line in block.strip("\n").split("\n"):
        match = re.fullmatch(r"(?P<indent> *)(?P<name>\S+)(?: {2,}\S.*)?", line)
        assert match, f"the map has a line of another form: {line!r}"
        if match["indent"]:
            found[parent].append(match["name"])
        else:
            parent = match["name"]
            found[""].append(parent)
            found.setdefault(parent, [])
    return found
