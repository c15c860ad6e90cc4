"""What every response carries, whatever it is: a request id, security headers, a strict content policy."""

from __future__ import annotations

import re
import secrets
import time

import structlog
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from backend.settings import Settings

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# GraphiQL's editor sets styles from script; nothing else on that page is looser.
GRAPHIQL_POLICY = CONTENT_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
log = structlog.get_logger("para73.web")


def csrf_config(settings: Settings, secret: str) -> CSRFConfig:
    """Return the protection of every form; GraphQL is out of it, because it never looks at cookies."""
    return CSRFConfig(
        secret=secret,
        cookie_name="para73_csrf",
        cookie_httponly=True,
        cookie_samesite="lax",
        cookie_secure=settings.uses_https,
    )


def request_frame(uses_https: bool) -> type:
    """Return the middleware that gives each request its id, its log line and the headers of its response."""

    class RequestFrame:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.HTTP:
                await self.app(scope, receive, send)
                return
            given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
            request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
            scope["state"]["request_id"] = request_id
            started = time.perf_counter()
            status = 500

            async def framed(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    message.setdefault("headers", [])
                    headers = MutableScopeHeaders.from_message(message)
                    for name, value in HEADERS.items():
                        headers.setdefault(name, value)
                    headers["x-request-id"] = request_id
                    if uses_https:
                        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
                await send(message)

            with structlog.contextvars.bound_contextvars(request_id=request_id):
                try:
                    await self.app(scope, receive, framed)
                finally:
                    milliseconds = round((time.perf_counter() - started) * 1000, 1)
                    log.info("request", **_request_line(scope), status=status, ms=milliseconds)

    return RequestFrame


def _request_line(scope: Scope) -> dict[str, str]:
    return {"method": str(scope.get("method", "")), "path": scope["path"]}
