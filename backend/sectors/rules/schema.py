"""The JSON Schemas (draft 2020-12) of module and answers files, for editors and other people's tools.

They hold what a schema can say. The readers check more: that breakpoints rise, that conditions look only at
earlier questions, that a value fits its question. A file that a reader takes is always valid here.
"""

from __future__ import annotations

from typing import Any

from backend.kernel.vocabulary import Clause, Form, VerificationVerdict
from backend.sectors.rules.questionnaire import Comparison, EvidenceRule, QuestionType

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_Schema = dict[str, Any]
_LOWER_ID: _Schema = {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,59}$"}
_QUESTION_ID = "^[A-Z][A-Za-z0-9]{1,15}$"
_FILLED: _Schema = {"type": "string", "minLength": 1}
_LANGUAGES: _Schema = {"pattern": "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"}
_VERSION = r"[0-9]{1,4}(\.[0-9]{1,4}){1,2}"


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(description: str, required: dict[str, _Schema], optional: dict[str, _Schema] | None = None) -> _Schema:
    """Return the schema of a map with these keys and no others."""
    return {
        "type": "object",
        "description": description,
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _list_of(part: _Schema, at_least: int = 1) -> _Schema:
    return {"type": "array", "items": part, "minItems": at_least}


def _described(schema: _Schema, description: str) -> _Schema:
    return {**schema, "description": description}


def _when(key: str, value: object) -> _Schema:
    """Return the schema of a map that has this value under this key."""
    return {"properties": {key: {"const": value}}, "required": [key]}


def _only_for(types: list[QuestionType], keys: list[str], needed: list[str]) -> _Schema:
    """Return the rule that `keys` belong to questions of these types, which need `needed`."""
    return {
        "if": {"properties": {"type": {"enum": [kind.value for kind in types]}}, "required": ["type"]},
        "then": {"required": needed},
        "else": {"properties": dict.fromkeys(keys, False)},
    }


_WITH_BREAKPOINTS = [QuestionType.PERCENT, QuestionType.NUMBER, QuestionType.DATE]
_DECIMAL: _Schema = {
    "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^[0-9]{1,15}\.[0-9]{1,4}$"}]
}

_DAY: _Schema = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_TEXT: _Schema = {
    "type": "object",
    "description": "A text by language code; English is always there.",
    "propertyNames": _LANGUAGES,
    "required": ["en"],
    "additionalProperties": _FILLED,
}

_EXAMPLES: _Schema = {
    "type": "object",
    "description": "Examples of evidence by language code; English is always there.",
    "propertyNames": _LANGUAGES,
    "required": ["en"],
    "additionalProperties": _list_of(_FILLED),
}

_CONDITION: _Schema = {
    "title": "Condition",
    "description": "When the question is asked. It looks only at questions that stand earlier.",
    "oneOf": [
        _object("Every part holds.", {"all": _list_of(_ref("condition"))}),
        _object("At least one part holds.", {"any": _list_of(_ref("condition"))}),
        _object("The part does not hold.", {"not": _ref("condition")}),
        {
            **_object(
                "One test on one earlier question's own answer.",
                {"question": {"type": "string", "pattern": _QUESTION_ID}},
                {
                    Comparison.EQUALS.value: {"anyOf": [_FILLED, _DECIMAL]},
                    Comparison.INCLUDES.value: _LOWER_ID,
                    Comparison.AT_LEAST.value: _DECIMAL,
                    Comparison.AT_MOST.value: _DECIMAL,
                    Comparison.ANSWERED.value: {"type": "boolean"},
                },
            ),
            "minProperties": 2,
            "maxProperties": 2,
        },
    ],
}

_OPTION = _object(
    "One thing to choose.",
    {"id": _LOWER_ID, "label": _ref("text")},
    {
        "points": {"type": "integer", "minimum": 0, "maximum": 100, "default": 0},
        "exclusive": _described({"type": "boolean"}, 'Multi only: stands alone, as "none of these" does.'),
    },
)

