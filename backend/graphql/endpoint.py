"""GraphQL over HTTP at one address: JSON for programs, GraphiQL from our own files for people.

Written here and not taken from the library's controller, which keeps the response of the present request in
an attribute that all requests share, and does not speak `application/graphql-response+json`
(docs/decisions/0007).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from graphql import GraphQLError
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from backend import __version__
from backend.adapters import clock
from backend.graphql.context import Context, actor_of
from backend.graphql.errors import error_json
from backend.graphql.schema import schema
from backend.kernel.actor import PUBLIC
from backend.kernel.errors import Unavailable
from backend.transparency import service as transparency
from backend.transparency.rules.views import TREE_SIZE_HEADER, Head

AnyRequest = Request[Any, Any, Any]
JSON_TYPE = "application/json; charset=utf-8"
RESPONSE_TYPE = "application/graphql-response+json; charset=utf-8"
MAX_BODY_BYTES = 1024 * 1024
READ_ONLY = {OperationType.QUERY}
ALL = {OperationType.QUERY, OperationType.MUTATION}


def graphql_routes(show_ide: Callable[[], Response[Any]]) -> list[HTTPRouteHandler]:
    """Return the handlers of /graphql; `show_ide` gives the page for people, which the caller owns."""

    @get("/graphql")
    async def graphql_get(request: AnyRequest) -> Response[Any]:
        if "query" not in request.query_params:
            if "text/html" in request.headers.get("accept", ""):
                return show_ide()
            return _refused(request, "Give a query: POST JSON with `query`, or GET with ?query=.")
        return await _run_get(request)

    return [graphql_get, graphql_post]


async def _run_get(request: AnyRequest) -> Response[Any]:
    given = request.query_params
    try:
        variables = json.loads(given["variables"]) if given.get("variables") else None
    except (ValueError, RecursionError):
        return _refused(request, "`variables` is not JSON.")
    return await _run(request, given["query"], variables, given.get("operationName"), READ_ONLY)


@post("/graphql", status_code=200, exclude_from_csrf=True, request_max_body_size=MAX_BODY_BYTES)
async def graphql_post(request: AnyRequest) -> Response[Any]:
    if request.content_type[0] != "application/json":
        return _refused(request, "Send the query as application/json.", 415)
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        return _refused(request, "The body is not JSON.")
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        return _refused(request, "The body must be an object with `query`.")
    return await _run(request, body["query"], body.get("variables"), body.get("operationName"), ALL)


async def _run(
    request: AnyRequest, query: str, variables: Any, operation_name: Any, allowed: set[OperationType]
) -> Response[Any]:
    if variables is not None and not isinstance(variables, dict):
        return _refused(request, "`variables` must be an object.")
    if operation_name is not None and not isinstance(operation_name, str):
        return _refused(request, "`operationName` must be text.")
    try:
        actor, head = await actor_of(request), await transparency.find_head()
    except Unavailable as error:
        told = error_json(GraphQLError(error.message, original_error=error))
        return _json(request, {"errors": [told]}, 503)
    try:
        result = await schema.execute(
            query,
            variable_values=variables,
            operation_name=operation_name,
            context_value=Context(actor, head, operation_name),
            allowed_operation_types=allowed,
        )
    except MissingQueryError:
        return _refused(request, "The query is empty.")
    except CannotGetOperationTypeError:
        return _refused(request, "The query has no operation of this name.")
    except InvalidOperationTypeError:
        if request.method == "POST":
            return _refused(request, "There are no subscriptions here. Ask again to see what is new.")
        refused = _refused(request, "A GET runs queries only: a link must never change anything. Use POST.", 405)
        refused.headers["allow"] = "POST"
        return refused
    answer: dict[str, Any] = {}
    if result.errors:
        answer["errors"] = [error_json(error) for error in result.errors]
    before_execution = bool(result.errors) and result.data is None and not any(e.path for e in result.errors or [])
    if not before_execution:
        answer["data"] = result.data
    status = 400 if before_execution and _wants_response_type(request) else 200
    response = _json(request, answer, status)
    if head is not None:
        response.headers[TREE_SIZE_HEADER] = str(head.size)
        if request.method == "GET" and actor is PUBLIC and not result.errors:
            return _cacheable(request, response, head)
    return response


def _cacheable(request: AnyRequest, response: Response[Any], head: Head) -> Response[Any]:
    """Let caches keep what a public GET asked: it is the same until the head moves, or the day (attestation.md)."""
    kind = response.media_type
    said = f"{head.size}|{clock.today()}|{request.url.query}|{kind}|{__version__}"
    etag = f'"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'
    response.headers |= {"etag": etag, "cache-control": "public, max-age=0, must-revalidate"}
    known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")]
    return Response(None, status_code=304, headers=response.headers) if etag in known else response


def _refused(request: AnyRequest, message: str, status: int = 400) -> Response[Any]:
    return _json(request, {"errors": [{"message": message, "extensions": {"code": "request_refused"}}]}, status)


def _json(request: AnyRequest, value: Any, status: int) -> Response[Any]:
    kind = RESPONSE_TYPE if _wants_response_type(request) else JSON_TYPE
    headers = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin", "vary": "accept"}
    return Response(
        json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(),
        status_code=status,
        media_type=kind,
        headers=headers,
    )


def _wants_response_type(request: AnyRequest) -> bool:
    return "application/graphql-response+json" in request.headers.get("accept", "")
