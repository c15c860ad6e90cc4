"""Public responses: each says which tree size it speaks for, and has an ETag made of that and the request.

A status such as "expired" follows from the date as well, so the day is a part of the ETag too
(docs/decisions/0006).
"""

from __future__ import annotations

import hashlib
from typing import Any

from litestar import Request, Response
from litestar.response import Template

from backend.adapters import clock
from backend.transparency.rules.views import TREE_SIZE_HEADER
from backend.web.render import manifest

AnyRequest = Request[Any, Any, Any]


def etag_of(request: AnyRequest, tree_size: int) -> str:
    """Return the ETag of what this request gets from the head of `tree_size`."""
    said = f"{tree_size}|{clock.today()}|{request.url.path}?{request.url.query}|{manifest().get('app.css')}"
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'


def not_modified(request: AnyRequest, tree_size: int) -> Response[None] | None:
    """Return 304 where the caller has this already."""
    # A cache that compresses on the way marks the tag as weak; it names the same content still.
    known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    if etag_of(request, tree_size) in known:
        return Response(None, status_code=304, headers=_headers(request, tree_size))
    return None


def public_file(request: AnyRequest, tree_size: int, body: bytes, media_type: str) -> Response[bytes]:
    """Return public bytes that anybody, from any site, may read and keep until the next head."""
    headers = {
        **_headers(request, tree_size),
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
    }
    return Response(body, media_type=media_type, headers=headers)


def mark_public(request: AnyRequest, tree_size: int, page: Template) -> Template:
    """Put tree size and ETag on a public page."""
    page.headers.update(_headers(request, tree_size))
    return page


def _headers(request: AnyRequest, tree_size: int) -> dict[str, str]:
    return {
        "etag": etag_of(request, tree_size),
        TREE_SIZE_HEADER: str(tree_size),
        "cache-control": "public, max-age=0, must-revalidate",
    }
