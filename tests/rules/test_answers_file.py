"""Answers files: read whole, or refused with file, line, question and what would be right."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from backend.assessments.rules.answers import Answer, Verification
from backend.assessments.rules.answers_file import AnswersFile, AnswersHeader, read_answers
from backend.assessments.rules.scoring import score
from backend.assessments.rules.values import answer_to_content
from backend.kernel.errors import FileProblem, FileRefused
from backend.kernel.vocabulary import Form, VerificationVerdict
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Questionnaire
from tests import builders
from tests.builders import REFERENCE_DATE

TEN_MB = 10 * 1024 * 1024
ANSWERS = """\
questionnaire: {modules: [core@2026.1, tourism@2026.1]}
period: 2026
reference_date: 2026-11-24
answers:
  P02: {value: [accommodation, excursions]}
  P04: {value: suppliers}
  C01: {value: 3, evidence: [policy.pdf], note: See page 2}
  C03b: {value: 2026-03-31}
  C04: {value: "82.50"}
  C12b: {value: 24}
  C05: {not_applicable: "Every supplier was rated, and none is a high risk."}
  C06: {unknown: true}
  T15: {value: partly}
verifications:
  C01: {verdict: lowered, value: 2}
  C04: {verdict: confirmed}
  T15: {verdict: contradicted}
