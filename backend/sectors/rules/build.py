"""From the JSON form of a module that was checked before to the same values that reading its file gives.

Contract: `source` came out of `parse_module`. Nothing is checked here a second time, which is what makes a start of
the server fast; for anything else the result is undefined. `build_module(parse_module(file).source)` equals
`parse_module(file)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from backend.kernel.vocabulary import Clause
from backend.sectors.rules.conditions import DECIMAL
from backend.sectors.rules.parse_question import DEFAULT_FAILS_BELOW
from backend.sectors.rules.questionnaire import (
    All,
    AnyOf,
    Asks,
    Comparison,
    Condition,
    EvidenceRule,
    LegalNote,
    Module,
    Not,
    Notice,
    Option,
    Question,
    QuestionType,
    Section,
)

Json = Mapping[str, Any]


def build_module(source: Json, canonical: bytes = b"") -> Module:
    """Return the module whose checked JSON form this is; `canonical` is the JCS form of it, where that is at hand."""
    weights = source.get("clause_weights", {})
    return Module(
        id=source["id"],
        version=source["version"],
        title=source["title"],
        sections=tuple(
            Section(part["id"], part["title"], tuple(_question(one) for one in part["questions"]))
            for part in source["sections"]
        ),
        clause_weights={Clause(clause): weights[clause] for clause in sorted(weights)},
        supplier_notices=tuple(
            Notice(one["id"], one["text"], date.fromisoformat(one["last_checked"]) if "last_checked" in one else None)
            for one in source.get("supplier_notices", ())
        ),
        source=source,
        canonical=canonical,
    )


def _question(source: Json) -> Question:
    kind = QuestionType(source["type"])
    return Question(
        id=source["id"],
        text=source["text"],
        type=kind,
        clause=Clause(source["clause"]) if "clause" in source else None,
        refs=tuple(source.get("refs", ())),
        help=source.get("help", {}),
        legal_notes=tuple(
            LegalNote(note["text"], date.fromisoformat(note["last_checked"])) for note in source.get("legal_notes", ())
        ),
        unit=source.get("unit", ""),
        levels={int(level): text for level, text in sorted(source.get("levels", {}).items())},
        options=tuple(
            Option(one["id"], one["label"], one.get("points", 0), one.get("exclusive", False))
            for one in source.get("options", ())
        ),
        breakpoints=tuple((_number(x), points) for x, points in source.get("breakpoints", ())),
        weight=source.get("weight", 1),
        scored=source.get("scored", kind is not QuestionType.TEXT),
        critical=source.get("critical", False),
        fails_below=source.get("fails_below", DEFAULT_FAILS_BELOW),
        evidence=EvidenceRule(source.get("evidence", EvidenceRule.SUGGESTED)),
        evidence_examples={
            language: tuple(examples) for language, examples in source.get("evidence_examples", {}).items()
        },
        allows_not_applicable="not_applicable" in source,
        not_applicable_hint=source.get("not_applicable", {}).get("hint", {}),
        applies_when=_condition(source["applies_when"]) if "applies_when" in source else None,
        supplier_form=source.get("supplier_form", False),
    )


def _condition(source: Json) -> Condition:
    if "all" in source:
        return All(tuple(_condition(part) for part in source["all"]))
    if "any" in source:
        return AnyOf(tuple(_condition(part) for part in source["any"]))
    if "not" in source:
        return Not(_condition(source["not"]))
    test = next(key for key in source if key != "question")
    return Asks(source["question"], Comparison(test), _operand(source[test]))


def _operand(value: str | int | bool) -> str | Fraction | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return Fraction(value)
    return Fraction(value) if DECIMAL.fullmatch(value) else value


def _number(value: str | int) -> Fraction:
    return Fraction(Decimal(value)) if isinstance(value, str) else Fraction(value)
