"""Every text of a module that a respondent reads, by a path that stays the same in all its translations.

A path is such as `T01/text`, `T01/levels/3`, `T01/options/none`, `T01/evidence_examples/0` or
`sections/tourism-policy/title`. The walk gives the maps themselves, so whoever holds a document that can be changed
can write translations into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.sectors.rules.languages import ENGLISH


@dataclass(frozen=True, slots=True)
class TextUnit:
    """One text: its English, what `language` has for it (None where nothing), and which question it belongs to."""

    path: str
    english: str
    translation: str | None
    question: str


def localised_maps(source: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yield (path, map by language, the English of the question it belongs to) in the order of the file."""
    yield "title", source["title"], ""
    for notice in source.get("supplier_notices", ()):
        yield f"supplier_notices/{notice['id']}", notice["text"], ""
    for section in source["sections"]:
        yield f"sections/{section['id']}/title", section["title"], ""
        for question in section["questions"]:
            yield from _of_question(question)


def _of_question(question: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    name, asked = question["id"], question["text"][ENGLISH]
    yield f"{name}/text", question["text"], asked
    if "help" in question:
        yield f"{name}/help", question["help"], asked
    for place, note in enumerate(question.get("legal_notes", ())):
        yield f"{name}/legal_notes/{place}", note["text"], asked
    for level, text in question.get("levels", {}).items():
        yield f"{name}/levels/{level}", text, asked
    for option in question.get("options", ()):
        yield f"{name}/options/{option['id']}", option["label"], asked
    if "evidence_examples" in question:
        yield f"{name}/evidence_examples", question["evidence_examples"], asked
    if "not_applicable" in question:
        yield f"{name}/not_applicable", question["not_applicable"]["hint"], asked


def units(source: Mapping[str, Any], language: str) -> tuple[TextUnit, ...]:
    """Return every text with its translation into `language`, in the order of the file."""
    found: list[TextUnit] = []
    for path, by_language, question in localised_maps(source):
        english, translated = by_language[ENGLISH], by_language.get(language)
        if isinstance(english, str):
            found.append(TextUnit(path, english, translated, question))
            continue
        for place, one in enumerate(english):
            other = translated[place] if translated is not None and place < len(translated) else None
            found.append(TextUnit(f"{path}/{place}", one, other, question))
    return tuple(found)


def translated(by_language: Mapping[str, Any], path: str, given: Mapping[str, str]) -> str | Sequence[str] | None:
    """Return what a map holds for a language once `given` (texts by path) is in, or None where a part is missing."""
    english = by_language[ENGLISH]
    if isinstance(english, str):
        return given.get(path)
    parts = [given.get(f"{path}/{place}") for place in range(len(english))]
    return [part for part in parts if part is not None] if all(part is not None for part in parts) else None
