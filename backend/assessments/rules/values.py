"""From what people write to values and back: one reader for files, pages and the API.

Source: scoring.md, From answer to points; questionnaire-format.md, Answers. Nothing is rounded on the way:
decimals travel as strings, and a float is refused because its digits are no longer what was written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from backend.assessments.rules.answers import Answer, Value
from backend.kernel.errors import Invalid
from backend.kernel.text import is_storable
from backend.sectors.rules.questionnaire import Question, QuestionType

TOP_LEVEL = 4
MAX_TEXT = 5000
MAX_NOTE = 5000
MIN_REASON = 10
"""A reason for "not applicable" has at least this many characters after stripping; "n/a" is not a reason."""
MAX_REASON = 2000
EARLIEST_DATE = date(1900, 1, 1)
MAX_NUMBER_DIGITS = 15
MAX_NUMBER_DECIMALS = 4

_PERCENT = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,4})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KINDS = ("value", "unknown", "not_applicable")


def read_value(question: Question, raw: object, reference_date: date | None) -> Value:
    """Return the value that `raw`, as it stands in an answers file, gives for `question`.

    Dates are held against `reference_date` where one is given. Raises Invalid, which says what would be right.
    """
    match question.type:
        case QuestionType.CHOICE:
            return _read_choice(question, raw)
        case QuestionType.SCALE:
            return _read_scale(raw)
        case QuestionType.MULTI:
            return _read_multi(question, raw)
        case QuestionType.PERCENT:
            return _read_percent(raw)
        case QuestionType.NUMBER:
            return _read_number(question, raw)
        case QuestionType.DATE:
            return _read_date(raw, reference_date)
        case QuestionType.TEXT:
            return _read_text(raw)


def value_to_json(value: Value) -> object:
    """Return `value` as files hold it: a sorted list, a decimal string, an ISO date, or the value itself."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value


def answer_from_content(
    question: Question,
    content: Mapping[str, object],
    reference_date: date | None,
    evidence: Sequence[str] = (),
    note: str = "",
) -> Answer:
    """Return the answer of one `{"value": ...}`, `{"unknown": true}` or `{"not_applicable": "reason"}`.

    Raises Invalid where not exactly one is given, or where it does not fit the question.
    """
    given = [kind for kind in _KINDS if kind in content]
    if len(given) != 1 or len(content) != 1:
        raise _wrong("Give exactly one of value, unknown and not_applicable.")
    read_note(note)
    if given == ["value"]:
        return Answer(value=read_value(question, content["value"], reference_date), evidence=tuple(evidence), note=note)
    if given == ["unknown"]:
        if content["unknown"] is not True:
            raise _wrong("Write unknown: true where you do not know, and leave it out otherwise.", "unknown")
        return Answer(unknown=True, evidence=tuple(evidence), note=note)
    reason = read_reason(question, content["not_applicable"])
    return Answer(not_applicable=reason, evidence=tuple(evidence), note=note)


def answer_to_content(answer: Answer) -> dict[str, object]:
    """Return what `answer_from_content` reads, without evidence and note; {} for an empty answer."""
    if answer.not_applicable is not None:
        return {"not_applicable": answer.not_applicable}
    if answer.unknown:
        return {"unknown": True}
    return {} if answer.value is None else {"value": value_to_json(answer.value)}


def read_reason(question: Question, raw: object) -> str:
    """Return the reason, stripped, for which `question` does not apply. Raises Invalid."""
    if not question.allows_not_applicable:
        raise _wrong('This question applies to everybody: give a value, or say "do not know".', "not_applicable")
    reason = raw.strip() if isinstance(raw, str) else ""
    if not MIN_REASON <= len(reason) <= MAX_REASON:
        message = f"Say in {MIN_REASON} to {MAX_REASON} characters why this does not apply to your company."
        raise _wrong(message, "not_applicable")
    _require_storable(reason, "not_applicable")
    return reason


def read_note(raw: object) -> str:
    """Return a note, which may be empty. Raises Invalid."""
    if not isinstance(raw, str) or len(raw) > MAX_NOTE:
        raise _wrong(f"Give the note as a text of at most {MAX_NOTE} characters.", "note")
    _require_storable(raw, "note")
    return raw


