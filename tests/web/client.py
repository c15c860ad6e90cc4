"""A browser without script: follows forms as HTML says, with their CSRF tokens."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from httpx import AsyncClient, Response


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.actions: dict[str, dict[str, list[str]]] = {}
        self._open: dict[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and given.get("method") == "post":
            self._open = self.actions.setdefault(given.get("action") or "", {})
        elif tag == "input" and self._open is not None and given.get("name"):
            chosen = given.get("type") not in ("radio", "checkbox", "file") or "checked" in given
            if chosen:
                self._open.setdefault(str(given["name"]), []).append(given.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


class Visitor:
    """One person with one cookie jar."""

    def __init__(self, client: AsyncClient) -> None:
        self.client = client
        self.page: Response | None = None

    async def open(self, path: str) -> Response:
        self.page = await self.client.get(path, headers={"accept": "text/html"}, follow_redirects=True)
        assert self.page.status_code < 500, self.page.text
        return self.page

    @property
    def forms(self) -> dict[str, dict[str, list[str]]]:
        assert self.page is not None
        parser = _Forms()
        parser.feed(self.page.text)
        return parser.actions

    async def send(self, action: str, values: Mapping[str, Any] | None = None, files: Any = None) -> Response:
        """Send the form of the present page that goes to `action`, with these values over its own."""
        data: dict[str, Any] = {**self.forms[action], **(values or {})}
        self.page = await self.client.post(
            action, data=data, files=files, headers={"accept": "text/html"}, follow_redirects=True
        )
        assert self.page.status_code < 500, self.page.text
        return self.page
