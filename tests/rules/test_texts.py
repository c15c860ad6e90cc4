"""Every text of a module by a path that all its translations share."""

from __future__ import annotations

import json
import re

from backend.sectors import service as sectors
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.texts import units
from tests.rules.a_module import MODULE, changed

SOURCE = parse_module(MODULE.encode(), "tours.yaml").source


def test_every_text_has_a_path_and_its_question() -> None:
    found = {unit.path: (unit.english, unit.question) for unit in units(SOURCE, "fr")}
    assert found == {
        "title": ("Tours", ""),
        "sections/tours-profile/title": ("Profile", ""),
        "P91/text": ("What do you sell?", "What do you sell?"),
        "P91/options/none": ("Nothing", "What do you sell?"),
        "P91/options/day_trips": ("Day trips", "What do you sell?"),
        "T91/text": ("How far is it written down?", "How far is it written down?"),
        "T91/help": ("It matters.", "How far is it written down?"),
        **{
            f"T91/levels/{level}": (text, "How far is it written down?")
            for level, text in enumerate(("Not", "Little", "Half", "Mostly", "All"))
        },
        "T91/evidence_examples/0": ("policy", "How far is it written down?"),
        "T91/evidence_examples/1": ("minute", "How far is it written down?"),
        "T91/not_applicable": ("Say why.", "How far is it written down?"),
        "T92/text": ("What share?", "What share?"),
        "T93/text": ("Anything else?", "Anything else?"),
    }


def test_a_list_that_is_translated_in_part_is_missing_where_it_ends() -> None:
    text = changed("{en: [policy, minute]}", "{en: [policy, minute], fr: [politique]}")
    source = parse_module(text.encode(), "tours.yaml").source
    found = {unit.path: unit.translation for unit in units(source, "fr")}
    assert found["T91/evidence_examples/0"] == "politique"
    assert found["T91/evidence_examples/1"] is None


def test_no_text_of_the_library_is_passed_over() -> None:
    """Whatever stands under `en` anywhere in a module is one of its units."""
    for module in sectors.library().values():
        written = json.dumps(module.source, ensure_ascii=False)
        strings = [json.loads(found) for found in re.findall(r'"en": ("(?:[^"\\]|\\.)*"|\[[^\]]*\])', written)]
        expected = sum(len(one) if isinstance(one, list) else 1 for one in strings)
        assert len(units(module.source, "en")) == expected
