"""Published scores and their attestations: public, bounded by the published head of the log."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from uuid import UUID

import strawberry

from backend.adapters import context
from backend.attestations import service
from backend.attestations.rules.views import PublishedAttestation, ScoreFilter, ScoreOrder
from backend.graphql.scores import BasisScoreType
from backend.kernel.errors import Invalid
from backend.kernel.vocabulary import Basis

MAX_FIRST = 100


@strawberry.enum(name="ScoreOrder", description="How published scores are sorted.")
class ScoreOrderType(Enum):
    NEWEST = "newest"
    HIGHEST_DECLARED = "highest_declared"
    NAME = "name"


@strawberry.type(description="The company that a published score is about, as its attestation names it.")
class Company:
    id: strawberry.ID
    name: str
    country: str = strawberry.field(description="ISO 3166-1, two letters.")
    is_sample: bool = strawberry.field(description="Invented for demonstration; not a real company.")


@strawberry.type(description="The signed, logged statement behind a published score.")
class Attestation:
    id: strawberry.ID
    status: str = strawberry.field(description="valid, expired or superseded.")
    digest: str = strawberry.field(description="SHA-256 of the credential's canonical form, as the log has it.")
    log_index: str = strawberry.field(description="Its place in the log.")
    issued_at: datetime
    valid_until: datetime
    page_url: str
    credential_url: str = strawberry.field(description="The W3C Verifiable Credential.")
    proof_url: str = strawberry.field(description="The tlog-proof: inclusion in the log under a signed checkpoint.")
    superseded_by: strawberry.ID | None


@strawberry.type(description="One company's published score on three bases.")
class PublishedScore:
    company: Company
    sectors: list[str]
    period: int
    declared: BasisScoreType
    evidenced: BasisScoreType
    verified: BasisScoreType
    attestation: Attestation

    @classmethod
    def of(cls, one: PublishedAttestation) -> PublishedScore:
        return cls(
            company=Company(
                id=strawberry.ID(str(one.organisation_id)),
                name=one.company_name,
                country=one.country,
                is_sample=one.is_sample,
            ),
            sectors=list(one.sectors),
            period=one.period,
            declared=BasisScoreType.of(one.bases[Basis.DECLARED]),
            evidenced=BasisScoreType.of(one.bases[Basis.EVIDENCED]),
            verified=BasisScoreType.of(one.bases[Basis.VERIFIED]),
            attestation=_attestation(one),
        )


def _attestation(one: PublishedAttestation) -> Attestation:
    address = f"{context.current().settings.base_url}/attestations/{one.id}"
    return Attestation(
        id=strawberry.ID(str(one.id)),
        status=one.status.value,
        digest=one.digest,
        log_index=str(one.log_index),
        issued_at=one.issued_at,
        valid_until=one.valid_until,
        page_url=address,
        credential_url=f"{address}.json",
        proof_url=f"{address}.tlog-proof",
        superseded_by=strawberry.ID(str(one.superseded_by)) if one.superseded_by else None,
    )


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type(description="Published scores; `treeSize` is the head of the log that this answer speaks for.")
class PublishedScores:
    nodes: list[PublishedScore]
    total_count: int
    tree_size: str
    page_info: PageInfo


@strawberry.type
class AttestationQueries:
    @strawberry.field(description="Published scores that nothing supersedes. `first` is at most 100.")
    async def published_scores(
        self,
        first: int = 20,
        after: str | None = None,
        country: str | None = None,
        sector: str | None = None,
        period: int | None = None,
        search: str | None = None,
        order: ScoreOrderType = ScoreOrderType.NEWEST,
    ) -> PublishedScores:
        if not 1 <= first <= MAX_FIRST:
            raise Invalid("Ask for less.", {"first": f"Give a number from 1 to {MAX_FIRST}."})
        wanted = ScoreFilter(country.upper() if country else None, sector, period, search)
        found = await service.list_published(wanted, ScoreOrder(order.value), first, after)
        return PublishedScores(
            nodes=[PublishedScore.of(one) for one in found.items],
            total_count=found.total,
            tree_size=str(found.tree_size),
            page_info=PageInfo(has_next_page=found.next_cursor is not None, end_cursor=found.next_cursor),
        )

    @strawberry.field(description="One published score by its attestation, a superseded one included.")
    async def published_score(self, attestation_id: UUID) -> PublishedScore | None:
        detail = await service.find_public(attestation_id)
        return PublishedScore.of(detail.attestation) if detail else None
