"""What every response carries, whatever it is: a request id, security headers, a strict content policy.

What is not said to be public may be kept by nobody but its reader, and by nobody at all once it is read: without
a `cache-control` of its own a response is `no-store`. What is public sets no cookie, so that caches can share it.
"""

from __future__ import annotations

import re
import secrets
import time
from typing import Any

import structlog
from litestar import Request
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import FormMultiDict, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.exceptions import ClientException
from litestar.types import ASGIApp, Empty, Message, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from backend.settings import Settings

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# GraphiQL's editor sets styles from script; nothing else on that page is looser.
GRAPHIQL_POLICY = CONTENT_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
HEADERS = {
    "cache-control": "no-store",
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


class FormRequest(Request[Any, Any, Any]):
    """A request whose form is one that a browser could have sent; others are refused, and are no error of ours."""

    async def form(self) -> FormMultiDict:
        try:
            form = await super().form()
        except (UnicodeError, LookupError) as error:
            raise ClientException("This form cannot be read: its text is not UTF-8.") from error
        if not isinstance(form.get("_csrf_token", ""), str):
            raise ClientException("This form cannot be read: its token is a file.")
        return form


class RequestFrame:
    """Give each request its id and its log line, and each response its headers.

    It goes around the whole application: what the router or the check of forms refuses passes no inner middleware.
    """

    def __init__(self, app: ASGIApp, uses_https: bool) -> None:
        self.app, self.uses_https = app, uses_https

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
                self._complete(MutableScopeHeaders.from_message(message), request_id)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, framed)
            finally:
                await _close_uploads(scope)
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                log.info("request", **_request_line(scope), status=status, ms=milliseconds)

    def _complete(self, headers: MutableScopeHeaders, request_id: str) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if "public" in headers["cache-control"] and "set-cookie" in headers:
            del headers["set-cookie"]
        headers["x-request-id"] = request_id
        if self.uses_https:
            headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"


async def _close_uploads(scope: Scope) -> None:
    """Close the files of a form that was refused before any handler saw it; the framework closes the others."""
    form = ScopeState.from_scope(scope).form
    if form is not Empty:
        await FormMultiDict.from_form_data(form).close()


def logged_path(path: str) -> str:
    """Return a path as log lines show it: the token of an invitation's link lets its holder in, so it is left out."""
    start = "/invitations/"
    return f"{start}..." if path.startswith(start) else path


def _request_line(scope: Scope) -> dict[str, str]:
    return {"method": str(scope.get("method", "")), "path": logged_path(scope["path"])}
