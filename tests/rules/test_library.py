"""The published questionnaires never change, and every question in them can be scored as the method says."""

from __future__ import annotations

from importlib.resources import files
from itertools import pairwise

import pytest

from backend.assessments.rules.points import points_for
from backend.kernel.canonical import canonical_digest
from backend.kernel.vocabulary import Clause
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Module, Question, QuestionType
from tests.builders import REFERENCE_DATE
from tests.rules.the_library import EXTENSIONS, MODULES, QUESTIONS, SCORED, SECTORS, is_fact

# PUBLISHED-BEGIN: `python -m tests.rules.published` writes these lines anew. Only before the first release.
PUBLISHED: dict[str, str] = {
    "advertising@2026.1": "sha-256:ce221c2e8538ca2bb63a04b836ad056ac8d532b11e4917f8a4b11b063bb96216",
    "agriculture@2026.1": "sha-256:eb78b379dfea25cc717c2d958afd611c1d0801461f9621ae8e1b8db319172853",
    "core@2026.1": "sha-256:13c3e2a90134447b53b6c1637e479cf13e2f6a78183f2beb0399ccbe9f13190f",
    "entertainment@2026.1": "sha-256:09ecf1d99ccfaa9f8335ed06af10da85a8cefc1ccf5b82e83e50e8011640275f",
    "finance@2026.1": "sha-256:7dd4415d82eeb2d7735cad778a133b92e13a8e63a0904c788cb250c6ac6bbfcf",
    "ict@2026.1": "sha-256:3f517b379ed7d306e8d0c3e37c70dc7e64117577e0dbf8abd8a58eb7f4615a4c",
    "media@2026.1": "sha-256:62c02489a9734ad9de88441837016c05d8c7741a86e4095faf6fd549c6a960f1",
    "tourism@2026.1": "sha-256:3c2bb4c7bc78c4e4598e4779ef7d6f184f8960b50b27af9664006b6204e5a086",
    "transport@2026.1": "sha-256:7df35e3f289cbb3dfd11221e9df65a7d7c1c7fcee7e048264ff7467fb944b36a",
}
# PUBLISHED-END
"""Digests under which each version was published. A line is added with a new version, and none is ever changed."""

FEWER_IS_BETTER = {"I04b"}
"""Shares of mistakes: the fewer, the better."""
TOO_GOOD_TO_BE_TRUE = {"F04c"}
"""Shares that lose points near 100 %: where every alert is productive, the scenarios are so narrow that they miss
cases. Its help says so to whoever answers."""


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.reference)
def test_a_published_questionnaire_never_changes(module: Module) -> None:
    assert canonical_digest(module.source) == PUBLISHED.get(module.reference), (
        f"{module.reference} is published: put the file back, or give the change a new version and add its digest here"
    )


def test_every_published_version_is_still_there_under_its_own_name() -> None:
    assert set(sectors.library()) == set(PUBLISHED)
    found = {
        f"{folder.name}@{entry.name.removesuffix('.yaml')}"
        for folder in files("backend.sectors").joinpath("library").iterdir()
        for entry in folder.iterdir()
    }
    assert found == set(PUBLISHED)


def test_the_library_holds_core_and_the_eight_sectors() -> None:
    assert sorted(module.id for module in MODULES) == sorted(["core", *SECTORS])
    assert len(SECTORS) == 8
    assert sorted(EXTENSIONS) == ["advertising", "agriculture", "entertainment", "transport"]


@pytest.mark.parametrize("sector", SECTORS)
def test_a_sector_opens_with_facts_and_only_then_scores(sector: str) -> None:
    module = next(module for module in MODULES if module.id == sector)
    profile, *others = module.sections
    assert profile.id == f"{sector}-profile"
    assert all(is_fact(question) and not question.counts for question in profile.questions)
    assert len(profile.questions) >= 5
    assert others
    assert not [question.id for section in others for question in section.questions if is_fact(question)]


