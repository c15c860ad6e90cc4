"""The published questionnaires are in words that people understand, and that promise no more than they keep."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain

import pytest

from backend.sectors.rules.clauses import duties_of_states
from backend.sectors.rules.questionnaire import Module, Question, QuestionType
from tests.rules.the_library import MODULES, QUESTIONS, part_of, sentences, texts_of, topic_of

ALL_TEXTS = [(question.id, *found) for question in QUESTIONS.values() for found in texts_of(question)]
MAX_WORDS = 30
BANNED = re.compile(
    r"child porn|child prostitut|child sex\b|sex tourism|kiddie|under-?age|juvenile|sextortion|molest|"
    r"\bcertified\b|\bcertification\b|\bendorsed by\b",
    re.IGNORECASE,
)
"""Words that the Luxembourg Guidelines replaced, and words that promise what a self-assessment cannot."""
FROM_STATES = sorted(
    {topic_of(question) for question in QUESTIONS.values() if question.counts and duties_of_states(question.refs)}
)


@pytest.mark.parametrize("question", list(QUESTIONS.values()), ids=lambda question: question.id)
def test_every_question_says_why_it_is_asked_and_what_counts(question: Question) -> None:
    assert 2 <= len(sentences(question.help["en"])) <= 3
    assert question.refs
    if question.counts:
        assert question.evidence_examples["en"]
    if question.type is QuestionType.SCALE:
        assert question.evidence.value == "required"
    if question.type is QuestionType.NUMBER:
        assert question.unit


@pytest.mark.parametrize("topic", FROM_STATES)
def test_what_the_report_asks_of_states_is_labelled_as_a_translation(topic: str) -> None:
    # "Translated here" is a label as good as naming the States: the form itself marks whose duty it was.
    lead = part_of(topic)[0].help["en"]
    assert re.search(r"\bparagraphs? \d+", lead, re.IGNORECASE)
    assert re.search(r"\bStates\b|national monitors|\btranslated here\b", lead)


def test_no_two_questions_of_the_library_share_a_text() -> None:
    asked = [question.text["en"] for question in QUESTIONS.values()]
    assert [text for text, count in Counter(asked).items() if count > 1] == []


def test_no_two_questions_of_the_library_share_a_level_that_says_what_is_done() -> None:
    # Level 0 is left out here: "There is no instruction" is the whole truth in more than one sector.
    levels = [text["en"] for q in QUESTIONS.values() for level, text in q.levels.items() if level > 0]
    assert [text for text, count in Counter(levels).items() if count > 1] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.reference)
def test_no_two_questions_of_a_module_and_core_share_any_level(module: Module) -> None:
    core = next(other for other in MODULES if other.id == "core")
    questions = {question.id: question for question in chain(core.questions, module.questions)}
    levels = [text["en"] for question in questions.values() for text in question.levels.values()]
    assert [text for text, count in Counter(levels).items() if count > 1] == []


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
    assert [name for name, place, text in ALL_TEXTS if place.startswith(("levels", "legal")) and text[-1] != "."] == []
    assert [
        name for name, place, text in ALL_TEXTS if place.startswith(("options", "evidence")) and text[-1] == "."
    ] == []


@pytest.mark.parametrize("question", list(QUESTIONS.values()), ids=lambda question: question.id)
def test_an_evidence_example_stands_on_its_own(question: Question) -> None:
    # A list split at a comma leaves a piece such as "without case data", which is evidence of nothing.
    examples = question.evidence_examples.get("en", ())
    assert [text for text in examples if re.match(r"(without|with|no|and|or|in|by)\b", text, re.IGNORECASE)] == []
