"""Issuing: in one transaction the assessment becomes published, its credential is stored, its log entry gets a place.

Safety argument: the assessment's row is locked before anything is read, so what is signed is what was approved;
the log's lock is taken late and held until commit, so indexes have no gaps. A kill before commit leaves nothing;
after commit the entry waits in the database until a worker covers it. One assessment has one attestation at most
(a unique constraint), so pressing twice publishes once.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from backend.adapters import clock, context
from backend.adapters.db import unit_of_work
from backend.assessments import service as assessments
from backend.assessments.rules.scorecard import Scorecard
from backend.assessments.rules.values import answer_to_content
from backend.assessments.rules.views import AssessmentView
from backend.attestations import queries
from backend.attestations.rules.commitments import commitments, make_disclosure, salt_of
from backend.attestations.rules.credential import Statement, build_credential
from backend.attestations.rules.did import did_web, key_id
from backend.attestations.rules.integrity import add_proof
from backend.attestations.rules.multikey import encode_multikey
from backend.attestations.tables import Attestation, CommittedAnswer
from backend.kernel.actor import Actor
from backend.kernel.canonical import canonical_bytes, canonical_digest
from backend.kernel.errors import Conflict
from backend.kernel.vocabulary import Assurance, Basis, Role
from backend.organisations import service as organisations
from backend.organisations.rules.people import OrganisationView
from backend.transparency import service as transparency
from backend.transparency.rules.entries import LogStatement

MIN_DECOYS = 8
DECOY_SPREAD = 16
SALT_BYTES = 16


async def publish(actor: Actor, assessment_id: UUID) -> UUID:
    """Command: issue the attestation of an approved assessment; return its id.

    It is public once a published checkpoint covers it, which the worker sees to within seconds. An earlier
    attestation of the organisation is superseded. Raises NotAllowed, NotFound, Conflict (not approved, or
    published already), Unavailable.
    """
    organisation_id, _ = actor.require_role(Role.SIGNATORY)
    attestation_id = clock.new_id()
    issued_at = clock.now().replace(microsecond=0)
    organisation = await organisations.get_own_organisation(actor)
    async with unit_of_work():
        await queries.lock_organisation(organisation_id)
        await assessments.mark_published(actor, assessment_id)
        view = await assessments.get_assessment(actor, assessment_id)
        if view.scorecard is None:
            raise Conflict("This assessment has no scorecard. Reopen it and submit it again.")
        earlier = await queries.find_latest_own(actor)
        disclosures = _disclosures(view)
        statement = _statement(attestation_id, organisation, view, view.scorecard, disclosures, issued_at)
        if earlier is not None:
            statement = replace(statement, supersedes=earlier["id"])
        credential = _signed(statement)
        digest = canonical_digest(credential)
        if earlier is not None:
            await assessments.mark_superseded(actor, earlier["assessment"])
        log_index = await _append(attestation_id, digest, issued_at, earlier)
        await _store(statement, view, canonical_bytes(credential).decode(), digest, log_index)
        await _keep_disclosures(attestation_id, disclosures)
    return attestation_id


def _statement(
    attestation_id: UUID,
    organisation: OrganisationView,
    view: AssessmentView,
    scorecard: Scorecard,
    disclosures: dict[str, str],
    issued_at: datetime,
) -> Statement:
    decoys = [secrets.token_bytes(32) for _ in range(MIN_DECOYS + secrets.randbelow(DECOY_SPREAD))]
    return Statement(
        attestation_id=attestation_id,
        organisation_id=organisation.id,
        legal_name=organisation.legal_name,
        country=organisation.country,
        lei=organisation.lei,
        is_sample=organisation.is_sample,
        sectors=organisation.sectors,
        period=view.period,
        modules=view.modules,
        scorecard=scorecard,
        assurance=Assurance.SELF_DECLARED,
        auditor=None,
        commitments=tuple(commitments(list(disclosures.values()), decoys)),
        issued_at=issued_at,
        valid_until=_twelve_months_after(issued_at),
    )


def _twelve_months_after(at: datetime) -> datetime:
    try:
        return at.replace(year=at.year + 1)
    except ValueError:
        # 29 February has no anniversary; the day before it keeps the promise of at most 12 months.
        return at.replace(year=at.year + 1, day=28)


def _disclosures(view: AssessmentView) -> dict[str, str]:
    """Return one salted disclosure for each answer that counts, by question id."""
    return {
        question_id: make_disclosure(
            salt_of(secrets.token_bytes(SALT_BYTES)), question_id, answer_to_content(stored.answer)
        )
        for question_id, stored in view.answers.items()
        if question_id in view.asked and answer_to_content(stored.answer)
    }


def _signed(statement: Statement) -> dict[str, object]:
    here = context.current()
    issuer = did_web(here.settings.issuer_url)
    method = key_id(issuer, encode_multikey(here.credential_signer.public_key))
    document = build_credential(statement, here.settings.issuer_url, issuer)
    return add_proof(document, method, statement.issued_at, here.credential_signer.sign)


async def _append(attestation_id: UUID, digest: str, at: datetime, earlier: dict[str, object] | None) -> int:
    """Log what was issued, and what it supersedes; return the index of the former."""
    if earlier is None:
        return await transparency.append(LogStatement("issued", str(attestation_id), digest, at))
    previous = str(earlier["digest"])
    index = await transparency.append(LogStatement("issued", str(attestation_id), digest, at, previous))
    await transparency.append(LogStatement("superseded", str(earlier["id"]), digest, at, previous))
    return index


async def _keep_disclosures(attestation_id: UUID, disclosures: dict[str, str]) -> None:
    rows = [
        CommittedAnswer(id=clock.new_id(), attestation=attestation_id, question_id=question_id, disclosure=disclosure)
        for question_id, disclosure in disclosures.items()
    ]
    if rows:
        await CommittedAnswer.insert(*rows)


async def _store(statement: Statement, view: AssessmentView, text: str, digest: str, log_index: int) -> None:
    scorecard = statement.scorecard
    await Attestation(
        id=statement.attestation_id,
        organisation=statement.organisation_id,
        assessment=view.id,
        company_name=statement.legal_name,
        country=statement.country,
        is_sample=statement.is_sample,
        sectors=list(statement.sectors),
        period=statement.period,
        declared_bp=scorecard.bases[Basis.DECLARED].score_bp,
        evidenced_bp=scorecard.bases[Basis.EVIDENCED].score_bp,
        verified_bp=scorecard.bases[Basis.VERIFIED].score_bp,
        bases=scorecard.to_json()["bases"],
        credential=text,
        digest=digest,
        log_index=log_index,
        supersedes=statement.supersedes,
        issued_at=statement.issued_at,
        valid_until=statement.valid_until,
    ).save()
