"""The main story, once through the pages and once through GraphQL: the same answers, the same figures.

A hotel chain signs up, answers the whole questionnaire, submits, approves and publishes; an NGO queries it; anybody
verifies the file on a machine without network; the same answers in a file score the same.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from httpx import AsyncClient

from backend.adapters import clock
from backend.attestations import service as attestations
from backend.commands.samples import sample_answer
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Question, QuestionType
from backend.transparency import service as transparency
from tests.web.client import Visitor
from tests.world import PASSWORD, PDF

AMBITION = 3
UUID_TEXT = r"[0-9a-f]{8}-[0-9a-f-]{27}"
NOTE = "We looked at this together."


def questions() -> list[Question]:
    return list(sectors.get_questionnaire(sectors.current_references(["tourism"])).questions)


def content_of(question: Question) -> dict[str, Any]:
    """Give each kind of answer somewhere: a reason, a "do not know", and values."""
    if question.allows_not_applicable and question.id.endswith("7"):
        return {"not_applicable": "We have nothing of this kind anywhere."}
    if question.id.endswith("9"):
        return {"unknown": True}
    return sample_answer(question, AMBITION)


async def graphql(client: AsyncClient, query: str, variables: Any = None, token: str = "") -> dict[str, Any]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    response = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    body = response.json()
    assert "errors" not in body, body
    data: dict[str, Any] = body["data"]
    return data


async def by_pages(client: AsyncClient) -> str:
    """Go through the story on pages, without script; return the attestation's id."""
    visitor = Visitor(client)
    await visitor.open("/sign-up")
    page = await visitor.send(
        "/sign-up",
        {
            "legal_name": "Test Hotels Ltd",
            "country": "KE",
            "sectors": ["tourism"],
            "name": "Robin Test",
            "email": "owner@test.example",
            "password": PASSWORD,
        },
    )
    assert page.url.path == "/assessments"
    page = await visitor.send("/assessments/start", {"period": str(clock.today().year)})
    base = page.url.path
    assert re.fullmatch(rf"/assessments/{UUID_TEXT}", base)
    await answer_by_pages(visitor, base)
    page = await visitor.open(f"{base}/review")
    assert "Every question is answered" in page.text
    page = await visitor.send(f"{base}/submit")
    assert page.url.path == f"{base}/scorecard"
    await visitor.open(base)
    await visitor.send(f"{base}/approve")
    page = await visitor.send(f"{base}/publish")
    found = re.fullmatch(rf"/attestations/({UUID_TEXT})", page.url.path)
    assert found
    assert "being logged" in page.text
    await transparency.sequence()
    page = await visitor.open(page.url.path)
    assert "Test Hotels Ltd" in page.text
    return found[1]


async def answer_by_pages(visitor: Visitor, base: str) -> None:
    page = await visitor.open(base)
    sections = dict.fromkeys(re.findall(rf'href="({base}/sections/[a-z-]+)"', page.text))
    assert len(sections) >= 10
    by_id = {question.id: question for question in questions()}
    for section in sections:
        await visitor.open(section)
        for action in [one for one in visitor.forms if one.startswith(f"{base}/answers/") and one.count("/") == 4]:
            question = by_id[action.rsplit("/", 1)[-1]]
            if f'data-question="{question.id}" hidden' in visitor.page.text:  # type: ignore[union-attr]
                continue
            if question.type is QuestionType.TEXT:
                continue
            page = await visitor.send(action, {**form_of(content_of(question)), "note": NOTE})
            assert page.status_code == 200, page.text
            if question.id == "C01":
                files = {"file": ("Child protection policy.pdf", PDF, "application/pdf")}
                page = await visitor.send(f"{action}/evidence", files=files)
                assert "Child protection policy.pdf" in page.text, re.findall(r"Not saved.*", page.text)


def form_of(content: dict[str, Any]) -> dict[str, Any]:
    if content.get("unknown"):
        return {"kind": "unknown"}
    if "not_applicable" in content:
        return {"kind": "not_applicable", "reason": content["not_applicable"]}
    value = content["value"]
    return {"kind": "value", "value": [str(v) for v in value] if isinstance(value, list) else str(value)}


async def by_graphql(client: AsyncClient) -> tuple[str, dict[str, Any]]:
    """Go through the same story by GraphQL; return the attestation's id and the scorecard."""
    given = {
        "legalName": "Other Test Hotels Ltd",
        "country": "KE",
        "sectors": ["tourism"],
        "name": "Robin Test",
        "email": "owner@other.example",
        "password": PASSWORD,
    }
    data = await graphql(client, "mutation($g: SignUpInput!) { signUp(given: $g) { token } }", {"g": given})
    token = data["signUp"]["token"]
    start = "mutation($p: Int!) { startAssessment(period: $p) { id missing { questionId } } }"
    data = await graphql(client, start, {"p": clock.today().year}, token)
    assessment_id = data["startAssessment"]["id"]
    asked = {one["questionId"] for one in data["startAssessment"]["missing"]}
    for question in questions():
        if question.id not in asked or question.type is QuestionType.TEXT:
            continue
        content = content_of(question)
        answer = {
            "value": content.get("value"),
            "unknown": content.get("unknown", False),
            "notApplicable": content.get("not_applicable"),
        }
        data = await graphql(
            client,
            "mutation($a: UUID!, $q: String!, $g: AnswerInput!, $n: String!) "
            "{ answer(assessmentId: $a, questionId: $q, given: $g, note: $n) { version asked } }",
            {"a": assessment_id, "q": question.id, "g": answer, "n": NOTE},
            token,
        )
        asked = set(data["answer"]["asked"])
    import base64

    await graphql(
        client,
        'mutation($a: UUID!, $c: Base64!) { attachEvidence(assessmentId: $a, questionId: "C01", '
        'fileName: "Child protection policy.pdf", content: $c) { kind digest } }',
        {"a": assessment_id, "c": base64.b64encode(PDF).decode()},
        token,
    )
    data = await graphql(
        client, "mutation($a: UUID!) { submitAssessment(assessmentId: $a) { json } }", {"a": assessment_id}, token
    )
    scorecard = data["submitAssessment"]["json"]
    await graphql(
        client, "mutation($a: UUID!) { approveAssessment(assessmentId: $a) { state } }", {"a": assessment_id}, token
    )
    data = await graphql(
        client,
        "mutation($a: UUID!) { publishAssessment(assessmentId: $a) { attestationId } }",
        {"a": assessment_id},
        token,
    )
    await transparency.sequence()
    return data["publishAssessment"]["attestationId"], scorecard


