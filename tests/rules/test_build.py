"""A module that was compiled is the module that was read."""

from __future__ import annotations

import json

import pytest

from backend.kernel.canonical import canonical_bytes
from backend.sectors import service as sectors
from backend.sectors.rules.build import build_module
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.questionnaire import Module
from tests.rules.a_module import MODULE, changed

CONDITIONS = [
    "{question: P91, includes: day_trips}",
    "{question: P91, answered: true}",
    "{all: [{question: P91, answered: true}, {not: {question: P91, includes: none}}]}",
    "{any: [{question: P91, includes: none}, {question: P91, includes: day_trips}]}",
]


def again(module: Module) -> Module:
    return build_module(json.loads(canonical_bytes(module.source)))


@pytest.mark.parametrize("reference", sectors.library())
def test_every_module_of_the_library_is_the_same_from_its_canonical_form(reference: str) -> None:
    assert again(sectors.get_module(reference)) == sectors.get_module(reference)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions_and_decimals_come_back_as_they_were_read(condition: str) -> None:
    module = parse_module(changed("{question: P91, includes: day_trips}", condition).encode(), "tours.yaml")
    assert again(module) == module
    assert again(module).source == module.source


def test_thresholds_of_conditions_keep_their_exact_value() -> None:
    text = MODULE + (
        "      - id: T94\n        clause: b\n        text: {en: Why?}\n        type: scale\n        weight: 1\n"
        "        levels: {0: {en: a}, 1: {en: b}, 2: {en: c}, 3: {en: d}, 4: {en: e}}\n"
        "        applies_when: {all: [{question: T92, at_least: 12.5}, {question: T91, at_most: 3}]}\n"
    )
    module = parse_module(text.encode(), "tours.yaml")
    assert again(module).questions[-1].applies_when == module.questions[-1].applies_when
