"""Public reads are a function of the log's head: same head, same bytes, and nothing that no checkpoint covers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient, Response
from litestar import Litestar

from backend.adapters import clock
from backend.attestations import service as attestations
from backend.kernel.actor import Actor
from backend.transparency import service as transparency
from backend.transparency.rules.checkpoint import open_note, parse_body
from backend.transparency.rules.proofs import parse_tlog_proof
from tests import world
from tests.conftest import Databases
from tests.site import a_client, fresh_app
from tests.web.conftest import signed_in

QUERY = (
    "{ publishedScores { treeSize totalCount nodes { company { name } attestation { id status } } } logHead { size } }"
)
TREE_SIZE = "para73-tree-size"


@dataclass(slots=True)
class Ngo:
    """Somebody who reads, and one company that published a year ago and can publish again."""

    app: Litestar
    client: AsyncClient
    owner: Actor
    first: UUID
    period: int = 2010

    async def publish(self) -> UUID:
        """Publish the next year's assessment, which no checkpoint covers yet."""
        self.period += 1
        return await world.a_published(self.owner, self.period)


@pytest.fixture(scope="module")
async def ngo(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ngo]:
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(fresh_app(databases, tmp_path_factory.mktemp("site")))
        client = await stack.enter_async_context(a_client(app))
        await world.a_company("Other Hotels Ltd", "owner@other.example")
        owner = await world.a_company()
        first = await world.a_published(owner, 2010)
        await transparency.sequence()
        yield Ngo(app, client, owner, first)


def reads(attestation_id: UUID) -> list[str]:
    """Return every address that shows what is public, with and without its filters."""
    return [
        "/",
        "/attestations",
        "/attestations?order=name&country=KE&search=hotels",
        "/attestations?order=highest_declared",
        f"/attestations/{attestation_id}",
        f"/attestations/{attestation_id}.json",
        f"/attestations/{attestation_id}.tlog-proof",
        f"/attestations/{attestation_id}.bundle",
        "/log",
        "/log/checkpoint",
        f"/graphql?query={QUERY}",
    ]


def without_its_number(response: Response) -> tuple[int, dict[str, str], bytes]:
    headers = {name: value for name, value in response.headers.items() if name != "x-request-id"}
    return response.status_code, headers, response.content


async def snapshot(ngo: Ngo) -> dict[str, tuple[int, dict[str, str], bytes]]:
    return {path: without_its_number(await ngo.client.get(path)) for path in reads(ngo.first)}


async def size_of(ngo: Ngo) -> int:
    return int((await ngo.client.get("/log/checkpoint")).text.split("\n")[1])


async def query(ngo: Ngo, text: str) -> Any:
    return (await ngo.client.post("/graphql", json={"query": text})).json()["data"]


async def test_every_public_read_says_which_tree_it_speaks_for_and_has_an_etag(ngo: Ngo) -> None:
    size, etags = str(await size_of(ngo)), set()
    for path in reads(ngo.first):
        response = await ngo.client.get(path)
        assert (response.status_code, response.headers[TREE_SIZE]) == (200, size), path
        assert response.headers["cache-control"] == "public, max-age=0, must-revalidate"
        assert response.headers["etag"].startswith('"')
        etags.add(response.headers["etag"])
    assert len(etags) == len(reads(ngo.first)), "each address has an ETag of its own"
    posted = await ngo.client.post("/graphql", json={"query": QUERY})
    assert posted.headers[TREE_SIZE] == size == posted.json()["data"]["publishedScores"]["treeSize"]


async def test_the_same_head_gives_the_same_bytes_to_everybody(ngo: Ngo) -> None:
    first = await snapshot(ngo)
    async with a_client(ngo.app) as somebody_else:
        for path in reads(ngo.first):
            response = await somebody_else.get(path, headers={"user-agent": "other", "accept-language": "fr"})
            assert without_its_number(response) == first[path], path


async def test_whoever_has_it_already_is_told_so_until_the_head_moves(ngo: Ngo) -> None:
    known: dict[str, str] = {}
    for path in reads(ngo.first):
        known[path] = etag = (await ngo.client.get(path)).headers["etag"]
        for said in (etag, f'"other", {etag}', f"W/{etag}"):
            response = await ngo.client.get(path, headers={"if-none-match": said})
            assert (response.status_code, response.content) == (304, b""), path
            assert (response.headers["etag"], TREE_SIZE in response.headers) == (etag, True)
        response = await ngo.client.get(path, headers={"if-none-match": '"other"'})
        assert response.status_code == 200
    await ngo.publish()
    await transparency.sequence()
    for path, etag in known.items():
        response = await ngo.client.get(path, headers={"if-none-match": etag})
        assert response.status_code == 200, path
        assert response.headers["etag"] != etag


async def test_another_day_is_another_etag_because_an_attestation_may_have_expired(ngo: Ngo) -> None:
    path = f"/attestations/{ngo.first}"
    today = (await ngo.client.get(path)).headers["etag"]
    with clock.fixed_time(clock.now() + timedelta(days=400)):
        later = await ngo.client.get(path, headers={"if-none-match": today})
        assert later.status_code == 200
        assert later.headers["etag"] != today


