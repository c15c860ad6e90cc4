"""What changed between two versions of a module, and whether an answer stays."""

from __future__ import annotations

import pytest

from backend.sectors.rules.compose import compose
from backend.sectors.rules.diff import Change, QuestionChange, carried_ids, diff_modules
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.questionnaire import Module
from tests.rules.a_module import MODULE, changed


def module_of(text: str) -> Module:
    return parse_module(text.encode(), "tours.yaml")


OLD = module_of(MODULE)


def changes_after(old: str, new: str) -> tuple[QuestionChange, ...]:
    return diff_modules(OLD, module_of(changed(old, new)))


def test_nothing_changed_is_no_change() -> None:
    assert diff_modules(OLD, module_of(MODULE.replace("2026.1", "2027.1"))) == ()


def test_other_words_are_a_rewording_and_the_answer_stays() -> None:
    assert changes_after("{en: Half}", "{en: About half}") == (
        QuestionChange("T91", Change.REWORDED, "How far is it written down?", ("levels/2 reworded",), True),
    )


@pytest.mark.parametrize(
    ("old", "new", "question", "detail"),
    [
        ("weight: 5", "weight: 4", "T91", "weight 5 -> 4"),
        ("fails_below: 60", "fails_below: 50", "T91", "fails_below 60 -> 50"),
        ("clause: b", "clause: h", "T92", "clause b -> h"),
        ("[95.5, 100]", "[95, 100]", "T92", "breakpoints"),
        ("evidence: required", "evidence: suggested", "T91", "evidence required -> suggested"),
        ("applies_when: {question: P91, includes: day_trips}", "refs: [P73.f.2]", "T91", "applies_when"),
        ("        supplier_form: true\n", "", "T91", "supplier_form"),
    ],
)
def test_a_change_of_scoring_is_told_and_the_answer_stays(old: str, new: str, question: str, detail: str) -> None:
    text = changed(old, new) if "refs" not in new else changed(f"        {old}\n", "")
    (change,) = diff_modules(OLD, module_of(text))
    assert (change.question_id, change.change, change.details, change.keeps_answer) == (
        question,
        Change.CHANGED,
        (detail,),
        True,
    )


def test_another_option_more_keeps_the_answer_and_one_less_does_not() -> None:
    more = "          - {id: day_trips, label: {en: Day trips}}\n          - {id: cruises, label: {en: Cruises}}\n"
    (change,) = changes_after("          - {id: day_trips, label: {en: Day trips}}\n", more)
    assert (change.details, change.keeps_answer) == (("option cruises added",), True)
    (change,) = diff_modules(module_of(changed("          - {id: day_trips, label: {en: Day trips}}\n", more)), OLD)
    assert (change.details, change.keeps_answer) == (("option cruises removed",), False)


def test_an_option_that_comes_to_stand_alone_loses_the_answer() -> None:
    more = changed("exclusive: true, ", "")
    (change,) = diff_modules(OLD, module_of(more))
    assert (change.details, change.keeps_answer) == (("option none no longer stands alone",), False)


def test_another_type_loses_the_answer() -> None:
    text = changed("        type: percent\n", "        type: number\n        unit: people\n")
    (change,) = diff_modules(OLD, module_of(text))
    assert (change.question_id, change.details, change.keeps_answer) == ("T92", ("type percent -> number",), False)


def test_what_came_stands_in_order_and_what_went_at_the_end() -> None:
    renamed = module_of(changed("id: T93", "id: T95"))
    assert [(one.question_id, one.change) for one in diff_modules(OLD, renamed)] == [
        ("T95", Change.ADDED),
        ("T93", Change.REMOVED),
    ]


def test_answers_carry_over_exactly_where_the_answer_keeps_its_shape() -> None:
    new = module_of(changed("        type: percent\n", "        type: number\n        unit: people\n"))
    assert carried_ids(compose([OLD]), compose([new])) == {"P91", "T91", "T93"}