def _read_choice(question: Question, raw: object) -> str:
    known = [option.id for option in question.options]
    if not isinstance(raw, str) or raw not in known:
        raise _wrong(f"Choose one of: {', '.join(known)}.")
    return raw


def _read_scale(raw: object) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 <= raw <= TOP_LEVEL:
        raise _wrong(f"Give a level from 0 to {TOP_LEVEL} as a whole number, such as 3.")
    return raw


def _read_multi(question: Question, raw: object) -> frozenset[str]:
    known = [option.id for option in question.options]
    if not isinstance(raw, list | tuple) or not raw or any(not isinstance(chosen, str) for chosen in raw):
        raise _wrong(f"Give a list of one or more of: {', '.join(known)}.")
    strange = sorted({chosen for chosen in raw if chosen not in known})
    if strange:
        raise _wrong(f"There is no option {_shown(strange[0])}. Choose from: {', '.join(known)}.")
    chosen_ids = frozenset(raw)
    if len(chosen_ids) < len(raw):
        twice = next(chosen for chosen in raw if raw.count(chosen) > 1)
        raise _wrong(f"Name each option once; {twice} stands there twice.")
    alone = [option.id for option in question.options if option.exclusive and option.id in chosen_ids]
    if alone and len(chosen_ids) > 1:
        raise _wrong(f"The option {alone[0]} stands alone: choose it without any other, or leave it out.")
    return chosen_ids


def _read_percent(raw: object) -> Decimal:
    right = "Give a percentage from 0 to 100 with at most two decimals, such as 82.5."
    value = Decimal(_digits(raw, _PERCENT, right))
    if value > 100:
        raise _wrong(right)
    return value


def _read_number(question: Question, raw: object) -> Decimal:
    unit = f" in {question.unit}" if question.unit else ""
    right = (
        f"Give a number{unit} of 0 or more with at most {MAX_NUMBER_DECIMALS} decimals "
        f"and {MAX_NUMBER_DIGITS} digits, such as 24 or 1.5."
    )
    value = Decimal(_digits(raw, _NUMBER, right))
    if len(value.as_tuple().digits) > MAX_NUMBER_DIGITS:
        raise _wrong(right)
    return value


def _digits(raw: object, pattern: re.Pattern[str], right: str) -> str:
    """Return the digits as written. A huge int is refused by its size, before it is turned into text."""
    if isinstance(raw, float | Decimal):
        raise _wrong(f'{right} Write it as a string, in quotes ("82.50"), so that nothing is rounded on the way.')
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw) if 0 <= raw < 10**MAX_NUMBER_DIGITS else ""
    if not isinstance(raw, str) or not pattern.fullmatch(raw):
        raise _wrong(right)
    return raw


def _read_date(raw: object, reference_date: date | None) -> date:
    right = "Give a date as year-month-day, such as 2026-03-31."
    if not isinstance(raw, str) or not _DATE.fullmatch(raw):
        raise _wrong(right)
    try:
        value = date.fromisoformat(raw)
    except ValueError as error:
        raise _wrong(f"There is no day {raw}. {right}") from error
    if value < EARLIEST_DATE:
        raise _wrong(f"Give a date of {EARLIEST_DATE.isoformat()} or later.")
    if reference_date is not None and value > reference_date:
        raise _wrong(
            f"Give a date that is not after {reference_date.isoformat()}, the reference date of this assessment."
        )
    return value


def _read_text(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip() or len(raw) > MAX_TEXT:
        raise _wrong(f"Give a text of 1 to {MAX_TEXT} characters.")
    _require_storable(raw, "value")
    return raw


def _require_storable(text: str, field: str) -> None:
    """Refuse what neither a database nor the canonical form can hold: NUL and halves of surrogate pairs."""
    if not is_storable(text):
        raise _wrong("This text holds a character that cannot be stored; remove it.", field)


def _shown(raw: str) -> str:
    return repr(raw if len(raw) <= 40 else f"{raw[:40]}…")


def _wrong(message: str, field: str = "value") -> Invalid:
    return Invalid(message, {field: message})
