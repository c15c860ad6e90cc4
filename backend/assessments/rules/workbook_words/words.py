"""What the words of one language are; each language has a file of its own beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Braces are filled in by the writer; `units` maps a unit's code to words."""

    start: str
    title: str
    facts: tuple[str, str, str, str, str, str]
    """Organisation, period, questionnaire, form, made on, digest."""
    full_form: str
    supplier_form: str
    how_title: str
    how: tuple[str, ...]
    care_title: str
    care: tuple[str, ...]
    legend_title: str
    legend: tuple[str, str, str]
    """To fill in, locked, does not take this kind of answer."""
    sheets_title: str
    question_count: str
    notices_title: str
    columns: tuple[str, str, str, str, str, str, str, str]
    """No., question, about it, answer, unit, do not know, does not apply because, note."""
    sheet_hint: str
    critical: str
    evidence_required: str
    evidence_suggested: str
    not_scored: str
    may_stay_open: str
    applies_to_all: str
    taken_from: str
    english_only: str
    choose: str
    tick: str
    alone: str
    percent: str
    number: str
    date: str
    text: str
    does_not_fit: str
    mark: str
    reason: str
    note: str
    examples: str
    law: str
    only_if: str
    and_: str
    or_: str
    not_: str
    is_: str
    is_not: str
    includes: str
    includes_one: str
    at_least: str
    at_most: str
    answered: str
    not_answered: str
    units: Mapping[str, str]
