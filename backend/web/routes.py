"""Every page and file that the web process serves."""

from __future__ import annotations

from typing import Any

from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from backend.web import (
    account,
    answering,
    assessments,
    attestations,
    carrying,
    exchange,
    health,
    home,
    log,
    questionnaires,
)
from backend.web.render import DIST

STATIC = create_static_files_router(
    path="/static",
    directories=[DIST],
    # Every built file has its digest in its name.
    cache_control=CacheControlHeader(public=True, max_age=31_536_000, immutable=True),
    opt={"exclude_from_csrf": True},
    include_in_schema=False,
)

ROUTES: list[Any] = [
    *home.HANDLERS,
    *questionnaires.HANDLERS,
    *account.HANDLERS,
    *assessments.HANDLERS,
    *answering.HANDLERS,
    *carrying.HANDLERS,
    *exchange.HANDLERS,
    *attestations.HANDLERS,
    *log.HANDLERS,
    *health.HANDLERS,
    STATIC,
]
