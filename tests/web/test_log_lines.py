"""What log lines hold, and what they never do."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import structlog
from httpx import AsyncClient
from structlog.testing import LogCapture

from backend.kernel.vocabulary import Role
from backend.organisations import service as organisations
from backend.web import security
from tests import world

Lines = Sequence[Mapping[str, Any]]


@pytest.fixture
def lines(client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """Give the lines that are logged about requests, as values: the loggers themselves keep their first target."""
    capture = LogCapture()
    kept = structlog.wrap_logger(
        None,
        processors=[structlog.contextvars.merge_contextvars, capture],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    monkeypatch.setattr(security, "log", kept)
    return capture.entries


async def test_a_request_is_one_line_with_its_id(client: AsyncClient, lines: Lines) -> None:
    response = await client.get("/healthz", headers={"x-request-id": "asked-for-once"})
    assert response.headers["x-request-id"] == "asked-for-once"
    (line,) = lines
    assert line["request_id"] == "asked-for-once"
    assert (line["event"], line["method"], line["path"], line["status"]) == ("request", "GET", "/healthz", 200)


async def test_an_invitations_token_is_in_no_line(client: AsyncClient, lines: Lines) -> None:
    owner = await world.a_company()
    token = await organisations.invite_member(owner, "Alex Test", "alex@test.example", [Role.EDITOR.value])
    page = await client.get(f"/invitations/{token}")
    refused = await client.post(f"/invitations/{token}", data={"password": world.PASSWORD})
    assert (page.status_code, refused.status_code) == (200, 403)
    assert [line["path"] for line in lines] == ["/invitations/..."] * 2
    assert token not in repr(lines)
