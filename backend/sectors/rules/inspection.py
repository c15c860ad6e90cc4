"""Looking a library over: what each sector's questionnaire covers, in which languages, and how readable it is.

`gaps` are what must be mended before a library is published; an empty list is what `para73 sectors check` wants.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from backend.kernel.vocabulary import Clause
from backend.sectors.rules.clauses import DUTY_IDS
from backend.sectors.rules.coverage import LEFT_OUT, WHOSE, covered, duty_order
from backend.sectors.rules.languages import ENGLISH, LANGUAGES
from backend.sectors.rules.questionnaire import Module
from backend.sectors.rules.texts import units

MAX_WORDS = 30
"""A question that is longer than this in one sentence has to be read twice, and is answered wrongly."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(])")
_WORD = re.compile(r"[^\s–—-][^\s]*")


@dataclass(frozen=True, slots=True)
class Readability:
    """One English text: its sentences, and the words of the longest one."""

    path: str
    sentences: int
    words: int


@dataclass(frozen=True, slots=True)
class ModuleReport:
    """One module. For a sector, coverage is that of core and the sector together; for core it is core's own."""

    reference: str
    questions: int
    scored: int
    critical: tuple[str, ...]
    supplier: tuple[str, ...]
    clauses: Mapping[str, int]
    covered: tuple[str, ...]
    not_covered: Mapping[str, str]
    texts: int
    translated: Mapping[str, int]
    readability: tuple[Readability, ...]
    """Every English text, the one with the longest sentence first."""
    gaps: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return the report as `para73 sectors check --json` prints it."""
        return {
            "reference": self.reference,
            "questions": self.questions,
            "scored": self.scored,
            "critical": list(self.critical),
            "supplier_form": list(self.supplier),
            "questions_by_clause": dict(self.clauses),
            "duties_covered": list(self.covered),
            "duties_not_covered": dict(self.not_covered),
            "texts": self.texts,
            "translated": dict(self.translated),
            "readability": [
                {"text": one.path, "sentences": one.sentences, "longest_sentence_words": one.words}
                for one in self.readability
            ],
            "gaps": list(self.gaps),
        }


def inspect_module(module: Module, core: Module | None, languages: Collection[str] = tuple(LANGUAGES)) -> ModuleReport:
    """Return what there is to say about one module; `core` is None for core itself."""
    reached = covered([module] if core is None else [core, module])
    missing = sorted(DUTY_IDS - reached, key=duty_order)
    texts = units(module.source, ENGLISH)
    translated = {
        language: sum(unit.translation is not None for unit in units(module.source, language)) for language in languages
    }
    lengths = sorted(
        (
            Readability(unit.path, len(_SENTENCE_END.split(unit.english)), longest_sentence(unit.english))
            for unit in texts
        ),
        key=lambda one: (-one.words, one.path),
    )
    gaps = [] if core is None else _coverage_gaps(module, reached)
    gaps += [
        f"{module.reference}: {len(texts) - count} of {len(texts)} texts are not in {LANGUAGES.get(language, language)}"
        for language, count in translated.items()
        if count < len(texts)
    ]
    gaps += [
        f"{module.reference}: {one.path} has a sentence of {one.words} words; at most {MAX_WORDS} are read in one go"
        for one in lengths
        if one.words > MAX_WORDS and one.path.endswith("/text")
    ]
    gaps += [
        f"{module.reference}: {question.id} has no help; say why it is asked and what counts"
        for question in module.questions
        if not question.help
    ]
    return ModuleReport(
        reference=module.reference,
        questions=len(module.questions),
        scored=sum(question.counts for question in module.questions),
        critical=tuple(question.id for question in module.questions if question.critical),
        supplier=tuple(question.id for question in module.questions if question.supplier_form and question.counts),
        clauses={clause.value: sum(q.clause is clause for q in module.questions) for clause in Clause},
        covered=tuple(sorted(reached, key=duty_order)),
        not_covered={duty: WHOSE.get(duty, "nobody's yet: a gap") for duty in missing},
        texts=len(texts),
        translated=translated,
        readability=tuple(lengths),
        gaps=tuple(gaps),
    )


def inspect_library(modules: Sequence[Module]) -> tuple[tuple[ModuleReport, ...], tuple[str, ...]]:
    """Return a report for each module, and every gap: theirs, and duties that no sector covers."""
    core = next((module for module in modules if module.id == "core"), None)
    reports = tuple(inspect_module(module, None if module is core else core) for module in modules)
    nowhere = sorted(DUTY_IDS - covered(modules), key=duty_order)
    gaps = [f"no sector has a question on {duty}" for duty in nowhere]
    return reports, (*(gap for report in reports for gap in report.gaps), *gaps)


def longest_sentence(text: str) -> int:
    """Return the number of words in the longest sentence of an English text."""
    return max(len(_WORD.findall(sentence)) for sentence in _SENTENCE_END.split(text))


def _coverage_gaps(module: Module, reached: frozenset[str]) -> list[str]:
    """Return where the coverage is not what the sector is meant to cover; nothing for a sector of somebody's own."""
    left_out = LEFT_OUT.get(module.id)
    if left_out is None:
        return []
    forgotten = sorted(DUTY_IDS - reached - left_out, key=duty_order)
    surplus = sorted(reached & left_out, key=duty_order)
    return [f"{module.reference}: no question on {duty}, which is this sector's too" for duty in forgotten] + [
        f"{module.reference}: {duty} is covered, and the list says that it is left to others" for duty in surplus
    ]
