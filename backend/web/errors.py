"""From the product's errors to HTTP, in one place; a test walks every subclass."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import structlog
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Template

from backend.kernel import errors
from backend.web.security import logged_path
from backend.web.session import SESSION_COOKIE

STATUS: dict[type[errors.Para73Error], int] = {
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.Invalid: 422,
    errors.FileRefused: 422,
    errors.Conflict: 409,
    errors.LimitReached: 413,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}
_TITLES = {
    400: "This request cannot be read",
    401: "Sign in to go on",
    403: "This is not yours to do",
    404: "There is nothing here",
    405: "This address does not take that",
    409: "Somebody was first",
    413: "This is too large",
    422: "Some entries need another look",
    429: "Too many tries",
    503: "A part of Para73 does not answer",
}
_ADVICE = {
    401: "Sign in, and you come back to this page.",
    403: "Nothing was changed.",
    404: "Check the address. What belongs to another organisation is not shown here either.",
    409: "Load the page again: it shows what stands there now.",
    413: "Nothing was stored. Make it smaller and try again.",
    429: "Wait a few minutes and try again.",
    503: "Nothing was half done. Try again in a moment.",
}
_HTTP_MESSAGES = {
    403: "It was open for too long, or cookies are switched off. Load the page again and repeat.",
    404: "There is no page at this address.",
    405: "Pages are opened, and forms are sent; this was the other way round.",
    413: "What was sent is larger than this takes.",
}
log = structlog.get_logger("para73.web")

AnyRequest = Request[Any, Any, Any]


def status_of(error: errors.Para73Error) -> int:
    """Return the HTTP status of an expected failure."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def wants_json(request: AnyRequest) -> bool:
    """Whether the caller is a script of ours or another program, and not a person with a page."""
    return "application/json" in request.headers.get("accept", "")


def on_expected(request: AnyRequest, error: errors.Para73Error) -> Response[Any]:
    """Show an expected failure: as a page, as JSON for scripts, or as the way to sign in."""
    status = status_of(error)
    headers = {"retry-after": str(error.retry_after_seconds)} if isinstance(error, errors.TooMany) else {}
    if wants_json(request):
        body: dict[str, Any] = {"code": error.code, "message": error.message}
        if isinstance(error, errors.Invalid):
            body["fields"] = dict(error.fields)
        return Response(body, status_code=status, media_type=MediaType.JSON, headers=headers)
    if isinstance(error, errors.NotSignedIn) and request.method == "GET":
        return Redirect(f"/sign-in?next={quote(request.url.path)}", status_code=303)
    return _page(request, status, error.message, headers)


def on_http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """Show what the framework refused: an unknown address, a wrong method, a form that is out of date."""
    message = _HTTP_MESSAGES.get(error.status_code, error.detail)
    if wants_json(request):
        body = {"code": "http", "message": message}
        return Response(body, status_code=error.status_code, media_type=MediaType.JSON)
    if error.status_code == 403:
        # Our own refusals are NotAllowed; the framework's is always about a form's token.
        return _page(request, 403, message, {}, title="This form is out of date", advice="Nothing was stored.")
    return _page(request, error.status_code, message, {})


def on_unexpected(request: AnyRequest, error: Exception) -> Response[Any]:
    """Show that this is our fault, with the id under which the log has it."""
    log.exception("unexpected", path=logged_path(request.url.path))
    message = "Something went wrong on our side. It was noted down under the number below."
    if wants_json(request):
        return Response({"code": "unexpected", "message": message}, status_code=500, media_type=MediaType.JSON)
    return _page(request, 500, message, {})


def _page(
    request: AnyRequest, status: int, message: str, headers: dict[str, str], title: str = "", advice: str = ""
) -> Template:
    context = {
        # Whose session it is was not looked up for an unknown address; the cookie is enough for the navigation.
        "actor": request.cookies.get(SESSION_COOKIE),
        "url": request.url.path,
        "status": status,
        "title": title or _TITLES.get(status, "This did not work"),
        "message": message,
        "what_to_do": advice or _ADVICE.get(status, "Go back and try again."),
        "request_id": request.scope["state"].get("request_id", ""),
    }
    return Template("error.html", context=context, status_code=status, headers=headers)
