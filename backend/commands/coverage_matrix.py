"""The table of duties by sector: which question of which questionnaire traces to which duty, as CSV and as a page."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from backend.sectors import service as sectors
from backend.sectors.rules.clauses import DUTY_IDS
from backend.sectors.rules.coverage import WHOSE, duty_order
from backend.web.render import environment


@dataclass(frozen=True, slots=True)
class Row:
    """One duty: by module, the questions that trace to it; where a sector has none, whose duty it is instead."""

    duty: str
    questions: tuple[tuple[str, ...], ...]
    whose: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """`modules` are the columns, core first; every row has one cell for each."""

    modules: tuple[str, ...]
    rows: tuple[Row, ...]


def coverage_matrix() -> Matrix:
    """Return the table for the newest version of every module."""
    modules = sectors.current_modules()
    rows = tuple(
        Row(
            duty,
            tuple(tuple(question.id for question in module.questions if duty in question.refs) for module in modules),
            WHOSE.get(duty, ""),
        )
        for duty in sorted(DUTY_IDS, key=duty_order)
    )
    return Matrix(tuple(module.reference for module in modules), rows)


def matrix_csv(table: Matrix) -> str:
    """Return the table as CSV; several questions in one cell are separated by spaces."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(["duty", *table.modules, "where a sector has none"])
    for row in table.rows:
        writer.writerow([row.duty, *(" ".join(cell) for cell in row.questions), row.whose])
    return target.getvalue()


def matrix_html(table: Matrix) -> str:
    """Return the table as a page that stands alone: no script, no file beside it."""
    return environment().get_template("questionnaires/matrix.html").render(table=table)
