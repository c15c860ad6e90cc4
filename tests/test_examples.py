"""The examples of the documentation run: queries on the real schema, the sums of the method, commands of a shell."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from backend.adapters import clock
from backend.assessments.rules.answers_file import AnswersHeader, read_answers
from backend.assessments.rules.scorecard import Scorecard
from backend.assessments.rules.scoring import score
from backend.attestations.service import list_own
from backend.commands.scoring import scorecard_text
from backend.kernel.vocabulary import Basis, Clause
from backend.organisations import service as organisations
from backend.sectors.rules.compose import compose
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.questionnaire import Questionnaire
from backend.transparency import service as transparency
from tests import markdown, world
from tests.markdown import Block

EXAMPLE_ATTESTATION = "01a20f70-a68a-7079-b129-7fb3478efbcc"
EXAMPLE_ASSESSMENT = "01a20f71-0c5e-7c1b-9f3a-2b6d8e4f1a70"
EXAMPLE_YEAR = "2026"


def differences(shown: Any, real: Any, path: str = "") -> list[str]:
    """Return where `real` has another shape than `shown`: other keys, another type, nothing in a list."""
    if type(shown) is not type(real):
        return [f"{path}: {real!r} is no {type(shown).__name__}"]
    if isinstance(shown, dict):
        if list(shown) != list(real):
            return [f"{path}: the keys are {list(real)}"]
        return [one for key in shown for one in differences(shown[key], real[key], f"{path}.{key}")]
    if isinstance(shown, list) and shown:
        return differences(shown[0], real[0], f"{path}[0]") if real else [f"{path}: nothing is in it"]
    return []


def test_another_shape_is_seen() -> None:
    shown = {"a": [{"b": 1, "c": None}], "d": "text"}
    assert differences(shown, {"a": [{"b": 2, "c": None}, {}], "d": ""}) == []
    assert differences(shown, {"a": [], "d": ""}) == [".a: nothing is in it"]
    assert differences(shown, {"a": [{"b": 2, "c": 3}], "d": ""}) == [".a[0].c: 3 is no NoneType"]
    assert differences(shown, {"a": [{"b": 2}], "d": ""}) == [".a[0]: the keys are ['b']"]
    assert differences(shown, {"d": ""}) == [": the keys are ['d']"]


# The API


@dataclass(slots=True)
class Example:
    """One query of the page, its variables and the answer that is shown."""

    query: str
    variables: str = "{}"
    answer: str | None = None


def examples() -> list[Example]:
    found: list[Example] = []
    for block in markdown.blocks(markdown.page("docs/api.md")):
        if block.language == "graphql":
            found.append(Example(block.code))
        elif block.before.startswith("With these variables"):
            found[-1].variables = block.code
        elif block.before.startswith("The answer"):
            found[-1].answer = block.code
        else:
            pytest.fail(f"nothing says what this block is: {block}")
    return found


@dataclass(slots=True)
class Program:
    """Somebody who goes through the page from top to bottom."""

    client: AsyncClient
    ids: dict[str, str]
    token: str = ""
    seen: list[str] = field(default_factory=list)

    def real(self, text: str) -> str:
        for example, real in self.ids.items():
            text = text.replace(example, real)
        return text

    async def run(self, example: Example) -> Any:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        body = {"query": self.real(example.query), "variables": json.loads(self.real(example.variables))}
        answer = (await self.client.post("/graphql", json=body, headers=headers)).json()
        data = answer.get("data") or {}
        self.token = (data.get("signUp") or {}).get("token", self.token)
        if "startAssessment" in data:
            self.ids[EXAMPLE_ASSESSMENT] = data["startAssessment"]["id"]
        self.seen += list(data)
        return answer

    async def answer_the_rest(self) -> None:
        actor = await organisations.actor_of_session(self.token)
        assert actor is not None
        await world.answer_everything(actor, UUID(self.ids[EXAMPLE_ASSESSMENT]))


async def publish_two(client: AsyncClient) -> str:
    """Let two companies publish, so that there is a second page; return the id of one attestation."""
    owner = await world.a_company("Test Hotels Ltd", "owner@test.example")
    attestation_id = await world.a_published(owner)
    await world.a_published(await world.a_company("Other Hotels Ltd", "owner@other.example"))
    await transparency.sequence()
    return str(attestation_id)


async def test_every_query_of_the_api_page_gives_an_answer_of_the_shape_that_is_shown(client: AsyncClient) -> None:
    program = Program(client, {EXAMPLE_ATTESTATION: await publish_two(client), EXAMPLE_YEAR: str(clock.today().year)})
    assert len(examples()) > 8
    for example in examples():
        if "submitAssessment" in example.query:
            await program.answer_the_rest()
        answer = await program.run(example)
        if example.answer is None:
            assert "errors" not in answer, answer
        else:
            assert differences(json.loads(example.answer), answer) == [], example.query
        if example.answer and "errors" in answer:
            assert answer == json.loads(example.answer)
    assert "publishAssessment" in program.seen
    actor = await organisations.actor_of_session(program.token)
    assert actor is not None
    assert len(await list_own(actor)) == 1


async def test_the_query_of_the_readme_works_as_written(client: AsyncClient) -> None:
    await publish_two(client)
    (block,) = [one for one in markdown.blocks(markdown.page("README.md")) if one.language == "graphql"]
    answer = (await client.post("/graphql", json={"query": block.code})).json()
    assert "errors" not in answer
    (node,) = answer["data"]["publishedScores"]["nodes"]
    assert node["company"]["country"] == "KE"
    assert (await client.get(node["attestation"]["credentialUrl"])).status_code == 200


def addresses() -> list[dict[str, str]]:
    (table,) = markdown.tables(markdown.section(markdown.page("docs/api.md"), "Addresses"))
    return [{name: cell.strip("`") for name, cell in row.items()} for row in table]


async def test_every_address_of_the_api_page_answers_as_it_says(client: AsyncClient) -> None:
    attestation_id = await publish_two(client)
    head = await transparency.find_head()
    assert head is not None
    given = {"<id>": attestation_id, "<reference>": "tourism@2026.1", "<path>": f"0/000.p/{head.size}"}
    for row in addresses():
        path = row["address"]
        for name, value in given.items():
            path = path.replace(name, value)
        query = {"query": "{ logHead { size } }"} if path == "/graphql" else None
        response = await client.get(path, params=query)
        assert response.status_code == 200, path
        assert response.headers["content-type"].partition(";")[0] == row["media type"], path
        names_head = response.headers.get("para73-tree-size") == str(head.size)
        assert names_head is (row["head"] == "yes"), path
        if names_head:
            again = await client.get(path, params=query, headers={"if-none-match": response.headers["etag"]})
            assert (again.status_code, again.content) == (304, b""), path


def test_every_public_address_is_on_the_api_page(client: AsyncClient) -> None:
    app: Any = client._transport.app  # type: ignore[attr-defined]
    for_members = ("/assessments", "/members", "/invitations", "/sign-", "/static")
    found = {
        re.sub(r"\{[^}]+\}", "*", route.path_format)
        for route in app.routes
        if "GET" in route.methods and not route.path_format.startswith(for_members)
    }
    shown = {re.sub(r"<[a-z]+>(\.[a-z-]+)?", "*", row["address"]) for row in addresses()}
    assert shown == found


# The method


def example_files() -> tuple[bytes, bytes]:
    module, answers = (one for one in markdown.blocks(markdown.page("docs/method.md")) if one.language == "yaml")
    return module.code.encode(), answers.code.encode()


def scored(answers: bytes) -> Scorecard:
    questionnaire = compose([parse_module(example_files()[0], "module.yaml")])

    def compose_for(header: AnswersHeader) -> Questionnaire:
        return questionnaire

    read = read_answers(answers, "answers.yaml", compose_for)
    return score(read.questionnaire, read.answers, read.header.reference_date, read.verifications)


def last_number(text: str) -> int:
    return int(re.findall(r"\d+", text.replace(",", " "))[-1])


def test_the_worked_example_comes_out_as_it_was_done_by_hand() -> None:
    card = scored(example_files()[1])
    questions, bases = markdown.tables(markdown.section(markdown.page("docs/method.md"), "A worked example"))
    assert [row["question"] for row in questions] == ["E1", "E2", "E3", "E4"]
    for row in questions:
        one = card.questions[row["question"]]
        assert one.weight == int(row["weight"])
        assert {basis.value: one.points[basis] for basis in Basis} == {b.value: int(row[b.value]) for b in Basis}
    assert [row["basis"] for row in bases] == [basis.value for basis in Basis]
    for row in bases:
        part = card.bases[Basis(row["basis"])]
        assert part.score_bp == last_number(row["overall"])
        for clause, cell in ((Clause.B, row["clause b, of weight 60"]), (Clause.F, row["clause f, of weight 40"])):
            figures = part.clauses[clause]
            assert figures.score_bp == last_number(cell)
            assert cell.startswith(f"{figures.numerator} / {figures.denominator} = ")


def test_the_command_prints_the_worked_example_as_shown() -> None:
    (shown,) = [one.code for one in markdown.blocks(markdown.page("docs/method.md")) if "declared  " in one.code]
    assert scorecard_text(scored(example_files()[1])) == shown.rstrip("\n")


def test_the_worked_example_with_level_1_is_capped_as_told() -> None:
    answers = example_files()[1]
    changed = answers.replace(b"verdict: lowered, value: 2", b"verdict: lowered, value: 1")
    assert changed != answers
    declared = scored(changed).bases[Basis.DECLARED]
    told = markdown.section(markdown.page("docs/method.md"), "A worked example").strip().split("\n")[-1]
    figures = [declared.uncapped_bp, declared.score_bp, *(declared.clauses[one].score_bp for one in "bf")]  # type: ignore[index]
    assert [int(number) for number in re.findall(r"\d{4}", told)] == figures


# Verifying


async def test_the_shell_commands_of_the_verifying_page_show_the_same_digest(
    client: AsyncClient, tmp_path: Path
) -> None:
    attestation_id = await publish_two(client)
    for ending in ("json", "tlog-proof"):
        content = (await client.get(f"/attestations/{attestation_id}.{ending}")).content
        (tmp_path / f"ATTESTATION.{ending}").write_bytes(content)
    (block,) = [one for one in shell_blocks("docs/verifying.md") if "sha256sum" in one.code]
    first, second = block.code.strip().split("\n")
    digest = run(first, tmp_path).split()[0]
    entry = json.loads(run(second, tmp_path))
    assert entry["digest"] == f"sha-256:{digest}"
    assert (entry["id"], entry["type"]) == (attestation_id, "issued")


def shell_blocks(name: str) -> list[Block]:
    return [one for one in markdown.blocks(markdown.page(name)) if one.language == "sh"]


def run(command: str, folder: Path) -> str:
    return subprocess.run(command, shell=True, cwd=folder, check=True, capture_output=True, text=True).stdout
