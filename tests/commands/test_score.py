"""`para73 score`: a file with a mistake is refused whole, with file, line and reason, and nothing is kept of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from backend.cli import main
from backend.commands.scoring import MAX_FILE_BYTES
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Question, QuestionType

MODULES = ["core@2026.1", "tourism@2026.1"]


def question(kind: QuestionType, **wanted: Any) -> str:
    """Return the id of the first question of this type that has these properties."""

    def fits(one: Question) -> bool:
        return one.type is kind and all(getattr(one, name) == value for name, value in wanted.items())

    return next(one.id for one in sectors.get_questionnaire(MODULES).questions if fits(one))


SCALE, PERCENT = question(QuestionType.SCALE), question(QuestionType.PERCENT)
CHOICE, DATE = question(QuestionType.CHOICE), question(QuestionType.DATE)
FOR_ALL = question(QuestionType.SCALE, allows_not_applicable=False)
EXCLUSIVE = next(
    one
    for one in sectors.get_questionnaire(MODULES).questions
    if one.type is QuestionType.MULTI and any(option.exclusive for option in one.options)
)
ALONE = next(option.id for option in EXCLUSIVE.options if option.exclusive)
OTHER = next(option.id for option in EXCLUSIVE.options if not option.exclusive)

# What stands in line 6 of the file, and what is said about it.
WRONG = {
    "an unknown question": ("Z99: {value: 3}", "there is no question 'Z99' in this questionnaire"),
    "a misspelt question": (f"{SCALE.lower()}: {{value: 3}}", f"did you mean {SCALE}?"),
    "a level out of range": (f"{SCALE}: {{value: 5}}", "Give a level from 0 to 4"),
    "a level as text": (f'{SCALE}: {{value: "3"}}', "Give a level from 0 to 4"),
    "a level as truth": (f"{SCALE}: {{value: true}}", "Give a level from 0 to 4"),
    "a level as list": (f"{SCALE}: {{value: [3]}}", "Give a level from 0 to 4"),
    "a percent of 101": (f'{PERCENT}: {{value: "101"}}', "Give a percentage from 0 to 100"),
    "a percent of 100.01": (f'{PERCENT}: {{value: "100.01"}}', "Give a percentage from 0 to 100"),
    "a negative percent": (f'{PERCENT}: {{value: "-1"}}', "Give a percentage from 0 to 100"),
    "a percent as a number": (f"{PERCENT}: {{value: 82.5}}", "Write it as a string"),
    "an unknown option": (f"{CHOICE}: {{value: nothing-like-it}}", "Choose one of"),
    "an option that stands alone": (
        f"{EXCLUSIVE.id}: {{value: [{ALONE}, {OTHER}]}}",
        f"The option {ALONE} stands alone",
    ),
    "a date after the reference date": (f"{DATE}: {{value: 2026-11-25}}", "not after 2026-11-24"),
    "a day that is none": (f"{DATE}: {{value: 2026-02-30}}", "There is no day 2026-02-30"),
    "not applicable where it applies to all": (
        f"{FOR_ALL}: {{not_applicable: We think it is not for us.}}",
        "applies to everybody",
    ),
    "two answers at once": (f"{SCALE}: {{value: 3, unknown: true}}", "exactly one of"),
    "no answer at all": (f"{SCALE}: {{}}", "exactly one of"),
    "an unknown key": (f"{SCALE}: {{value: 3, comment: x}}", "there is no key 'comment'"),
    "an answer that is no map": (f"{SCALE}: 3", "a map of keys and values"),
    "a duplicate question": ("C00: {value: 1}\n  C00: {value: 2}", "stands twice"),
    "a duplicate key": (f"{SCALE}: {{value: 1, value: 2}}", "stands twice"),
    "an alias": (f"{SCALE}: *a", "aliases"),
    "an anchor": (f"{SCALE}: &a {{value: 3}}", "anchors"),
    "a tag": (f"{SCALE}: !!python/object {{value: 3}}", "tags"),
    "a merge key": (f"{SCALE}: {{<<: {{value: 3}}}}", "merge keys"),
    "not a number": (f"{SCALE}: {{value: .nan}}", "is not a number"),
    "a huge number": (f"{SCALE}: {{value: {'9' * 400}}}", "digits"),
    "a character that cannot be stored": (f'{SCALE}: {{value: 3, note: "\\x00"}}', "cannot be stored"),
    "a bracket that is not closed": (f"{SCALE}: {{value: 3", "not YAML"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PARA73_DATA", str(tmp_path / "data"))
    return tmp_path


def yaml_file(line: str) -> str:
    return (
        "questionnaire: {modules: [core@2026.1, tourism@2026.1]}\n"
        "period: 2026\n"
        "reference_date: 2026-11-24\n"
        "answers:\n"
        f"  {question(QuestionType.NUMBER)}: {{value: 120}}\n"
        f"  {line}\n"
    )


def json_file(line: str) -> str:
    """Return the same in JSON, line by line."""
    return (
        '{"questionnaire": {"modules": ["core@2026.1", "tourism@2026.1"]},\n'
        '"period": 2026,\n'
        '"reference_date": "2026-11-24",\n'
        '"answers": {\n'
        f'"{question(QuestionType.NUMBER)}": {{"value": "120"}},\n'
        f"{line}\n"
        "}}\n"
    )


def score(name: str, content: str | bytes, *more: str) -> Result:
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return CliRunner().invoke(main, ["score", name, *more])


def assert_refused(result: Result, place: str, reason: str) -> None:
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert any(
        re.match(rf"{re.escape(place)}:\d+: .*{re.escape(reason)}", line) for line in result.stderr.splitlines()
    ), result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_is_told_with_file_line_and_reason_and_nothing_is_kept(folder: Path, what: str) -> None:
    line, reason = WRONG[what]
    at = 7 if what in ("a duplicate question", "a bracket that is not closed") else 6
    assert_refused(score("answers.yaml", yaml_file(line)), f"answers.yaml:{at}", reason)
    assert [one.name for one in folder.iterdir()] == ["answers.yaml"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('"Z99": {"value": 3}', "there is no question 'Z99'"),
        (f'"{SCALE}": {{"value": "3"}}', "Give a level"),
        (f'"{SCALE}": {{"value": 1, "value": 2}}', "stands twice"),
        (f'"{PERCENT}": {{"value": "101"}}', "Give a percentage"),
        (f'"{PERCENT}": {{"value": 82.5}}', "Write it as a string"),
        (f'"{SCALE}": {{"value": NaN}}', "not JSON"),
        (f'"{SCALE}": {{"value": 1e2}}', "exponent"),
        (f'"{SCALE}": {{"value": 03}}', "not JSON"),
        (f'"{SCALE}": {{"value": 3,}}', "not JSON"),
        (f"'{SCALE}': 3", "not JSON"),
    ],
)
def test_the_same_holds_for_json(folder: Path, line: str, reason: str) -> None:
    assert_refused(score("answers.json", json_file(line)), "answers.json:6", reason)
    assert [one.name for one in folder.iterdir()] == ["answers.json"]


def test_every_mistake_is_told_at_once() -> None:
    result = score(
        "answers.yaml", yaml_file(f'Z99: {{value: 3}}\n  {PERCENT}: {{value: "101"}}\n  {SCALE}: {{value: 9}}')
    )
    assert [line.split(":")[1] for line in result.stderr.splitlines()] == ["6", "7", "8"]


@pytest.mark.parametrize("name", ["answers.yaml", "answers.json"])
@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_is_refused_however_deep_it_is(name: str, opening: str) -> None:
    deep = opening * (10 * 1024 * 1024 // len(opening))
    result = score(name, deep)
    assert_refused(result, f"{name}:1", f"at most {MAX_FILE_BYTES:,} are read")
    almost = opening * ((MAX_FILE_BYTES - 10) // len(opening))
    assert_refused(score(name, almost), f"{name}:1", "nested deeper than")
    inside = (
        yaml_file(f"{SCALE}: {{value: " + "[" * 100_000)
        if name.endswith("yaml")
        else json_file(f'"{SCALE}": ' + "[" * 100_000)
    )
    assert_refused(score(name, inside), f"{name}:6", "nested deeper than")


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        (b"", "answers.yaml:1", "empty"),
        (b"\xff\xfe", "answers.yaml:1", "UTF-8"),
        (b"period: 2026\n\xff", "answers.yaml:2", "UTF-8"),
        (b"- 1\n", "answers.yaml:1", "a map of keys and values"),
        (b"period: 2026\n", "answers.yaml:1", "the key 'questionnaire' is missing"),
        (yaml_file("").replace("core@2026.1, ", "").encode(), "answers.yaml:1", "add the core module"),
        (yaml_file("").replace("tourism@2026.1", "tourism@1999.1").encode(), "answers.yaml:1", "tourism@1999.1"),
        (yaml_file("").replace("core@2026.1, tourism", "tourism@2026.1, tourism").encode(), "answers.yaml:1", "twice"),
        (yaml_file("").replace("period: 2026", "period: 1999").encode(), "answers.yaml:2", "2000"),
        (yaml_file("").replace("2026-11-24", "24.11.2026").encode(), "answers.yaml:3", "2026-11-24"),
        (yaml_file("").encode() + b"---\nperiod: 2026\n", "answers.yaml:7", "a second document"),
    ],
)
def test_a_file_that_is_none_is_refused_where_it_goes_wrong(content: bytes, place: str, reason: str) -> None:
    assert_refused(score("answers.yaml", content), place, reason)


def test_a_verification_may_lower_and_never_raise() -> None:
    text = yaml_file(f"{SCALE}: {{value: 2}}") + f"verifications:\n  {SCALE}: {{verdict: lowered, value: %d}}\n"
    assert score("answers.yaml", text % 1).exit_code == 0
    assert_refused(score("answers.yaml", text % 3), "answers.yaml:8", "never raise it")


def test_a_right_file_is_scored_the_same_in_yaml_and_json_and_stores_nothing(folder: Path) -> None:
    results = [
        score("answers.yaml", yaml_file(f"{SCALE}: {{value: 3, evidence: [policy.pdf]}}"), "--json"),
        score("answers.json", json_file(f'"{SCALE}": {{"value": 3, "evidence": ["policy.pdf"]}}'), "--json"),
    ]
    assert [result.exit_code for result in results] == [0, 0]
    first, second = [json.loads(result.stdout) for result in results]
    assert first == second
    assert first["counts"]["answered"] == 2
    assert first["bases"]["declared"]["score_bp"] > first["bases"]["verified"]["score_bp"] == 0
    assert sorted(one.name for one in folder.iterdir()) == ["answers.json", "answers.yaml"]


CORE = """
id: core
version: "2026.1"
title: {en: Invented core}
sections:
  - id: all
    title: {en: All}
    questions:
      - {id: A01, clause: a, text: {en: How far?}, type: scale, weight: 2,
         levels: {0: {en: "0"}, 1: {en: "1"}, 2: {en: "2"}, 3: {en: "3"}, 4: {en: "4"}}, evidence: required}
