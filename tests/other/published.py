"""What the real service publishes, as a stranger downloads it, and the programs of others that it is handed to."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from httpx import AsyncClient

from backend.adapters import clock
from backend.attestations.rules.verify import Trust, read_trust
from backend.transparency import service as transparency
from tests import world

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
READY = HERE / "node_modules" / ".ready"


@dataclass(frozen=True)
class Published:
    """One attestation as its addresses serve it. `documents` are the context and the DID document, by address."""

    credential: dict[str, Any]
    proof: str
    bundle: bytes
    documents: dict[str, Any]
    trust: Trust


async def publish(client: AsyncClient) -> Published:
    """Let two companies publish, each twice, through the services; download what anybody may of the last one."""
    for number, name in enumerate(("First Hotels Ltd", "Test Hotels Ltd")):
        owner = await world.a_company(name, f"owner{number}@test.example")
        await world.a_published(owner, clock.today().year - 1)
        attestation_id = await world.a_published(owner)
    await transparency.sequence()
    address = f"/attestations/{attestation_id}"
    credential = await _json(client, f"{address}.json")
    did = await _json(client, "/.well-known/did.json")
    context = credential["@context"][1]
    return Published(
        credential=credential,
        proof=(await _get(client, f"{address}.tlog-proof")).decode(),
        bundle=await _get(client, f"{address}.bundle"),
        documents={context: await _json(client, context), did["id"]: did},
        trust=read_trust(await _get(client, "/trust.json")),
    )


def run_node(script: str, value: Any) -> Any:
    """Hand a JSON value to a script of this folder; return the one that it prints."""
    assert READY.exists(), "other people's verifiers are not installed: run `make tests/other/node_modules/.ready`"
    command = [str(ROOT / "infra" / "with-node"), "node", str(HERE / script)]
    done = subprocess.run(command, input=json.dumps(value).encode(), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


async def _get(client: AsyncClient, address: str) -> bytes:
    response = await client.get(address)
    assert response.status_code == 200, (address, response.text)
    return response.content


async def _json(client: AsyncClient, address: str) -> Any:
    return json.loads(await _get(client, address))
