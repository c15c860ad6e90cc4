"""In which language a member reads the questions: the address says, else the last choice, else the browser."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from backend.adapters import context
from backend.sectors.rules.languages import LANGUAGES, preferred

LANGUAGE_COOKIE = "para73_lang"
YEAR_SECONDS = 365 * 24 * 60 * 60

AnyRequest = Request[Any, Any, Any]
CurrentLanguage = NamedDependency[str]


def language_of(request: AnyRequest) -> str:
    """Return the code of one of the library's languages."""
    accepted = (part.split(";")[0] for part in request.headers.get("accept-language", "").split(","))
    chosen = (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
    return preferred([*(one for one in chosen if one in LANGUAGES), *accepted])


async def provide_language(request: AnyRequest) -> str:
    """As `language_of`, for handlers."""
    return language_of(request)


def keep_language(request: AnyRequest, response: Response[Any]) -> None:
    """Remember a language that was chosen by the address of this request."""
    chosen = request.query_params.get("lang")
    if chosen in LANGUAGES:
        response.set_cookie(
            Cookie(
                key=LANGUAGE_COOKIE,
                value=chosen,
                httponly=True,
                samesite="lax",
                secure=context.current().settings.uses_https,
                max_age=YEAR_SECONDS,
                path="/",
            )
        )
