"""An answers file that a company brings into its own assessment: whole or not at all, as the format says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.answers_file import AnswersHeader
from backend.assessments.rules.answers_file import read_answers as read_file
from backend.kernel.cursor import Cursor
from backend.kernel.errors import Invalid
from backend.kernel.marked import Problems, read_marked
from backend.kernel.vocabulary import Form
from backend.sectors.rules.questionnaire import Questionnaire


def read_own_answers(
    data: bytes, file: str, questionnaire: Questionnaire, modules: Sequence[str], form: Form, period: int, today: date
) -> dict[str, Answer]:
    """Return the answers by question id, as they fit the assessment of these modules, form and period.

    Raises FileRefused, besides for what is wrong in itself, for another questionnaire, form or period, for a
    reference date in the future, and for verifications, which are an auditor's to give.
    """

    def same(header: AnswersHeader) -> Questionnaire:
        if sorted(header.modules) != sorted(modules) or header.form is not form:
            raise Invalid(
                f"this assessment is to {', '.join(modules)} in the form {form.value}; "
                f"the file is to {', '.join(header.modules)} in the form {header.form.value}"
            )
        return questionnaire

    found = read_file(data, file, same)
    problems = Problems(file)
    parts = Cursor(read_marked(data, file), "", problems).open_map()
    if found.header.period != period:
        parts["period"].wrong(f"this assessment is for {period}, and the file for {found.header.period}")
    if found.header.reference_date > today:
        parts["reference_date"].wrong(f"this is in the future; today is {today.isoformat()}")
    if found.verifications:
        parts["verifications"].wrong("verifications are an auditor's to give; leave them out")
    problems.refuse_if_any()
    return dict(found.answers)
