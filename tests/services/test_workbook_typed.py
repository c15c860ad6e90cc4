"""What people type into a workbook: what fits is kept, and what does not is named by its cell."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import openpyxl
import pytest

from backend.adapters import clock, db
from backend.adapters.context import Context
from backend.assessments import service as assessments
from backend.assessments.rules.answers import Answer
from backend.assessments.rules.workbook import FACTS_SHEET, Column, layout_of
from backend.assessments.rules.workbook_reading import CellProblem
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, Invalid
from tests import workbooks, world
from tests.snapshot import everything
from tests.workbooks import LAYOUT, QUESTIONNAIRE, FilledIn, bring_in, place, standing, workbook_of

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


# What is typed


@pytest.mark.parametrize(
    ("question", "typed", "value"),
    [
        ("C01", "3", 3),
        ("C01", 3, 3),
        ("C01", 4.0, 4),
        ("C01", list(workbooks.place_of(LAYOUT, "C01")[1].items)[1], 1),
        ("P04", next(iter(workbooks.place_of(LAYOUT, "P04")[1].items)), "none"),
        ("C04b", 82.5, Decimal("82.5")),
        ("C04b", 100, Decimal(100)),
        ("C04b", "82,5", Decimal("82.5")),
        ("C04b", "82.5%", Decimal("82.5")),
        ("C04b", " 7 % ", Decimal(7)),
        ("C04b", "0.5%", Decimal("0.5")),
        ("C04b", "٨٢٫٥٪", Decimal("82.5")),
        ("P01", 1234567890.1234, Decimal("1234567890.1234")),
        ("P01", "12.5", Decimal("12.5")),
        ("C03b", date(2026, 3, 31), date(2026, 3, 31)),
        ("C03b", datetime(2026, 3, 31), date(2026, 3, 31)),
        ("C03b", "2026-03-31", date(2026, 3, 31)),
    ],
)
async def test_what_people_type_is_taken_exactly(
    owner: Actor, draft: UUID, question: str, typed: Any, value: object
) -> None:
    done = await bring_in(owner, draft, {question: typed})
    assert (done.taken, done.problems) == ((question,), ())
    assert (await standing(owner, draft))[question][0].value == value


async def test_the_other_ways_to_answer_and_the_note_are_taken(owner: Actor, draft: UUID) -> None:
    done = await bring_in(
        owner,
        draft,
        {
            ("C02", Column.UNKNOWN): "X",
            ("C05", Column.REASON): "We have no suppliers of this kind.",
            "P02/rentals": "✓",
            "P02/excursions": None,
            ("C04", Column.NOTE): "Counted\nin June.",
            ("C01", Column.NOTE): 2025,
        },
    )
    assert (sorted(done.taken), done.problems) == (["C01", "C02", "C04", "C05", "P02"], ())
    found = await standing(owner, draft)
    assert found["C02"][0].unknown
    assert found["C05"][0].not_applicable == "We have no suppliers of this kind."
    assert found["P02"][0].value == {"accommodation", "rentals"}
    assert found["C04"] == (Answer(value=Decimal("82.50"), note="Counted\nin June."), "Counted\nin June.")
    assert found["C01"][1] == "2025"


WRONG: list[tuple[FilledIn, str | tuple[str, Column], str, str]] = [
    ({"C04": "about half"}, "C04", "“about half” stands here.", "percentage from 0 to 100"),
    ({"C04": 82.555}, "C04", "82.555", "at most two decimals"),
    ({"C04": 101}, "C04", "101", "from 0 to 100"),
    ({"C04": 0.825}, "C04", "0.825 stands here, which may be meant as 82.5%", "82.5% or 0.825%"),
    ({"C04": 1}, "C04", "may be meant as 100%", "100% or 1%"),
    ({"P01": "1,200"}, "P01", "read in two ways", "1200 or 1.2000"),
    ({"P01": 1.23456}, "P01", "1.23456", "at most 4 decimals"),
    ({"P01": -1}, "P01", "-1", "of 0 or more"),
    ({"P01": True}, "P01", "TRUE stands here", "Give a number"),
    ({"P01": date(2026, 3, 31)}, "P01", "2026-03-31", "Give a number"),
    ({"C03b": "31/03/2026"}, "C03b", "“31/03/2026”", "year-month-day"),
    ({"C03b": datetime(2026, 3, 31, 14, 30)}, "C03b", "14:30", "without a time"),
    ({"C03b": date(2999, 1, 1)}, "C03b", "2999-01-01", "not after"),
    ({"P04": "perhaps"}, "P04", "“perhaps”", "No, we have neither"),
    ({"C02": "5"}, "C02", "“5”", "0 to 4"),
    ({"C02": 2.5}, "C02", "2.5", "0 to 4"),
    ({"P02/rentals": "yes"}, "P02/rentals", "“yes”", "Put an x"),
    ({"C02": "3", ("C02", Column.UNKNOWN): "x"}, ("C02", Column.UNKNOWN), "more than one way", "Keep one"),
    ({("C05", Column.REASON): "No."}, ("C05", Column.REASON), "“No.”", "10 to 2000 characters"),
    (
        {"C05": "50", ("C05", Column.REASON): "We have no suppliers of this kind."},
        ("C05", Column.REASON),
        "more than one way",
        "Keep one",
    ),
    (
        {("C02", Column.REASON): "We are too small for this."},
        ("C02", Column.REASON),
        "“We are too small for this.”",
        "applies to everybody",
    ),
    ({("C02", Column.UNKNOWN): "no"}, ("C02", Column.UNKNOWN), "“no”", "Put an x"),
    ({("C01", Column.NOTE): "n" * 5001}, ("C01", Column.NOTE), "“nnn", "at most 5000 characters"),
    ({("C01", Column.NOTE): True}, ("C01", Column.NOTE), "TRUE", "Give a text"),
]


@pytest.mark.parametrize(("typed", "where", "reason", "right"), WRONG, ids=[str(one[1:3]) for one in WRONG])
async def test_what_does_not_fit_is_named_by_its_cell_and_the_rest_is_kept(
    owner: Actor, draft: UUID, typed: FilledIn, where: str | tuple[str, Column], reason: str, right: str
) -> None:
    before = await standing(owner, draft)
    done = await bring_in(owner, draft, {**typed, "C19": "4"})
    question = (where if isinstance(where, str) else where[0]).partition("/")[0]
    (problem,) = done.problems
    assert (problem.sheet, problem.cell) == place(where)
    assert problem.question_id == question
    assert reason in problem.reason
    assert right in problem.right
    assert done.taken == ("C19",)
    assert done.unchanged == len(QUESTIONNAIRE.questions) - 2
    after = await standing(owner, draft)
    assert after.pop("C19")[0].value == 4
    assert after == before


async def test_an_option_that_stands_alone_is_named_where_it_is_chosen_with_others(owner: Actor, draft: UUID) -> None:
    question = next(one for one in QUESTIONNAIRE.questions if any(option.exclusive for option in one.options))
    alone = next(option.id for option in question.options if option.exclusive)
    other = next(option.id for option in question.options if not option.exclusive)
    done = await bring_in(owner, draft, {f"{question.id}/{alone}": "x", f"{question.id}/{other}": "x"})
    (problem,) = done.problems
    assert (problem.sheet, problem.cell) == place(f"{question.id}/{alone}")
    assert "together with others" in problem.reason


async def test_a_number_in_a_cell_that_lost_its_date_format_is_no_date(owner: Actor, draft: UUID) -> None:
    name, cell = place("C03b")

    def as_number(book: openpyxl.Workbook) -> None:
        found = workbooks.sheet_of(book, name)[cell]
        found.value, found.number_format = 45000, "General"

    data = workbooks.edit(await workbook_of(owner, draft), as_number)
    (problem,) = (await assessments.import_workbook(owner, draft, data)).problems
    assert (problem.sheet, problem.cell) == (name, cell)
    assert problem.reason == "45000 stands here, which is no date."


async def test_corrected_cells_of_the_same_workbook_are_taken_the_second_time(owner: Actor, draft: UUID) -> None:
    data = await workbook_of(owner, draft)
    first = workbooks.fill_in(data, LAYOUT, {"C02": "3", "P01": "many"})
    done = await assessments.import_workbook(owner, draft, first)
    assert (done.taken, [one.question_id for one in done.problems]) == (("C02",), ["P01"])
    done = await assessments.import_workbook(owner, draft, workbooks.fill_in(first, LAYOUT, {"P01": 120}))
    assert (done.taken, done.problems) == (("P01",), ())


# Who was first


async def test_what_a_colleague_changed_meanwhile_is_reported_and_not_overwritten(owner: Actor, draft: UUID) -> None:
    data = workbooks.fill_in(await workbook_of(owner, draft), LAYOUT, {"C01": "4", "C02": "1"})
    await assessments.answer(owner, draft, "C01", {"value": 3}, "", 1)
    done = await assessments.import_workbook(owner, draft, data)
    assert done.taken == ("C02",)
    (conflict,) = done.problems
    assert (conflict.sheet, conflict.cell, conflict.question_id) == (*place("C01"), "C01")
    assert "Robin Test changed this answer" in conflict.reason
    assert (await standing(owner, draft))["C01"][0].value == 3


async def test_what_a_colleague_changed_stands_where_the_workbook_says_nothing_new(owner: Actor, draft: UUID) -> None:
    data = workbooks.fill_in(await workbook_of(owner, draft), LAYOUT, {"C04": "90"})
    await assessments.answer(owner, draft, "C01", {"value": 3}, "", 1)
    await assessments.answer(owner, draft, "C04", {"value": "90.0"}, "", 1)
    done = await assessments.import_workbook(owner, draft, data)
    assert (done.taken, done.problems) == ((), ())
    assert (await standing(owner, draft))["C01"][0].value == 3


async def test_an_answer_given_meanwhile_to_an_open_question_is_not_overwritten(owner: Actor, draft: UUID) -> None:
    data = workbooks.fill_in(await workbook_of(owner, draft), LAYOUT, {"C02": "4"})
    await assessments.answer(owner, draft, "C02", {"unknown": True}, "", 0)
    done = await assessments.import_workbook(owner, draft, data)
    assert [one.question_id for one in done.problems] == ["C02"]
    assert (await standing(owner, draft))["C02"][0].unknown


async def test_an_emptied_row_clears_its_answer_and_is_listed(owner: Actor, draft: UUID) -> None:
    done = await bring_in(owner, draft, {"C01": None, ("C01", Column.NOTE): None, "C04": None})
    assert (done.taken, done.cleared, done.problems) == (("C01", "C04"), ("C01", "C04"), ())
    assert (await standing(owner, draft))["C01"] == (Answer(), "")
    rows = await db.fetch("SELECT content FROM answer_version WHERE question_id = 'C04' ORDER BY version")
    assert [row["content"] for row in rows] == ['{"value": "82.50"}', None]


async def test_empty_rows_of_another_assessments_workbook_clear_nothing(owner: Actor, draft: UUID) -> None:
    other = await world.a_company("Other Hotels Ltd", "owner@other.example")
    theirs = await world.a_started(other)
    data = workbooks.fill_in(await workbook_of(other, theirs), LAYOUT, {"C02": "3", "C04": "50"})
    before = await standing(owner, draft)
    done = await assessments.import_workbook(owner, draft, data)
    assert (done.taken, done.cleared) == (("C02",), ())
    assert [one.question_id for one in done.problems] == ["C04"]
    after = await standing(owner, draft)
    assert after.pop("C02")[0].value == 3
    assert after == before
    assert await standing(other, theirs) == {}


async def test_an_answer_that_was_taken_over_stays_to_be_confirmed_until_it_is_changed(owner: Actor) -> None:
    earlier, now = await world.a_started(owner, YEAR - 1), await world.a_started(owner)
    await assessments.answer(owner, earlier, "C01", {"value": 3}, "", 0)
    await assessments.answer(owner, earlier, "C02", {"value": 3}, "", 0)
    await assessments.take_over(owner, now, earlier)
    assert (await bring_in(owner, now, {"C02": "4"})).taken == ("C02",)
    view = await assessments.get_assessment(owner, now)
    assert (view.answers["C01"].taken_from, view.answers["C02"].taken_from) == (YEAR - 1, None)


# What is refused whole


async def test_a_workbook_of_another_questionnaire_form_or_period_is_refused_with_what_to_do(
    owner: Actor, draft: UUID
) -> None:
    data = await workbook_of(owner, draft)
    rows = {"questionnaire_digest": "sha-256:" + "1" * 64, "form": "supplier", "period": str(YEAR - 1), "format": "2"}
    said = {
        "questionnaire_digest": "another questionnaire",
        "form": "supplier form",
        "period": "take them over",
        "format": "another version of Para73",
    }
    before = await everything()
    for name, value in rows.items():

        def change(book: openpyxl.Workbook, name: str = name, value: str = value) -> None:
            (row,) = [one for one in workbooks.sheet_of(book, FACTS_SHEET).iter_rows() if one[0].value == name]
            row[1].value = value

        with pytest.raises(Invalid) as refused:
            await assessments.import_workbook(owner, draft, workbooks.edit(data, change))
        assert said[name] in refused.value.message
        assert await everything() == before


async def test_only_a_draft_takes_a_workbook(owner: Actor) -> None:
    done = await world.an_approved(owner)
    data = workbooks.fill_in(await workbook_of(owner, done), LAYOUT, {"C01": "4"})
    before = await everything()
    with pytest.raises(Conflict):
        await assessments.import_workbook(owner, done, data)
    assert await everything() == before


async def test_a_language_that_the_library_does_not_have_is_refused(owner: Actor, draft: UUID) -> None:
    with pytest.raises(Invalid) as refused:
        await assessments.export_workbook(owner, draft, "xx")
    assert "en, fr, es, ar" in refused.value.message


async def test_the_supplier_form_goes_out_and_in_with_its_notices(owner: Actor, draft: UUID) -> None:
    await db.fetch("UPDATE assessment SET form = 'supplier' WHERE id = $1", draft)
    view = await assessments.get_assessment(owner, draft)
    layout = layout_of(view.questionnaire, "en")
    data = await workbook_of(owner, draft)
    start = workbooks.sheet_of(workbooks.opened(data), "Start here")
    texts = "\n".join(str(cell.value) for row in start for cell in row if cell.value)
    for module in view.questionnaire.modules:
        for notice in module.supplier_notices:
            assert notice.text["en"] in texts
    done = await assessments.import_workbook(owner, draft, workbooks.fill_in(data, layout, {"C01": "4"}))
    assert (done.taken, done.problems) == (("C01",), ())


# Sheets and rows that were moved


async def test_a_sheet_that_was_renamed_is_found_all_the_same(owner: Actor, draft: UUID) -> None:
    name, _ = place("C01")

    def rename(book: openpyxl.Workbook) -> None:
        workbooks.sheet_of(book, name).title = "Ours"

    data = workbooks.fill_in(await workbook_of(owner, draft), LAYOUT, {"C01": "4", "P01": "many"})
    done = await assessments.import_workbook(owner, draft, workbooks.edit(data, rename))
    assert done.taken == ("C01",)
    assert [(one.sheet, one.cell) for one in done.problems] == [place("P01")]


async def test_a_sheet_that_is_missing_is_named_once_and_nothing_of_it_is_cleared(owner: Actor, draft: UUID) -> None:
    name, _ = place("C01")

    def remove(book: openpyxl.Workbook) -> None:
        del book[name]

    before = await everything()
    done = await assessments.import_workbook(owner, draft, workbooks.edit(await workbook_of(owner, draft), remove))
    assert done.taken == ()
    assert [(one.sheet, one.cell, one.reason) for one in done.problems] == [(name, "A1", "This sheet is missing.")]
    assert await everything() == before


async def test_a_copied_sheet_is_named_and_neither_is_believed(owner: Actor, draft: UUID) -> None:
    name, _ = place("P01")

    def copy(book: openpyxl.Workbook) -> None:
        book.copy_worksheet(workbooks.sheet_of(book, name)).title = "Copy"

    data = workbooks.fill_in(await workbook_of(owner, draft), LAYOUT, {"P01": 120})
    done = await assessments.import_workbook(owner, draft, workbooks.edit(data, copy))
    assert done.taken == ()
    assert [(one.sheet, one.reason) for one in done.problems] == [("Copy", f"This sheet is a copy of “{name}”.")]


async def test_rows_that_were_moved_are_named_once_and_never_taken_for_others(owner: Actor, draft: UUID) -> None:
    name, _ = place("C02")

    def insert(book: openpyxl.Workbook) -> None:
        row = workbooks.place_of(LAYOUT, "C02")[1].at + 1
        workbooks.sheet_of(book, name).insert_rows(row)

    data = workbooks.fill_in(await workbook_of(owner, draft), LAYOUT, {"C01": "4", "C02": "3", "C03": "2"})
    done = await assessments.import_workbook(owner, draft, workbooks.edit(data, insert))
    assert done.taken == ("C01",)
    row = workbooks.place_of(LAYOUT, "C02")[1].at + 1
    assert [(one.sheet, one.cell, one.question_id) for one in done.problems] == [(name, f"A{row}", "C02")]


async def test_formulas_are_read_as_their_stored_values_only(owner: Actor, draft: UUID) -> None:
    name, cell = place("P01")
    number = [sheet.name for sheet in LAYOUT.sheets].index(name) + 2
    part = f"xl/worksheets/sheet{number}.xml"
    data = await workbook_of(owner, draft)
    xml = workbooks.part_of(data, part)
    assert xml.count(f'<c r="{cell}"') == 1
    head, _, rest = xml.partition(f'<c r="{cell}"')
    style, _, tail = rest.partition("/>")
    with_formula = f'{head}<c r="{cell}"{style}><f>6*7</f><v>42</v></c>{tail}'
    done = await assessments.import_workbook(owner, draft, workbooks.with_part(data, part, with_formula.encode()))
    assert (done.taken, done.problems) == (("P01",), ())
    assert (await standing(owner, draft))["P01"][0].value == 42


def test_a_problem_says_everything_that_is_needed_to_mend_it() -> None:
    assert set(CellProblem.__dataclass_fields__) == {"sheet", "cell", "question_id", "reason", "right"}
