"""Load over HTTP on loopback: a fixed number of connections that each ask, wait for the answer, and ask again.

Written on plain sockets, because a full client costs more time than the servers that are measured. It sends to
127.0.0.1 only, and stops at a number of requests and at a time, whichever comes first.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import perf_counter

from tests.bench.places import HOST

CONNECTIONS = 16
LONGEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Run:
    """The seconds of each request, and of the run as a whole."""

    times: list[float]
    seconds: float

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds


def a_request(port: int, path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def run(port: int, request: bytes, requests: int, connections: int = CONNECTIONS) -> Run:
    """Send `request` so many times over so many connections. Raises RuntimeError for any answer but 200."""
    left = requests
    times: list[float] = []

    async def one_connection() -> None:
        nonlocal left
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            while left > 0:
                left -= 1
                started = perf_counter()
                await _ask(reader, writer, request)
                times.append(perf_counter() - started)
        finally:
            writer.close()

    started = perf_counter()
    async with asyncio.timeout(LONGEST_SECONDS):
        await asyncio.gather(*(one_connection() for _ in range(connections)))
    return Run(times, perf_counter() - started)


async def ask_once(port: int, request: bytes) -> bytes:
    """Return the body of one answer."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            return await _ask(reader, writer, request)
    finally:
        writer.close()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    body = await reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
    if not head.startswith(b"http/1.1 200 "):
        raise RuntimeError(f"the server answered {head.splitlines()[0]!r}: {body[:300]!r}")
    return body
