"""The library as its tests look at it: all questions by id, by module and by topic, and what is expected of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Module, Question

MODULES: list[Module] = list(sectors.library().values())
QUESTIONS: dict[str, Question] = {question.id: question for module in MODULES for question in module.questions}
MODULE_OF = {question.id: module for module in MODULES for question in module.questions}
SCORED = [question for question in QUESTIONS.values() if question.counts]
SECTORS = sectors.available_sectors()

EXPECTED: dict[str, dict[str, Any]] = {
    file.stem: yaml.safe_load(file.read_text()) for file in sorted((Path(__file__).parent / "topics").glob("*.yaml"))
}
"""What core and the four main sectors must hold. The other four have no table of topics in the fact sheet."""
MAIN = [name for name in EXPECTED if name != "core"]
EXTENSIONS = [sector for sector in SECTORS if sector not in MAIN]
TOPICS: dict[str, dict[str, Any]] = {
    topic: told for expected in EXPECTED.values() for topic, told in expected["topics"].items()
}
_ID = re.compile(r"([A-Z]+[0-9]+)[a-z]?")


def topic_of(question: Question) -> str:
    """Return the topic that a question belongs to: C02 for C02, C02b and C02c."""
    found = _ID.fullmatch(question.id)
    assert found, f"{question.id} does not read as a topic and a letter"
    return found[1]


def part_of(topic: str) -> list[Question]:
    """Return the questions that a topic is asked with, in their order."""
    return [question for question in QUESTIONS.values() if topic_of(question) == topic]


def is_fact(question: Question) -> bool:
    """Tell whether a question asks who the company is, and not what it does."""
    return re.fullmatch(r"P[0-9]+", question.id) is not None


def sentences(text: str) -> list[str]:
    """Return the sentences of an English text."""
    return re.split(r"(?<=[.?!])\s+(?=[\"(]?[A-Z])", text.strip())


def texts_of(question: Question) -> Iterator[tuple[str, str]]:
    """Every English text that somebody who answers can read, with its place."""
    yield "text", question.text["en"]
    yield "help", question.help.get("en", "")
    yield "hint", question.not_applicable_hint.get("en", "")
    yield from ((f"legal_notes[{place}]", note.text["en"]) for place, note in enumerate(question.legal_notes))
    yield from ((f"levels.{level}", text["en"]) for level, text in question.levels.items())
    yield from ((f"options.{option.id}", option.label["en"]) for option in question.options)
    yield from (
        (f"evidence_examples[{place}]", text) for place, text in enumerate(question.evidence_examples.get("en", ()))
    )
