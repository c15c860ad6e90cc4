"""The supplier form as a company answers it: short, scored, and never published."""

from __future__ import annotations

from uuid import UUID

import pytest

from backend.adapters import clock
from backend.adapters.context import Context
from backend.assessments import service as assessments
from backend.attestations import service as attestations
from backend.kernel.actor import Actor
from backend.kernel.errors import Conflict
from backend.kernel.vocabulary import AssessmentState, Basis, Form
from tests import world

pytestmark = pytest.mark.usefixtures("database", "context")
YEAR = clock.today().year


@pytest.fixture
async def owner(database: str, context: Context) -> Actor:
    return await world.a_company()


@pytest.fixture
async def supplier(owner: Actor) -> UUID:
    return await assessments.start(owner, YEAR, Form.SUPPLIER)


async def test_it_stands_beside_the_whole_questionnaire_of_the_same_year(owner: Actor, supplier: UUID) -> None:
    full = await assessments.start(owner, YEAR)
    for form, first in ((Form.SUPPLIER, supplier), (Form.FULL, full)):
        with pytest.raises(Conflict) as again:
            await assessments.start(owner, YEAR, form)
        assert again.value.newer == first
    forms = {card.id: card.form for card in await assessments.list_assessments(owner)}
    assert forms == {supplier: Form.SUPPLIER, full: Form.FULL}


async def test_a_small_company_is_done_with_core(owner: Actor, supplier: UUID) -> None:
    await assessments.answer(owner, supplier, "P01", {"value": "50"}, "", 0)
    view = await assessments.get_assessment(owner, supplier)
    assert {name for name in view.asked if not name.startswith(("C", "P0"))} == set()
    await assessments.answer(owner, supplier, "P01", {"value": "51"}, "", 1)
    view = await assessments.get_assessment(owner, supplier)
    assert {"T01", "P02"} <= view.asked


async def test_it_is_scored_and_never_published(owner: Actor, supplier: UUID) -> None:
    await world.answer_everything(owner, supplier)
    card = await assessments.submit(owner, supplier)
    assert card.bases[Basis.DECLARED].score_bp is not None
    await assessments.approve(owner, supplier)
    with pytest.raises(Conflict, match="Only the whole questionnaire is published"):
        await attestations.publish(owner, supplier)
    view = await assessments.get_assessment(owner, supplier)
    assert view.state is AssessmentState.APPROVED
    assert await attestations.list_own(owner) == []


async def test_its_answers_are_taken_over_into_the_whole_questionnaire_of_a_later_year(owner: Actor) -> None:
    earlier = await assessments.start(owner, YEAR - 1, Form.SUPPLIER)
    await assessments.answer(owner, earlier, "C01", {"value": 3}, "", 0)
    now = await assessments.start(owner, YEAR)
    assert (await assessments.take_over(owner, now, earlier)).taken == ("C01",)
