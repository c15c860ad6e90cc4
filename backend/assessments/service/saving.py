"""Saving many answers that came from one file: a step of the command that read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from backend.adapters import clock
from backend.adapters.db import assert_in_unit_of_work
from backend.assessments import queries
from backend.assessments.rules.answers import Answer
from backend.assessments.rules.values import answer_to_content
from backend.assessments.rules.views import StoredAnswer


async def save_all(
    assessment_id: UUID,
    given: Iterable[tuple[str, Answer]],
    standing: Mapping[str, StoredAnswer],
    by: UUID,
    at: datetime,
) -> frozenset[str]:
    """Step: save checked answers with their notes over those that stand; return the ids that somebody else was
    faster with, which are not saved. An empty answer clears.
    """
    assert_in_unit_of_work()
    late: set[str] = set()
    for question_id, answer in given:
        version = standing[question_id].version if question_id in standing else 0
        content = answer_to_content(answer) or None
        written = await queries.write_answer(
            clock.new_id(), assessment_id, question_id, content, answer.note, version, str(by), at
        )
        if written is None:
            late.add(question_id)
    return frozenset(late)
