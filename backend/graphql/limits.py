"""What one request may ask for, checked before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from graphql import GraphQLError, OperationDefinitionNode
from strawberry.extensions import MaxAliasesLimiter, MaxTokensLimiter, QueryDepthLimiter, SchemaExtension

MAX_DEPTH = 12
MAX_ALIASES = 30
MAX_TOKENS = 4000


class OneOperation(SchemaExtension):
    """Refuse a query of several operations that does not say which one to run; the library takes the first."""

    def on_parse(self) -> Iterator[None]:
        yield
        document = self.execution_context.graphql_document
        parts = document.definitions if document else ()
        several = sum(isinstance(part, OperationDefinitionNode) for part in parts) > 1
        if several and self.execution_context.context.operation_name is None:
            raise GraphQLError("Say by `operationName` which operation of the query to run.")


# Made anew for each request, because each holds that request's context.
EXTENSIONS: list[Callable[[], SchemaExtension]] = [
    OneOperation,
    lambda: QueryDepthLimiter(max_depth=MAX_DEPTH),
    lambda: MaxAliasesLimiter(max_alias_count=MAX_ALIASES),
    lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
]
