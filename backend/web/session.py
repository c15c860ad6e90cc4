"""From the session cookie to the actor, and back."""

from __future__ import annotations

import re
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency

from backend.adapters import context
from backend.kernel.actor import PUBLIC, Actor
from backend.organisations import service as organisations

SESSION_COOKIE = "para73_session"
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")

AnyRequest = Request[Any, Any, Any]
CurrentActor = NamedDependency[Actor]


async def provide_actor(request: AnyRequest) -> Actor:
    """Return who is signed in, or the public. An ended session is the public."""
    token = request.cookies.get(SESSION_COOKIE)
    return (await organisations.actor_of_session(token) if token else None) or PUBLIC


def keep_session(response: Response[Any], token: str) -> None:
    """Set the session cookie: not for scripts, not from other sites, not over plain http where https is served."""
    settings = context.current().settings
    response.set_cookie(
        Cookie(
            key=SESSION_COOKIE,
            value=token,
            httponly=True,
            samesite="lax",
            secure=settings.uses_https,
            max_age=settings.session_days * 24 * 60 * 60,
            path="/",
        )
    )


def drop_session(response: Response[Any]) -> None:
    response.delete_cookie(SESSION_COOKIE, path="/")


def safe_next(given: str | None, default: str) -> str:
    """Return where to go after signing in: a path of this site only, so that no link leads elsewhere.

    Browsers drop tabs and line ends from addresses and take a backslash for a slash, so that "/", a tab and
    "/elsewhere.example" is another site to them: a path with any of these is not followed.
    """
    if given and _PATH.fullmatch(given):
        return given
    return default
