"""Score one assessment: the whole tourism questionnaire, every question that applies answered."""

from __future__ import annotations

import json
from importlib.metadata import version
from time import perf_counter
from typing import Any

from jsonschema import Draft202012Validator

from backend.adapters import clock
from backend.assessments.rules.answers import Answer
from backend.assessments.rules.answers_file import AnswersFile, AnswersHeader, read_answers
from backend.assessments.rules.applicability import applicable_ids
from backend.assessments.rules.scoring import score
from backend.assessments.rules.values import answer_from_content
from backend.commands.samples import sample_answer
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Questionnaire, QuestionType
from backend.sectors.rules.schema import ANSWERS_SCHEMA
from tests.bench.harness import Figure, Turn, a_side, take_turns

ROUNDS = 7
OPERATIONS = 100
AMBITION = 3


async def measure(rounds: int = ROUNDS) -> list[Figure]:
    document = _document()
    data = json.dumps(document).encode()
    read = read_answers(data, "answers.json", _library)
    validator = Draft202012Validator(ANSWERS_SCHEMA)
    peer = f"jsonschema {version('jsonschema')}"
    asked = len(read.answers)
    return [
        await _figure(
            "score",
            "Score one assessment, answers in memory",
            (f"score(), core and tourism, {asked} answers", lambda: _score(read)),
            (f"{peer} validates the same answers", lambda: validator.is_valid(document)),
            rounds,
        ),
        await _figure(
            "score-file",
            "Score one assessment from the bytes of its file",
            (
                f"read_answers() and score(), {len(data):,} bytes",
                lambda: _score(read_answers(data, "a.json", _library)),
            ),
            (f"json.loads() and {peer}", lambda: validator.is_valid(json.loads(data))),
            rounds,
        ),
    ]


def _library(header: AnswersHeader) -> Questionnaire:
    return sectors.get_questionnaire(header.modules, header.form)


def _score(read: AnswersFile) -> object:
    return score(read.questionnaire, read.answers, read.header.reference_date, read.verifications)


def _document() -> dict[str, Any]:
    """An answers file as a company that takes the subject seriously would write it."""
    references = sectors.current_references(["tourism"])
    questionnaire = sectors.get_questionnaire(references)
    contents: dict[str, dict[str, Any]] = {}
    answers: dict[str, Answer] = {}
    for question in questionnaire.questions:
        if question.type is QuestionType.TEXT or question.id not in applicable_ids(questionnaire.questions, answers):
            continue
        content = sample_answer(question, AMBITION)
        answers[question.id] = answer_from_content(question, content, None)
        contents[question.id] = {**content, "evidence": [f"{question.id}.pdf"], "note": "Invented for a measurement."}
    return {
        "questionnaire": {"modules": list(references)},
        "period": clock.today().year,
        "reference_date": clock.today().isoformat(),
        "answers": contents,
    }


async def _figure(name: str, title: str, ours: tuple[str, Any], peer: tuple[str, Any], rounds: int) -> Figure:
    def turn(operation: Any) -> Turn:
        async def run() -> list[float]:
            times = []
            for _ in range(OPERATIONS):
                started = perf_counter()
                operation()
                times.append(perf_counter() - started)
            return times

        return run

    turns = await take_turns(turn(ours[1]), turn(peer[1]), rounds)
    return Figure(
        name,
        title,
        a_side(ours[0], "decides what is asked, and gives points, scores, caps and shares on three bases", turns.ours),
        a_side(
            peer[0], "checks types and keys of every answer; knows no question, no points, no conditions", turns.peer
        ),
        turns.ratio(),
    )
