"""What of a workbook is saved: what somebody wrote in it, never what somebody else changed meanwhile.

Three states are held against each other: what stood when the workbook was made, what the workbook says now, and
what stands now. A row that was not touched says nothing, however the answer went on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.views import StoredAnswer
from backend.assessments.rules.workbook_facts import NOTHING_SAID, Stood, what_is_said
from backend.assessments.rules.workbook_reading import CellProblem, Filled

NEVER_STOOD = Stood(0, NOTHING_SAID)


@dataclass(frozen=True, slots=True)
class Merged:
    """The rows to save, how many say nothing new, and those that somebody else was faster with."""

    changes: tuple[Filled, ...]
    unchanged: int
    conflicts: tuple[CellProblem, ...]


def merge(filled: Iterable[Filled], stood: Mapping[str, Stood], standing: Mapping[str, StoredAnswer]) -> Merged:
    """Return what to save. `stood` is empty for a workbook that was made from another assessment."""
    changes: list[Filled] = []
    conflicts: list[CellProblem] = []
    unchanged = 0
    for row in filled:
        before, now = stood.get(row.question_id, NEVER_STOOD), standing.get(row.question_id)
        mine = what_is_said(row.answer, row.answer.note)
        theirs = NOTHING_SAID if now is None else what_is_said(without_evidence(now), now.note)
        if mine in (theirs, before.said):
            unchanged += 1
        elif theirs == before.said or (now.version if now is not None else 0) == before.version:
            changes.append(row)
        else:
            conflicts.append(conflict(row, now))
    return Merged(tuple(changes), unchanged, tuple(conflicts))


def conflict(row: Filled, now: StoredAnswer | None) -> CellProblem:
    """Return the problem of a row whose answer somebody changed after the workbook was made."""
    who = now.answered_by if now is not None and now.answered_by else "Somebody"
    return CellProblem(
        row.sheet,
        row.cell,
        row.question_id,
        f"{who} changed this answer after the workbook was made. Yours was not saved over it.",
        "Compare the two on the question's page, and answer there; or download the workbook anew.",
    )


def without_evidence(stored: StoredAnswer) -> Answer:
    """Return what a workbook holds of an answer: documents do not travel in it."""
    return Answer(stored.answer.value, stored.answer.unknown, stored.answer.not_applicable)
