"""The verifier of the pages and the one of the command never disagree: not in a verdict, and not in a reason."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route

from backend.attestations.rules.verify import Trust, Verdict, read_trust, verify_attestation
from backend.kernel.errors import Invalid
from tests.browser.attested import TRUST
from tests.browser.conftest import ROOT
from tests.browser.forgeries import Case, cases

SOURCE = ROOT / "frontend/src/verify"
VECTORS = ROOT / "tests/vectors/merkle/inclusion"
# A page on this machine's own name: browsers hand out WebCrypto to no other one without https. It is never asked.
ADDRESS = "http://localhost/"
LEAST = 60
RUN = """async (cases) => {
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const told = [];
  for (const one of cases) {
    const trust = verifier.readTrust(bytes(one.trust));
    const report = await verifier.verifyAttestation(bytes(one.data), one.proof, trust, new Date(one.at), one.later);
    const facts = Object.fromEntries([...report.facts].map(([name, value]) => [name, plain(value)]));
    const { verdict, reasons, steps } = report;
    told.push({verdict, reasons, facts, steps, engine: verifier.engine()});
  }
  return told;
  function plain(value) {
    if (value instanceof Map) return Object.fromEntries([...value].map(([key, part]) => [key, plain(part)]));
    if (Array.isArray(value)) return value.map(plain);
    return typeof value === "bigint" ? Number(value) : value;
  }
}"""

INCLUDED = """(vectors) => {
  const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  return vectors.map(({leaf, index, size, proof, root}) =>
    verifier.isIncluded(bytes(leaf), BigInt(index), BigInt(size), proof.map(bytes), bytes(root)));
}"""
REFUSED = """(text) => {
  try { verifier.readTrust(new TextEncoder().encode(text)); } catch (error) { return error.message; }
  return null;
}"""


@pytest.fixture(scope="module")
async def verifier(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build the modules of the pages into one script that names what a test calls."""
    folder = tmp_path_factory.mktemp("verifier")
    names = {"report": "verifyAttestation", "trust": "readTrust", "ed25519": "engine", "merkle": "isIncluded"}
    lines = [f'export {{ {name} }} from "{SOURCE / module}";' for module, name in names.items()]
    (folder / "entry.ts").write_text("\n".join(lines))
    esbuild = [str(ROOT / "infra/with-node"), "node", str(ROOT / "frontend/node_modules/esbuild/bin/esbuild")]
    options = ["--bundle", "--format=iife", "--global-name=verifier", "--target=es2022", "--log-level=warning"]
    made = await asyncio.create_subprocess_exec(
        *esbuild, str(folder / "entry.ts"), *options, f"--outfile={folder / 'out.js'}"
    )
    assert await made.wait() == 0
    return (folder / "out.js").read_text()


@pytest.fixture
async def bench(browser: Browser, verifier: str) -> AsyncIterator[Page]:
    """Give an empty page with the verifier in it, which no network reaches."""

    async def empty(route: Route) -> None:
        await route.fulfill(body="<!doctype html><title>Empty</title>", content_type="text/html")

    context = await browser.new_context()
    await context.route("**/*", empty)
    page = await context.new_page()
    await page.goto(ADDRESS)
    await page.add_script_tag(content=verifier)
    yield page
    await context.close()


def handed(case: Case) -> dict[str, Any]:
    later = None if case.later is None else {"superseded": case.later.superseded, "revoked": case.later.revoked}
    return {
        "data": base64.b64encode(case.data).decode(),
        "proof": case.proof,
        "trust": base64.b64encode(trust_file(case.trust)).decode(),
        "at": case.at.isoformat(),
        "later": later,
    }


def trust_file(trust: Trust) -> bytes:
    return json.dumps(trust.to_json()).encode()


async def in_browser(page: Page, wanted: list[Case]) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = await page.evaluate(RUN, [handed(case) for case in wanted])
    return told


def in_python(case: Case) -> dict[str, Any]:
    report = verify_attestation(case.data, case.proof, case.trust, case.at, case.later)
    return {"verdict": report.verdict.value, "reasons": list(report.reasons), "facts": dict(report.facts)}