"""


def library(header: AnswersHeader) -> Questionnaire:
    return sectors.get_questionnaire(header.modules, header.form)


def read(text: str | bytes, file: str = "answers.yaml") -> AnswersFile:
    return read_answers(text.encode() if isinstance(text, str) else text, file, library)


def problems_of(text: str | bytes, file: str = "answers.yaml") -> list[str]:
    with pytest.raises(FileRefused) as refused:
        read(text, file)
    return [str(problem).removeprefix(f"{file}:") for problem in refused.value.problems]


def changed(old: str, new: str) -> str:
    assert ANSWERS.count(old) == 1
    return ANSWERS.replace(old, new)


def test_an_answers_file_is_read_whole() -> None:
    found = read(ANSWERS)
    assert found.header == AnswersHeader(("core@2026.1", "tourism@2026.1"), Form.FULL, 2026, date(2026, 11, 24))
    assert found.answers == {
        "P02": Answer(frozenset({"accommodation", "excursions"})),
        "P04": Answer("suppliers"),
        "C01": Answer(3, evidence=("policy.pdf",), note="See page 2"),
        "C03b": Answer(date(2026, 3, 31)),
        "C04": Answer(Decimal("82.50")),
        "C12b": Answer(Decimal(24)),
        "C05": Answer(not_applicable="Every supplier was rated, and none is a high risk."),
        "C06": Answer(unknown=True),
        "T15": Answer("partly"),
    }
    assert found.verifications == {
        "C01": Verification(VerificationVerdict.LOWERED, 2),
        "C04": Verification(VerificationVerdict.CONFIRMED),
        "T15": Verification(VerificationVerdict.CONTRADICTED),
    }
    assert found.questionnaire == sectors.get_questionnaire(["core@2026.1", "tourism@2026.1"])


def as_json(text: str) -> str:
    return json.dumps(yaml.load(text, yaml.BaseLoader), indent=1).replace('"true"', "true").replace('"2026"', "2026")


def test_the_same_answers_in_json_are_the_same() -> None:
    plain = as_json(ANSWERS).replace('"3"', "3").replace('"2"', "2").replace('"24"', "24")
    assert read(plain, "answers.json") == read(ANSWERS)


def test_the_supplier_form_is_read_and_asks_for_less() -> None:
    text = "questionnaire: {modules: [core@2026.1, tourism@2026.1], form: supplier}\n" + ANSWERS.split("\n", 1)[1]
    problems = problems_of(text)
    assert "8:3: answers: there is no question 'C03b' in this questionnaire; did you mean C07b?" in problems
    kept = "\n".join(line for line in text.split("\n") if not line.startswith(("  C03b", "  C05", "  C06", "  T15")))
    assert read(kept).header.form is Form.SUPPLIER


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  P04:", "  P40:", "6:3: answers: there is no question 'P40' in this questionnaire"),
        ("  P04:", "  p04:", "6:3: answers: there is no question 'p04' in this questionnaire; did you mean P04?"),
        (
            "{value: 3,",
            '{value: "3",',
            "7:16: answers.C01.value: Give a level from 0 to 4 as a whole number, such as 3.",
        ),
        ("{value: 3,", "{value: 5,", "7:16: answers.C01.value: Give a level from 0 to 4 as a whole number, such as 3."),
        (
            "{value: 3,",
            "{value: true,",
            "7:16: answers.C01.value: Give a level from 0 to 4 as a whole number, such as 3.",
        ),
        ("value: suppliers", "value: perhaps", "6:16: answers.P04.value: Choose one of: none, suppliers."),
        ("value: suppliers", "value: [suppliers]", "6:16: answers.P04.value: Choose one of: none, suppliers."),
        (
            '"82.50"',
            '"101"',
            "9:16: answers.C04.value: Give a percentage from 0 to 100 with at most two decimals, such as 82.5.",
        ),
        (
            '"82.50"',
            "101",
            "9:16: answers.C04.value: Give a percentage from 0 to 100 with at most two decimals, such as 82.5.",
        ),
        (
            '"82.50"',
            "82.50",
            "9:16: answers.C04.value: Give a percentage from 0 to 100 with at most two decimals, such as 82.5. "
            'Write it as a string, in quotes ("82.50"), so that nothing is rounded on the way.',
        ),
        (
            "value: 24}",
            "value: -1}",
            "10:17: answers.C12b.value: Give a number in h of 0 or more with at most 4 decimals and 15 digits, "
            "such as 24 or 1.5.",
        ),
        (
            "2026-03-31",
            "2026-11-25",
            "8:17: answers.C03b.value: Give a date that is not after 2026-11-24, "
            "the reference date of this assessment.",
        ),
        (
            "2026-03-31",
            "2026-02-30",
            "8:17: answers.C03b.value: There is no day 2026-02-30. Give a date as year-month-day, such as 2026-03-31.",
        ),
        (
            "[accommodation, excursions]",
            "[accommodation, none]",
            "5:16: answers.P02.value: The option none stands alone: choose it without any other, or leave it out.",
        ),
        (
            "[accommodation, excursions]",
            "[accommodation, accommodation]",
            "5:16: answers.P02.value: Name each option once; accommodation stands there twice.",
        ),
        (
            '{not_applicable: "Every supplier was rated, and none is a high risk."}',
            "{not_applicable: true}",
            "11:25: answers.C05.not_applicable: Say in 10 to 2000 characters why this does not apply to your company.",
        ),
        (
            '"Every supplier was rated, and none is a high risk."',
            '"none"',
            "11:25: answers.C05.not_applicable: Say in 10 to 2000 characters why this does not apply to your company.",
        ),
        (
            "  C06: {unknown: true}",
            '  C06: {not_applicable: "We have no staff at all."}',
            "12:25: answers.C06.not_applicable: This question applies to everybody: "
            'give a value, or say "do not know".',
        ),
        (
            "  C06: {unknown: true}",
            "  C06: {unknown: false}",
            "12:18: answers.C06.unknown: Write unknown: true where you do not know, and leave it out otherwise.",
        ),
        (
            "  C06: {unknown: true}",
            '  C06: {unknown: true, value: "5"}',
            "12:8: answers.C06: Give exactly one of value, unknown and not_applicable.",
        ),
        (
            "  C06: {unknown: true}",
            "  C06: {}",
            "12:8: answers.C06: Give exactly one of value, unknown and not_applicable.",
        ),
        ("  C06: {unknown: true}", "  C06: 5", "12:8: answers.C06: a map of keys and values should stand here"),
        (
            "note: See page 2",
            "notes: See page 2",
            "7:43: answers.C01: there is no key 'notes' here; did you mean note?",
        ),
        ("note: See page 2", "note: 2", "7:49: answers.C01.note: the note should be a text; put it in quotes"),
        ("[policy.pdf]", "policy.pdf", "7:29: answers.C01.evidence: a list should stand here"),
        ("[policy.pdf]", "[a.pdf, a.pdf]", "7:37: answers.C01.evidence[1]: 'a.pdf' stands twice"),
        ("[policy.pdf]", '[""]', "7:30: answers.C01.evidence[0]: this text is empty"),
        (
            "  C06: {unknown: true}",
            '  C04: {value: "5"}',
            "12:3: answers.C04: this key stands twice; it was given first in line 9",
        ),
    ],
)
def test_a_mistake_in_an_answer(old: str, new: str, problem: str) -> None:
    assert problem in problems_of(changed(old, new))


NO_VALUE = "a verification needs an answer with a value, and the company gave none here"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  C01: {verdict", "  C06: {verdict", f"15:8: verifications.C06: {NO_VALUE}"),
        ("  C01: {verdict", "  C05: {verdict", f"15:8: verifications.C05: {NO_VALUE}"),
        ("  C01: {verdict", "  C02: {verdict", f"15:8: verifications.C02: {NO_VALUE}"),
        ("  C01: {verdict", "  X01: {verdict", "15:3: verifications: there is no question 'X01' in this questionnaire"),
        (
            "lowered, value: 2",
            "lowered, value: 4",
            "15:34: verifications.C01.value: this would earn 100 points, more than the 75 of the company's own answer; "
            "a verification can lower an answer, never raise it",
        ),
        (
            "{verdict: contradicted}",
            "{verdict: contradicted, value: full}",
            "17:39: verifications.T15.value: this would earn 100 points, more than the 50 of the company's own answer; "
            "a verification can lower an answer, never raise it",
        ),
        (
            "lowered, value: 2",
            "lowered, value: 7",
            "15:34: verifications.C01.value: Give a level from 0 to 4 as a whole number, such as 3.",
        ),
        ("lowered, value: 2", "lowered", "15:8: verifications.C01: a lowered answer needs the value that was found"),
        (
            "confirmed}",
            'confirmed, value: "80"}',
            "16:36: verifications.C04.value: an answer that is confirmed takes no value; leave it out",
        ),
        (
            "confirmed}",
            'unverifiable, value: "80"}',
            "16:39: verifications.C04.value: an answer that is unverifiable takes no value; leave it out",
        ),
        (
            "verdict: confirmed",
            "verdict: raised",
            "16:18: verifications.C04.verdict: this should be one of confirmed, lowered, contradicted, unverifiable",
        ),
        ("{verdict: confirmed}", "{}", "16:8: verifications.C04: the key 'verdict' is missing"),
    ],
)
def test_a_mistake_in_a_verification(old: str, new: str, problem: str) -> None:
    assert problem in problems_of(changed(old, new))


def test_the_same_points_are_no_raise() -> None:
    text = changed("lowered, value: 2", "lowered, value: 3")
    assert read(text).verifications["C01"] == Verification(VerificationVerdict.LOWERED, 3)


def test_an_answer_that_was_refused_says_nothing_about_its_verification() -> None:
    assert problems_of(changed("{value: 3,", "{value: 9,")) == [
        "7:16: answers.C01.value: Give a level from 0 to 4 as a whole number, such as 3."
    ]


HEADER = "{modules: [core@2026.1, tourism@2026.1]}"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "tourism@2026.1",
            "tourism@1999.1",
            "1:26: questionnaire.modules: There is no questionnaire module tourism@1999.1. Known: tourism@2026.1.",
        ),
        (
            "tourism@2026.1",
            "tourism",
            "1:40: questionnaire.modules[1]: 'tourism' should be a module and its version, such as core@2026.1",
        ),
        ("tourism@2026.1", "core@2026.1", "1:40: questionnaire.modules[1]: core@2026.1 stands twice"),
        (HEADER, "{modules: []}", "1:26: questionnaire.modules: this list needs at least 1 entry"),
        (
            HEADER,
            "{modules: [core@2026.1], form: short}",
            "1:47: questionnaire.form: this should be one of full, supplier",
        ),
        (HEADER, "{}", "1:16: questionnaire: the key 'modules' is missing"),
        ("period: 2026\n", "period: 1999\n", "2:9: period: a whole number from 2000 to 2100 should stand here"),
        ("period: 2026\n", "", "1:1: the key 'period' is missing"),
        (
            "reference_date: 2026-11-24",
            "reference_date: 24.11.2026",
            "3:17: reference_date: '24.11.2026' should be a day as year-month-day, such as 2026-11-24",
        ),
        (
            "reference_date: 2026-11-24",
            "reference_date: 2026-02-30",
            "3:17: reference_date: 2026-02-30 should be a day as year-month-day, such as 2026-11-24",
        ),
        ("answers:\n", "answer:\n", "4:1: there is no key 'answer' here; did you mean answers?"),
        (
            "period: 2026\n",
            "period: 2026\nperiod: 2026\n",
            "3:1: period: this key stands twice; it was given first in line 2",
        ),
    ],
)
def test_a_mistake_in_the_head_of_a_file(old: str, new: str, problem: str) -> None:
    assert problem in problems_of(changed(old, new))


def test_each_problem_of_modules_that_do_not_fit_together_is_told_with_its_line() -> None:
    problems = problems_of(changed("core@2026.1, ", ""))
    assert len(problems) == 2
    assert all(problem.startswith("1:26: questionnaire.modules: tourism@2026.1: T1") for problem in problems)


@pytest.mark.parametrize("file", ["answers.yaml", "answers.json", "answers"])
def test_ten_megabytes_of_nesting_are_refused(file: str) -> None:
    assert problems_of(b"[" * TEN_MB, file) == ["1:1: the file has more than 5 MB"]
    deep = b'{"answers": ' * (4 * 1024 * 1024 // 12)
    assert len(problems_of(deep, file)) == 1
    assert problems_of(deep, file)[0].endswith("nested deeper than 64 levels")


def test_every_mistake_is_told_at_once_in_the_order_of_the_lines() -> None:
    text = ANSWERS.replace("value: suppliers", "value: 7").replace('"82.50"', '"101"').replace("confirmed", "raised")
    assert [problem.split(":")[0] for problem in problems_of(text)] == ["6", "9", "16"]


def test_a_problem_of_another_file_goes_through_under_that_files_name() -> None:
    elsewhere = FileRefused([FileProblem("own.yaml", 3, 1, "", "broken")])

    def compose_for(_: AnswersHeader) -> Questionnaire:
        raise elsewhere

    with pytest.raises(FileRefused) as refused:
        read_answers(ANSWERS.encode(), "answers.yaml", compose_for)
    assert refused.value is elsewhere


def test_answers_that_are_not_asked_for_are_kept() -> None:
    found = read(changed("value: suppliers", "value: none"))
    assert found.answers["C04"] == Answer(Decimal("82.50"))
    assert not score(found.questionnaire, found.answers, REFERENCE_DATE).questions["C04"].applicable


@given(st.data())
def test_whatever_was_answered_is_read_back_from_its_file(data: st.DataObject) -> None:
    questionnaire = sectors.get_questionnaire(["core@2026.1", "tourism@2026.1"])
    question = data.draw(st.sampled_from(questionnaire.questions))
    answer = data.draw(builders.answers(question).filter(lambda one: _is_writable(one.value, question.id)))
    content = answer_to_content(answer) | ({"evidence": list(answer.evidence)} if answer.evidence else {})
    whole = {
        "questionnaire": {"modules": ["core@2026.1", "tourism@2026.1"]},
        "period": 2026,
        "reference_date": "2026-11-24",
        "answers": {question.id: content},
    }
    assert read(json.dumps(whole), "answers.json").answers == {question.id: answer}


def _is_writable(value: object, question_id: str) -> bool:
    """The builders know nothing of exclusive options."""
    return not (isinstance(value, frozenset) and "none" in value and len(value) > 1)
