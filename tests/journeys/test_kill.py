"""kill -9 of the supervisor, the web server, one of its processes or the worker, at 50 random moments while
companies submit and publish.

After each restart: no acknowledged answer, evidence or attestation is missing, nothing is published twice, and
`log fsck` is clean at the end. Which process dies, and when, is drawn from a seed that a failure prints.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest

from backend.commands.samples import sample_answer
from backend.sectors import service as sectors
from backend.sectors.rules.questionnaire import Question
from tests.world import PASSWORD, PDF

KILLS = 50
COMPANIES = 3
LONGEST_PAUSE_SECONDS = 0.6
RETRY_SECONDS = 0.05
PATIENCE_SECONDS = 60
VICTIMS = ("web process", "web server", "worker", "supervisor")


@dataclass
class Server:
    """The real product in a folder of its own, started again whenever its supervisor was killed."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PARA73_", "DATABASE_URL"))}
        return {**kept, "PARA73_DATA": str(self.folder), "PARA73_LOG_FORMAT": "json"}

    def start(self) -> None:
        command = [sys.executable, "-m", "backend.cli", "serve", "--port", str(self.port)]
        with (self.folder.parent / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)

    def victims(self) -> dict[str, psutil.Process]:
        """Return the processes that run now, by what they are."""
        found: dict[str, psutil.Process] = {}
        assert self.process is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            supervisor = psutil.Process(self.process.pid)
            found["supervisor"] = supervisor
            for child in supervisor.children():
                line = " ".join(child.cmdline())
                if "webserver" in line:
                    found["web server"] = child
                    inner = [one for one in child.children() if "resource_tracker" not in " ".join(one.cmdline())]
                    if inner:
                        found["web process"] = inner[0]
                elif line.endswith("worker"):
                    found["worker"] = child
        return found

    def log(self) -> str:
        """Return the last lines that are not about single requests."""
        lines = (self.folder.parent / "serve.log").read_text().splitlines()
        return "\n".join([line for line in lines if '"event": "request"' not in line][-60:])

    def keep_up(self) -> None:
        """Start the supervisor again where it gave up, as whatever runs it for an operator would."""
        if self.process is not None and self.process.poll() is not None:
            self.start()

    def kill(self, name: str) -> bool:
        self.keep_up()
        victim = self.victims().get(name)
        if victim is None or victim.status() == psutil.STATUS_ZOMBIE:
            return False
        with contextlib.suppress(psutil.NoSuchProcess):
            victim.send_signal(signal.SIGKILL)
        if name == "supervisor" and self.process is not None:
            self.process.wait()
            self.start()
        return True

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


@dataclass
class Acknowledged:
    """What the server said yes to, for one company."""

    answers: dict[str, int] = field(default_factory=dict)
    evidence: set[str] = field(default_factory=set)
    attestations: list[str] = field(default_factory=list)


@dataclass
class Company:
    """A client that repeats whatever got no answer, as a person would."""

    number: int
    base: str
    known: Acknowledged = field(default_factory=Acknowledged)
    token: str = ""

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Send one operation until there is an answer; return data and errors."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        while time.monotonic() < deadline:
            try:
                async with httpx.AsyncClient(base_url=self.base, timeout=5) as client:
                    response = await client.post(
                        "/graphql", json={"query": query, "variables": variables}, headers=headers
                    )
                    told: dict[str, Any] = response.json()
            except (httpx.HTTPError, ValueError):
                await asyncio.sleep(RETRY_SECONDS)
                continue
            codes = {error["extensions"]["code"] for error in told.get("errors", [])}
            if codes & {"unavailable", "unexpected"}:
                await asyncio.sleep(RETRY_SECONDS)
                continue
            return told
        raise AssertionError("the server gave no answer for a minute")

    async def join(self) -> None:
        email = f"owner@{self.number}.example"
        given = {
            "legalName": f"Test Hotels {self.number} Ltd",
            "country": "KE",
            "sectors": ["tourism"],
            "name": "Robin Test",
            "email": email,
            "password": PASSWORD,
        }
        await self.ask("mutation($g: SignUpInput!) { signUp(given: $g) { token } }", g=given)
        told = await self.ask(
            "mutation($e: String!, $p: String!) { signIn(email: $e, password: $p) { token } }", e=email, p=PASSWORD
        )
        self.token = told["data"]["signIn"]["token"]

    async def assess(self, period: int, questions: list[Question]) -> None:
        """Go through one year's assessment to publication, whatever is killed meanwhile."""
        start = "mutation($p: Int!) { startAssessment(period: $p) { id } }"
        await self.ask(start, p=period)
        listed = await self.ask("{ assessments { id period state } }")
        mine = [one["id"] for one in listed["data"]["assessments"] if one["period"] == period]
        assert len(mine) == 1, "one assessment for a year, however often it was started"
        assessment_id = mine[0]
        await self.answer_all(assessment_id, questions)
        await self.attach(assessment_id)
        submitted = await self.ask(
            "mutation($a: UUID!) { submitAssessment(assessmentId: $a) { method } }", a=assessment_id
        )
        approved = await self.ask(
            "mutation($a: UUID!) { approveAssessment(assessmentId: $a) { state } }", a=assessment_id
        )
        told = await self.ask(
            "mutation($a: UUID!) { publishAssessment(assessmentId: $a) { attestationId } }", a=assessment_id
        )
        if told.get("data"):
            self.known.attestations.append(told["data"]["publishAssessment"]["attestationId"])
        view = await self.ask("query($a: UUID!) { assessment(id: $a) { state } }", a=assessment_id)
        said = (submitted, approved, told, view)
        assert view["data"]["assessment"]["state"] in ("published", "superseded"), said

    async def answer_all(self, assessment_id: str, questions: list[Question]) -> None:
        """Answer what is asked until nothing is missing: an answer may ask further questions, also earlier ones."""
        by_id = {question.id: question for question in questions}
        while missing := await self.missing(assessment_id):
            for question_id in missing:
                told = await self.ask(
                    "mutation($a: UUID!, $q: String!, $v: JSON) "
                    "{ answer(assessmentId: $a, questionId: $q, given: {value: $v}) { version } }",
                    a=assessment_id,
                    q=question_id,
                    v=sample_answer(by_id[question_id], 3)["value"],
                )
                # A repeated answer whose first reply was lost is a conflict: stored, but not acknowledged to us.
                if told.get("data"):
                    self.known.answers[f"{assessment_id} {question_id}"] = told["data"]["answer"]["version"]
                else:
                    assert told["errors"][0]["extensions"]["code"] == "conflict", told

    async def missing(self, assessment_id: str) -> list[str]:
        query = "query($a: UUID!) { assessment(id: $a) { missing { questionId } } }"
        view = await self.ask(query, a=assessment_id)
        return [one["questionId"] for one in view["data"]["assessment"]["missing"]]

    async def attach(self, assessment_id: str) -> None:
        data = PDF + uuid4().hex.encode()
        told = await self.ask(
            'mutation($a: UUID!, $c: Base64!) { attachEvidence(assessmentId: $a, questionId: "C01", '
            'fileName: "policy.pdf", content: $c) { digest } }',
            a=assessment_id,
            c=base64.b64encode(data).decode(),
        )
        self.known.evidence.add(told["data"]["attachEvidence"]["digest"])