@pytest.mark.parametrize("sector", EXTENSIONS)
def test_an_extension_scores_at_least_twelve_questions_beyond_core_and_traces_every_one(sector: str) -> None:
    module = next(module for module in MODULES if module.id == sector)
    assert len([question for question in module.questions if question.counts]) >= 12
    assert [question.id for question in module.questions if not question.refs] == []
    assert any(question.critical for question in module.questions)
    assert any(question.supplier_form and question.counts for question in module.questions)


@pytest.mark.parametrize("question", [question for question in SCORED if question.critical], ids=lambda q: q.id)
def test_a_critical_question_fails_where_nothing_is_done_and_passes_where_all_is(question: Question) -> None:
    assert worst_and_best(question) == (0, 100)
    assert 0 < question.fails_below <= 100
    if question.type is QuestionType.SCALE:
        assert [25 * level >= question.fails_below for level in range(5)] == [False, False, True, True, True]


def test_whoever_sells_visits_to_orphanages_fails_whatever_other_rules_hold() -> None:
    rules = {option.id for option in QUESTIONS["T14"].options} - {"none", "no_orphanages"}
    assert points_for(QUESTIONS["T14"], frozenset(rules), REFERENCE_DATE) < QUESTIONS["T14"].fails_below
    assert points_for(QUESTIONS["T14"], frozenset({"no_orphanages"}), REFERENCE_DATE) >= QUESTIONS["T14"].fails_below


def worst_and_best(question: Question) -> tuple[int, int]:
    """The least and the most that an answer can earn."""
    match question.type:
        case QuestionType.CHOICE:
            points = [option.points for option in question.options]
        case QuestionType.MULTI:
            points = [min(option.points for option in question.options)]
            points.append(min(100, sum(option.points for option in question.options if not option.exclusive)))
        case QuestionType.SCALE:
            points = [0, 100]
        case _:
            points = [earned for _, earned in question.breakpoints]
    return min(points), max(points)


@pytest.mark.parametrize("question", SCORED, ids=lambda question: question.id)
def test_a_scored_question_can_earn_nothing_and_everything(question: Question) -> None:
    assert worst_and_best(question) == (0, 100)
    if question.type is QuestionType.MULTI:
        assert [option.points for option in question.options if option.exclusive] == [0]


@pytest.mark.parametrize("question", [q for q in SCORED if q.type is QuestionType.PERCENT], ids=lambda q: q.id)
def test_a_better_share_never_earns_less(question: Question) -> None:
    earned = [points for _, points in question.breakpoints]
    if question.id in FEWER_IS_BETTER:
        assert earned == sorted(earned, reverse=True)
    elif question.id in TOO_GOOD_TO_BE_TRUE:
        best = earned.index(100)
        assert earned[: best + 1] == sorted(earned[: best + 1])
        assert earned[best:] == sorted(earned[best:], reverse=True)
        assert earned[-1] >= 50
        assert [share for share, points in question.breakpoints if points == 100][-1] >= 50
        assert "near 100" in question.help["en"]
    else:
        assert all(low <= high for low, high in pairwise(earned))


@pytest.mark.parametrize("sector", SECTORS)
def test_the_clauses_of_a_sector_weigh_a_hundred_together(sector: str) -> None:
    module = next(module for module in MODULES if module.id == sector)
    assert sum(module.clause_weights.values()) == 100


@pytest.mark.parametrize("sector", SECTORS)
def test_every_clause_that_weighs_anything_in_a_sector_can_be_scored_and_no_other_is(sector: str) -> None:
    questionnaire = sectors.get_questionnaire(sectors.current_references([sector]))
    weighs = {clause for clause, weight in questionnaire.clause_weights.items() if weight}
    assert {question.clause for question in questionnaire.questions if question.counts} == weighs


def test_every_clause_of_the_paragraph_is_scored_somewhere() -> None:
    assert {question.clause for question in SCORED} == set(Clause)
