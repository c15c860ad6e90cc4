"""Publishing: the order of events of attestation.md, from approval to covered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.adapters import clock, db, queue
from backend.adapters.context import Context
from backend.assessments import service as assessments
from backend.attestations import service as attestations
from backend.attestations.rules.verify import Verdict, verify_attestation
from backend.attestations.rules.views import AttestationStatus, ScoreFilter, ScoreOrder
from backend.kernel.actor import PUBLIC, Actor
from backend.kernel.errors import Conflict, NotAllowed, NotFound, NotSignedIn, Unavailable
from backend.kernel.vocabulary import AssessmentState, Role
from backend.organisations import service as organisations
from backend.transparency import service as transparency
from tests import world

pytestmark = pytest.mark.usefixtures("database", "context")


async def published(order: ScoreOrder = ScoreOrder.NEWEST) -> list[str]:
    page = await attestations.list_published(ScoreFilter(), order, 10, None)
    return [one.company_name for one in page.items]


async def test_an_attestation_is_public_only_once_a_checkpoint_covers_it() -> None:
    await attestations.prepare()
    owner = await world.a_company()
    attestation_id = await world.a_published(owner)
    assert await attestations.find_public(attestation_id) is None
    assert await published() == []
    with pytest.raises(NotFound):
        await attestations.get_proof(attestation_id)
    assert [one.is_public for one in await attestations.list_own(owner)] == [False]
    await transparency.sequence()
    assert await attestations.find_public(attestation_id) is not None
    assert await published() == ["Test Hotels Ltd"]
    assert [one.is_public for one in await attestations.list_own(owner)] == [True]


async def test_a_total_is_counted_only_where_somebody_asks_for_it() -> None:
    await attestations.prepare()
    await world.a_published(await world.a_company())
    await world.a_published(await world.a_company("Other Hotels Ltd", "owner@other.example"))
    assert await attestations.count_published(ScoreFilter()) == 0
    await transparency.sequence()
    page = await attestations.list_published(ScoreFilter(), ScoreOrder.NEWEST, 1, None, with_total=False)
    assert (len(page.items), page.total) == (1, None)
    assert (await attestations.list_published(ScoreFilter(), ScoreOrder.NEWEST, 1, None)).total == 2
    assert await attestations.count_published(ScoreFilter()) == 2
    assert await attestations.count_published(ScoreFilter(search="other")) == 1


async def test_what_is_handed_out_verifies_and_says_what_was_scored() -> None:
    await attestations.prepare()
    owner = await world.a_company()
    attestation_id = await world.a_published(owner)
    await transparency.sequence()
    trust, bundle = attestations.own_trust(), await attestations.get_bundle(attestation_id)
    report = verify_attestation(bundle, None, trust, clock.now())
    assert report.verdict is Verdict.VALID, report.reasons
    detail = await attestations.get_public(attestation_id)
    alone = verify_attestation(
        detail.credential_text.encode(), await attestations.get_proof(attestation_id), trust, clock.now()
    )
    assert alone.verdict is Verdict.VALID, alone.reasons
    view = await assessments.get_assessment(owner, (await attestations.list_own(owner))[0].assessment_id)
    assert view.scorecard is not None
    scores = detail.credential["credentialSubject"]["scores"]
    for basis, part in view.scorecard.bases.items():
        assert scores[basis.value]["scoreBp"] == part.score_bp
        assert scores[basis.value]["clauses"] == {c.value: one.score_bp for c, one in part.clauses.items()}


async def test_an_attestation_holds_no_personal_data() -> None:
    await attestations.prepare()
    owner = await world.a_company()
    attestation_id = await world.a_published(owner)
    await transparency.sequence()
    text = (await attestations.get_public(attestation_id)).credential_text
    assert "Robin" not in text
    assert "test.example" not in text


async def test_publishing_twice_is_refused_and_issues_once() -> None:
    owner = await world.a_company()
    assessment_id = await world.an_approved(owner)
    await attestations.publish(owner, assessment_id)
    with pytest.raises(Conflict):
        await attestations.publish(owner, assessment_id)
    assert len(await attestations.list_own(owner)) == 1
    assert await db.fetch("SELECT count(*) AS n FROM log_entry") == [{"n": 1}]


async def test_a_later_attestation_supersedes_and_the_earlier_one_still_verifies() -> None:
    await attestations.prepare()
    owner = await world.a_company()
    year = clock.today().year
    first = await world.a_published(owner, year - 1, 2)
    await transparency.sequence()
    second = await world.a_published(owner, year, 3)
    before = await attestations.get_public(first)
    assert before.attestation.status is AttestationStatus.VALID
    await transparency.sequence()
    after = await attestations.get_public(first)
    assert after.attestation.status is AttestationStatus.SUPERSEDED
    assert after.attestation.superseded_by == second
    assert after.credential_text == before.credential_text
    page = await attestations.list_published(ScoreFilter(), ScoreOrder.NEWEST, 10, None)
    assert [one.id for one in page.items] == [second]
    report = verify_attestation(await attestations.get_bundle(first), None, attestations.own_trust(), clock.now())
    assert report.verdict is Verdict.VALID
    states = {card.period: card.state for card in await assessments.list_assessments(owner)}
    assert states == {year - 1: AssessmentState.SUPERSEDED, year: AssessmentState.PUBLISHED}


async def test_an_attestation_expires_after_twelve_months() -> None:
    await attestations.prepare()
    owner = await world.a_company()
    with clock.fixed_time(datetime(2024, 2, 29, 12, tzinfo=UTC)):
        attestation_id = await world.a_published(owner)
    await transparency.sequence()
    detail = await attestations.get_public(attestation_id)
    assert detail.attestation.valid_until == datetime(2025, 2, 28, 12, tzinfo=UTC)
    assert detail.attestation.status is AttestationStatus.EXPIRED
    report = verify_attestation(
        await attestations.get_bundle(attestation_id), None, attestations.own_trust(), clock.now()
    )
    assert report.verdict is Verdict.EXPIRED


async def test_only_a_signatory_or_owner_approves_and_publishes() -> None:
    owner = await world.a_company()
    token = await organisations.invite_member(owner, "Alex Test", "editor@test.example", ["editor"])
    editor = await organisations.actor_of_session(await organisations.accept_invitation(token, world.PASSWORD))
    assert editor is not None
    assessment_id = await world.a_started(editor)
    await world.answer_everything(editor, assessment_id)
    await assessments.submit(editor, assessment_id)
    with pytest.raises(NotAllowed):
        await assessments.approve(editor, assessment_id)
    await assessments.approve(owner, assessment_id)
    with pytest.raises(NotAllowed):
        await attestations.publish(editor, assessment_id)
    with pytest.raises(NotSignedIn):
        await attestations.publish(PUBLIC, assessment_id)
    assert (await assessments.get_assessment(owner, assessment_id)).state is AssessmentState.APPROVED
    assert await attestations.list_own(owner) == []


async def test_another_organisation_can_do_nothing_with_an_assessment() -> None:
    owner = await world.a_company()
    stranger = await world.a_company("Other Hotels Ltd", "owner@other.example")
    assessment_id = await world.an_approved(owner)
    evidence_before = await db.fetch("SELECT count(*) AS n FROM evidence")
    for attempt in (
        assessments.get_assessment(stranger, assessment_id),
        assessments.reopen(stranger, assessment_id),
        assessments.submit(stranger, assessment_id),
        assessments.approve(stranger, assessment_id),
        assessments.answer(stranger, assessment_id, "P01", {"value": "1"}, "", 0),
        attestations.publish(stranger, assessment_id),
        world.attach(stranger, assessment_id, "C01"),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await assessments.get_assessment(owner, assessment_id)).state is AssessmentState.APPROVED
    assert await assessments.list_assessments(stranger) == []
    assert await db.fetch("SELECT count(*) AS n FROM evidence") == evidence_before


async def test_a_failing_signer_leaves_the_assessment_approved_and_nothing_logged(context: Context) -> None:
    owner = await world.a_company()
    assessment_id = await world.an_approved(owner)
    context.credential_signer.fail_next = 1  # type: ignore[attr-defined]
    with pytest.raises(Unavailable):
        await attestations.publish(owner, assessment_id)
    assert (await assessments.get_assessment(owner, assessment_id)).state is AssessmentState.APPROVED
    assert await db.fetch("SELECT count(*) AS n FROM log_entry") == [{"n": 0}]
    assert await queue.waiting_jobs() == 0
    assert await attestations.publish(owner, assessment_id)


async def test_the_committed_answers_open_with_their_salt(context: Context) -> None:
    from backend.attestations.rules.commitments import disclosure_digest

    await attestations.prepare()
    owner = await world.a_company()
    attestation_id = await world.a_published(owner)
    await transparency.sequence()
    detail = await attestations.get_public(attestation_id)
    digests = detail.credential["credentialSubject"]["answersCommitments"]
    rows = await db.fetch("SELECT question_id, disclosure FROM committed_answer WHERE attestation = $1", attestation_id)
    assert rows
    assert {disclosure_digest(row["disclosure"]) for row in rows} < set(digests)
    assert digests == sorted(digests)
    assert len(digests) >= len(rows) + 8
    assert not any(row["disclosure"] in detail.credential_text for row in rows)


async def test_roles_of_the_actor_are_those_of_the_member() -> None:
    owner = await world.a_company()
    assert isinstance(owner, Actor)
    assert owner.roles == {Role.OWNER}