@pytest.fixture
def server() -> Iterator[Server]:
    root = Path(tempfile.mkdtemp(prefix="p73-"))
    root.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Server(root / "data", port)
    made.start()
    try:
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.process.kill()
            made.process.wait()
        for process in psutil.process_iter(["cmdline"]):
            if str(root) in " ".join(process.info["cmdline"] or []):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        shutil.rmtree(root, ignore_errors=True)


async def until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not await holds():
        assert time.monotonic() < deadline, what
        await asyncio.sleep(RETRY_SECONDS)


async def test_kill_9_at_50_random_moments_loses_nothing_and_publishes_nothing_twice(server: Server) -> None:
    seed = random.randrange(2**32)
    draw = random.Random(seed)
    base = f"http://127.0.0.1:{server.port}"
    companies = [Company(number, base) for number in range(COMPANIES)]
    questions = list(sectors.get_questionnaire(sectors.current_references(["tourism"])).questions)
    killed: dict[str, int] = {}

    async def serves() -> bool:
        server.keep_up()
        return await is_ready(base)

    async def work(company: Company) -> None:
        await company.join()
        period = 2000
        while sum(killed.values()) < KILLS:
            await company.assess(period, questions)
            period += 1

    async def kill() -> None:
        while sum(killed.values()) < KILLS:
            name = draw.choice(VICTIMS)
            # Half of the kills come while things start, half while they serve; each victim has its fair share.
            if draw.random() < 0.5:
                await until(serves, "the server did not come back")
            await asyncio.sleep(draw.uniform(0.02, LONGEST_PAUSE_SECONDS))
            await until(partial(asyncio.to_thread, server.kill, name), f"no {name} to kill")
            killed[name] = killed.get(name, 0) + 1

    try:
        await until(serves, "the server did not start")
        async with asyncio.TaskGroup() as group:
            group.create_task(kill())
            for company in companies:
                group.create_task(work(company))
        assert sum(killed.values()) == KILLS
        await until(serves, "the server did not come back")
        await check(server, base, companies)
    except BaseException as error:
        error.add_note(f"seed {seed}, killed {killed}\n{server.log()}")
        raise


async def is_ready(base: str) -> bool:
    try:
        async with httpx.AsyncClient(base_url=base, timeout=2) as client:
            return (await client.get("/readyz")).status_code == 200
    except httpx.HTTPError:
        return False


async def check(server: Server, base: str, companies: list[Company]) -> None:
    for company in companies:
        await check_answers(company)
        for attestation_id in company.known.attestations:
            await until(partial(is_public, base, attestation_id), "a published attestation never became public")
    assert await asyncio.to_thread(server.stop) == 0
    command = [sys.executable, "-m", "backend.cli", "log", "fsck"]
    told = await asyncio.to_thread(
        subprocess.run, command, env=server.environment, capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr) == (0, ""), told
    for company in companies:
        for digest in company.known.evidence:
            name = digest.removeprefix("sha-256:")
            assert (server.folder / "objects" / name[:2] / name).is_file(), "acknowledged evidence is missing"


async def check_answers(company: Company) -> None:
    listed = await company.ask("{ assessments { id state answers { questionId version evidence { digest } } } }")
    versions: dict[str, int] = {}
    digests: set[str] = set()
    for one in listed["data"]["assessments"]:
        for answer in one["answers"]:
            versions[f"{one['id']} {answer['questionId']}"] = answer["version"]
            digests |= {document["digest"] for document in answer["evidence"]}
    for name, version in company.known.answers.items():
        assert versions.get(name, 0) >= version, f"the acknowledged answer {name} is missing"
    assert company.known.evidence <= digests
    assert len(set(company.known.attestations)) == len(company.known.attestations)


async def is_public(base: str, attestation_id: str) -> bool:
    async with httpx.AsyncClient(base_url=base, timeout=5) as client:
        return (await client.get(f"/attestations/{attestation_id}.tlog-proof")).status_code == 200
