"""Reading an answers file whole (questionnaire-format.md, Answers), with every problem at once.

The questionnaire comes from the caller, who looks it up from the header: this file knows no library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from backend.assessments.rules.answers import Answer, Value, Verification
from backend.assessments.rules.points import points_for
from backend.assessments.rules.values import answer_from_content, read_value
from backend.kernel.cursor import Cursor, near, shown
from backend.kernel.errors import FileRefused, Invalid, Para73Error
from backend.kernel.marked import Problems, plain, read_marked
from backend.kernel.vocabulary import Form, VerificationVerdict
from backend.sectors.rules.questionnaire import Question, Questionnaire

MODULE_REFERENCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}@[0-9]{1,4}(\.[0-9]{1,4}){1,2}")
FIRST_PERIOD, LAST_PERIOD = 2000, 2100
MAX_EVIDENCE_NAME = 200
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_RIGHT = "a day as year-month-day, such as 2026-11-24"


@dataclass(frozen=True, slots=True)
class AnswersHeader:
    """What the answers are to: module references such as `core@2026.1`, the form, the year, the reference date."""

    modules: tuple[str, ...]
    form: Form
    period: int
    reference_date: date


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """A whole answers file, checked against its questionnaire. Answers that are not asked for are kept."""

    header: AnswersHeader
    questionnaire: Questionnaire
    answers: Mapping[str, Answer]
    verifications: Mapping[str, Verification]


def read_answers(data: bytes, file: str, compose_for: Callable[[AnswersHeader], Questionnaire]) -> AnswersFile:
    """Return what an answers file in YAML or JSON holds. Raises FileRefused.

    `compose_for` finds the questionnaire; a Para73Error that it raises is noted at the header's modules,
    except that a FileRefused, which speaks of another file, goes through.
    """
    problems = Problems(file)
    cursor = Cursor(read_marked(data, file), "", problems)
    found = cursor.map_of(["questionnaire", "period", "reference_date", "answers"], ["verifications"])
    header = _read_header(found)
    # Without a header there is no questionnaire to hold the answers against.
    problems.refuse_if_any()
    questionnaire = _questionnaire(found["questionnaire"], header, compose_for)
    questions = {question.id: question for question in questionnaire.questions}
    answers = _read_answers(found["answers"], questions, header.reference_date)
    verifications: dict[str, Verification] = {}
    if "verifications" in found:
        reader = _VerificationReader(questions, answers, set(found["answers"].open_map()), header.reference_date)
        verifications = reader.read(found["verifications"])
    problems.refuse_if_any()
    return AnswersFile(header, questionnaire, answers, verifications)


def _read_header(found: Mapping[str, Cursor]) -> AnswersHeader:
    modules: list[str] = []
    form = Form.FULL
    if "questionnaire" in found:
        about = found["questionnaire"].map_of(["modules"], ["form"])
        for part in about["modules"].items(at_least=1) if "modules" in about else []:
            reference = part.text(MODULE_REFERENCE, "a module and its version, such as core@2026.1")
            if reference and reference in modules:
                part.wrong(f"{reference} stands twice")
            modules.append(reference)
        if "form" in about:
            form = Form(about["form"].word(list(Form)) or Form.FULL)
    period = found["period"].integer(FIRST_PERIOD, LAST_PERIOD) if "period" in found else 0
    reference_date = _read_day(found["reference_date"]) if "reference_date" in found else date.min
    if "answers" in found:
        found["answers"].open_map()
    return AnswersHeader(tuple(modules), form, period, reference_date)


def _read_day(cursor: Cursor) -> date:
    text = cursor.text(_DATE, _DATE_RIGHT)
    try:
        return date.fromisoformat(text) if text else date.min
    except ValueError:
        cursor.wrong(f"{text} should be {_DATE_RIGHT}")
        return date.min


def _questionnaire(
    cursor: Cursor, header: AnswersHeader, compose_for: Callable[[AnswersHeader], Questionnaire]
) -> Questionnaire:
    try:
        return compose_for(header)
    except FileRefused:
        raise
    except Para73Error as error:
        modules = cursor.map_of(["modules"], ["form"])["modules"]
        for reason in error.message.splitlines():
            modules.wrong(reason)
        cursor.problems.refuse()


def _read_answers(cursor: Cursor, questions: Mapping[str, Question], reference_date: date) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for question_id, part in cursor.open_map().items():
        if question_id not in questions:
            reason = f"there is no question {shown(question_id)} in this questionnaire{near(question_id, questions)}"
            cursor.wrong_key(question_id, reason)
            continue
        answer = _read_answer(part, questions[question_id], reference_date)
        if answer is not None:
            answers[question_id] = answer
    return answers


def _read_answer(cursor: Cursor, question: Question, reference_date: date) -> Answer | None:
    found = cursor.map_of([], ["value", "unknown", "not_applicable", "evidence", "note"])
    evidence = _read_evidence(found["evidence"]) if "evidence" in found else ()
    # A note may be empty, so `text`, which refuses blanks, is not asked.
    note = found["note"].node.value if "note" in found else ""
    content = {key: plain(part.node) for key, part in found.items() if key not in ("evidence", "note")}
    if "value" in found:
        # A decimal must not pass as the string that `plain` makes of it.
        content["value"] = _raw(found["value"])
    try:
        if not isinstance(note, str):
            raise Invalid("the note should be a text; put it in quotes", {"note": ""})
        return answer_from_content(question, content, reference_date, evidence, note)
    except Invalid as error:
        field = next(iter(error.fields), "")
        at = found[field] if field in found and len(content) == 1 else cursor
        at.wrong(error.message)
        return None


def _raw(cursor: Cursor) -> object:
    value = cursor.node.value
    return plain(cursor.node) if isinstance(value, tuple | Mapping) else value


def _read_evidence(cursor: Cursor) -> tuple[str, ...]:
    names: list[str] = []
    for part in cursor.items():
        name = part.text()
        if len(name) > MAX_EVIDENCE_NAME:
            part.wrong(f"the name of a piece of evidence has at most {MAX_EVIDENCE_NAME} characters")
        if name and name in names:
            part.wrong(f"{shown(name)} stands twice")
        names.append(name)
    return tuple(names)


class _VerificationReader:
    """Reads an auditor's verdicts against the company's own answers: a verdict can lower, never raise."""

    def __init__(
        self,
        questions: Mapping[str, Question],
        answers: Mapping[str, Answer],
        written_ids: set[str],
        reference_date: date,
    ) -> None:
        self.questions = questions
        self.answers = answers
        self.written_ids = written_ids
        self.reference_date = reference_date

    def read(self, cursor: Cursor) -> dict[str, Verification]:
        verifications: dict[str, Verification] = {}
        for question_id, part in cursor.open_map().items():
            if question_id not in self.questions:
                hint = near(question_id, self.questions)
                reason = f"there is no question {shown(question_id)} in this questionnaire{hint}"
                cursor.wrong_key(question_id, reason)
                continue
            verification = self._read_one(part, self.questions[question_id])
            if verification is not None:
                verifications[question_id] = verification
        return verifications

    def _read_one(self, cursor: Cursor, question: Question) -> Verification | None:
        found = cursor.map_of(["verdict"], ["value"])
        word = found["verdict"].word(list(VerificationVerdict)) if "verdict" in found else ""
        answer = self.answers.get(question.id)
        if answer is None and question.id in self.written_ids:
            return None  # The answer itself was refused; a verdict on it cannot be judged.
        if answer is None or answer.value is None:
            cursor.wrong("a verification needs an answer with a value, and the company gave none here")
            return None
        if not word:
            return None
        verdict = VerificationVerdict(word)
        lowers = verdict in (VerificationVerdict.LOWERED, VerificationVerdict.CONTRADICTED)
        if "value" not in found:
            if verdict is VerificationVerdict.LOWERED:
                cursor.wrong("a lowered answer needs the value that was found")
            return Verification(verdict)
        if not lowers:
            found["value"].wrong(f"an answer that is {verdict.value} takes no value; leave it out")
            return None
        value = self._found_value(found["value"], question, answer.value)
        return None if value is None else Verification(verdict, value)

    def _found_value(self, cursor: Cursor, question: Question, own: Value) -> Value | None:
        try:
            value = read_value(question, _raw(cursor), self.reference_date)
        except Invalid as error:
            cursor.wrong(error.message)
            return None
        points = points_for(question, value, self.reference_date)
        own_points = points_for(question, own, self.reference_date)
        if points > own_points:
            cursor.wrong(
                f"this would earn {points} points, more than the {own_points} of the company's own answer; "
                "a verification can lower an answer, never raise it"
            )
            return None
        return value