async def test_nothing_that_no_checkpoint_covers_is_shown_anywhere(ngo: Ngo) -> None:
    size, before = await size_of(ngo), await snapshot(ngo)
    hidden = await ngo.publish()
    assert await snapshot(ngo) == before, "not a byte changed for the public"
    for ending in ("", ".json", ".tlog-proof", ".bundle"):
        assert (await ngo.client.get(f"/attestations/{hidden}{ending}")).status_code == 404
    found = await query(ngo, f'{{ publishedScore(attestationId: "{hidden}") {{ period }} }}')
    assert found == {"publishedScore": None}
    listed = await query(ngo, "{ publishedScores(first: 100) { nodes { attestation { id supersededBy } } } }")
    nodes = [one["attestation"] for one in listed["publishedScores"]["nodes"]]
    assert str(hidden) not in str(nodes)
    assert {one["supersededBy"] for one in nodes} == {None}
    for width in range(1, 257):
        path = f"/log/tile/0/000.p/{width}" if width < 256 else "/log/tile/0/000"
        if width > size:
            assert (await ngo.client.get(path)).status_code == 404
    async with a_client(ngo.app) as other, a_client(ngo.app) as member:
        await signed_in(other, "owner@other.example")
        await signed_in(member, "owner@test.example")
        assert (await other.get(f"/attestations/{hidden}")).status_code == 404
        assert str(hidden) not in (await other.get("/attestations")).text
        waiting = await member.get(f"/attestations/{hidden}")
        assert (waiting.status_code, waiting.headers["cache-control"]) == (200, "no-store")
        assert "being logged" in waiting.text
        assert (await member.get(f"/attestations/{hidden}.json")).status_code == 404

    await transparency.sequence()
    for ending in ("", ".json", ".tlog-proof", ".bundle"):
        assert (await ngo.client.get(f"/attestations/{hidden}{ending}")).status_code == 200
    assert str(hidden) in (await ngo.client.get("/attestations")).text
    assert str(hidden) in (await ngo.client.get("/")).text
    found = await query(ngo, f'{{ publishedScore(attestationId: "{hidden}") {{ attestation {{ status }} }} }}')
    assert found == {"publishedScore": {"attestation": {"status": "valid"}}}


async def test_a_response_of_several_parts_speaks_for_one_head_while_the_log_grows(ngo: Ngo) -> None:
    before = await transparency.find_head()
    assert before is not None
    later = await ngo.publish()
    await transparency.sequence()
    now = await transparency.find_head()
    assert now is not None
    assert now.size > before.size
    for head in (before, now):
        proof = parse_tlog_proof(await attestations.get_proof(ngo.first, head))
        assert parse_body(open_note(proof.checkpoint_note, [transparency.log_key()])).size == head.size
        assert (await attestations.get_public(ngo.first, head)).tree_size == head.size
    assert await attestations.find_public(later, before) is None
    assert str(later) not in str(await transparency.list_latest_entries(before))
    assert str(later) in str(await transparency.list_latest_entries(now))


async def test_a_tile_never_changes_once_it_can_be_read(ngo: Ngo) -> None:
    size = await size_of(ngo)
    paths = [f"/log/tile/{kind}/000.p/{size}" for kind in ("0", "entries")]
    before = {path: await ngo.client.get(path) for path in paths}
    assert len(before[paths[0]].content) == 32 * size
    for response in before.values():
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["content-type"] == "application/octet-stream"
        assert response.headers["access-control-allow-origin"] == "*"
    await ngo.publish()
    await transparency.sequence()
    assert await size_of(ngo) > size
    for path, response in before.items():
        assert without_its_number(await ngo.client.get(path)) == without_its_number(response)


@pytest.mark.parametrize(
    "path",
    [
        "0/000",
        "0/000.p/0",
        "0/000.p/00",
        "0/000.p/256",
        "0/000.p/-1",
        "0/000.p/{w}x",
        "0/000.p/0{w}",
        "0/000.p/+{w}",
        "0/000.p/１",
        "0/0.p/{w}",
        "0/x000/000.p/{w}",
        "0/x000/000",
        "0/001.p/{w}",
        "00/000.p/{w}",
        "1/000.p/{w}",
        "64/000.p/{w}",
        "-1/000.p/{w}",
        "entries/000",
        "entries/x000/000.p/{w}",
        "data/000.p/{w}",
        "%2e%2e/checkpoint",
        "%2e%2e%2f%2e%2e%2fkeys%2flog.pem",
        "0/%2e%2e/0/000.p/{w}",
        "/etc/passwd",
        "0/000.p/{w}%00",
        "0/999999999999999999999999.p/{w}",
        "0/" + "x999/" * 2000 + "000.p/{w}",
    ],
)
async def test_only_the_one_spelling_of_a_tile_is_served(ngo: Ngo, path: str) -> None:
    width = await size_of(ngo)
    assert (await ngo.client.get(f"/log/tile/0/000.p/{width}")).status_code == 200
    response = await ngo.client.get(f"/log/tile/{path.format(w=width)}")
    assert response.status_code == 404
    assert b"PRIVATE KEY" not in response.content


async def test_what_was_signed_is_handed_out_byte_for_byte(ngo: Ngo) -> None:
    detail = await attestations.get_public(ngo.first)
    response = await ngo.client.get(f"/attestations/{ngo.first}.json")
    assert (response.text, response.headers["content-type"]) == (detail.credential_text, "application/vc")
    assert response.headers["access-control-allow-origin"] == "*"
    checkpoint = await ngo.client.get("/log/checkpoint")
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"
    head = await transparency.find_head()
    assert head is not None
    assert checkpoint.text == head.note
    assert (await ngo.client.get("/log/vkey")).text == transparency.log_key().vkey + "\n"
