"""From form fields to plain values; what they must be is checked by the services."""

from __future__ import annotations

import re
from typing import Any

from litestar.datastructures import FormMultiDict

from backend.kernel.errors import Invalid
from backend.sectors.rules.questionnaire import Question, QuestionType

_DECIMAL_COMMA = re.compile(r"\d+,\d{1,4}")


def texts(form: FormMultiDict, *names: str) -> dict[str, str]:
    """Return these fields as text; one that is missing, or a file, is empty."""
    found: dict[str, str] = {}
    for name in names:
        value = form.get(name, "")
        found[name] = value if isinstance(value, str) else ""
    return found


def whole_number(form: FormMultiDict, name: str, label: str) -> int:
    """Return a whole number. Raises Invalid, naming the field, for anything else."""
    text = str(form.get(name, "")).strip()
    if not text.isdecimal() or len(text) > 9:
        raise Invalid(f"{label} must be a whole number.", {name: "Give a whole number."})
    return int(text)


def answer_content(form: FormMultiDict, question: Question) -> dict[str, Any] | None:
    """Return what the form says in the shape of an answers file; None clears the answer.

    `kind` is value, unknown, not_applicable or clear. A value that was left empty clears.
    """
    if form.get("clear"):
        return None
    match str(form.get("kind", "value")):
        case "unknown":
            return {"unknown": True}
        case "not_applicable":
            return {"not_applicable": str(form.get("reason", ""))}
        case "clear":
            return None
    # Browsers end the lines of a form with two characters, files with one.
    given = [str(one).replace("\r\n", "\n").strip() for one in form.getall("value", [])]
    filled = [one for one in given if one]
    if not filled:
        return None
    return {"value": _typed(question, filled)}


def _typed(question: Question, given: list[str]) -> Any:
    match question.type:
        case QuestionType.MULTI:
            return given
        case QuestionType.SCALE:
            return int(given[0]) if given[0].isdecimal() and len(given[0]) < 4 else given[0]
        case QuestionType.PERCENT | QuestionType.NUMBER:
            # Much of the world writes 82,5; what is shown back is 82.5, so nobody is left in doubt.
            text = given[0].removesuffix("%").strip()
            return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text
    return given[0]
