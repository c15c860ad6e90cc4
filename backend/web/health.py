"""For whoever keeps it running: alive, and ready to serve."""

from __future__ import annotations

from litestar import Response, get
from litestar.enums import MediaType

from backend.adapters import db


@get("/healthz", media_type=MediaType.TEXT, sync_to_thread=False)
def healthz() -> str:
    """The process answers; nothing else is looked at, so a slow database never gets it killed."""
    return "alive\n"


@get("/readyz")
async def readyz() -> Response[str]:
    """The database answers as well."""
    ready = await db.is_reachable()
    return Response("ready\n" if ready else "no database\n", status_code=200 if ready else 503, media_type="text/plain")


HANDLERS = [healthz, readyz]
