"""The supplier form: fifteen topics a sector, the eight of core for companies of fifty people or fewer."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from backend.assessments.rules.answers import Answer, Value
from backend.assessments.rules.applicability import applicable_ids
from backend.kernel.vocabulary import Form
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Question, QuestionType

CORE_TOPICS = {"C01", "C04", "C07", "C08", "C09", "C12", "C13", "C14"}
TOPICS = {
    "tourism": {"T01", "T04", "T06", "T08", "T12", "T13", "T16"},
    "ict": {"I01", "I09", "I10", "I12", "I18", "I19", "I21"},
    "finance": {"F02", "F07", "F08", "F09", "F10", "F11", "F22"},
    "media": {"M01", "M02", "M03", "M05", "M13", "M16", "M17"},
}
"""questionnaire-facts.md, 3.6."""


def form_of(sector: str) -> tuple[Question, ...]:
    references = sectors.current_references([sector])
    return sectors.get_questionnaire(references, Form.SUPPLIER).questions


def topics(questions: list[Question]) -> set[str]:
    return {found[0] for question in questions if (found := re.match(r"[A-Z]+[0-9]+", question.id))}


@pytest.mark.parametrize("sector", TOPICS)
def test_a_sector_asks_its_suppliers_fifteen_topics(sector: str) -> None:
    scored = [question for question in form_of(sector) if question.counts]
    assert topics(scored) == CORE_TOPICS | TOPICS[sector]
    assert len(topics(scored)) == 15


def asked_with(sector: str, people: str | None) -> list[Question]:
    """Return what is asked of a company that has everything a fact can name, and so many people."""
    questions = form_of(sector)
    answers: dict[str, Answer] = {}
    for question in questions:
        if not question.counts and question.id != "P01":
            real = [option.id for option in question.options if not option.exclusive]
            value: Value = frozenset(real) if question.type is QuestionType.MULTI else real[-1] if real else Decimal(9)
            answers[question.id] = Answer(value=value)
    if people is not None:
        answers["P01"] = Answer(value=Decimal(people))
    asked = applicable_ids(questions, answers)
    return [question for question in questions if question.id in asked]


@pytest.mark.parametrize("sector", sectors.available_sectors())
@pytest.mark.parametrize("people", ["1", "50", None])
def test_a_company_of_fifty_people_or_fewer_is_asked_core_alone(sector: str, people: str | None) -> None:
    asked = asked_with(sector, people)
    assert topics([question for question in asked if question.counts]) == CORE_TOPICS
    core = {question.id for question in sectors.get_module("core@2026.1").questions}
    assert {question.id for question in asked} <= core


@pytest.mark.parametrize("sector", TOPICS)
def test_a_larger_company_is_asked_its_sectors_topics_too(sector: str) -> None:
    scored = [question for question in asked_with(sector, "51") if question.counts]
    assert topics(scored) == CORE_TOPICS | TOPICS[sector]


def test_the_form_opens_with_its_purpose_and_the_value_chain_notice() -> None:
    core = sectors.get_module("core@2026.1")
    assert [notice.id for notice in core.supplier_notices] == ["purpose", "value_chain", "small"]
    dated = {notice.id: notice.last_checked is not None for notice in core.supplier_notices}
    assert dated == {"purpose": False, "value_chain": True, "small": False}
