"""The real product in a real Chromium, watched: an error on the console, a broken content policy, an exception or a
request to another host fails the test that caused it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, async_playwright

from tests.browser.handed import Published

ROOT = Path(__file__).resolve().parents[2]
DEBIAN_CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM = DEBIAN_CHROMIUM if DEBIAN_CHROMIUM.exists() else None
"""Where there is none of the system, Playwright starts its own."""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
START_SECONDS = 90
POLL_SECONDS = 0.1
STOP_SECONDS = 30
WIDE, NARROW = 1280, 390
HEIGHT = 900
# A broken content policy is told to the page alone; this makes it an error on the console.
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`content policy: ${event.violatedDirective} refused ${event.blockedURI}`));"""
ENDINGS = (".bundle", ".json", ".tlog-proof")
RUN_AXE = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


@dataclass(frozen=True)
class LiveServer:
    """`para73 serve --sample-data` in a folder of its own. `base` is its address, without a slash at the end."""

    base: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a command needs to work on the same data folder."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PARA73_", "DATABASE_URL"))}
        return {**kept, "PARA73_DATA": str(self.folder), "PARA73_LOG_FORMAT": "json"}


@pytest.fixture(scope="session")
def live() -> Iterator[LiveServer]:
    # A Unix socket's path must be short, so this cannot lie in pytest's own folder.
    root = Path(tempfile.mkdtemp(prefix="p73-"))
    root.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = LiveServer(f"http://127.0.0.1:{port}", root / "data")
    command = [sys.executable, "-m", "backend.cli", "serve", "--sample-data", "--port", str(port)]
    log = root / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=made.environment, stdout=output, stderr=output)
    try:
        _wait_until_ready(made.base, process, log)
        yield made
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        finally:
            _kill_what_is_left(root)
            shutil.rmtree(root, ignore_errors=True)


def _wait_until_ready(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{base}/readyz", timeout=2).status_code == 200:
                return
        time.sleep(POLL_SECONDS)
    raise AssertionError(f"the server did not get ready:\n{log.read_text()[-4000:]}")


def _kill_what_is_left(root: Path) -> None:
    for process in psutil.process_iter(["cmdline"]):
        if str(root) in " ".join(process.info["cmdline"] or []):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        await made.close()


@dataclass
class Watch:
    """Opens pages and keeps what happens in them. `problems` must be empty when the test ends."""

    browser: Browser
    base: str
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    async def open(self, path: str = "", width: int = WIDE, dark: bool = False, **options: Any) -> Page:
        """Return a page of a new visitor, at `path` where one is given; further options as Playwright's contexts."""
        scheme: Literal["dark", "light"] = "dark" if dark else "light"
        context = await self.browser.new_context(
            base_url=self.base, viewport={"width": width, "height": HEIGHT}, color_scheme=scheme, **options
        )
        self.contexts.append(context)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"exception: {error.error}"))
        context.on("request", self._request)
        await context.add_init_script(TELL_VIOLATIONS)
        page = await context.new_page()
        if path:
            await page.goto(path)
        return page

    def expect(self, text: str) -> None:
        """Let an error with this text on the console pass: for tests that bring one about."""
        self.expected.append(text)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in self.expected):
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        self.requests.append(request.url)
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != urlsplit(self.base).netloc:
            self.problems.append(f"request to another host: {request.url}")


@pytest.fixture
async def watch(browser: Browser, live: LiveServer) -> AsyncIterator[Watch]:
    made = Watch(browser, live.base)
    yield made
    for context in made.contexts:
        await context.close()
    assert made.problems == []


@pytest.fixture
async def page(watch: Watch) -> Page:
    """Give an empty page of a visitor who is not signed in, 1280 pixels wide."""
    return await watch.open()


async def axe_violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong with the page as it stands, one line for each element."""
    script = ROOT / "frontend/node_modules/axe-core/axe.min.js"
    # Evaluated through the browser's own tools, so that the page's content policy can stay as it is.
    await page.evaluate(await asyncio.to_thread(script.read_text))
    found: list[dict[str, Any]] = await page.evaluate(RUN_AXE)
    return [f"{one['id']}: {one['help']}: {node['target']} {node['html']}" for one in found for node in one["nodes"]]


@pytest.fixture(scope="session")
async def published(live: LiveServer) -> list[Published]:
    """Return two of the sample attestations."""
    async with httpx.AsyncClient(base_url=live.base) as client:
        listed = (await client.get("/attestations")).text
        ids = list(dict.fromkeys(re.findall(r'href="/attestations/([0-9a-f-]{36})"', listed)))[:2]
        files = [[(await client.get(f"/attestations/{one}{end}")).content for end in ENDINGS] for one in ids]
    assert len(ids) == 2
    return [Published(one, *contents) for one, contents in zip(ids, files, strict=True)]
