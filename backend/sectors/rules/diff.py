"""What changed between two versions of a module, and which answers keep their meaning across them.

An id stands for one meaning over all versions (questionnaire-format.md). So a question of the same id and the same
shape of answer is the same question, however it is worded; where the shape changed, what was answered before cannot
stand for an answer now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from backend.sectors.rules.questionnaire import Module, Question, Questionnaire, QuestionType
from backend.sectors.rules.texts import units

_SCORING = ("clause", "weight", "scored", "critical", "fails_below", "breakpoints", "evidence")
_ASKING = ("applies_when", "allows_not_applicable", "supplier_form", "refs")


class Change(StrEnum):
    """What happened to one question between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """One question's change. `details` are words such as "weight 3 -> 5"; `keeps_answer`: an answer carries over."""

    question_id: str
    change: Change
    text: str
    details: tuple[str, ...]
    keeps_answer: bool


def diff_modules(old: Module, new: Module) -> tuple[QuestionChange, ...]:
    """Return what changed, in the order of the new version, with what was removed at the end."""
    before = {question.id: question for question in old.questions}
    after = {question.id: question for question in new.questions}
    old_texts, new_texts = _texts_of(old), _texts_of(new)
    changes: list[QuestionChange] = []
    for question_id, question in after.items():
        if question_id not in before:
            changes.append(QuestionChange(question_id, Change.ADDED, question.text["en"], (), False))
            continue
        details = (*_shape_details(before[question_id], question), *_other_details(before[question_id], question))
        keeps = keeps_meaning(before[question_id], question)
        reworded = tuple(
            f"{path.partition('/')[2]} reworded"
            for path in sorted(new_texts[question_id])
            if old_texts[question_id].get(path) not in (None, new_texts[question_id][path])
        )
        if details or reworded:
            change = Change.CHANGED if details else Change.REWORDED
            changes.append(QuestionChange(question_id, change, question.text["en"], (*details, *reworded), keeps))
    changes += [
        QuestionChange(question_id, Change.REMOVED, question.text["en"], (), False)
        for question_id, question in before.items()
        if question_id not in after
    ]
    return tuple(changes)


def keeps_meaning(old: Question, new: Question) -> bool:
    """Return whether an answer to the old version of a question is one to the new version too."""
    return not _shape_details(old, new)


def carried_ids(old: Questionnaire, new: Questionnaire) -> frozenset[str]:
    """Return the ids of the questions whose answers carry over from one questionnaire to another."""
    before = {question.id: question for question in old.questions}
    return frozenset(
        question.id
        for question in new.questions
        if question.id in before and keeps_meaning(before[question.id], question)
    )


def _shape_details(old: Question, new: Question) -> tuple[str, ...]:
    """Say what changed in the shape of an answer; more options are no change, fewer are one."""
    if old.type is not new.type:
        return (f"type {old.type.value} -> {new.type.value}",)
    details: list[str] = []
    if old.unit != new.unit:
        details.append(f"unit {old.unit} -> {new.unit}")
    if new.type in (QuestionType.CHOICE, QuestionType.MULTI):
        standing = {option.id: option for option in new.options}
        details += [f"option {option.id} removed" for option in old.options if option.id not in standing]
        details += [
            f"option {option.id} {'now' if standing[option.id].exclusive else 'no longer'} stands alone"
            for option in old.options
            if option.id in standing and standing[option.id].exclusive is not option.exclusive
        ]
    return tuple(details)


def _other_details(old: Question, new: Question) -> tuple[str, ...]:
    """Say what else changed: options that came, points, scoring, and when it is asked."""
    known = {option.id: option.points for option in old.options}
    details = [f"option {option.id} added" for option in new.options if option.id not in known]
    details += [
        f"option {option.id}: points {known[option.id]} -> {option.points}"
        for option in new.options
        if option.id in known and known[option.id] != option.points
    ]
    for name in _SCORING:
        before, now = getattr(old, name), getattr(new, name)
        if before != now:
            details.append(name if name == "breakpoints" else f"{name} {_word(before)} -> {_word(now)}")
    details += [name for name in _ASKING if getattr(old, name) != getattr(new, name)]
    return tuple(details)


def _word(value: object) -> str:
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _texts_of(module: Module) -> Mapping[str, Mapping[str, str]]:
    """Return each question's English texts by path."""
    found: dict[str, dict[str, str]] = {question.id: {} for question in module.questions}
    for unit in units(module.source, "en"):
        question_id = unit.path.partition("/")[0]
        if question_id in found:
            found[question_id][unit.path] = unit.english
    return found
