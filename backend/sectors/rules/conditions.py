"""Conditions on earlier answers: reading them, and whether a test fits the question it looks at.

Source: questionnaire-format.md, Conditions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from backend.kernel.cursor import Cursor, near, shown
from backend.sectors.rules.questionnaire import (
    All,
    AnyOf,
    Asks,
    Comparison,
    Condition,
    Not,
    Question,
    QuestionType,
)

QUESTION_ID = re.compile(r"[A-Z][A-Za-z0-9]{1,15}")
QUESTION_ID_RIGHT = "a capital letter and then 1 to 15 letters or digits, such as T01 or T01b"
DECIMAL = re.compile(r"[0-9]{1,15}\.[0-9]{1,4}")
_TOP = {QuestionType.SCALE: 4, QuestionType.PERCENT: 100}
_NUMERIC = (QuestionType.SCALE, QuestionType.PERCENT, QuestionType.NUMBER)
_WITH_OPTIONS = (QuestionType.CHOICE, QuestionType.MULTI)


def read_condition(cursor: Cursor, earlier: Mapping[str, Question | None], later: Collection[str]) -> Condition:
    """Return the condition at `cursor`; whatever is wrong with it is noted there.

    `earlier` holds the module's questions up to here (None for one that could not be read), `later` the ids
    of this question and those after it. Ids in neither are left to `compose`, which sees the other modules.
    """
    found = cursor.open_map()
    heads = [key for key in found if key in ("all", "any", "not", "question")]
    if len(heads) != 1 or (heads != ["question"] and len(found) != 1):
        cursor.wrong("a condition is one of {all: [...]}, {any: [...]}, {not: {...}} and {question: ..., equals: ...}")
        return All(())
    match heads[0]:
        case "not":
            return Not(read_condition(found["not"], earlier, later))
        case "question":
            return _read_test(cursor, earlier, later)
        case head:
            parts = tuple(read_condition(part, earlier, later) for part in found[head].items(at_least=1))
            return All(parts) if head == "all" else AnyOf(parts)


def _read_test(cursor: Cursor, earlier: Mapping[str, Question | None], later: Collection[str]) -> Condition:
    found = cursor.map_of(["question"], list(Comparison))
    target = found.pop("question").text(QUESTION_ID, QUESTION_ID_RIGHT)
    if len(found) != 1:
        cursor.wrong(f"give exactly one test: {', '.join(Comparison)}")
        return All(())
    key, value = next(iter(found.items()))
    asks = Asks(target, Comparison(key), _operand(value, Comparison(key)))
    if target in later:
        cursor.wrong(f"a condition looks only at questions that stand earlier, and {target} does not")
        return asks
    question = earlier.get(target)
    problem = operand_problem(question, asks) if question is not None else None
    if problem is not None:
        value.wrong(problem)
    return asks


def _operand(cursor: Cursor, test: Comparison) -> str | Fraction | bool:
    value = cursor.node.value
    if test is Comparison.ANSWERED:
        return cursor.boolean()
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Fraction(value)
    text = cursor.text()
    # The JSON form of a module holds decimals as strings; no option id contains a full stop.
    return Fraction(text) if DECIMAL.fullmatch(text) else text


def operand_problem(question: Question, asks: Asks) -> str | None:
    """Return why `asks` cannot be asked of `question`, in words that say what could, or None."""
    test, operand = asks.test, asks.operand
    if test is Comparison.ANSWERED:
        return None
    name = f"{question.id} is a {question.type.value} question"
    if question.type in _NUMERIC and test is not Comparison.INCLUDES:
        top = _TOP.get(question.type)
        fits = isinstance(operand, Fraction) and operand >= 0 and (top is None or operand <= top)
        if fits and (question.type is not QuestionType.SCALE or operand in range(5)):
            return None
        limit = f"from 0 to {top}" if top is not None else "of 0 or more"
        return f"{name}: {test.value} needs a number {limit}, without quotes"
    if question.type in _WITH_OPTIONS and test is Comparison.EQUALS:
        return _option_problem(question, operand)
    if question.type is QuestionType.MULTI and test is Comparison.INCLUDES:
        return _option_problem(question, operand)
    return f"{name}; {test.value} cannot be asked of it"


def _option_problem(question: Question, operand: str | Fraction | bool) -> str | None:
    known = [option.id for option in question.options]
    if not known or operand in known:
        return None
    if not isinstance(operand, str):
        return f"{question.id} has the options {', '.join(known)}; write one of them as a text"
    return f"{question.id} has no option {shown(operand)}{near(operand, known)}"


def tests_of(condition: Condition | None) -> Iterator[Asks]:
    """Yield every test in a condition, in the order in which they are written."""
    match condition:
        case Asks():
            yield condition
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from tests_of(part)
        case Not(part):
            yield from tests_of(part)
