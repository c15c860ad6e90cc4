"""Looking the library over: coverage, languages, readability; and that a gap is found where there is one."""

from __future__ import annotations

import pytest

from backend.sectors import service as sectors
from backend.sectors.rules.clauses import DUTY_IDS, duties_of_states
from backend.sectors.rules.coverage import LEFT_OUT, WHOSE, duty_order
from backend.sectors.rules.inspection import inspect_library, inspect_module, longest_sentence
from backend.sectors.rules.parse import parse_module
from tests.rules.a_module import changed

CORE = sectors.get_module("core@2026.1")
COVERED = {"tourism": 79, "ict": 85, "finance": 78, "media": 80}
"""questionnaire-facts.md, section 3."""


def test_every_duty_is_covered_and_every_sector_covers_what_it_should() -> None:
    reports, gaps = inspect_library(sectors.current_modules())
    assert gaps == ()
    covered = {report.reference.partition("@")[0]: len(report.covered) for report in reports}
    assert {sector: covered[sector] for sector in COVERED} == COVERED


def test_what_a_sector_leaves_out_is_somebody_elses_by_name() -> None:
    left_out = frozenset[str]().union(*LEFT_OUT.values())
    assert left_out == set(WHOSE)
    assert left_out <= DUTY_IDS
    assert set(LEFT_OUT) == set(sectors.available_sectors())


def test_a_duty_that_nobody_covers_is_a_gap() -> None:
    modules = [module for module in sectors.current_modules() if module.id in ("core", "tourism")]
    _, gaps = inspect_library(modules)
    assert "no sector has a question on P73.e.9" in gaps
    assert not [gap for gap in gaps if "P73.f" in gap]


def test_a_sector_that_forgets_one_of_its_duties_has_a_gap() -> None:
    tourism = sectors.get_module("tourism@2026.1")
    text = changed("id: tours\n", "id: tourism\n")
    report = inspect_module(parse_module(text.encode(), "t.yaml"), CORE, ["en"])
    assert "tourism@2026.1: no question on P73.f.4, which is this sector's too" in report.gaps
    assert inspect_module(tourism, CORE, ["en"]).gaps == ()


def test_a_duty_that_is_covered_although_it_is_listed_as_left_out_is_a_gap() -> None:
    text = changed("id: tours\n", "id: tourism\n").replace("refs: [P73.f.1, Code 1]", "refs: [P73.e.9]")
    report = inspect_module(parse_module(text.encode(), "t.yaml"), CORE, ["en"])
    assert "tourism@2026.1: P73.e.9 is covered, and the list says that it is left to others" in report.gaps


def test_a_missing_translation_is_counted_by_language() -> None:
    report = inspect_module(parse_module(changed("{en: Half}", "{en: Half, fr: Moitié}").encode(), "t.yaml"), CORE)
    assert report.texts == 17
    assert dict(report.translated) == {"en": 17, "fr": 1, "es": 0, "ar": 0}
    assert "tours@2026.1: 16 of 17 texts are not in Français" in report.gaps


def test_a_question_of_more_than_thirty_words_in_one_sentence_is_a_gap() -> None:
    for words, is_gap in ((30, False), (31, True)):
        text = changed("What share?", " ".join(["word"] * words) + "?")
        report = inspect_module(parse_module(text.encode(), "t.yaml"), CORE, ["en"])
        assert any("T92/text has a sentence of 31 words" in gap for gap in report.gaps) is is_gap


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("One two three. Four five.", 3),
        ("Is it? Yes, it is so!", 4),
        ("Article 5.2 of e.g. the code counts.", 7),
        ("One – two.", 2),
        ('He said "no". Then more words came in.', 5),
    ],
)
def test_words_are_counted_by_sentence(text: str, words: int) -> None:
    assert longest_sentence(text) == words


def test_duties_are_sorted_as_people_count() -> None:
    some = ["P73.e.10", "P73.e.9", "P29.a.1", "P39.k", "P58.2", "P73.a.1"]
    assert sorted(some, key=duty_order) == ["P29.a.1", "P39.k", "P58.2", "P73.a.1", "P73.e.9", "P73.e.10"]


def test_what_speaks_to_states_is_told_from_what_speaks_to_companies() -> None:
    refs = [
        "P73.b.1",
        "P29.a.1",
        "P39.k",
        "P64.c",
        "P67.b",
        "P77.c.1",
        "P77.e.1",
        "P70.b",
        "Code 1",
        "P29 of something",
    ]
    assert duties_of_states(refs) == ("P29.a.1", "P39.k", "P64.c", "P67.b", "P77.c.1")
