"""What every resolver gets: who asks, and the head of the log that the whole answer speaks for.

Cookies are never looked at, so no other site can act for a member.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar import Request
from strawberry.types import Info

from backend.kernel.actor import PUBLIC, Actor
from backend.organisations import service as organisations
from backend.transparency.rules.views import Head


@dataclass(slots=True)
class Context:
    """One request's context."""

    actor: Actor
    head: Head | None
    operation_name: str | None = None


PInfo = Info[Context, None]


async def actor_of(request: Request[Any, Any, Any]) -> Actor:
    """Return who the header `Authorization: Bearer <token>` stands for; without one, the public."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        return PUBLIC
    return await organisations.actor_of_session(token.strip()) or PUBLIC
