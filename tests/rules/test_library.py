"""The published questionnaires hold every topic, in words that people understand, and never change."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.applicability import applicable_ids
from backend.assessments.rules.points import points_for
from backend.assessments.rules.values import read_value
from backend.kernel.canonical import canonical_digest
from backend.kernel.vocabulary import Clause, Form
from backend.sectors import service as sectors
from backend.sectors.rules.clauses import DUTY_IDS, SUPPORTING_IDS
from backend.sectors.rules.questionnaire import Module, Question, QuestionType
from tests.builders import REFERENCE_DATE

PUBLISHED = {
    "core@2026.1": "sha-256:0ab777e992daaf6796f53b098b24578b4cf905f471cc84338f686b08c84db62c",
    "tourism@2026.1": "sha-256:9d0c7f542cd1e687a7d46b2703a78e0ca3e0edc03ceea8d32b1a44a9d539cdd2",
}
"""Digests under which each version was published. A line is added with a new version, and none is ever changed."""

EXPECTED: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "topics.yaml").read_text())
TOPICS: dict[str, dict[str, Any]] = EXPECTED["topics"]
MODULES = list(sectors.library().values())
QUESTIONS = {
    question.id: question for module in MODULES for section in module.sections for question in section.questions
}
SCORED = [question for question in QUESTIONS.values() if question.counts]
TOURISM = sectors.get_questionnaire(sectors.current_references(["tourism"]))
MAX_WORDS = 30
BANNED = re.compile(
    r"child porn|child prostitut|child sex\b|sex tourism|kiddie|under-?age|juvenile|sextortion|molest|"
    r"\bcertified\b|\bcertification\b|\bendorsed by\b",
    re.IGNORECASE,
)
"""Words that the Luxembourg Guidelines replaced, and words that promise what a self-assessment cannot."""
SPEAKS_TO_STATES = re.compile(r"P(29|39|64|67|77\.c)\b")


def topic_of(question: Question) -> str:
    return question.id[:3]


def part_of(topic: str) -> list[Question]:
    """The questions that a topic is asked with: C02, C02b, C02c."""
    return [question for question in QUESTIONS.values() if topic_of(question) == topic]


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+(?=[\"(]?[A-Z])", text.strip())


def texts_of(question: Question) -> Iterator[tuple[str, str]]:
    """Every English text that somebody who answers can read, with its place."""
    yield "text", question.text["en"]
    yield "help", question.help.get("en", "")
    yield "hint", question.not_applicable_hint.get("en", "")
    yield from ((f"levels.{level}", text["en"]) for level, text in question.levels.items())
    yield from ((f"options.{option.id}", option.label["en"]) for option in question.options)
    yield from (
        (f"evidence_examples[{place}]", text) for place, text in enumerate(question.evidence_examples.get("en", ()))
    )


ALL_TEXTS = [(question.id, *found) for question in QUESTIONS.values() for found in texts_of(question)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.reference)
def test_a_published_questionnaire_never_changes(module: Module) -> None:
    assert canonical_digest(module.source) == PUBLISHED.get(module.reference), (
        f"{module.reference} is published: put the file back, or give the change a new version and add its digest here"
    )


def test_every_published_version_is_still_there_under_its_own_name() -> None:
    assert set(sectors.library()) == set(PUBLISHED)
    found = {
        f"{folder.name}@{entry.name.removesuffix('.yaml')}"
        for folder in files("backend.sectors").joinpath("library").iterdir()
        for entry in folder.iterdir()
    }
    assert found == set(PUBLISHED)


def test_the_clause_table_has_its_93_duties_and_25_supporting_points() -> None:
    assert set(EXPECTED["duties"]) == DUTY_IDS
    assert set(EXPECTED["supporting"]) == SUPPORTING_IDS
    assert (len(DUTY_IDS), len(SUPPORTING_IDS)) == (93, 25)


def test_every_topic_is_asked_and_nothing_else_is_scored() -> None:
    assert {topic_of(question) for question in SCORED} == set(TOPICS)
    assert len(TOPICS) == 43


@pytest.mark.parametrize("topic", list(TOPICS))
def test_a_topic_is_measured_as_it_should_be(topic: str) -> None:
    found = Counter("multi" if q.type is QuestionType.CHOICE else q.type.value for q in part_of(topic))
    wanted = Counter("multi" if kind == "choice" else kind for kind in TOPICS[topic]["measures"])
    assert wanted <= found


@pytest.mark.parametrize("question", [q for q in QUESTIONS.values() if q.id[:3] in TOPICS], ids=lambda q: q.id)
def test_a_question_is_traced_to_what_its_topic_is_about(question: Question) -> None:
    assert sorted(question.refs) == sorted(TOPICS[topic_of(question)]["refs"])


def test_tourism_covers_79_of_the_93_duties_and_leaves_out_those_of_other_sectors() -> None:
    covered = set(chain.from_iterable(question.refs for question in QUESTIONS.values()))
    assert sorted(DUTY_IDS - covered) == sorted(EXPECTED["not_tourism"])
    assert sorted(SUPPORTING_IDS - covered) == ["P31.b", *EXPECTED["context"]]


def test_the_critical_topics_are_critical_in_their_first_question_and_no_others_are() -> None:
    assert {question.id for question in SCORED if question.critical} == {
        topic for topic, wanted in TOPICS.items() if wanted.get("critical")
    }


def test_the_supplier_form_holds_the_fifteen_topics_and_the_facts_that_they_need() -> None:
    form = sectors.get_questionnaire(sectors.current_references(["tourism"]), Form.SUPPLIER)
    asked = {question.id for question in form.questions}
    wanted = {topic for topic, told in TOPICS.items() if told.get("supplier")}
    assert {topic_of(QUESTIONS[question_id]) for question_id in asked if question_id[0] != "P"} == wanted
    assert len(wanted) == 15
    assert {question_id for question_id in asked if question_id[0] == "P"} == {"P02", "P04", "P05", "P11"}


def asked_with(facts: dict[str, Any]) -> set[str]:
    answers = {name: Answer(read_value(QUESTIONS[name], value, REFERENCE_DATE)) for name, value in facts.items()}
    return {topic_of(QUESTIONS[name]) for name in applicable_ids(TOURISM.questions, answers)}


@pytest.mark.parametrize("topic", list(TOPICS))
def test_a_topic_is_asked_where_it_applies(topic: str) -> None:
    if topic not in EXPECTED["asked_where"]:
        nothing_applies = {"P02": ["none"], "P03": "none", "P04": "none", "P05": "none", "P11": "none", "P12": "1"}
        assert topic in asked_with(nothing_applies)
        return
    asked, not_asked = EXPECTED["asked_where"][topic]
    assert topic in asked_with(asked)
    assert topic not in asked_with(not_asked)


def test_do_not_know_about_a_fact_lifts_no_critical_question() -> None:
    facts = {question.id: Answer(unknown=True) for question in QUESTIONS.values() if question.id[0] == "P"}
    critical = {question.id for question in SCORED if question.critical}
    assert critical <= applicable_ids(TOURISM.questions, facts)


@pytest.mark.parametrize("question", [question for question in SCORED if question.critical], ids=lambda q: q.id)
def test_a_critical_question_fails_where_nothing_is_done_and_passes_where_all_is(question: Question) -> None:
    assert worst_and_best(question) == (0, 100)
    assert 0 < question.fails_below <= 100
    if question.type is QuestionType.SCALE:
        assert [25 * level >= question.fails_below for level in range(5)] == [False, False, True, True, True]


def test_whoever_sells_visits_to_orphanages_fails_whatever_other_rules_hold() -> None:
    rules = {option.id for option in QUESTIONS["T14"].options} - {"none", "no_orphanages"}
    assert points_for(QUESTIONS["T14"], frozenset(rules), REFERENCE_DATE) < QUESTIONS["T14"].fails_below
    assert points_for(QUESTIONS["T14"], frozenset({"no_orphanages"}), REFERENCE_DATE) >= QUESTIONS["T14"].fails_below


def worst_and_best(question: Question) -> tuple[int, int]:
    """The least and the most that an answer can earn."""
    match question.type:
        case QuestionType.CHOICE:
            points = [option.points for option in question.options]
        case QuestionType.MULTI:
            points = [min(option.points for option in question.options)]
            points.append(min(100, sum(option.points for option in question.options if not option.exclusive)))
        case QuestionType.SCALE:
            points = [0, 100]
        case _:
            points = [earned for _, earned in question.breakpoints]
    return min(points), max(points)


@pytest.mark.parametrize("question", SCORED, ids=lambda question: question.id)
def test_a_scored_question_can_earn_nothing_and_everything(question: Question) -> None:
    assert worst_and_best(question) == (0, 100)
    if question.type is QuestionType.MULTI:
        assert [option.points for option in question.options if option.exclusive] == [0]


@pytest.mark.parametrize("question", [q for q in SCORED if q.type is QuestionType.PERCENT], ids=lambda q: q.id)
def test_a_higher_share_never_earns_less(question: Question) -> None:
    assert all(low <= high for (_, low), (_, high) in pairwise(question.breakpoints))


@pytest.mark.parametrize("question", list(QUESTIONS.values()), ids=lambda question: question.id)
def test_every_question_says_why_it_is_asked_and_what_counts(question: Question) -> None:
    assert 2 <= len(sentences(question.help["en"])) <= 3
    if question.counts:
        assert question.evidence_examples["en"]
    if question.type is QuestionType.SCALE:
        assert question.evidence.value == "required"
    if question.type is QuestionType.NUMBER:
        assert question.unit


@pytest.mark.parametrize("topic", [t for t in TOPICS if any(SPEAKS_TO_STATES.match(r) for r in TOPICS[t]["refs"])])
def test_what_the_report_asks_of_states_is_labelled_as_a_translation(topic: str) -> None:
    lead = QUESTIONS[topic].help["en"]
    assert re.search(r"\bparagraphs? \d+", lead, re.IGNORECASE)
    assert re.search(r"\bStates\b|national monitors", lead)


def test_no_two_questions_share_a_text_or_a_level() -> None:
    levels = [text["en"] for question in QUESTIONS.values() for text in question.levels.values()]
    assert [text for text, count in Counter(levels).items() if count > 1] == []
    asked = [question.text["en"] for question in QUESTIONS.values()]
    assert [text for text, count in Counter(asked).items() if count > 1] == []


def test_no_sentence_is_longer_than_thirty_words() -> None:
    long = [
        (question_id, place, sentence)
        for question_id, place, text in ALL_TEXTS
        for sentence in sentences(text)
        if len(sentence.split()) > MAX_WORDS
    ]
    assert long == []


def test_no_text_uses_a_term_that_was_given_up_or_promises_too_much() -> None:
    assert [found for found in ALL_TEXTS if BANNED.search(found[2])] == []
    assert BANNED.search("child pornography")


def test_a_text_ends_as_its_kind_does() -> None:
    assert [name for name, place, text in ALL_TEXTS if place == "text" and not text.endswith("?")] == []
    assert [
        name for name, place, text in ALL_TEXTS if place in ("help", "hint") and text and text[-1] not in ".?"
    ] == []
    assert [name for name, place, text in ALL_TEXTS if place.startswith("levels") and text[-1] != "."] == []
    assert [
        name for name, place, text in ALL_TEXTS if place.startswith(("options", "evidence")) and text[-1] == "."
    ] == []


def test_the_clauses_of_a_sector_weigh_a_hundred_together_and_each_one_can_be_scored() -> None:
    for module in MODULES:
        if module.id != "core":
            assert sum(module.clause_weights.values()) == 100
    assert {question.clause for question in SCORED} == set(Clause)
