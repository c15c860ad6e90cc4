"""Every property of scoring.md, "Properties that must hold", one test of that name."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.points import points_for
from backend.assessments.rules.scorecard import Scorecard, scorecard_from_json
from backend.assessments.rules.scoring import score
from backend.kernel.vocabulary import Basis, Clause
from backend.sectors.rules.questionnaire import Question, Questionnaire
from tests.builders import REFERENCE_DATE, Case, a_questionnaire, cases, values


def scored(case: Case) -> Scorecard:
    questionnaire, answers, verifications = case
    return score(questionnaire, answers, REFERENCE_DATE, verifications)


def rebuilt(questionnaire: Questionnaire, questions: list[Question]) -> Questionnaire:
    return a_questionnaire(questions, questionnaire.clause_weights)


@given(cases(), st.randoms(use_true_random=False))
def test_order_of_questions_and_answers_does_not_matter(case: Case, random: Random) -> None:
    questionnaire, answers, verifications = case
    shuffled = list(questionnaire.questions)
    random.shuffle(shuffled)
    names = list(answers)
    random.shuffle(names)
    again = score(
        rebuilt(questionnaire, shuffled), {name: answers[name] for name in names}, REFERENCE_DATE, verifications
    )
    assert again == scored(case)


@given(cases(with_conditions=False), st.data())
def test_raising_one_answers_points_never_lowers_any_score(case: Case, data: st.DataObject) -> None:
    questionnaire, answers, _ = case
    question = data.draw(st.sampled_from(questionnaire.questions))
    own = answers.get(question.id, Answer())
    if own.not_applicable is not None:
        return
    other = data.draw(values(question))
    before = points_for(question, own.value, REFERENCE_DATE) if own.value is not None else 0
    if points_for(question, other, REFERENCE_DATE) < before:
        return
    low = score(questionnaire, answers, REFERENCE_DATE)
    high = score(questionnaire, {**answers, question.id: Answer(other, evidence=own.evidence)}, REFERENCE_DATE)
    for basis in Basis:
        assert (high.bases[basis].score_bp or 0) >= (low.bases[basis].score_bp or 0)
        assert (high.bases[basis].uncapped_bp or 0) >= (low.bases[basis].uncapped_bp or 0)
        for clause, part in low.bases[basis].clauses.items():
            assert high.bases[basis].clauses[clause].score_bp >= part.score_bp


@given(cases())
def test_verified_is_at_most_evidenced_is_at_most_declared(case: Case) -> None:
    card = scored(case)
    declared, evidenced, verified = (card.bases[basis] for basis in Basis)
    assert (verified.score_bp or 0) <= (evidenced.score_bp or 0) <= (declared.score_bp or 0)
    assert (verified.uncapped_bp or 0) <= (evidenced.uncapped_bp or 0) <= (declared.uncapped_bp or 0)
    for clause in declared.clauses:
        assert (
            verified.clauses[clause].score_bp <= evidenced.clauses[clause].score_bp <= declared.clauses[clause].score_bp
        )
    for part in card.questions.values():
        found = [part.points[basis] or 0 for basis in (Basis.VERIFIED, Basis.EVIDENCED, Basis.DECLARED)]
        assert found == sorted(found)


@given(cases())
def test_scores_lie_in_0_to_10000(case: Case) -> None:
    for basis in scored(case).bases.values():
        figures = [part.score_bp for part in basis.clauses.values()]
        figures += [figure for figure in (basis.score_bp, basis.uncapped_bp) if figure is not None]
        assert all(0 <= figure <= 10_000 for figure in figures)


@given(cases(), st.sampled_from(list(Clause)), st.integers(2, 7))
def test_scaling_all_weights_of_a_clause_by_one_factor_changes_nothing(case: Case, clause: Clause, factor: int) -> None:
    questionnaire, answers, verifications = case
    scaled = [
        replace(question, weight=question.weight * factor) if question.clause is clause else question
        for question in questionnaire.questions
    ]
    before = scored(case)
    after = score(rebuilt(questionnaire, scaled), answers, REFERENCE_DATE, verifications)
    for basis in Basis:
        assert after.bases[basis].score_bp == before.bases[basis].score_bp
        assert after.bases[basis].uncapped_bp == before.bases[basis].uncapped_bp
        assert after.bases[basis].failed_critical == before.bases[basis].failed_critical
        assert {name: part.score_bp for name, part in after.bases[basis].clauses.items()} == {
            name: part.score_bp for name, part in before.bases[basis].clauses.items()
        }
    for name, part in before.questions.items():
        again = after.questions[name]
        assert (again.gave_bp, again.could_give_bp) == (part.gave_bp, part.could_give_bp)


@given(cases(with_conditions=False), st.sampled_from(list(Clause)))
def test_not_applicable_on_everything_in_a_clause_removes_the_clause(case: Case, clause: Clause) -> None:
    questionnaire, answers, _ = case
    gone = {
        question.id: Answer(not_applicable="Not ours.")
        for question in questionnaire.questions
        if question.clause is clause
    }
    card = score(questionnaire, {**answers, **gone}, REFERENCE_DATE)
    without = score(
        rebuilt(questionnaire, [q for q in questionnaire.questions if q.clause is not clause]),
        answers,
        REFERENCE_DATE,
    )
    for basis in Basis:
        assert clause not in card.bases[basis].clauses
        assert card.bases[basis].score_bp == without.bases[basis].score_bp


@given(cases())
def test_the_shares_add_up_to_the_uncapped_overall_with_the_rounding_told(case: Case) -> None:
    card = scored(case)
    gave = sum(part.gave_bp for part in card.questions.values())
    could = sum(part.could_give_bp for part in card.questions.values())
    uncapped = card.bases[Basis.DECLARED].uncapped_bp
    if uncapped is None:
        assert card.rounding_bp is None
        assert gave == could == 0
        return
    assert card.rounding_bp == uncapped - gave
    assert abs(card.rounding_bp) <= len(card.questions) + 1
    assert abs(could - 10_000) <= len(card.questions)


@given(cases())
def test_a_scorecard_comes_back_whole_from_its_json(case: Case) -> None:
    card = scored(case)
    assert scorecard_from_json(card.to_json()) == card