"""
SECTOR = """
id: tourism
version: "2026.1"
title: {en: Invented sector}
clause_weights: {a: 10, b: 0, c: 0, d: 0, e: 0, f: 30, g: 0, h: 0}
sections:
  - id: more
    title: {en: More}
    questions:
      - {id: X01, clause: f, text: {en: How many?}, type: percent, weight: 1,
         breakpoints: [[0, 0], [50, 40], [100, 100]], evidence: not_needed}
"""


def test_anybody_can_check_the_method_with_modules_of_their_own(folder: Path) -> None:
    (folder / "core.yaml").write_text(CORE)
    (folder / "mine.yaml").write_text(SECTOR)
    answers = (
        "questionnaire: {modules: [core@2026.1, tourism@2026.1]}\nperiod: 2026\nreference_date: 2026-11-24\n"
        'answers:\n  A01: {value: 3}\n  X01: {value: "75"}\n'
    )
    result = score("answers.yaml", answers, "--modules", "core.yaml", "mine.yaml", "--json")
    assert result.exit_code == 0, result.stderr
    bases = json.loads(result.stdout)["bases"]
    # By hand: a is level 3 of 4, 75 points; f lies half way between 40 and 100, 70 points; (10 x 75 + 30 x 70) / 40.
    assert {clause: part["score_bp"] for clause, part in bases["declared"]["clauses"].items()} == {"a": 7500, "f": 7000}
    assert bases["declared"]["score_bp"] == 7125
    # Without evidence a earns nothing; f needs none: (10 x 0 + 30 x 70) / 40.
    assert bases["evidenced"]["score_bp"] == 5250
    assert bases["verified"]["score_bp"] == 0


def test_a_mistake_in_a_module_is_told_in_the_modules_own_lines(folder: Path) -> None:
    (folder / "core.yaml").write_text(CORE)
    (folder / "mine.yaml").write_text(SECTOR.replace("type: percent", "type: percents"))
    result = score("answers.yaml", yaml_file(""), "--modules", "core.yaml", "mine.yaml")
    assert_refused(result, "mine.yaml:10", "percent")


def test_two_files_without_the_word_for_modules_are_a_wrong_use(folder: Path) -> None:
    (folder / "core.yaml").write_text(CORE)
    result = score("answers.yaml", yaml_file(""), "core.yaml")
    assert result.exit_code == 2
    assert "--modules" in result.stderr


def test_for_people_it_prints_three_bases_and_every_clause() -> None:
    result = score("answers.yaml", yaml_file(f"{SCALE}: {{value: 3}}"))
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    firsts = [line.split()[0] for line in lines if line]
    assert [one for one in firsts if one in ("declared", "evidenced", "verified")] == [
        "declared",
        "evidenced",
        "verified",
    ]
    assert {"b", "f"} <= set(firsts)
    assert "sha-256:" in lines[-1]
