"""Which questions are asked, over generated questionnaires with nested and chained conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from backend.assessments.rules.answers import Answer, Verification
from backend.assessments.rules.applicability import applicable_ids
from backend.assessments.rules.scoring import score
from backend.kernel.vocabulary import VerificationVerdict
from backend.sectors.rules.questionnaire import (
    All,
    AnyOf,
    Asks,
    Comparison,
    Condition,
    Not,
    Option,
    Question,
    QuestionType,
)
from tests.builders import REFERENCE_DATE, a_questionnaire, answers

OPTIONS = (Option("o0", {"en": "None"}, exclusive=True), Option("o1", {"en": "One"}), Option("o2", {"en": "Two"}))
NUMERIC = (QuestionType.SCALE, QuestionType.PERCENT, QuestionType.NUMBER)


@st.composite
def asking(draw: st.DrawFn, question: Question) -> Asks:
    """Draw a test that a checked module could ask of `question`."""
    kinds = [Comparison.ANSWERED]
    if question.options:
        kinds.append(Comparison.EQUALS)
    if question.type is QuestionType.MULTI:
        kinds.append(Comparison.INCLUDES)
    if question.type in NUMERIC:
        kinds += [Comparison.EQUALS, Comparison.AT_LEAST, Comparison.AT_MOST]
    test = draw(st.sampled_from(kinds))
    if test is Comparison.ANSWERED:
        return Asks(question.id, test, draw(st.booleans()))
    if question.options:
        return Asks(question.id, test, draw(st.sampled_from(question.options)).id)
    return Asks(question.id, test, Fraction(draw(st.integers(0, 4))))


@st.composite
def conditions(draw: st.DrawFn, earlier: Sequence[Question]) -> Condition:
    leaf = st.sampled_from(earlier).flatmap(asking)
    parts = st.recursive(
        leaf,
        lambda inner: (
            st.builds(Not, inner)
            | st.lists(inner, min_size=1, max_size=3).map(lambda found: All(tuple(found)))
            | st.lists(inner, min_size=1, max_size=3).map(lambda found: AnyOf(tuple(found)))
        ),
        max_leaves=4,
    )
    return draw(parts)


Case = tuple[list[Question], dict[str, Answer]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    asked: list[Question] = []
    for number in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from(list(QuestionType)))
        options = OPTIONS if kind in (QuestionType.CHOICE, QuestionType.MULTI) else ()
        conditional = draw(st.booleans())
        condition = draw(conditions(asked)) if asked and conditional else None
        asked.append(Question(f"Q{number:02}", {"en": "?"}, kind, options=options, applies_when=condition))
    return asked, {question.id: draw(answers(question)) for question in asked if draw(st.integers(0, 3)) > 0}


def walked(asked: Sequence[Question], given_answers: Mapping[str, Answer]) -> set[str]:
    """The same rule as plainly as it can be told: from the first question to the last, never back."""
    applicable: set[str] = set()

    def holds(condition: Condition | None) -> bool:
        match condition:
            case None:
                return True
            case All(parts):
                return all(holds(part) for part in parts)
            case AnyOf(parts):
                return any(holds(part) for part in parts)
            case Not(part):
                return not holds(part)
            case Asks(name, test, operand):
                value = given_answers[name].value if name in given_answers else None
                if name not in applicable:
                    return False
                if test is Comparison.ANSWERED:
                    return (value is not None) == operand
                if value is None:
                    return False
                if isinstance(operand, Fraction) and isinstance(value, int | Decimal):
                    number = Fraction(value)
                    return {"equals": number == operand, "at_least": number >= operand, "at_most": number <= operand}[
                        test
                    ]
                chosen = value if isinstance(value, frozenset) else {value}
                return operand in chosen and (test is Comparison.INCLUDES or len(chosen) == 1)

    for question in asked:
        if holds(question.applies_when):
            applicable.add(question.id)
    return applicable


@given(cases())
def test_it_agrees_with_a_walk_from_the_first_question_to_the_last(case: Case) -> None:
    asked, given_answers = case
    assert applicable_ids(asked, given_answers) == walked(asked, given_answers)


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_questions_and_answers_does_not_matter(case: Case, random: Random) -> None:
    asked, given_answers = case
    shuffled, names = list(asked), list(given_answers)
    random.shuffle(shuffled)
    random.shuffle(names)
    assert applicable_ids(shuffled, {name: given_answers[name] for name in names}) == applicable_ids(
        asked, given_answers
    )


@given(cases(), st.data())
def test_what_comes_later_never_decides_whether_a_question_is_asked(case: Case, data: st.DataObject) -> None:
    asked, given_answers = case
    place = data.draw(st.integers(0, len(asked) - 1))
    later = {question.id: data.draw(answers(question)) for question in asked[place:] if data.draw(st.booleans())}
    earlier = {question.id: given_answers[question.id] for question in asked[:place] if question.id in given_answers}
    up_to = {question.id for question in asked[: place + 1]}
    before, after = applicable_ids(asked, given_answers), applicable_ids(asked, earlier | later)
    assert before & up_to == after & up_to


@given(cases(), st.data())
def test_an_answer_to_a_question_that_is_not_asked_is_ignored(case: Case, data: st.DataObject) -> None:
    asked, given_answers = case
    before = applicable_ids(asked, given_answers)
    hidden = {question.id: data.draw(answers(question)) for question in asked if question.id not in before}
    assert applicable_ids(asked, given_answers | hidden) == before
    shown = {name: answer for name, answer in given_answers.items() if name in before}
    assert applicable_ids(asked, shown) == before


@given(cases())
def test_do_not_know_and_not_applicable_ask_the_same_as_silence(case: Case) -> None:
    asked, given_answers = case
    silent = {name: answer for name, answer in given_answers.items() if answer.value is not None}
    assert applicable_ids(asked, given_answers) == applicable_ids(asked, silent)


@given(cases())
def test_evidence_and_notes_change_nothing(case: Case) -> None:
    asked, given_answers = case
    dressed = {name: replace(answer, evidence=("a.pdf",), note="see there") for name, answer in given_answers.items()}
    assert applicable_ids(asked, dressed) == applicable_ids(asked, given_answers)


@given(cases(), st.sampled_from(list(VerificationVerdict)))
def test_an_audit_does_not_change_what_was_asked(case: Case, verdict: VerificationVerdict) -> None:
    asked, given_answers = case
    judged = {name: Verification(verdict) for name, answer in given_answers.items() if answer.value is not None}
    questionnaire = a_questionnaire(asked)
    card = score(questionnaire, given_answers, REFERENCE_DATE, judged)
    assert {name for name, part in card.questions.items() if part.applicable} == walked(asked, given_answers)


def test_a_question_without_a_condition_is_always_asked() -> None:
    assert applicable_ids([Question("Q01", {"en": "?"}, QuestionType.TEXT)], {}) == {"Q01"}


def test_a_condition_on_a_question_that_is_not_there_is_false() -> None:
    lost = Question("Q01", {"en": "?"}, QuestionType.TEXT, applies_when=Asks("Q00", Comparison.ANSWERED, False))
    assert applicable_ids([lost], {}) == frozenset()
