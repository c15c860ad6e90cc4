"""The published JSON Schemas agree with the readers: whatever a schema refuses, the reader refuses too.

The other way round they cannot agree, because a schema cannot see that breakpoints rise or that a value fits
its question.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.assessments.rules.answers_file import AnswersHeader, read_answers
from backend.kernel.errors import FileRefused
from backend.sectors import service as sectors
from backend.sectors.rules.compose import compose
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.questionnaire import Questionnaire
from backend.sectors.rules.schema import ANSWERS_SCHEMA, MODULE_SCHEMA
from tests.rules.a_module import MODULE

READ = parse_module(MODULE.encode(), "tours.yaml")
SOURCE: dict[str, Any] = dict(READ.source)
ANSWERS: dict[str, Any] = {
    "questionnaire": {"modules": ["tours@2026.1"], "form": "full"},
    "period": 2026,
    "reference_date": "2026-11-24",
    "answers": {
        "P91": {"value": ["day_trips"]},
        "T91": {"value": 3, "evidence": ["policy.pdf"], "note": "See page 2."},
        "T92": {"value": "82.50"},
        "T93": {"unknown": True},
    },
    "verifications": {
        "T91": {"verdict": "lowered", "value": 2},
        "T92": {"verdict": "confirmed"},
    },
}
MODULES = jsonschema.Draft202012Validator(MODULE_SCHEMA)
ANSWERS_FILES = jsonschema.Draft202012Validator(
    ANSWERS_SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)


def reader_takes_module(value: object) -> bool:
    try:
        parse_module(json.dumps(value).encode(), "tours.json")
    except FileRefused:
        return False
    return True


def reader_takes_answers(value: object) -> bool:
    def compose_for(_: AnswersHeader) -> Questionnaire:
        return compose([READ])

    try:
        read_answers(json.dumps(value).encode(), "answers.json", compose_for)
    except FileRefused:
        return False
    return True


@pytest.mark.parametrize("schema", [MODULE_SCHEMA, ANSWERS_SCHEMA], ids=["module", "answers"])
def test_the_schemas_are_valid_schemas_and_plain_json(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("reference", list(sectors.library()))
def test_every_library_file_is_valid(reference: str) -> None:
    assert list(MODULES.iter_errors(sectors.library()[reference].source)) == []


def test_what_stands_here_is_valid_and_read() -> None:
    assert MODULES.is_valid(SOURCE)
    assert reader_takes_module(SOURCE)
    assert ANSWERS_FILES.is_valid(ANSWERS)
    assert reader_takes_answers(ANSWERS)


Path = tuple[str | int, ...]


def paths_of(value: object, path: Path = ()) -> list[Path]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, part in parts for found in paths_of(part, (*path, key)))]


def at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


DELETED = object()


def with_change(whole: dict[str, Any], path: Path, new: object) -> dict[str, Any]:
    changed = copy.deepcopy(whole)
    parent = at(changed, path[:-1])
    if new is DELETED:
        del parent[path[-1]]
    else:
        parent[path[-1]] = new
    return changed


WORDS = [
    *(
        "",
        " ",
        "en",
        "core",
        "tours",
        "text",
        "scale",
        "percent",
        "number",
        "date",
        "choice",
        "f",
        "T91",
        "P91",
        "none",
    ),
    *("day_trips", "50.5", "101", "2026-02-30", "2026-12-31", "2026.1", "lowered", "confirmed", "long enough a reason"),
]
KEYS = [
    *("en", "clause", "weight", "scored", "critical", "fails_below", "unit", "levels", "options", "breakpoints"),
    *("points", "exclusive", "refs", "applies_when", "value", "unknown", "not_applicable", "evidence", "note", "T94"),
]


@st.composite
def changes(draw: st.DrawFn, whole: dict[str, Any]) -> dict[str, Any]:
    """Change one or two places: delete, replace, or add a key that belongs somewhere else."""
    changed = whole
    for _ in range(draw(st.integers(1, 2))):
        paths = paths_of(changed)
        parts = [copy.deepcopy(at(changed, path)) for path in paths]
        empty: list[object] = [None, [], {}]
        new = st.booleans() | st.integers(-1, 120) | st.sampled_from([*empty, *WORDS]) | st.sampled_from(parts)
        path = draw(st.sampled_from(paths))
        if isinstance(at(changed, path), dict) and draw(st.booleans()):
            changed = with_change(changed, (*path, draw(st.sampled_from(KEYS))), draw(new))
        elif path:
            changed = with_change(changed, path, draw(new | st.just(DELETED)))
    return changed


@settings(max_examples=400)
@given(changes(SOURCE))
def test_a_module_that_the_schema_refuses_is_refused_by_the_reader(module: dict[str, Any]) -> None:
    assert MODULES.is_valid(module) or not reader_takes_module(module)


@settings(max_examples=400)
@given(changes(ANSWERS))
def test_an_answers_file_that_the_schema_refuses_is_refused_by_the_reader(answers: dict[str, Any]) -> None:
    assert ANSWERS_FILES.is_valid(answers) or not reader_takes_answers(answers)


QUESTION: Path = ("sections", 0, "questions", 1)
SHARE: Path = ("sections", 0, "questions", 2)
WORDS_QUESTION: Path = ("sections", 0, "questions", 3)
FACT: Path = ("sections", 0, "questions", 0)


@pytest.mark.parametrize(
    ("path", "new"),
    [
        (("clause_weights",), DELETED),
        (("clause_weights", "a"), 101),
        (("id",), "core"),
        (("version",), "spring"),
        (("title", "en"), DELETED),
        (("sections",), []),
        ((*QUESTION, "colour"), "red"),
        ((*QUESTION, "clause"), DELETED),
        ((*QUESTION, "clause"), "i"),
        ((*QUESTION, "weight"), DELETED),
        ((*QUESTION, "weight"), 11),
        ((*QUESTION, "critical"), False),
        ((*QUESTION, "critical"), DELETED),
        ((*QUESTION, "levels"), DELETED),
        ((*QUESTION, "levels", "2"), DELETED),
        ((*QUESTION, "unit"), "h"),
        ((*QUESTION, "applies_when"), {"all": []}),
        ((*QUESTION, "applies_when"), {"question": "P91"}),
        ((*QUESTION, "not_applicable"), {}),
        ((*SHARE, "breakpoints"), DELETED),
        ((*SHARE, "breakpoints", 1), [50]),
        ((*SHARE, "scored"), False),
        ((*WORDS_QUESTION, "scored"), True),
        ((*WORDS_QUESTION, "clause"), "a"),
        ((*FACT, "critical"), True),
        ((*FACT, "weight"), 1),
        ((*FACT, "type"), "choice"),
        ((*FACT, "options"), [{"id": "none", "label": {"en": "No"}}]),
        ((*FACT, "options", 1, "exclusive"), True),
        ((*FACT, "options", 1, "points"), 101),
    ],
)
def test_both_refuse_a_module_that_is_wrong_in_a_way_that_a_schema_can_see(path: Path, new: object) -> None:
    module = with_change(SOURCE, path, new)
    assert not MODULES.is_valid(module)
    assert not reader_takes_module(module)


@pytest.mark.parametrize(
    ("path", "new"),
    [
        (("period",), 1999),
        (("period",), "2026"),
        (("reference_date",), "24.11.2026"),
        (("reference_date",), "2026-02-30"),
        (("questionnaire", "modules"), []),
        (("questionnaire", "modules", 0), "tours"),
        (("questionnaire", "form"), "short"),
        (("answers", "t91"), {"value": 3}),
        (("answers", "T91", "points"), 75),
        (("answers", "T91", "unknown"), True),
        (("answers", "T91", "value"), DELETED),
        (("answers", "T93", "unknown"), False),
        (("answers", "T92"), {"not_applicable": "n/a"}),
        (("answers", "T91", "evidence"), ["a.pdf", "a.pdf"]),
        (("answers", "P91", "value"), []),
        (("verifications", "T91", "verdict"), "raised"),
        (("verifications", "T91", "value"), DELETED),
        (("verifications", "T92", "value"), "80.00"),
    ],
)
def test_both_refuse_answers_that_are_wrong_in_a_way_that_a_schema_can_see(path: Path, new: object) -> None:
    answers = with_change(ANSWERS, path, new)
    assert not ANSWERS_FILES.is_valid(answers)
    assert not reader_takes_answers(answers)
