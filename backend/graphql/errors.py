"""From the product's errors to GraphQL's `errors`: a stable code, the message, the fields. Ours are never shown."""

from __future__ import annotations

from typing import Any

import structlog
from graphql import GraphQLError

from backend.assessments.rules.values import answer_to_content
from backend.assessments.rules.views import StoredAnswer
from backend.kernel.errors import Conflict, Invalid, Para73Error, TooMany

log = structlog.get_logger("para73.graphql")


def error_json(error: GraphQLError) -> dict[str, Any]:
    """Return one error as GraphQL over HTTP shows it."""
    shown: dict[str, Any] = dict(error.formatted)
    original = error.original_error
    while isinstance(original, GraphQLError):
        # The library wraps what it says about a variable once more; it is about the query all the same.
        original = original.original_error
    if original is None:
        shown["extensions"] = {"code": "query_refused", **shown.get("extensions", {})}
        return shown
    if not isinstance(original, Para73Error):
        log.error("unexpected", path=error.path, exc_info=original)
        shown["message"] = "Something went wrong on our side. It was noted down."
        shown["extensions"] = {"code": "unexpected"}
        return shown
    extensions: dict[str, Any] = {"code": original.code}
    if isinstance(original, Invalid):
        extensions["fields"] = dict(original.fields)
    if isinstance(original, TooMany):
        extensions["retryAfterSeconds"] = original.retry_after_seconds
    if isinstance(original, Conflict) and isinstance(original.newer, StoredAnswer):
        newer = original.newer
        extensions["newer"] = {"version": newer.version, "content": answer_to_content(newer.answer), "note": newer.note}
    shown["message"] = original.message
    shown["extensions"] = extensions
    return shown