def differences(wanted: list[Case], told: list[dict[str, Any]]) -> list[str]:
    found = []
    for case, browser in zip(wanted, told, strict=True):
        ours = in_python(case)
        parts = ("verdict", "reasons", "facts") if case.told else ("verdict",)
        found += [f"{case.name}: {part}: {browser[part]} {ours[part]}" for part in parts if browser[part] != ours[part]]
    return found


async def test_every_verdict_reason_and_fact_is_the_command_s(bench: Page) -> None:
    wanted = list(cases().values())
    told = await in_browser(bench, wanted)
    assert differences(wanted, told) == []
    assert {one["engine"] for one in told} == {"browser"}


async def test_a_browser_without_its_own_ed25519_tells_the_same(bench: Page) -> None:
    await bench.evaluate("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    wanted = list(cases().values())
    told = await in_browser(bench, wanted)
    assert differences(wanted, told) == []
    assert "library" in {one["engine"] for one in told}


def test_the_corpus_holds_every_verdict_and_more_than_sixty_forgeries() -> None:
    verdicts = Counter(in_python(case)["verdict"] for case in cases().values())
    assert set(verdicts) == {verdict.value for verdict in Verdict}
    assert verdicts["forged"] > LEAST


def test_no_flipped_bit_leaves_an_attestation_valid_with_another_meaning() -> None:
    base = json.loads(cases()["genuine bundle"].data)
    for case in cases().values():
        if case.name.startswith("byte ") and in_python(case)["verdict"] == Verdict.VALID:
            assert json.loads(case.data) == base, case.name


async def test_the_steps_tell_where_a_check_ended(bench: Page) -> None:
    ends = {
        "a float": "form",
        "another issuer": "key",
        "proof: a context more": "contexts",
        "another score": "signature",
        "proof text: size changed": "checkpoint",
        "proof text: hash missing": "inclusion",
        "logged as an entry of another digest": "entry",
        "years after it": "dates",
    }
    told = await in_browser(bench, [cases()[name] for name in ends])
    for (name, step), one in zip(ends.items(), told, strict=True):
        failed = [part["id"] for part in one["steps"] if part["outcome"] == "failed"]
        order = [part["id"] for part in one["steps"]]
        held = [part["id"] for part in one["steps"] if part["outcome"] == "held"]
        assert failed == [step], name
        assert held == order[: order.index(step)], name


async def test_the_steps_of_a_credential_alone_end_after_its_signature(bench: Page) -> None:
    told = await in_browser(bench, [cases()["credential without a proof"], cases()["genuine bundle"]])
    outcomes = [{part["id"]: part["outcome"] for part in one["steps"]} for one in told]
    assert [name for name, outcome in outcomes[0].items() if outcome == "held"] == [
        "form",
        "key",
        "contexts",
        "signature",
    ]
    assert "failed" not in outcomes[0].values()
    assert [name for name, outcome in outcomes[1].items() if outcome != "held"] == ["later"]


async def test_the_published_vectors_of_inclusion_proofs_hold_and_fail_as_they_should(bench: Page) -> None:
    # JSON of Go: what is zero is left out.
    vectors = [json.loads(path.read_text()) for path in sorted(VECTORS.rglob("*.json"))]
    given = [
        {
            "leaf": one.get("leafHash") or "",
            "index": str(one.get("leafIdx", 0)),
            "size": str(one.get("treeSize", 0)),
            "proof": one.get("proof") or [],
            "root": one.get("root") or "",
        }
        for one in vectors
    ]
    assert await bench.evaluate(INCLUDED, given) == [not one.get("wantErr", False) for one in vectors]
    assert len(vectors) > LEAST


@pytest.mark.parametrize("change", ["not JSON", "no keys", "a broken key", "a key more", "another format"])
async def test_a_trust_file_is_refused_with_the_command_s_words(bench: Page, change: str) -> None:
    content = TRUST.to_json()
    data = {
        "not JSON": b"{",
        "no keys": json.dumps({**content, "credential_keys": "z6Mk"}).encode(),
        "a broken key": json.dumps({**content, "log_vkey": content["log_vkey"] + "A"}).encode(),
        "a key more": json.dumps({**content, "more": 1}).encode(),
        "another format": json.dumps({**content, "format": "para73-trust@2"}).encode(),
    }[change]
    with pytest.raises(Invalid) as ours:
        read_trust(data)
    told = await bench.evaluate(REFUSED, data.decode())
    assert told == ours.value.message
