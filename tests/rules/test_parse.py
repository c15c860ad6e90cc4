"""Module files: every kind of mistake is told with file, line, question and what would be right, all at once."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from backend.kernel.vocabulary import Clause
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.questionnaire import Asks, Comparison, EvidenceRule, Not, QuestionType
from tests.rules.a_module import MODULE, changed, problems_of


def test_a_module_is_read_as_it_is_written() -> None:
    module = parse_module(MODULE.encode(), "tours.yaml")
    assert (module.reference, module.title, module.clause_weights[Clause.F]) == ("tours@2026.1", {"en": "Tours"}, 35)
    assert [section.id for section in module.sections] == ["tours-profile"]
    fact, scale, share, words = module.sections[0].questions
    assert (fact.scored, fact.counts, [option.exclusive for option in fact.options]) == (False, False, [True, False])
    assert (scale.type, scale.clause, scale.weight) == (QuestionType.SCALE, Clause.F, 5)
    assert scale.refs == ("P73.f.1", "Code 1")
    assert (scale.critical, scale.fails_below, scale.supplier_form, scale.allows_not_applicable) == (
        True,
        60,
        True,
        True,
    )
    assert (scale.evidence, scale.evidence_examples) == (EvidenceRule.REQUIRED, {"en": ("policy", "minute")})
    assert scale.levels[4] == {"en": "All"}
    assert scale.applies_when == Asks("P91", Comparison.INCLUDES, "day_trips")
    assert share.breakpoints == ((Fraction(0), 0), (Fraction(50), 40), (Fraction(191, 2), 100))
    assert (share.evidence, share.critical, share.supplier_form) == (EvidenceRule.SUGGESTED, False, False)
    assert (words.counts, words.clause) == (False, None)


def test_the_same_module_in_json_is_the_same_module() -> None:
    module = parse_module(MODULE.encode(), "tours.yaml")
    again = parse_module(json.dumps(module.source).encode(), "tours.json")
    assert again == module
    assert again.source == module.source


def test_scored_is_true_unless_given_and_a_text_never_is() -> None:
    module = parse_module(
        changed("        scored: false\n", "        clause: a\n        weight: 1\n").encode(), "x.yaml"
    )
    assert [question.counts for question in module.sections[0].questions] == [True, True, True, False]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "id: tours\n",
            "id: Tours\n",
            "1:5: id: 'Tours' should be lower-case letters, digits, hyphens and underscores, such as safe_recruitment",
        ),
        ('"2026.1"', "2026.1", "2:10: version: a text should stand here; put it in quotes"),
        (
            '"2026.1"',
            '"spring"',
            "2:10: version: 'spring' should be numbers with full stops, in quotes, such as \"2026.1\"",
        ),
        ("{en: Tours}", "{fr: Tours}", "3:8: title: the English text (en) is missing"),
        ("{en: Tours}", '{en: ""}', "3:13: title.en: this text is empty"),
        (
            "{en: Tours}",
            "{en: Tours, and more}",
            "3:20: title: 'and more' is not a language code such as en, fr, es or ar; a text with a comma needs quotes",
        ),
        (
            "{en: Tours}",
            "{en: Tours, english: Tours}",
            "3:20: title: 'english' is not a language code such as en, fr, es or ar",
        ),
        ("{a: 5, b: 15,", "{b: 15,", "4:17: clause_weights: the key 'a' is missing"),
        ("{a: 5, b: 15,", "{a: 101, b: 15,", "4:21: clause_weights.a: a whole number from 0 to 100 should stand here"),
        ("h: 10}", "h: 10, i: 1}", "4:72: clause_weights: there is no key 'i' here"),
        ("id: tours-profile", "name: tours-profile", "6:5: sections[0]: there is no key 'name' here"),
    ],
)
def test_a_mistake_in_the_head_of_a_module(old: str, new: str, problem: str) -> None:
    assert problem in problems_of(changed(old, new))


def test_a_condition_on_another_module_is_left_to_compose() -> None:
    text = changed("{question: P91, includes: day_trips}", "{not: {question: P04, equals: none}}")
    scale = parse_module(text.encode(), "tours.yaml").sections[0].questions[1]
    assert scale.applies_when == Not(Asks("P04", Comparison.EQUALS, "none"))


def test_core_has_no_clause_weights_and_looks_at_nothing_but_itself() -> None:
    text = changed("id: tours\n", "id: core\n").replace(
        "question: P91, includes: day_trips", "question: P19, answered: true"
    )
    assert problems_of(text, "core.yaml") == [
        "4:1: core has no clause weights; they belong to the sectors",
        "16:9: T91: its condition asks for 'P19', which is no question of core",
    ]


def test_a_sector_needs_clause_weights() -> None:
    weights = MODULE.splitlines(keepends=True)[3]
    assert problems_of(changed(weights, "")) == ["1:1: a sector module needs clause_weights for a to h"]


def test_a_section_that_stands_twice_and_one_without_questions() -> None:
    again = "  - id: tours-profile\n    title: {en: Again}\n    questions: []\n"
    assert problems_of(MODULE + again) == [
        "45:9: sections[1].id: the section tours-profile stands twice",
        "47:16: sections[1].questions: this list needs at least 1 entry",
    ]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = (
        MODULE.replace("weight: 5", "weight: 50").replace("{en: Tours}", "{}").replace("type: percent", "type: share")
    )
    assert problems_of(text) == [
        "3:8: title: the English text (en) is missing",
        "28:17: T91.weight: a whole number from 1 to 10 should stand here",
        "39:15: T92.type: this should be one of choice, scale, multi, percent, number, date, text",
    ]


@pytest.mark.parametrize("text", ["[]", "7", "words"])
def test_a_file_that_is_no_map_is_refused(text: str) -> None:
    assert problems_of(text) == ["1:1: a map of keys and values should stand here"]


def test_an_empty_map_is_told_what_is_missing() -> None:
    assert problems_of("{}") == [f"1:1: the key '{key}' is missing" for key in ("id", "version", "title", "sections")]


def test_a_file_that_is_not_yaml_is_refused_with_its_line() -> None:
    assert problems_of("id: core\n  version: x\n") == ["2:10: not YAML: mapping values are not allowed in this context"]
