"""The schema, put together from one module per domain package."""

from __future__ import annotations

import strawberry
from strawberry.extensions import MaxAliasesLimiter, MaxTokensLimiter, QueryDepthLimiter

from backend.graphql.assessments import AssessmentMutations, AssessmentQueries
from backend.graphql.attestations import AttestationQueries
from backend.graphql.organisations import OrganisationMutations, OrganisationQueries
from backend.graphql.sectors import SectorQueries
from backend.graphql.transparency import LogQueries

MAX_DEPTH = 12
MAX_ALIASES = 30
MAX_TOKENS = 4000


@strawberry.type
class Query(AttestationQueries, SectorQueries, LogQueries, OrganisationQueries, AssessmentQueries):
    pass


@strawberry.type
class Mutation(OrganisationMutations, AssessmentMutations):
    pass


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    extensions=[
        lambda: QueryDepthLimiter(max_depth=MAX_DEPTH),
        lambda: MaxAliasesLimiter(max_alias_count=MAX_ALIASES),
        lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
    ],
)
