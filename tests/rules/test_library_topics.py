"""Core and the four main sectors hold every topic of the fact sheet: measured, traced, asked and marked as it says."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import Any

import pytest

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.applicability import applicable_ids
from backend.assessments.rules.values import read_value
from backend.kernel.vocabulary import Form
from backend.sectors import service as sectors
from backend.sectors.rules.clauses import DUTY_IDS, SUPPORTING_IDS
from backend.sectors.rules.questionnaire import Question, Questionnaire, QuestionType
from tests.builders import REFERENCE_DATE
from tests.rules.the_library import (
    EXPECTED,
    MAIN,
    MODULE_OF,
    QUESTIONS,
    SCORED,
    SECTORS,
    TOPICS,
    is_fact,
    part_of,
    topic_of,
)

COVERED = {"tourism": 79, "ict": 85, "finance": 78, "media": 80}
CRITICAL = {"tourism": 11, "ict": 11, "finance": 10, "media": 12}
"""questionnaire-facts.md, section 3: so many duties covered and topics critical, core's included."""
SECTOR_TOPICS = [
    (sector, topic) for sector in MAIN for topic in (*EXPECTED["core"]["topics"], *EXPECTED[sector]["topics"])
]


def questionnaire(sector: str, form: Form = Form.FULL) -> Questionnaire:
    return sectors.get_questionnaire(sectors.current_references([sector]), form)


def test_the_clause_table_has_its_93_duties_and_25_supporting_points() -> None:
    assert set(EXPECTED["core"]["duties"]) == DUTY_IDS
    assert set(EXPECTED["core"]["supporting"]) == SUPPORTING_IDS
    assert (len(DUTY_IDS), len(SUPPORTING_IDS)) == (93, 25)


def test_there_are_112_topics_twenty_of_core_and_twenty_three_of_each_main_sector() -> None:
    assert {name: len(expected["topics"]) for name, expected in EXPECTED.items()} == {
        "core": 20,
        "tourism": 23,
        "ict": 23,
        "finance": 23,
        "media": 23,
    }
    assert len(TOPICS) == 112


@pytest.mark.parametrize("module", EXPECTED)
def test_every_topic_is_asked_and_nothing_else_is_scored(module: str) -> None:
    scored = {topic_of(question) for question in SCORED if MODULE_OF[question.id].id == module}
    assert scored == set(EXPECTED[module]["topics"])


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_measured_as_it_should_be(topic: str) -> None:
    found = Counter("multi" if q.type is QuestionType.CHOICE else q.type.value for q in part_of(topic))
    wanted = Counter("multi" if kind == "choice" else kind for kind in TOPICS[topic]["measures"])
    assert wanted <= found


@pytest.mark.parametrize("question", [q for q in QUESTIONS.values() if topic_of(q) in TOPICS], ids=lambda q: q.id)
def test_a_question_is_traced_to_what_its_topic_is_about(question: Question) -> None:
    told = TOPICS[topic_of(question)]
    assert sorted(question.refs) == sorted(told["refs"] + told.get("also", {}).get(question.id, []))


@pytest.mark.parametrize("sector", MAIN)
def test_a_sector_covers_its_duties_and_leaves_out_those_of_other_sectors(sector: str) -> None:
    covered = set(chain.from_iterable(question.refs for question in questionnaire(sector).questions))
    assert sorted(DUTY_IDS - covered) == sorted(EXPECTED[sector]["left_to_others"])
    assert len(DUTY_IDS & covered) == COVERED[sector]
    assert sorted(SUPPORTING_IDS - covered) == sorted(EXPECTED[sector]["not_about"] + EXPECTED["core"]["context"])


def test_the_library_is_about_every_supporting_point_but_those_that_are_context() -> None:
    covered = set(chain.from_iterable(question.refs for question in QUESTIONS.values()))
    assert sorted(SUPPORTING_IDS - covered) == EXPECTED["core"]["context"]


@pytest.mark.parametrize("sector", MAIN)
def test_the_critical_topics_are_critical_in_their_first_scored_question_and_no_others_are(sector: str) -> None:
    # The first scored one: a topic may open with a total, and totals of reports or cases are never scored.
    topics = {**EXPECTED["core"]["topics"], **EXPECTED[sector]["topics"]}
    wanted = [topic for topic, told in topics.items() if told.get("critical")]
    firsts = {next(question.id for question in part_of(topic) if question.counts) for topic in wanted}
    assert {question.id for question in questionnaire(sector).questions if question.critical} == firsts
    assert len(wanted) == CRITICAL[sector]


@pytest.mark.parametrize("sector", MAIN)
def test_the_supplier_form_holds_the_fifteen_topics_and_the_facts_that_they_need(sector: str) -> None:
    asked = questionnaire(sector, Form.SUPPLIER).questions
    topics = {**EXPECTED["core"]["topics"], **EXPECTED[sector]["topics"]}
    wanted = {topic for topic, told in topics.items() if told.get("supplier")}
    assert {topic_of(question) for question in asked if not is_fact(question)} == wanted
    assert len(wanted) == 15
    assert sorted(question.id for question in asked if is_fact(question)) == EXPECTED[sector]["supplier_facts"]


def asked_with(sector: str, facts: dict[str, Any]) -> set[str]:
    answers = {name: Answer(read_value(QUESTIONS[name], value, REFERENCE_DATE)) for name, value in facts.items()}
    return {topic_of(QUESTIONS[name]) for name in applicable_ids(questionnaire(sector).questions, answers)}


@pytest.mark.parametrize(("sector", "topic"), SECTOR_TOPICS)
def test_a_topic_is_asked_where_it_applies(sector: str, topic: str) -> None:
    where = {**EXPECTED["core"]["asked_where"], **EXPECTED[sector]["asked_where"]}
    if topic not in where:
        assert topic in asked_with(sector, EXPECTED[sector]["nothing_applies"])
        return
    asked, not_asked = where[topic]
    assert topic in asked_with(sector, asked)
    assert topic not in asked_with(sector, not_asked)
    assert topic not in asked_with(sector, EXPECTED[sector]["nothing_applies"])


@pytest.mark.parametrize("sector", SECTORS)
def test_do_not_know_about_a_fact_lifts_no_critical_question(sector: str) -> None:
    questions = questionnaire(sector).questions
    facts = {question.id: Answer(unknown=True) for question in questions if is_fact(question)}
    critical = {question.id for question in questions if question.critical}
    assert critical <= applicable_ids(questions, facts)
