"""What a test hands over to the page, and how it reads what the page then shows."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from playwright.async_api import FilePayload, Locator, Page, expect

LONG_AFTER = datetime(2031, 1, 1, tzinfo=UTC)
OUTCOMES = """() => Object.fromEntries(
  [...document.querySelectorAll("[data-step]")].map((step) => [step.dataset.step, step.dataset.outcome]))"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
  [...document.querySelectorAll("main *")]
    .filter((one) => one.getBoundingClientRect().right > window.innerWidth)
    .map((one) => one.outerHTML.slice(0, 120))"""


@dataclass(frozen=True)
class Published:
    """One sample attestation, as its page offers it."""

    id: str
    bundle: bytes
    credential: bytes
    proof: bytes

    @property
    def path(self) -> str:
        return f"/attestations/{self.id}"

    @property
    def name(self) -> str:
        return str(json.loads(self.credential)["credentialSubject"]["legalName"])


def a_file(name: str, data: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


async def choose(page: Page, *files: FilePayload) -> Locator:
    """Choose files on the page and return the verdict."""
    before = await page.locator("[data-verify-result] > *").element_handles()
    await page.set_input_files("[data-verify-file]", list(files))
    for one in before:
        await one.wait_for_element_state("hidden")
    return page.locator("[data-verdict]")


async def verdict_of(page: Page, *files: FilePayload) -> tuple[str | None, str]:
    shown = await choose(page, *files)
    await expect(shown).to_be_visible()
    reasons = await shown.locator(".verdict__reasons li").all_inner_texts()
    return await shown.get_attribute("data-verdict"), " ".join(reasons)


async def outcomes(page: Page) -> dict[str, str]:
    steps: dict[str, str] = await page.evaluate(OUTCOMES)
    return steps


def altered(whole: Published) -> dict[str, bytes]:
    """Return the bundle with one character changed, by the place where."""
    bundle = json.loads(whole.bundle)
    lines = bundle["proof"].split("\n")
    extra = base64.b64decode(lines[1].removeprefix("extra "))
    index = int(lines[2].removeprefix("index "))
    border = lines.index("")

    def with_line(at: int, line: str) -> bytes:
        return json.dumps({**bundle, "proof": "\n".join([*lines[:at], line, *lines[at + 1 :]])}).encode()

    return {
        "name": whole.bundle.replace(b'"legalName": "S', b'"legalName": "T', 1),
        "score": re.sub(rb'"scoreBp": (\d)', lambda m: b'"scoreBp": %d' % (int(m[1]) % 9 + 1), whole.bundle, count=1),
        "proof value": re.sub(rb'("proofValue": "z.{20})(.)', _other_letter, whole.bundle, count=1),
        "entry": with_line(1, "extra " + base64.b64encode(extra.replace(b"issued", b"revoke", 1)).decode()),
        "index": with_line(2, f"index {index - 1 if index else 1}"),
        "hash": with_line(3, _other_start(lines[3])),
        "checkpoint size": with_line(border + 2, str(int(lines[border + 2]) + 1)),
        "checkpoint root": with_line(border + 3, _other_start(lines[border + 3])),
        "checkpoint signature": with_line(border + 5, re.sub(r"(.{10})(.)(.{20})$", _other_inside, lines[border + 5])),
    }


def _other_letter(found: re.Match[bytes]) -> bytes:
    return found[1] + (b"2" if found[2] != b"2" else b"3")


def _other_inside(found: re.Match[str]) -> str:
    return found[1] + ("A" if found[2] != "A" else "B") + found[3]


def _other_start(line: str) -> str:
    return ("A" if line[0] != "A" else "B") + line[1:]


async def too_wide(page: Page) -> list[str]:
    """Return what stands out of the window to the side; empty where the page fits."""
    found: list[str] = await page.evaluate(TOO_WIDE)
    return found
