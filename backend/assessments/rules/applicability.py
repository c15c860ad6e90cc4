"""Which questions are asked, from the company's own answers alone (questionnaire-format.md, Conditions).

Conditions never look at what a reviewer made of an answer, so that an audit cannot change what was asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from backend.assessments.rules.answers import Answer
from backend.sectors.rules.questionnaire import All, AnyOf, Asks, Comparison, Condition, Not, Question


def applicable_ids(questions: Iterable[Question], answers: Mapping[str, Answer]) -> frozenset[str]:
    """Return the ids of the questions that are asked. The order of `questions` does not matter.

    Raises ValueError where conditions go round in a circle, which a checked module cannot contain.
    """
    by_id = {question.id: question for question in questions}
    asked: dict[str, bool] = {}
    open_ids: set[str] = set()

    def is_asked(question_id: str) -> bool:
        if question_id in asked:
            return asked[question_id]
        if question_id not in by_id:
            return False
        if question_id in open_ids:
            raise ValueError(f"the condition of {question_id} depends on itself")
        open_ids.add(question_id)
        condition = by_id[question_id].applies_when
        asked[question_id] = condition is None or holds(condition)
        return asked[question_id]

    def holds(condition: Condition) -> bool:
        match condition:
            case All(parts):
                return all(holds(part) for part in parts)
            case AnyOf(parts):
                return any(holds(part) for part in parts)
            case Not(part):
                return not holds(part)
            case Asks():
                answer = answers.get(condition.question)
                return is_asked(condition.question) and _passes(condition, answer)

    return frozenset(question_id for question_id in by_id if is_asked(question_id))


def _passes(asks: Asks, answer: Answer | None) -> bool:
    """Whether the test holds. Unanswered, not applicable and "do not know" hold nothing but `answered: false`."""
    has_value = answer is not None and answer.value is not None and answer.not_applicable is None
    if asks.test is Comparison.ANSWERED:
        return has_value is asks.operand
    if not has_value or answer is None:
        return False
    value = answer.value
    match asks.test:
        case Comparison.EQUALS:
            if isinstance(value, int | Decimal):
                return Fraction(value) == _number(asks.operand)
            return value == asks.operand or (isinstance(value, frozenset) and value == {asks.operand})
        case Comparison.INCLUDES:
            return isinstance(value, frozenset) and asks.operand in value
        case Comparison.AT_LEAST:
            return isinstance(value, int | Decimal) and Fraction(value) >= _number(asks.operand)
        case Comparison.AT_MOST:
            return isinstance(value, int | Decimal) and Fraction(value) <= _number(asks.operand)


def _number(operand: str | Fraction | bool) -> Fraction:
    return operand if isinstance(operand, Fraction) else Fraction(operand)


def describe(condition: Condition) -> str:
    """Return the condition in words, by question ids: why a question was not asked."""
    match condition:
        case All(parts):
            return " and ".join(_wrapped(part) for part in parts)
        case AnyOf(parts):
            return " or ".join(_wrapped(part) for part in parts)
        case Not(part):
            return f"not ({describe(part)})"
        case Asks(question, Comparison.ANSWERED, operand):
            return f"{question} is {'answered' if operand else 'not answered'}"
        case Asks(question, test, operand):
            return f"{question} {_VERB[test]} {operand}"


_VERB = {
    Comparison.EQUALS: "is",
    Comparison.INCLUDES: "includes",
    Comparison.AT_LEAST: "is at least",
    Comparison.AT_MOST: "is at most",
}


def _wrapped(condition: Condition) -> str:
    text = describe(condition)
    return f"({text})" if isinstance(condition, All | AnyOf) else text
