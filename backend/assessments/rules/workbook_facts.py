"""What the workbook says about itself on its hidden sheet, and what stood in it when it was made.

Whoever opens the hidden sheet can change it. That wins nothing: the questionnaire is compared with the assessment's,
every answer passes the same checks as on the pages, and what stood before only decides whether an answer that
somebody else changed meanwhile is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.values import answer_to_content
from backend.assessments.rules.workbook import FACTS_SHEET, FORMAT
from backend.kernel.canonical import canonical_digest
from backend.kernel.errors import Invalid

Scalar = str | Decimal | bool | date | datetime | timedelta
"""What a cell holds: a text, an exact number, true or false, a day, a day with its time, or a time alone."""
Cells = Mapping[tuple[int, int], Scalar]
"""Cells by (row, column), counted from 0; empty ones are absent."""

HEADINGS = ("format", "questionnaire_digest", "modules", "form", "language", "assessment", "period", "made_at")
BASE_ROW = len(HEADINGS) + 1
_NO_FACTS = (
    "This workbook was not made by Para73, or its hidden sheet is missing. Download the workbook of this assessment "
    "and fill in that one."
)


@dataclass(frozen=True, slots=True)
class Stood:
    """An answer as it stood when the workbook was made: its version (0: none) and what it said."""

    version: int
    said: str


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """The hidden sheet: what the workbook belongs to, and what stood in it, by question id."""

    questionnaire_digest: str
    modules: tuple[str, ...]
    form: str
    language: str
    assessment: str
    period: str
    made_at: str
    stood: Mapping[str, Stood]


def what_is_said(answer: Answer, note: str) -> str:
    """Return the digest of an answer and its note, as far as a workbook can tell two of them apart.

    82.5 and 82.50 say the same, and so do the line ends of different systems.
    """
    content = answer_to_content(answer)
    if isinstance(answer.value, Decimal):
        content["value"] = format(answer.value.normalize(), "f")
    return canonical_digest([{key: _plain(value) for key, value in content.items()}, _plain(note)])


def for_a_cell(text: str) -> str:
    """Return the text as XML can hold it: its two forbidden characters become the replacement character."""
    return text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


def facts_rows(facts: WorkbookFacts) -> list[list[str]]:
    """Return the cells of the hidden sheet, all of them texts."""
    values = (
        str(FORMAT),
        facts.questionnaire_digest,
        " ".join(facts.modules),
        facts.form,
        facts.language,
        facts.assessment,
        facts.period,
        facts.made_at,
    )
    rows = [list(pair) for pair in zip(HEADINGS, values, strict=True)]
    rows.append(["question", "version", "said"])
    rows += [[question_id, str(one.version), one.said] for question_id, one in facts.stood.items()]
    return rows


def read_facts(sheets: Mapping[str, Cells]) -> WorkbookFacts:
    """Return what the hidden sheet says. Raises Invalid where there is none, or where it is of another format."""
    cells = sheets.get(FACTS_SHEET, {})
    found = {_as_text(cells.get((row, 0))): _as_text(cells.get((row, 1))) for row in range(len(HEADINGS))}
    if set(HEADINGS) - set(found):
        raise Invalid(_NO_FACTS, {"file": _NO_FACTS})
    if found["format"] != str(FORMAT):
        message = "This workbook was made by another version of Para73. Download a new one and copy your answers over."
        raise Invalid(message, {"file": message})
    stood: dict[str, Stood] = {}
    row = BASE_ROW
    while question_id := _as_text(cells.get((row, 0))):
        version = _as_text(cells.get((row, 1)))
        stood[question_id] = Stood(
            int(version) if version.isdecimal() and len(version) < 10 else 0, _as_text(cells.get((row, 2)))
        )
        row += 1
    return WorkbookFacts(
        questionnaire_digest=found["questionnaire_digest"],
        modules=tuple(found["modules"].split()),
        form=found["form"],
        language=found["language"],
        assessment=found["assessment"],
        period=found["period"],
        made_at=found["made_at"],
        stood=stood,
    )


def _as_text(value: Scalar | None) -> str:
    """Return a cell of the hidden sheet as text: a program that saved the file anew may have made it a number."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value.is_finite() else ""
    return str(value) if isinstance(value, str) else ""


def _plain(value: object) -> object:
    return for_a_cell(value.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(value, str) else value


NOTHING_SAID = what_is_said(Answer(), "")
