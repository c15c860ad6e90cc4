"""Whatever a company answers to the published questionnaires: nothing crashes, and the promises of scoring hold."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.assessments.rules.answers import Answer, Value
from backend.assessments.rules.applicability import applicable_ids
from backend.assessments.rules.scoring import score
from backend.assessments.rules.values import answer_from_content, answer_to_content
from backend.kernel.errors import Invalid
from backend.kernel.vocabulary import Basis, Form
from backend.sectors import service as sectors
from backend.sectors.rules import conditions
from backend.sectors.rules.questionnaire import Question, Questionnaire, QuestionType

TODAY = date(2026, 11, 24)
FORMS = st.sampled_from(Form)
SECTORS = st.sets(st.sampled_from(sectors.available_sectors()), min_size=1, max_size=4)
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def values_of(question: Question) -> st.SearchStrategy[Value]:
    match question.type:
        case QuestionType.SCALE:
            return st.integers(0, 4)
        case QuestionType.CHOICE:
            return st.sampled_from([option.id for option in question.options])
        case QuestionType.MULTI:
            alone = [frozenset([option.id]) for option in question.options if option.exclusive]
            others = [option.id for option in question.options if not option.exclusive]
            return st.one_of(st.frozensets(st.sampled_from(others), min_size=1), *map(st.just, alone))
        case QuestionType.PERCENT:
            return st.decimals(0, 100, places=2)
        case QuestionType.NUMBER:
            return st.decimals(0, 10**9, places=4)
        case QuestionType.DATE:
            return st.integers(0, 20_000).map(lambda days: TODAY - timedelta(days))
        case QuestionType.TEXT:
            return st.text(min_size=1, max_size=20).filter(str.strip)


def answers_of(question: Question) -> st.SearchStrategy[Answer | None]:
    evidence = st.sampled_from([(), ("a.pdf",)])
    kinds: list[st.SearchStrategy[Answer | None]] = [
        st.none(),
        st.builds(Answer, value=values_of(question), evidence=evidence),
        st.builds(Answer, unknown=st.just(True), evidence=evidence),
    ]
    if question.allows_not_applicable:
        kinds.append(st.just(Answer(not_applicable="There is nothing of the kind here.")))
    return st.one_of(kinds)


@st.composite
def answered(draw: st.DrawFn) -> tuple[Questionnaire, dict[str, Answer]]:
    questionnaire = sectors.get_questionnaire(sectors.current_references(draw(SECTORS)), draw(FORMS))
    given_answers = {question.id: draw(answers_of(question)) for question in questionnaire.questions}
    return questionnaire, {name: answer for name, answer in given_answers.items() if answer is not None}


@FEW
@given(answered())
def test_random_answers_never_crash_scoring_or_applicability(case: tuple[Questionnaire, dict[str, Answer]]) -> None:
    questionnaire, answers = case
    card = score(questionnaire, answers, TODAY)
    asked = applicable_ids(questionnaire.questions, answers)
    assert {name for name, one in card.questions.items() if one.applicable} <= asked
    scores = [card.bases[basis].uncapped_bp for basis in (Basis.VERIFIED, Basis.EVIDENCED, Basis.DECLARED)]
    known = [one for one in scores if one is not None]
    assert known == sorted(known)
    assert all(0 <= one <= 10_000 for one in known)


@FEW
@given(answered())
def test_an_answer_comes_back_from_its_file_as_it_was(case: tuple[Questionnaire, dict[str, Answer]]) -> None:
    questionnaire, answers = case
    questions = {question.id: question for question in questionnaire.questions}
    for name, answer in answers.items():
        content = answer_to_content(answer)
        assert answer_from_content(questions[name], content, TODAY, answer.evidence, answer.note) == answer


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@FEW
@given(st.sampled_from(sectors.current_references(sectors.available_sectors())), st.data())
def test_whatever_is_sent_as_an_answer_is_taken_or_refused_in_words(reference: str, data: st.DataObject) -> None:
    question = data.draw(st.sampled_from(sectors.get_module(reference).questions))
    content: dict[str, Any] = data.draw(
        st.dictionaries(st.sampled_from(["value", "unknown", "not_applicable", "x"]), JSON)
    )
    answer, words = None, ""
    try:
        answer = answer_from_content(question, content, TODAY)
    except Invalid as refused:
        words = refused.message
    assert answer_to_content(answer) if answer is not None else words


@pytest.mark.parametrize("sector", sectors.available_sectors())
@pytest.mark.parametrize("form", Form)
def test_conditions_never_look_forward(sector: str, form: Form) -> None:
    seen: set[str] = set()
    for question in sectors.get_questionnaire(sectors.current_references([sector]), form).questions:
        assert {asks.question for asks in conditions.tests_of(question.applies_when)} <= seen, question.id
        seen.add(question.id)


@pytest.mark.parametrize("sector", sectors.available_sectors())
def test_doing_everything_scores_full_marks_and_doing_nothing_none(sector: str) -> None:
    """A question that nobody can win, or nobody can lose, would be a slip of its author."""
    questionnaire = sectors.get_questionnaire(sectors.current_references([sector]))
    for question in questionnaire.questions:
        if question.counts:
            earned = _points(question)
            assert (min(earned), max(earned)) == (0, 100), question.id


def _points(question: Question) -> list[int]:
    if question.type is QuestionType.SCALE:
        return [25 * level for level in range(5)]
    if question.type is QuestionType.CHOICE:
        return [option.points for option in question.options]
    if question.type is QuestionType.MULTI:
        alone = [option.points for option in question.options if option.exclusive]
        return [*alone, 0, min(100, sum(option.points for option in question.options if not option.exclusive))]
    return [points for _, points in question.breakpoints]


def test_the_decimals_of_a_percentage_are_kept() -> None:
    question = next(one for one in sectors.get_module("tourism@2026.1").questions if one.type is QuestionType.PERCENT)
    answer = answer_from_content(question, {"value": "82.50"}, TODAY)
    assert answer.value == Decimal("82.50")
    assert answer_to_content(answer) == {"value": "82.50"}
