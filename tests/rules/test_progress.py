"""What may stay open until submission, and what may not (docs/decisions/0005)."""

from __future__ import annotations

import pytest

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.progress import missing_of, must_be_settled, progress_of
from backend.assessments.rules.scoring import score
from backend.kernel.vocabulary import Basis, Clause
from backend.sectors.rules.questionnaire import Option, Question, QuestionType
from tests.builders import REFERENCE_DATE, a_questionnaire


def a_question(kind: QuestionType, question_id: str = "Q1") -> Question:
    options = (Option("x", {"en": "X"}, 100), Option("y", {"en": "Y"}))
    return Question(question_id, {"en": "Asked"}, kind, Clause.A, options=options)


@pytest.mark.parametrize("kind", list(QuestionType))
def test_dates_and_texts_may_stay_open_and_nothing_else(kind: QuestionType) -> None:
    question = a_question(kind)
    may_stay_open = kind in (QuestionType.DATE, QuestionType.TEXT)
    assert must_be_settled(question) is not may_stay_open
    questionnaire = a_questionnaire([question])
    assert [one.question_id for one in missing_of(questionnaire, {})] == ([] if may_stay_open else ["Q1"])
    assert [section.asked for section in progress_of(questionnaire, {})] == [0 if may_stay_open else 1]


@pytest.mark.parametrize("answer", [Answer(value=0), Answer(unknown=True), Answer(not_applicable="We have none.")])
def test_a_value_a_do_not_know_and_a_reason_settle_a_question(answer: Answer) -> None:
    questionnaire = a_questionnaire([a_question(QuestionType.SCALE)])
    assert missing_of(questionnaire, {"Q1": answer}) == ()
    assert [section.settled for section in progress_of(questionnaire, {"Q1": answer})] == [1]


def test_a_date_that_stays_open_earns_nothing_and_stays_in_the_denominator() -> None:
    questionnaire = a_questionnaire([a_question(QuestionType.DATE), a_question(QuestionType.SCALE, "Q2")])
    clause = score(questionnaire, {"Q2": Answer(value=4)}, REFERENCE_DATE).bases[Basis.DECLARED].clauses[Clause.A]
    assert (clause.numerator, clause.denominator, clause.score_bp) == (10_000, 2, 5000)
