"""Published scores and their attestations: public, bounded by the published head of the log."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import argument

from backend.adapters import context
from backend.attestations import service
from backend.attestations.rules.views import PublishedAttestation, ScoreFilter, ScoreOrder
from backend.graphql.context import PInfo
from backend.graphql.scores import BasisScoreType
from backend.kernel.errors import Invalid
from backend.kernel.vocabulary import Basis

MAX_FIRST = 100


@strawberry.enum(name="ScoreOrder", description="How published scores are sorted.")
class ScoreOrderType(Enum):
    NEWEST = strawberry.enum_value("newest", description="What was logged last comes first.")
    HIGHEST_DECLARED = strawberry.enum_value(
        "highest_declared", description="The highest declared score first; what could not be scored comes last."
    )
    NAME = strawberry.enum_value("name", description="By the company's name, capitals and small letters alike.")


@strawberry.type(description="The company that a published score is about, as its attestation names it.")
class Company:
    id: strawberry.ID = strawberry.field(description="The organisation; the same in each of its attestations.")
    name: str = strawberry.field(description="The legal name when the attestation was issued.")
    country: str = strawberry.field(description="ISO 3166-1, two letters.")
    is_sample: bool = strawberry.field(description="Invented for demonstration; not a real company.")


@strawberry.type(description="The signed, logged statement behind a published score.")
class Attestation:
    id: strawberry.ID = strawberry.field(description="A UUID, as in its addresses.")
    status: str = strawberry.field(description="valid, expired or superseded.")
    digest: str = strawberry.field(description="SHA-256 of the credential's canonical form, as the log has it.")
    log_index: str = strawberry.field(description="Its place in the log.")
    issued_at: datetime = strawberry.field(description="When it was signed, in UTC.")
    valid_until: datetime = strawberry.field(description="When it expires, in UTC: 12 months after it was issued.")
    page_url: str = strawberry.field(description="Its page, for people.")
    credential_url: str = strawberry.field(description="The W3C Verifiable Credential.")
    proof_url: str = strawberry.field(description="The tlog-proof: inclusion in the log under a signed checkpoint.")
    superseded_by: strawberry.ID | None = strawberry.field(
        description="The later attestation of the same company that took its place; null while it is the newest."
    )


@strawberry.type(description="One company's published score on three bases.")
class PublishedScore:
    company: Company = strawberry.field(description="Who was scored.")
    sectors: list[str] = strawberry.field(description="The company's sectors, such as tourism.")
    period: int = strawberry.field(description="The year that the assessment covers.")
    declared: BasisScoreType = strawberry.field(description="Every answer at face value.")
    evidenced: BasisScoreType = strawberry.field(description="Only answers with evidence attached, or that need none.")
    verified: BasisScoreType = strawberry.field(description="Only what an independent reviewer confirmed.")
    attestation: Attestation = strawberry.field(description="What proves it.")

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


@strawberry.type(description="Where this page of a list stands.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there is a page after this one.")
    end_cursor: str | None = strawberry.field(
        description="Give it as `after`, with the same order, to get the next page; null on the last one."
    )


@strawberry.type(description="Published scores; `treeSize` is the head of the log that this answer speaks for.")
class PublishedScores:
    nodes: list[PublishedScore] = strawberry.field(
        description="The scores of this page, in the order that was asked for."
    )
    tree_size: str = strawberry.field(description="Entries in the log under that head.")
    page_info: PageInfo = strawberry.field(description="How to go on.")
    wanted: strawberry.Private[ScoreFilter]

    @strawberry.field(description="How many there are over all pages. Ask only where you need it: counting is slow.")
    async def total_count(self, info: PInfo) -> int:
        return await service.count_published(self.wanted, info.context.head)


@strawberry.type
class AttestationQueries:
    @strawberry.field(description="Published scores that nothing supersedes. `first` is at most 100.")
    async def published_scores(
        self,
        info: PInfo,
        first: Annotated[int, argument(description="How many, 1 to 100.")] = 20,
        after: Annotated[str | None, argument(description="The `endCursor` of the page before.")] = None,
        country: Annotated[str | None, argument(description="ISO 3166-1, two letters.")] = None,
        sector: Annotated[str | None, argument(description="A sector, such as tourism.")] = None,
        period: Annotated[int | None, argument(description="The year that the assessment covers.")] = None,
        search: Annotated[str | None, argument(description="A part of the company's name.")] = None,
        order: Annotated[ScoreOrderType, argument(description="What comes first.")] = ScoreOrderType.NEWEST,
    ) -> PublishedScores:
        if not 1 <= first <= MAX_FIRST:
            raise Invalid("Ask for less.", {"first": f"Give a number from 1 to {MAX_FIRST}."})
        wanted = ScoreFilter(country.upper() if country else None, sector, period, search)
        found = await service.list_published(
            wanted, ScoreOrder[order.name], first, after, info.context.head, with_total=False
        )
        return PublishedScores(
            nodes=[PublishedScore.of(one) for one in found.items],
            tree_size=str(found.tree_size),
            page_info=PageInfo(has_next_page=found.next_cursor is not None, end_cursor=found.next_cursor),
            wanted=wanted,
        )

    @strawberry.field(description="One published score by its attestation, a superseded one included.")
    async def published_score(
        self, info: PInfo, attestation_id: Annotated[UUID, argument(description="The attestation's id.")]
    ) -> PublishedScore | None:
        detail = await service.find_public(attestation_id, info.context.head)
        return PublishedScore.of(detail.attestation) if detail else None
