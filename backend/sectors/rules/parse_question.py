"""Reading one question of a module file (questionnaire-format.md, Module)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from backend.kernel.cursor import Cursor, shown
from backend.kernel.vocabulary import Clause
from backend.sectors.rules.clauses import LOOKS_LIKE_AN_ID, REFERENCE_IDS
from backend.sectors.rules.conditions import DECIMAL, QUESTION_ID, QUESTION_ID_RIGHT, read_condition
from backend.sectors.rules.questionnaire import EvidenceRule, LegalNote, Option, Question, QuestionType, Text

LOWER_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
LOWER_ID_RIGHT = "lower-case letters, digits, hyphens and underscores, such as safe_recruitment"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
MAX_WEIGHT = 10
MAX_POINTS = 100
DEFAULT_FAILS_BELOW = 50
LEVELS = range(5)

_REQUIRED = ("id", "text", "type")
_OPTIONAL = (
    "clause", "refs", "help", "legal_notes", "unit", "levels", "options", "breakpoints", "weight", "scored", "critical",
    "fails_below", "evidence", "evidence_examples", "not_applicable", "applies_when", "supplier_form",
)  # fmt: skip
_BELONGS_TO = {
    "unit": (QuestionType.NUMBER,),
    "levels": (QuestionType.SCALE,),
    "options": (QuestionType.CHOICE, QuestionType.MULTI),
    "breakpoints": (QuestionType.PERCENT, QuestionType.NUMBER, QuestionType.DATE),
}
_NEEDED = ("levels", "options")


def read_question(
    cursor: Cursor, earlier: Mapping[str, Question | None], later: Collection[str]
) -> tuple[str, Question | None]:
    """Return the question's id and the question, or None where its type cannot be read.

    `earlier` and `later` are as `read_condition` has them. Everything wrong is noted at its own place.
    """
    found = cursor.map_of(_REQUIRED, _OPTIONAL)
    question_id = found["id"].text(QUESTION_ID, QUESTION_ID_RIGHT) if "id" in found else ""
    kind = found["type"].word(list(QuestionType)) if "type" in found else ""
    text = read_text(found["text"]) if "text" in found else {}
    if not kind:
        return question_id, None
    question_type = QuestionType(kind)
    scored = _read_scored(cursor, found, question_type)
    _check_belonging(cursor, found, question_type, scored)
    hint = found["not_applicable"].map_of(["hint"]) if "not_applicable" in found else {}
    return question_id, Question(
        id=question_id,
        text=text,
        type=question_type,
        clause=_read_clause(cursor, found, scored, question_type),
        refs=_read_refs(found["refs"]) if "refs" in found else (),
        help=read_text(found["help"]) if "help" in found else {},
        legal_notes=_read_legal_notes(found["legal_notes"]) if "legal_notes" in found else (),
        unit=found["unit"].text() if "unit" in found else "",
        levels=_read_levels(found["levels"]) if "levels" in found else {},
        options=_read_options(found["options"], question_type) if "options" in found else (),
        breakpoints=_read_breakpoints(found["breakpoints"], question_type) if "breakpoints" in found else (),
        weight=_read_weight(cursor, found, scored),
        scored=scored,
        critical=_read_critical(found, scored),
        fails_below=_read_fails_below(cursor, found),
        evidence=_read_evidence(found),
        evidence_examples=_read_examples(found["evidence_examples"]) if "evidence_examples" in found else {},
        allows_not_applicable="not_applicable" in found,
        not_applicable_hint=read_text(hint["hint"]) if "hint" in hint else {},
        applies_when=read_condition(found["applies_when"], earlier, later) if "applies_when" in found else None,
        supplier_form=found["supplier_form"].boolean() if "supplier_form" in found else False,
    )


def read_text(cursor: Cursor) -> Text:
    """Return a text by language; English has to be there, and no language may be blank."""
    texts = cursor.open_map()
    if isinstance(cursor.node.value, Mapping) and "en" not in texts:
        cursor.wrong("the English text (en) is missing")
    return {language: text.text() for language, text in _by_language(cursor, texts).items()}


def read_day(cursor: Cursor) -> date:
    """Return a date, written as year-month-day in quotes or without."""
    written = cursor.text(DAY, 'a day such as "2026-11-24"')
    try:
        return date.fromisoformat(written)
    except ValueError:
        if written:
            cursor.wrong(f"there is no day {written}")
        return date.min


def _read_legal_notes(cursor: Cursor) -> tuple[LegalNote, ...]:
    notes: list[LegalNote] = []
    for part in cursor.items(at_least=1):
        found = part.map_of(["text", "last_checked"])
        if len(found) == 2:
            notes.append(LegalNote(read_text(found["text"]), read_day(found["last_checked"])))
    return tuple(notes)


def _by_language(cursor: Cursor, texts: dict[str, Cursor]) -> dict[str, Cursor]:
    for language in [language for language in texts if not LANGUAGE.fullmatch(language)]:
        # `{en: Policy, and more}` reads as two keys: the commonest slip in a module file.
        hint = "; a text with a comma needs quotes" if texts.pop(language).node.value is None else ""
        cursor.wrong_key(language, f"{shown(language)} is not a language code such as en, fr, es or ar{hint}")
    return texts


def _strings(cursor: Cursor) -> tuple[str, ...]:
    return tuple(part.text() for part in cursor.items(at_least=1))


def _read_refs(cursor: Cursor) -> tuple[str, ...]:
    refs: list[str] = []
    for part in cursor.items(at_least=1):
        ref = part.text()
        if LOOKS_LIKE_AN_ID.fullmatch(ref) and ref not in REFERENCE_IDS:
            siblings = sorted(known for known in REFERENCE_IDS if known.startswith(f"{ref.rpartition('.')[0]}."))
            hint = f"; its paragraph has {', '.join(siblings)}" if siblings else ""
            part.wrong(f"there is no {shown(ref)} in the clause table{hint}")
        if ref and ref in refs:
            part.wrong(f"{shown(ref)} stands twice")
        refs.append(ref)
    return tuple(refs)


def _read_examples(cursor: Cursor) -> dict[str, tuple[str, ...]]:
    lists = cursor.open_map()
    if isinstance(cursor.node.value, Mapping) and "en" not in lists:
        cursor.wrong("the English examples (en) are missing")
    return {language: _strings(examples) for language, examples in _by_language(cursor, lists).items()}


def _read_scored(cursor: Cursor, found: Mapping[str, Cursor], question_type: QuestionType) -> bool:
    is_text = question_type is QuestionType.TEXT
    if "scored" not in found:
        return not is_text
    scored = found["scored"].boolean()
    if scored and is_text:
        found["scored"].wrong("a text question is never scored; leave this out")
    return scored and not is_text


def _read_clause(
    cursor: Cursor, found: Mapping[str, Cursor], scored: bool, question_type: QuestionType
) -> Clause | None:
    if "clause" not in found:
        if scored:
            cursor.wrong("a scored question needs its clause, one of a to h; or say scored: false")
        return None
    word = found["clause"].word(list(Clause))
    if not scored:
        kind = "a text question" if question_type is QuestionType.TEXT else "a question that is not scored"
        found["clause"].wrong(f"{kind} has no clause; leave it out")
    return Clause(word) if word and scored else None


def _check_belonging(cursor: Cursor, found: Mapping[str, Cursor], question_type: QuestionType, scored: bool) -> None:
    for key, types in _BELONGS_TO.items():
        if question_type not in types:
            if key in found:
                allowed = " and ".join(kind.value for kind in types)
                cursor.wrong_key(key, f"{key} belongs to {allowed} questions, and this is a {question_type.value} one")
        elif key not in found and (key in _NEEDED or (key == "breakpoints" and scored)):
            cursor.wrong(f"a {question_type.value} question needs {key}")


def _read_weight(cursor: Cursor, found: Mapping[str, Cursor], scored: bool) -> int:
    if "weight" not in found:
        if scored:
            cursor.wrong(f"a scored question needs its weight, a whole number from 1 to {MAX_WEIGHT}")
        return 1
    if not scored:
        cursor.wrong_key("weight", "a question that is not scored has no weight; leave it out")
        return 1
    return found["weight"].integer(1, MAX_WEIGHT)


def _read_critical(found: Mapping[str, Cursor], scored: bool) -> bool:
    critical = found["critical"].boolean() if "critical" in found else False
    if critical and not scored:
        found["critical"].wrong("only a scored question can be critical; a cap could never fire here")
    return critical


def _read_fails_below(cursor: Cursor, found: Mapping[str, Cursor]) -> int:
    if "fails_below" not in found:
        return DEFAULT_FAILS_BELOW
    if "critical" not in found or found["critical"].node.value is not True:
        cursor.wrong_key("fails_below", "fails_below belongs to critical questions; add critical: true or leave it out")
    return found["fails_below"].integer(1, MAX_POINTS)


def _read_evidence(found: Mapping[str, Cursor]) -> EvidenceRule:
    word = found["evidence"].word(list(EvidenceRule)) if "evidence" in found else ""
    return EvidenceRule(word) if word else EvidenceRule.SUGGESTED


def _read_levels(cursor: Cursor) -> dict[int, Text]:
    levels = cursor.map_of([str(level) for level in LEVELS])
    return {int(level): read_text(text) for level, text in sorted(levels.items())}


def _read_options(cursor: Cursor, question_type: QuestionType) -> tuple[Option, ...]:
    options: list[Option] = []
    for part in cursor.items(at_least=2):
        found = part.map_of(["id", "label"], ["points", "exclusive"])
        option_id = found["id"].text(LOWER_ID, LOWER_ID_RIGHT) if "id" in found else ""
        if option_id and any(option.id == option_id for option in options):
            found["id"].wrong(f"the option {option_id} stands twice in this question")
        exclusive = found["exclusive"].boolean() if "exclusive" in found else False
        if "exclusive" in found and question_type is not QuestionType.MULTI:
            part.wrong_key("exclusive", "exclusive belongs to multi questions; in a choice every option stands alone")
        options.append(
            Option(
                id=option_id,
                label=read_text(found["label"]) if "label" in found else {},
                points=found["points"].integer(0, MAX_POINTS) if "points" in found else 0,
                exclusive=exclusive,
            )
        )
    if options and all(option.exclusive for option in options):
        cursor.wrong("at least one option must not be exclusive; where only one can be chosen, the type is choice")
    return tuple(options)


def _read_breakpoints(cursor: Cursor, question_type: QuestionType) -> tuple[tuple[Fraction, int], ...]:
    points: list[tuple[Fraction, int]] = []
    for pair in cursor.items(at_least=1):
        parts = pair.items()
        if len(parts) != 2:
            pair.wrong("a breakpoint is a pair [x, points], such as [50, 40]")
            continue
        x = _read_x(parts[0], question_type)
        if x is not None and points and x <= points[-1][0]:
            parts[0].wrong("the x of breakpoints must rise from one to the next")
        earned = parts[1].integer(0, MAX_POINTS)
        if x is not None:
            points.append((x, earned))
    return tuple(points)


def _read_x(cursor: Cursor, question_type: QuestionType) -> Fraction | None:
    value = cursor.node.value
    if isinstance(value, str) and DECIMAL.fullmatch(value):
        value = Decimal(value)
    top = 100 if question_type is QuestionType.PERCENT else None
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if isinstance(value, int | Decimal) and is_number and value >= 0 and (top is None or value <= top):
        return Fraction(value)
    cursor.wrong("x is a number from 0 to 100" if top else "x is a number of 0 or more")
    return None
