"""Questions of a module file: every kind of mistake is told with line, question and what would be right."""

from __future__ import annotations

import pytest

from tests.rules.a_module import changed, problems_of


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "id: T91",
            "id: t91",
            "16:13: t91.id: 't91' should be a capital letter and then 1 to 15 letters or digits, such as T01 or T01b",
        ),
        (
            "        weight: 5\n",
            "        wieght: 5\n        weight: 5\n",
            "28:9: T91: there is no key 'wieght' here; did you mean weight?",
        ),
        (
            "        weight: 5\n",
            "        weight: 5\n        weight: 6\n",
            "29:9: sections[0].questions[1].weight: this key stands twice; it was given first in line 28",
        ),
        (
            "        weight: 5\n",
            "        weight: 11\n",
            "28:17: T91.weight: a whole number from 1 to 10 should stand here",
        ),
        (
            "        weight: 5\n",
            "        weight: 0\n",
            "28:17: T91.weight: a whole number from 1 to 10 should stand here",
        ),
        (
            "        weight: 5\n",
            '        weight: "5"\n',
            "28:17: T91.weight: a whole number from 1 to 10 should stand here",
        ),
        ("        weight: 5\n", "", "16:9: T91: a scored question needs its weight, a whole number from 1 to 10"),
        (
            "        scored: false\n",
            "        scored: false\n        weight: 1\n",
            "16:9: P91: a question that is not scored has no weight; leave it out",
        ),
        (
            "        scored: false\n",
            "        scored: false\n        clause: a\n",
            "16:17: P91.clause: a question that is not scored has no clause; leave it out",
        ),
        (
            "        scored: false\n",
            "        scored: false\n        critical: true\n",
            "16:19: P91.critical: only a scored question can be critical; a cap could never fire here",
        ),
        ("        scored: false\n", "        scored: no\n", "15:17: P91.scored: true or false should stand here"),
        ("clause: f", "clause: i", "17:17: T91.clause: this should be one of a, b, c, d, e, f, g, h"),
        ("clause: f", "clause: F", "17:17: T91.clause: this should be one of a, b, c, d, e, f, g, h; did you mean f?"),
        (
            "        clause: f\n",
            "",
            "16:9: T91: a scored question needs its clause, one of a to h; or say scored: false",
        ),
        (
            "P73.f.1, Code 1",
            "P73.f.5, Code 1",
            "18:16: T91.refs[0]: there is no 'P73.f.5' in the clause table; "
            "its paragraph has P73.f.1, P73.f.2, P73.f.3, P73.f.4",
        ),
        ("P73.f.1, Code 1", "P73.f.1, P73.f.1", "18:25: T91.refs[1]: 'P73.f.1' stands twice"),
        ("[P73.f.1, Code 1]", "[]", "18:15: T91.refs: this list needs at least 1 entry"),
        (
            "{en: How far is it written down?}",
            "How far is it written down?",
            "19:15: T91.text: a map of keys and values should stand here",
        ),
        (
            "{en: How far is it written down?}",
            "{es: ¿Hasta qué punto?}",
            "19:15: T91.text: the English text (en) is missing",
        ),
        ("{en: It matters.}", "{en: 7}", "20:20: T91.help.en: a text should stand here; put it in quotes"),
        (
            "type: scale",
            "type: scales",
            "21:15: T91.type: this should be one of choice, scale, multi, percent, number, date, text; "
            "did you mean scale?",
        ),
        ("type: scale", "type: percent", "22:9: T91: levels belongs to scale questions, and this is a percent one"),
        ("type: scale", "type: percent", "16:9: T91: a percent question needs breakpoints"),
        ("          2: {en: Half}\n", "", "23:11: T91.levels: the key '2' is missing"),
        (
            "          4: {en: All}\n",
            "          4: {en: All}\n          5: {en: More}\n",
            "28:11: T91.levels: there is no key '5' here",
        ),
        ("fails_below: 60", "fails_below: 0", "30:22: T91.fails_below: a whole number from 1 to 100 should stand here"),
        (
            "        critical: true\n",
            "",
            "29:9: T91: fails_below belongs to critical questions; add critical: true or leave it out",
        ),
        (
            "critical: true",
            "critical: false",
            "30:9: T91: fails_below belongs to critical questions; add critical: true or leave it out",
        ),
        (
            "evidence: required",
            "evidence: needed",
            "31:19: T91.evidence: this should be one of required, suggested, not_needed; did you mean not_needed?",
        ),
        (
            "{en: [policy, minute]}",
            "{fr: [charte]}",
            "32:28: T91.evidence_examples: the English examples (en) are missing",
        ),
        ("{en: [policy, minute]}", "{en: policy}", "32:33: T91.evidence_examples.en: a list should stand here"),
        ("{hint: {en: Say why.}}", "true", "33:25: T91.not_applicable: a map of keys and values should stand here"),
        ("{hint: {en: Say why.}}", "{}", "33:25: T91.not_applicable: the key 'hint' is missing"),
        ("id: T92", "id: T91", "36:9: T91: the question T91 stands twice"),
        (
            "[50, 40], [95.5",
            "[96, 40], [95.5",
            "40:42: T92.breakpoints[2][0]: the x of breakpoints must rise from one to the next",
        ),
        ("[50, 40]", "[0, 40]", "40:32: T92.breakpoints[1][0]: the x of breakpoints must rise from one to the next"),
        ("[95.5, 100]", "[100.5, 100]", "40:42: T92.breakpoints[2][0]: x is a number from 0 to 100"),
        ("[95.5, 100]", "[95.5, 101]", "40:48: T92.breakpoints[2][1]: a whole number from 0 to 100 should stand here"),
        ("[95.5, 100]", "[95.5]", "40:41: T92.breakpoints[2]: a breakpoint is a pair [x, points], such as [50, 40]"),
        (
            "        breakpoints: [[0, 0], [50, 40], [95.5, 100]]\n",
            "",
            "36:9: T92: a percent question needs breakpoints",
        ),
        (
            "type: percent\n",
            "type: percent\n        unit: h\n",
            "40:9: T92: unit belongs to number questions, and this is a percent one",
        ),
        (
            "type: text\n",
            "type: text\n        scored: true\n",
            "45:17: T93.scored: a text question is never scored; leave this out",
        ),
        (
            "type: text\n",
            "type: text\n        clause: a\n",
            "45:17: T93.clause: a text question has no clause; leave it out",
        ),
    ],
)
def test_a_mistake_in_a_question(old: str, new: str, problem: str) -> None:
    assert problem in problems_of(changed(old, new))