def para73(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as on another machine: no database, no data folder of the server, no network needed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PARA73_", "DATABASE"))}
    command = [sys.executable, "-m", "backend.cli", *arguments]
    environment |= {"PARA73_DATA": str(folder / "none"), "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


async def test_pages_and_graphql_tell_the_same_story(client: AsyncClient, tmp_path: Path) -> None:
    first = await by_pages(client)
    second, scorecard = await by_graphql(client)
    one, other = [await attestations.get_public(uuid.UUID(name)) for name in (first, second)]
    assert one.attestation.bases == other.attestation.bases
    shown = json.loads(json.dumps(scorecard))["bases"]
    assert shown["declared"]["score_bp"] == one.attestation.bases["declared"].score_bp  # type: ignore[index]
    assert shown["evidenced"]["score_bp"] > 0

    await the_ngo_reads_it(client, first)
    await anybody_verifies_it(client, first, tmp_path)
    await the_same_file_scores_the_same(scorecard, tmp_path)


async def the_ngo_reads_it(client: AsyncClient, attestation_id: str) -> None:
    query = (
        "{ publishedScores(first: 1) { nodes { company { name country } declared { scoreBp } evidenced { scoreBp } "
        "verified { scoreBp } attestation { id credentialUrl proofUrl } } } }"
    )
    client.cookies.clear()
    node = (await graphql(client, query))["publishedScores"]["nodes"][0]
    assert node["company"] == {"name": "Other Test Hotels Ltd", "country": "KE"}
    both = await graphql(client, "{ publishedScores { totalCount nodes { attestation { id } } } }")
    assert both["publishedScores"]["totalCount"] == 2
    assert attestation_id in {one["attestation"]["id"] for one in both["publishedScores"]["nodes"]}
    more = await graphql(
        client, "{ questionnaires { reference sections { questions { id clause } } } logHead { size } }"
    )
    assert more["questionnaires"][0]["reference"].startswith("core@")
    credential = await client.get(node["attestation"]["credentialUrl"])
    assert credential.json()["credentialSubject"]["legalName"] == "Other Test Hotels Ltd"
    assert credential.headers["para73-tree-size"] == more["logHead"]["size"]


async def anybody_verifies_it(client: AsyncClient, attestation_id: str, folder: Path) -> None:
    bundle = (await client.get(f"/attestations/{attestation_id}.bundle")).content
    (folder / "trust.json").write_bytes((await client.get("/trust.json")).content)
    (folder / "bundle.json").write_bytes(bundle)
    told = para73("verify", "bundle.json", folder=folder)
    assert (told.returncode, told.stdout.split("\n")[0]) == (0, "valid"), told
    changed = bundle.replace(b"Test Hotels Ltd", b"Best Hotels Ltd", 1)
    assert len(changed) == len(bundle)
    (folder / "changed.json").write_bytes(changed)
    told = para73("verify", "changed.json", folder=folder)
    assert (told.returncode, told.stdout.split("\n")[0]) == (5, "forged"), told
    (folder / "plain.json").write_bytes((await client.get(f"/attestations/{attestation_id}.json")).content)
    told = para73("verify", "plain.json", folder=folder)
    assert (told.returncode, told.stdout.split("\n")[0]) == (4, "unknown"), told
    (folder / "plain.tlog-proof").write_bytes((await client.get(f"/attestations/{attestation_id}.tlog-proof")).content)
    told = para73("verify", "plain.json", folder=folder)
    assert (told.returncode, told.stdout.split("\n")[0]) == (0, "valid"), told


async def the_same_file_scores_the_same(scorecard: dict[str, Any], folder: Path) -> None:
    answers: dict[str, Any] = {question.id: content_of(question) for question in questions()}
    answers = {name: one for name, one in answers.items() if scorecard["questions"][name]["applicable"]}
    answers = {name: one for name, one in answers.items() if by_type(name) is not QuestionType.TEXT}
    answers["C01"]["evidence"] = ["Child protection policy.pdf"]
    file = {
        "questionnaire": {"modules": list(sectors.current_references(["tourism"])), "form": "full"},
        "period": clock.today().year,
        "reference_date": clock.today().isoformat(),
        "answers": answers,
    }
    (folder / "ANSWERS.json").write_text(json.dumps(file))
    told = para73("score", "ANSWERS.json", "--json", folder=folder)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout) == scorecard


def by_type(question_id: str) -> QuestionType:
    return next(question.type for question in questions() if question.id == question_id)
