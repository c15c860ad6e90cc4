"""The log's public files at stable addresses (C2SP tlog-tiles): a checkpoint that moves, tiles that never change."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.enums import MediaType
from litestar.params import FromPath

from backend.kernel.errors import NotFound
from backend.transparency import service as transparency
from backend.web.public_reads import not_modified, public_file

AnyRequest = Request[Any, Any, Any]


@get("/log/checkpoint")
async def checkpoint(request: AnyRequest) -> Response[Any]:
    head = await transparency.find_head()
    if head is None:
        raise NotFound("The log has no checkpoint yet.")
    return not_modified(request, head.size) or public_file(request, head.size, head.note.encode(), MediaType.TEXT)


@get("/log/tile/{path:path}")
async def tile(path: FromPath[str]) -> Response[Any]:
    data = await transparency.get_entry_file("tile/" + path.lstrip("/"))
    headers = {
        "cache-control": "public, max-age=31536000, immutable",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
    }
    return Response(data, media_type="application/octet-stream", headers=headers)


@get("/log/vkey", media_type=MediaType.TEXT)
async def vkey() -> str:
    return transparency.log_key().vkey + "\n"


HANDLERS = [checkpoint, tile, vkey]
