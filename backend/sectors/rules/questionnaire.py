"""What a questionnaire is, as frozen values. Source: questionnaire-format.md, Module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from backend.kernel.vocabulary import Clause

Text = Mapping[str, str]
"""A text by language code; English (`en`) is always there."""


class QuestionType(StrEnum):
    """How a question is answered (scoring.md, From answer to points)."""

    CHOICE = "choice"
    SCALE = "scale"
    MULTI = "multi"
    PERCENT = "percent"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"


class EvidenceRule(StrEnum):
    """Whether an answer needs evidence to count on the evidenced basis; only NOT_NEEDED lifts that."""

    REQUIRED = "required"
    SUGGESTED = "suggested"
    NOT_NEEDED = "not_needed"


class Comparison(StrEnum):
    """What a condition asks of an earlier question's own answer."""

    EQUALS = "equals"
    INCLUDES = "includes"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Asks:
    """One test on one earlier question. `operand`: str (equals, includes), Fraction (at_*) or bool (answered)."""

    question: str
    test: Comparison
    operand: str | Fraction | bool


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Condition = Asks | All | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose. Points are 0..100; an exclusive option stands alone."""

    id: str
    label: Text
    points: int = 0
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class LegalNote:
    """What a law says that differs by country, and the day on which somebody last looked (ISO date)."""

    text: Text
    last_checked: date


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `clause` and `weight` (1..10) count only where `scored`; breakpoints are (x, points), x rising."""

    id: str
    text: Text
    type: QuestionType
    clause: Clause | None = None
    refs: tuple[str, ...] = ()
    help: Text = field(default_factory=dict)
    legal_notes: tuple[LegalNote, ...] = ()
    unit: str = ""
    levels: Mapping[int, Text] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    breakpoints: tuple[tuple[Fraction, int], ...] = ()
    weight: int = 1
    scored: bool = True
    critical: bool = False
    fails_below: int = 50
    evidence: EvidenceRule = EvidenceRule.SUGGESTED
    evidence_examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    allows_not_applicable: bool = False
    not_applicable_hint: Text = field(default_factory=dict)
    applies_when: Condition | None = None
    supplier_form: bool = False

    @property
    def counts(self) -> bool:
        """Whether the question is scored: a text never is (scoring.md)."""
        return self.scored and self.type is not QuestionType.TEXT and self.clause is not None


@dataclass(frozen=True, slots=True)
class Notice:
    """A text that opens a form: its `id`, and where it states law the day on which somebody last looked."""

    id: str
    text: Text
    last_checked: date | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Questions that belong on one page."""

    id: str
    title: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Module:
    """One published file: core (no clause weights) or a sector.

    `source` is its JSON value, and `canonical` the JCS form of that, whose SHA-256 is the module's digest; empty
    where nobody has made it yet.
    """

    id: str
    version: str
    title: Text
    sections: tuple[Section, ...]
    clause_weights: Mapping[Clause, int]
    supplier_notices: tuple[Notice, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    canonical: bytes = field(default=b"", compare=False, repr=False)

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)

    @property
    def reference(self) -> str:
        """The name by which files refer to the module: `tourism@2026.1`."""
        return f"{self.id}@{self.version}"


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """Core and sector modules composed; `digest` is over the JCS form of the modules in order."""

    modules: tuple[Module, ...]
    clause_weights: Mapping[Clause, int]
    digest: str

    @property
    def sections(self) -> tuple[Section, ...]:
        return tuple(section for module in self.modules for section in module.sections)

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for section in self.sections for question in section.questions)