_BREAKPOINT: _Schema = {
    "type": "array",
    "description": "x and points; x rises from one breakpoint to the next.",
    "prefixItems": [_DECIMAL, {"type": "integer", "minimum": 0, "maximum": 100}],
    "items": False,
    "minItems": 2,
}

_LEVELS = _object(
    "What each level of a scale means for this question.", {str(level): _ref("text") for level in range(5)}
)

_IS_TEXT = _when("type", QuestionType.TEXT.value)
_SCORED: _Schema = {"not": {"anyOf": [_when("scored", False), _IS_TEXT]}}
_RULES_OF_SCORING: list[_Schema] = [
    {
        "if": _SCORED,
        "then": {"required": ["clause", "weight"]},
        "else": {"properties": {"clause": False, "weight": False, "critical": {"const": False}}},
    },
    {
        "if": {"allOf": [_SCORED, {"properties": {"type": {"enum": [kind.value for kind in _WITH_BREAKPOINTS]}}}]},
        "then": {"required": ["breakpoints"]},
    },
    {"if": _IS_TEXT, "then": {"properties": {"scored": {"const": False}}}},
    {
        "if": _when("type", QuestionType.CHOICE.value),
        "then": {"properties": {"options": {"items": {"properties": {"exclusive": False}}}}},
    },
    {"if": {"required": ["fails_below"]}, "then": _when("critical", True)},
]

_QUESTION: _Schema = {
    "title": "Question",
    **_object(
        "One question.",
        {
            "id": _described(
                {"type": "string", "pattern": _QUESTION_ID}, "Unique over all modules, stable over versions."
            ),
            "text": _ref("text"),
            "type": {"enum": [kind.value for kind in QuestionType]},
        },
        {
            "clause": _described({"enum": [clause.value for clause in Clause]}, "The scoring clause, iff scored."),
            "refs": _described(_list_of(_FILLED), "Facts and instruments that the question traces to."),
            "help": _ref("text"),
            "legal_notes": _list_of(
                _object("What a law says that differs by country.", {"text": _ref("text"), "last_checked": _DAY})
            ),
            "unit": _described(_FILLED, "Number only: h, d, months, people, and so on."),
            "levels": _LEVELS,
            "options": {**_list_of(_OPTION, at_least=2), "contains": {"not": _when("exclusive", True)}},
            "breakpoints": _list_of(_BREAKPOINT),
            "weight": _described({"type": "integer", "minimum": 1, "maximum": 10}, "Scored questions only."),
            "scored": _described({"type": "boolean"}, "True unless given; a text is never scored."),
            "critical": _described({"type": "boolean", "default": False}, "Caps the overall score when it fails."),
            "fails_below": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},
            "evidence": {"enum": [rule.value for rule in EvidenceRule], "default": EvidenceRule.SUGGESTED.value},
            "evidence_examples": _EXAMPLES,
            "not_applicable": _object('Allows "not applicable", with a reason.', {"hint": _ref("text")}),
            "applies_when": _ref("condition"),
            "supplier_form": {"type": "boolean", "default": False},
        },
    ),
    "allOf": [
        _only_for([QuestionType.NUMBER], ["unit"], []),
        _only_for([QuestionType.SCALE], ["levels"], ["levels"]),
        _only_for([QuestionType.CHOICE, QuestionType.MULTI], ["options"], ["options"]),
        _only_for(_WITH_BREAKPOINTS, ["breakpoints"], []),
        *_RULES_OF_SCORING,
    ],
}

_CLAUSE_WEIGHTS = _object(
    "How much each clause weighs. Sector modules only; core has none.",
    {clause.value: {"type": "integer", "minimum": 0, "maximum": 100} for clause in Clause},
)

