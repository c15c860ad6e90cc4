"""Storage or a key that fails at every single call of publishing, before it took effect and after it did.

Each time: what was public stays so and verifies, what was not public is not half so, and the next run ends clean with
nothing twice.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from backend.adapters import clock, db
from backend.adapters.context import Context
from backend.assessments import service as assessments
from backend.attestations import service as attestations
from backend.attestations.rules.verify import Verdict, verify_attestation
from backend.attestations.rules.views import ScoreFilter, ScoreOrder
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict, Unavailable
from backend.kernel.vocabulary import AssessmentState
from backend.transparency import service as transparency
from backend.transparency.rules.checkpoint import open_note, parse_body
from tests import world
from tests.services.trouble import Faults, append, with_faults

pytestmark = pytest.mark.usefixtures("database")

# So many entries that full tiles, the tile above them and partial ones are all written during the walk.
BEFORE = 249


async def publish_and_cover(actor: Actor, assessment_id: UUID) -> None:
    await attestations.publish(actor, assessment_id)
    await transparency.sequence()


async def public_ids() -> list[UUID]:
    page = await attestations.list_published(ScoreFilter(), ScoreOrder.NEWEST, 100, None)
    return [one.id for one in page.items]


async def verdict_of(attestation_id: UUID) -> Verdict:
    bundle = await attestations.get_bundle(attestation_id)
    return verify_attestation(bundle, None, attestations.own_trust(), clock.now()).verdict


async def check_what_is_public(context: Context, known: list[UUID]) -> None:
    """Whatever stands in the lists is what stood there before, verifies, and is covered by the checkpoint outside."""
    shown = await public_ids()
    assert shown[-len(known) :] == known if known else len(shown) <= 1
    assert len(shown) <= len(known) + 1
    for attestation_id in shown[:2]:
        assert await verdict_of(attestation_id) is Verdict.VALID
    head = await transparency.find_head()
    if head is not None:
        note = (context.settings.tiles / "checkpoint").read_text()
        assert parse_body(open_note(note, [transparency.log_key()])).size >= head.size


async def recover(actor: Actor, assessment_id: UUID) -> None:
    """Do what a person and a worker do after a failure: try again."""
    state = (await assessments.get_assessment(actor, assessment_id)).state
    if state is AssessmentState.APPROVED:
        await attestations.publish(actor, assessment_id)
    else:
        assert state is AssessmentState.PUBLISHED
        with pytest.raises(Conflict):
            await attestations.publish(actor, assessment_id)
    await transparency.sequence()


async def check_all_is_well(actor: Actor, known: list[UUID]) -> UUID:
    """Nothing twice, nothing missing, everything covered; return the attestation that came to the lists."""
    (own,) = await attestations.list_own(actor)
    assert own.is_public
    assert await public_ids() == [own.id, *known]
    assert await verdict_of(own.id) is Verdict.VALID
    entries = await transparency.list_all_entries()
    assert [entry.statement.id for entry in entries].count(str(own.id)) == 1
    report = await attestations.fsck()
    assert report.problems == ()
    assert report.size == report.entries == len(entries)
    return own.id


@pytest.mark.parametrize("after", [False, True], ids=["before it took effect", "after it took effect"])
async def test_a_failure_at_every_step_of_publishing_leaves_nothing_half_done(after: bool, context: Context) -> None:
    faults: Faults = with_faults(context)
    await attestations.prepare()
    await append(BEFORE - len(await transparency.list_all_entries()))
    await transparency.sequence()
    known: list[UUID] = []
    step = 0
    while True:
        step += 1
        actor = await world.a_company(f"Test Hotels {step} Ltd", f"owner{step}@test.example")
        assessment_id = await world.an_approved(actor)
        faults.arm(step, after)
        try:
            await publish_and_cover(actor, assessment_id)
        except Unavailable:
            assert faults.have_struck
        struck = faults.have_struck
        faults.arm(0, after)
        if struck:
            await check_what_is_public(context, known)
            await recover(actor, assessment_id)
        known.insert(0, await check_all_is_well(actor, known))
        if not struck:
            break
    # Two signatures, the checkpoint read and written, a bundle, a tile and two roots: fewer steps would mean that the
    # walk missed some, and without the tile above the full ones it missed the boundary.
    assert step > 8
    assert (context.settings.tiles / "tile/1/000.p/1").exists()
    assert len(await db.fetch("SELECT * FROM attestation")) == step


@pytest.mark.parametrize("after", [False, True], ids=["before it took effect", "after it took effect"])
async def test_failures_one_after_the_other_end_as_soon_as_they_end(after: bool, context: Context) -> None:
    """The same entry is tried again and again, each time one call further: nothing piles up meanwhile."""
    faults = with_faults(context)
    await append(255)
    await transparency.sequence()
    await append(2, "more")
    failed = 0
    for step in range(1, 100):
        faults.arm(step, after)
        try:
            size = await transparency.sequence()
        except Unavailable:
            failed += 1
            continue
        break
    faults.arm(0, after)
    assert failed > 8
    assert size == 257
    assert [row["size"] for row in await db.fetch("SELECT size FROM checkpoint ORDER BY size")] == [255, 257]
    assert (await transparency.fsck()).problems == ()


async def test_the_first_start_survives_a_failure_at_every_step(context: Context) -> None:
    """Keys and questionnaires are logged once, however often the first start had to be repeated."""
    faults = with_faults(context)
    for step in range(1, 100):
        faults.arm(step, after=step % 2 == 0)
        try:
            await attestations.prepare()
        except Unavailable:
            continue
        break
    # The checkpoint is read and written, and between lie a bundle, a tile, its root and a signature.
    assert step > 6
    faults.arm(0, after=False)
    types = [entry.statement.type for entry in await transparency.list_all_entries()]
    assert types.count("key") == 2
    assert len(types) == len({entry.statement.id for entry in await transparency.list_all_entries()})
    assert (await attestations.fsck()).problems == ()
