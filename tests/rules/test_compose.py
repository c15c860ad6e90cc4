"""Composing: core then the sectors by id, their weights, the digest, and the supplier form."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from itertools import permutations

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.errors import Invalid
from backend.kernel.vocabulary import Clause
from backend.sectors import service as sectors
from backend.sectors.rules.compose import compose, supplier_form
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.questionnaire import Module, Questionnaire
from tests.rules.a_module import MODULE


def a_text(question_id: str, *, asks: str = "", supplier: bool = False) -> dict[str, object]:
    question: dict[str, object] = {"id": question_id, "text": {"en": question_id}, "type": "text"}
    if asks:
        question["applies_when"] = {"question": asks, "answered": True}
    return question | ({"supplier_form": True} if supplier else {})


def a_module(module_id: str, *questions: dict[str, object], weight: int = 10, section: str = "") -> Module:
    source: dict[str, object] = {
        "id": module_id,
        "version": "2026.1",
        "title": {"en": module_id},
        "sections": [{"id": section or f"{module_id}-s", "title": {"en": "S"}, "questions": list(questions)}],
    }
    if module_id != "core":
        source["clause_weights"] = {clause.value: weight for clause in Clause}
    return parse_module(json.dumps(source).encode(), f"{module_id}.json")


CORE = a_module("core", a_text("P01"), a_text("C01", asks="P01", supplier=True), a_text("C02"))
MEDIA = a_module("media", a_text("M01", supplier=True), weight=7)
TOURISM = a_module("tourism", a_text("T01", asks="P01"), weight=10)


def ids(questionnaire: Questionnaire) -> list[str]:
    return [question.id for question in questionnaire.questions]


def problem_of(*modules: Module) -> str:
    with pytest.raises(Invalid) as refused:
        compose(modules)
    return refused.value.message


@pytest.mark.parametrize("given_modules", list(permutations([CORE, MEDIA, TOURISM])))
def test_core_comes_first_and_then_the_sectors_by_id_in_whatever_order_they_were_given(
    given_modules: tuple[Module, ...],
) -> None:
    questionnaire = compose(given_modules)
    assert [module.id for module in questionnaire.modules] == ["core", "media", "tourism"]
    assert ids(questionnaire) == ["P01", "C01", "C02", "M01", "T01"]
    assert questionnaire.digest == compose([CORE, MEDIA, TOURISM]).digest


def test_core_stands_first_even_where_a_sector_sorts_before_it() -> None:
    banks = a_module("banks", a_text("B01", asks="P01"))
    assert ids(compose([banks, CORE])) == ["P01", "C01", "C02", "B01"]


@given(st.lists(st.lists(st.integers(0, 100), min_size=8, max_size=8), min_size=1, max_size=4))
def test_each_clause_weighs_the_integer_mean_of_its_sectors_rounded_down(weights: list[list[int]]) -> None:
    modules = [
        replace(MEDIA, id=f"s{number}", sections=(), clause_weights=dict(zip(Clause, row, strict=True)))
        for number, row in enumerate(weights)
    ]
    found = compose([CORE, *modules]).clause_weights
    assert [found[clause] for clause in Clause] == [
        sum(column) // len(weights) for column in zip(*weights, strict=True)
    ]


def test_core_alone_weighs_every_clause_the_same() -> None:
    assert compose([CORE]).clause_weights == dict.fromkeys(Clause, 1)


def test_the_digest_is_sha_256_over_the_jcs_form_of_the_modules_in_order() -> None:
    expected = hashlib.sha256(rfc8785.dumps([CORE.source, MEDIA.source, TOURISM.source])).hexdigest()
    assert compose([TOURISM, MEDIA, CORE]).digest == f"sha-256:{expected}"


def test_the_digest_depends_on_content_alone_and_not_on_how_the_file_is_written() -> None:
    module = parse_module(MODULE.encode(), "tours.yaml")
    written_otherwise = json.dumps(dict(reversed(list(module.source.items()))), indent=7)
    again = parse_module(written_otherwise.encode(), "other.json")
    assert compose([again]).digest == compose([module]).digest
    altered = parse_module(MODULE.replace("{en: Mostly}", "{en: Mostly so}").encode(), "tours.yaml")
    assert compose([altered]).digest != compose([module]).digest


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_digest_is_the_same_in_every_process(seed: str) -> None:
    program = (
        "from backend.sectors import service as sectors\n"
        "print(sectors.get_questionnaire(sectors.current_references(['tourism'])).digest)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == sectors.get_questionnaire(sectors.current_references(["tourism"])).digest


def test_the_supplier_form_holds_what_is_marked_and_the_facts_that_its_conditions_need() -> None:
    form = supplier_form(compose([CORE, MEDIA, TOURISM]))
    assert ids(form) == ["P01", "C01", "M01"]
    assert [section.id for section in form.sections] == ["core-s", "media-s"]
    assert [module.id for module in form.modules] == ["core", "media", "tourism"]


def test_the_supplier_form_follows_conditions_of_conditions() -> None:
    chain = [a_text("P01"), *(a_text(f"P0{number}", asks=f"P0{number - 1}") for number in range(2, 6)), a_text("P06")]
    form = supplier_form(compose([a_module("core", *chain, a_text("C01", asks="P05", supplier=True))]))
    assert ids(form) == ["P01", "P02", "P03", "P04", "P05", "C01"]


def test_the_supplier_form_keeps_digest_and_clause_weights_of_the_whole() -> None:
    whole = compose([CORE, MEDIA, TOURISM])
    form = supplier_form(whole)
    assert (form.digest, form.clause_weights) == (whole.digest, whole.clause_weights)
    assert ids(whole) == ["P01", "C01", "C02", "M01", "T01"]


def test_a_questionnaire_needs_a_module() -> None:
    assert problem_of() == "A questionnaire needs at least one module."


def test_a_question_section_or_module_that_stands_twice_is_refused() -> None:
    assert problem_of(MEDIA, replace(TOURISM, id="media", sections=())) == (
        "The module media stands in media@2026.1 and in media@2026.1."
    )
    assert problem_of(CORE, MEDIA, a_module("tourism", a_text("M01"))) == (
        "The question M01 stands in media@2026.1 and in tourism@2026.1."
    )
    assert problem_of(CORE, MEDIA, a_module("tourism", a_text("T01"), section="media-s")) == (
        "The section media-s stands in media@2026.1 and in tourism@2026.1."
    )


def test_a_sector_alone_may_not_ask_for_core() -> None:
    assert problem_of(TOURISM) == (
        "tourism@2026.1: T01: its condition asks for P01, which does not stand in it; add the core module."
    )


def test_a_test_that_core_s_question_cannot_answer_is_refused() -> None:
    source = json.loads(json.dumps(TOURISM.source))
    source["sections"][0]["questions"][0]["applies_when"] = {"question": "P01", "equals": "some"}
    tourism = parse_module(json.dumps(source).encode(), "tourism.json")
    assert problem_of(CORE, tourism) == (
        "tourism@2026.1: T01: its condition asks for P01: P01 is a text question; equals cannot be asked of it."
    )


def test_all_problems_are_told_one_a_line() -> None:
    both = a_module("tourism", a_text("T01", asks="P02"), a_text("M01", asks="P011"))
    assert problem_of(CORE, MEDIA, both).splitlines() == [
        "The question M01 stands in media@2026.1 and in tourism@2026.1.",
        "tourism@2026.1: T01: its condition asks for P02, which stands neither earlier in it nor in core.",
        "tourism@2026.1: M01: its condition asks for P011, which stands neither earlier in it nor in core; "
        "did you mean P01?",
    ]
