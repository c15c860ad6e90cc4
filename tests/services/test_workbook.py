"""The workbook goes out and comes back: nothing is lost or rounded, and only answers are open in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.adapters import clock, db
from backend.adapters.context import Context
from backend.assessments import service as assessments
from backend.assessments.rules.workbook import Column
from backend.kernel.actor import Actor
from backend.sectors import service as sectors
from backend.sectors.rules.languages import LANGUAGES
from tests import workbooks, world
from tests.snapshot import everything
from tests.workbooks import LAYOUT, QUESTIONNAIRE, place, standing, workbook_of

pytestmark = pytest.mark.usefixtures("database", "context")
YEAR = clock.today().year


@pytest.fixture
async def owner(database: str, context: Context) -> Actor:
    return await world.a_company()


@pytest.fixture
async def draft(owner: Actor) -> UUID:
    """Give a draft in which three questions are answered."""
    assessment_id = await world.a_started(owner)
    await assessments.answer(owner, assessment_id, "C01", {"value": 2}, "Approved in May.", 0)
    await assessments.answer(owner, assessment_id, "C04", {"value": "82.50"}, "", 0)
    await assessments.answer(owner, assessment_id, "P02", {"value": ["accommodation", "excursions"]}, "", 0)
    return assessment_id


# Out and in again


def an_answers_file(period: int, answers: dict[str, Any]) -> dict[str, Any]:
    return {
        "questionnaire": {"modules": list(sectors.current_references(["tourism"])), "form": "full"},
        "period": period,
        "reference_date": clock.today().isoformat(),
        "answers": answers,
    }


def any_answers(texts: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    kinds = {one.id: workbooks.contents(one, clock.today(), texts) for one in QUESTIONNAIRE.questions}
    return st.fixed_dictionaries({}, optional=kinds)


@pytest.fixture
async def two(owner: Actor) -> tuple[Actor, Actor]:
    return owner, await world.a_company("Other Hotels Ltd", "owner@other.example")


async def assert_the_same_after(
    two: tuple[Actor, Actor], answers: dict[str, Any], language: str, on_the_way: Callable[[bytes], bytes]
) -> None:
    """Bring answers in, take them out as a workbook, and bring that into the same and into another assessment."""
    await db.fetch("DELETE FROM assessment")
    one, other = two
    own, theirs = await world.a_started(one), await world.a_started(other)
    await world.bring_answers(one, own, an_answers_file(YEAR, answers))
    before = await standing(one, own)
    assert before.keys() == answers.keys()

    data = on_the_way(await workbook_of(one, own, language))
    again = await assessments.import_workbook(one, own, data)
    assert (again.taken, again.problems) == ((), ())

    done = await assessments.import_workbook(other, theirs, data)
    assert done.problems == ()
    assert (sorted(done.taken), done.cleared) == (sorted(answers), ())
    assert await standing(other, theirs) == before


@given(answers=any_answers(workbooks.TEXTS), language=st.sampled_from(list(LANGUAGES)))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
async def test_export_then_import_of_any_answers_gives_the_same_answers(
    two: tuple[Actor, Actor], answers: dict[str, Any], language: str
) -> None:
    await assert_the_same_after(two, answers, language, lambda data: data)


@given(answers=any_answers(workbooks.PLAIN_TEXTS))
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
async def test_answers_stay_the_same_when_another_program_saves_the_workbook(
    two: tuple[Actor, Actor], answers: dict[str, Any]
) -> None:
    await assert_the_same_after(two, answers, "en", lambda data: workbooks.saved(workbooks.opened(data)))


async def test_a_workbook_that_nobody_touched_changes_nothing(owner: Actor, draft: UUID) -> None:
    data = await workbook_of(owner, draft)
    before = await everything()
    done = await assessments.import_workbook(owner, draft, data)
    assert (done.taken, done.cleared, done.problems) == ((), (), ())
    assert done.unchanged == len(QUESTIONNAIRE.questions)
    assert await everything() == before


async def test_it_is_filled_with_the_answers_there_are_and_says_what_it_is(owner: Actor, draft: UUID) -> None:
    name, data = await assessments.export_workbook(owner, draft, "en")
    assert name == f"para73-{YEAR}-en.xlsx"
    book = workbooks.opened(data)
    typed: dict[str | tuple[str, Column], Any] = {
        "C01": "2: " + QUESTIONNAIRE.questions[3].levels[2]["en"],
        ("C01", Column.NOTE): "Approved in May.",
        "C04": "82.50",
        "P02/accommodation": "x",
        "P02/excursions": "x",
        "P02/rentals": None,
        "C02": None,
    }
    for what, value in typed.items():
        sheet, cell = place(what)
        assert workbooks.sheet_of(book, sheet)[cell].value == value, what
    assert book.sheetnames[0] == "Start here"
    start = "\n".join(str(cell.value) for row in workbooks.sheet_of(book, "Start here") for cell in row if cell.value)
    for word in ("Test Hotels Ltd", str(YEAR), QUESTIONNAIRE.digest, "no place to report abuse", "Do not name a child"):
        assert word in start, word


async def test_its_structure_is_locked_and_only_answers_are_open(owner: Actor, draft: UUID) -> None:
    book = workbooks.opened(await workbook_of(owner, draft))
    assert [sheet.sheet_state for sheet in book.worksheets][-2:] == ["veryHidden", "veryHidden"]
    assert [sheet.title for sheet in book.worksheets if not sheet.protection.sheet] == []
    for sheet in LAYOUT.sheets:
        open_cells = {
            cell.coordinate
            for row in workbooks.sheet_of(book, sheet.name)
            for cell in row
            if not cell.protection.locked
        }
        expected = set()
        for block in sheet.blocks:
            keys = [line.key for line in block.option_lines] or [block.question.id]
            columns = [Column.UNKNOWN, Column.NOTE]
            columns += [Column.REASON] if block.question.allows_not_applicable else []
            expected |= {place(key)[1] for key in keys} | {place((block.question.id, one))[1] for one in columns}
        assert open_cells == expected


async def test_each_question_has_its_help_as_a_comment_and_its_list(owner: Actor, draft: UUID) -> None:
    book = workbooks.opened(await workbook_of(owner, draft))
    for sheet in LAYOUT.sheets:
        page = workbooks.sheet_of(book, sheet.name)
        lists = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
        for block in sheet.blocks:
            comment = page[place((block.question.id, Column.QUESTION))[1]].comment
            assert comment is not None
            assert block.question.help["en"] in comment.text
            if block.items:
                rule = lists[place(block.question.id)[1]]
                assert (rule.type, rule.errorStyle or "stop") == ("list", "stop")
                where = str(rule.formula1).removeprefix("'para73 lists'!").replace("$", "")
                offered = [cell.value for row in workbooks.sheet_of(book, "para73 lists")[where] for cell in row]
                assert offered == list(block.items)


async def test_an_arabic_workbook_reads_from_right_to_left(owner: Actor, draft: UUID) -> None:
    book = workbooks.opened(await workbook_of(owner, draft, "ar"))
    shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    assert [sheet.sheet_view.rightToLeft for sheet in shown] == [True] * len(shown)
    assert workbooks.opened(await workbook_of(owner, draft, "fr")).worksheets[0].sheet_view.rightToLeft is not True


async def test_a_text_never_becomes_a_formula_or_a_link(owner: Actor, draft: UUID) -> None:
    for number, note in enumerate(
        ("=1+1", '=HYPERLINK("https://a.example")', "https://a.example", "+1", "@a"), start=1
    ):
        await assessments.answer(owner, draft, "C01", {"value": 2}, note, number)
        book = workbooks.opened(await workbook_of(owner, draft))
        sheet, cell = place(("C01", Column.NOTE))
        found = workbooks.sheet_of(book, sheet)[cell]
        assert (found.value, found.data_type, found.hyperlink) == (note, "s", None)
