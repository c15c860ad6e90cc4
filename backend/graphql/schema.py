"""The schema, put together from one module per domain package."""

from __future__ import annotations

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext

from backend.graphql.assessments import AssessmentMutations, AssessmentQueries
from backend.graphql.attestations import AttestationQueries
from backend.graphql.carrying import CarryingMutations
from backend.graphql.limits import EXTENSIONS
from backend.graphql.organisations import OrganisationMutations, OrganisationQueries
from backend.graphql.scalars import SCALARS
from backend.graphql.sectors import SectorQueries
from backend.graphql.transparency import LogQueries


@strawberry.type(description="What can be read: the first five by anybody, the rest by members of an organisation.")
class Query(AttestationQueries, SectorQueries, LogQueries, OrganisationQueries, AssessmentQueries):
    pass


@strawberry.type(description="What can be done. All but signing up and in needs a session.")
class Mutation(OrganisationMutations, AssessmentMutations, CarryingMutations):
    pass


class _Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Do nothing: `error_json` logs what is our fault, and what somebody typed is not for the log."""


schema = _Schema(
    query=Query,
    mutation=Mutation,
    config=StrawberryConfig(scalar_map=SCALARS),
    extensions=EXTENSIONS,
)