NONE, TRIPS = "{id: none, exclusive: true, label: {en: Nothing}}", "{id: day_trips, label: {en: Day trips}}"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (f"          - {NONE}\n", "", "13:11: P91.options: this list needs at least 2 entries"),
        (
            TRIPS,
            "{id: none, label: {en: Day trips}}",
            "14:18: P91.options[1].id: the option none stands twice in this question",
        ),
        (
            TRIPS,
            "{id: Day, label: {en: Day trips}}",
            "14:18: P91.options[1].id: 'Day' should be lower-case letters, digits, hyphens and underscores, "
            "such as safe_recruitment",
        ),
        (
            TRIPS,
            "{id: day_trips, points: 101, label: {en: Day trips}}",
            "14:37: P91.options[1].points: a whole number from 0 to 100 should stand here",
        ),
        (TRIPS, "{id: day_trips}", "14:13: P91.options[1]: the key 'label' is missing"),
        (
            TRIPS,
            "{id: day_trips, exclusive: true, label: {en: Day trips}}",
            "13:11: P91.options: at least one option must not be exclusive; "
            "where only one can be chosen, the type is choice",
        ),
        (
            "type: multi",
            "type: choice",
            "13:24: P91.options[0]: exclusive belongs to multi questions; in a choice every option stands alone",
        ),
    ],
)
def test_a_mistake_in_an_option(old: str, new: str, problem: str) -> None:
    assert problem in problems_of(changed(old, new))


FORMS = "a condition is one of {all: [...]}, {any: [...]}, {not: {...}} and {question: ..., equals: ...}"
TESTS = "give exactly one test: equals, includes, at_least, at_most, answered"


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        (
            "{question: T92, at_least: 50}",
            "34:23: T91.applies_when: a condition looks only at questions that stand earlier, and T92 does not",
        ),
        (
            "{question: T91, at_least: 1}",
            "34:23: T91.applies_when: a condition looks only at questions that stand earlier, and T91 does not",
        ),
        (
            "{question: P91, includes: day_trip}",
            "34:49: T91.applies_when.includes: P91 has no option 'day_trip'; did you mean day_trips?",
        ),
        (
            "{question: P91, at_least: 1}",
            "34:49: T91.applies_when.at_least: P91 is a multi question; at_least cannot be asked of it",
        ),
        (
            "{question: the first, answered: true}",
            "34:34: T91.applies_when.question: 'the first' should be a capital letter and then "
            "1 to 15 letters or digits, such as T01 or T01b",
        ),
        ("{question: P91}", f"34:23: T91.applies_when: {TESTS}"),
        ("{question: P91, includes: none, answered: true}", f"34:23: T91.applies_when: {TESTS}"),
        ("{question: P91, contains: none}", "34:39: T91.applies_when: there is no key 'contains' here"),
        ("{question: P91, answered: 1}", "34:49: T91.applies_when.answered: true or false should stand here"),
        ("{and: []}", f"34:23: T91.applies_when: {FORMS}"),
        ("{all: [], any: []}", f"34:23: T91.applies_when: {FORMS}"),
        ("{all: []}", "34:29: T91.applies_when.all: this list needs at least 1 entry"),
        (
            "{not: [{question: P91, answered: true}]}",
            "34:29: T91.applies_when.not: a map of keys and values should stand here",
        ),
        (
            "{any: [{question: P91, answered: true}, {question: T93, answered: true}]}",
            "34:63: T91.applies_when.any[1]: a condition looks only at questions that stand earlier, and T93 does not",
        ),
    ],
)
def test_a_mistake_in_a_condition(condition: str, problem: str) -> None:
    assert problem in problems_of(changed("{question: P91, includes: day_trips}", condition))