MODULE_SCHEMA: _Schema = {
    "$schema": DRAFT,
    "title": "Para73 questionnaire module",
    **_object(
        "Core or one sector's questions. A published version never changes; a correction is a new version.",
        {
            "id": _described(_LOWER_ID, "core, or the sector."),
            "version": {"type": "string", "pattern": f"^{_VERSION}$"},
            "title": _ref("text"),
            "sections": _list_of(
                _object(
                    "Questions that belong on one page.",
                    {"id": _LOWER_ID, "title": _ref("text"), "questions": _list_of(_ref("question"))},
                )
            ),
        },
        {
            "clause_weights": _CLAUSE_WEIGHTS,
            "supplier_notices": _described(
                _list_of(
                    _object(
                        "A text that opens the form.", {"id": _LOWER_ID, "text": _ref("text")}, {"last_checked": _DAY}
                    )
                ),
                "Core only: what opens the supplier form.",
            ),
        },
    ),
    "if": {"properties": {"id": {"const": "core"}}, "required": ["id"]},
    "then": {"properties": {"clause_weights": False}},
    "else": {"required": ["clause_weights"], "properties": {"supplier_notices": False}},
    "$defs": {"text": _TEXT, "condition": _CONDITION, "question": _QUESTION},
}

_VALUE: _Schema = {
    "title": "Value",
    "description": "An option id, a level 0..4, a list of option ids, a decimal as a string, an ISO date or a text.",
    "anyOf": [
        {"type": "string", "minLength": 1, "maxLength": 5000},
        {"type": "integer", "minimum": 0},
        {"type": "array", "items": _LOWER_ID, "minItems": 1, "uniqueItems": True},
    ],
}

_ANSWER: _Schema = {
    "title": "Answer",
    **_object(
        "Exactly one of value, unknown and not_applicable; evidence and a note where there are any.",
        {},
        {
            "value": _ref("value"),
            "unknown": _described({"const": True}, '"Do not know".'),
            "not_applicable": _described(
                {"type": "string", "minLength": 10}, "The reason; 10 to 2000 characters, blanks around it aside."
            ),
            "evidence": {
                "type": "array",
                "items": {"type": "string", "minLength": 1, "maxLength": 200},
                "uniqueItems": True,
            },
            "note": {"type": "string", "maxLength": 5000},
        },
    ),
    "oneOf": [{"required": [kind]} for kind in ("value", "unknown", "not_applicable")],
}

_LOWERING = [VerificationVerdict.LOWERED.value, VerificationVerdict.CONTRADICTED.value]
_VERIFICATION: _Schema = {
    "title": "Verification",
    **_object(
        "An auditor's verdict on one answer. It can confirm or lower, never raise.",
        {"verdict": {"enum": [verdict.value for verdict in VerificationVerdict]}},
        {"value": _described(_ref("value"), "What was found. Lowered needs it; contradicted without it earns 0.")},
    ),
    "allOf": [
        {
            "if": {"properties": {"verdict": {"enum": _LOWERING}}, "required": ["verdict"]},
            "else": {"properties": {"value": False}},
        },
        {
            "if": {"properties": {"verdict": {"const": _LOWERING[0]}}, "required": ["verdict"]},
            "then": {"required": ["value"]},
        },
    ],
}


def _by_question(part: _Schema, description: str) -> _Schema:
    return {
        "type": "object",
        "description": description,
        "propertyNames": {"pattern": _QUESTION_ID},
        "additionalProperties": part,
    }


ANSWERS_SCHEMA: _Schema = {
    "$schema": DRAFT,
    "title": "Para73 answers",
    **_object(
        "One company's answers for one period, and an auditor's verifications of them.",
        {
            "questionnaire": _object(
                "Which modules the answers are to, and in which form.",
                {"modules": _list_of({"type": "string", "pattern": f"^[a-z0-9][a-z0-9_-]{{0,59}}@{_VERSION}$"})},
                {"form": {"enum": [form.value for form in Form], "default": Form.FULL.value}},
            ),
            "period": _described({"type": "integer", "minimum": 2000, "maximum": 2100}, "The year."),
            "reference_date": _described(
                _DAY,
                "The day at which ages are counted; no date in the answers is later.",
            ),
            "answers": _by_question(_ref("answer"), "Answers by question id."),
        },
        {"verifications": _by_question(_ref("verification"), "Verifications by question id.")},
    ),
    "$defs": {"value": _VALUE, "answer": _ANSWER, "verification": _VERIFICATION},
}
