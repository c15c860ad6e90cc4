"""What belongs to one organisation does not exist for another: every verb and read of every service, walked.

A new public function of a service must be given a case here, or this fails.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from types import FunctionType, ModuleType
from uuid import UUID, uuid4

import pytest

from backend.adapters.context import Context
from backend.adapters.db import unit_of_work
from backend.assessments import queries as assessment_queries
from backend.assessments import service as assessments
from backend.attestations import service as attestations
from backend.kernel.actor import PUBLIC, SYSTEM, Actor
from backend.kernel.errors import NotAllowed, NotFound, NotSignedIn
from backend.kernel.vocabulary import AssessmentState, Role
from backend.organisations import service as organisations
from backend.transparency import service as transparency
from tests import world
from tests.conftest import Databases
from tests.site import fresh_context
from tests.snapshot import everything


@dataclass(frozen=True, slots=True)
class Theirs:
    """An assessment of somebody, a document of it, and a colleague who has not joined yet."""

    assessment: UUID
    evidence: UUID
    colleague: UUID

    @classmethod
    def nobodys(cls) -> Theirs:
        return cls(uuid4(), uuid4(), uuid4())


Attempt = Callable[[Actor, Theirs], Awaitable[object]]


def in_a_transaction(step: Callable[[Actor, UUID], Awaitable[None]]) -> Attempt:
    async def attempt(actor: Actor, theirs: Theirs) -> None:
        async with unit_of_work():
            await step(actor, theirs.assessment)

    return attempt


# Functions that reach something by its id, and the roles that may call them (None: every member).
EDITS, SIGNS = {Role.OWNER, Role.EDITOR}, {Role.OWNER, Role.SIGNATORY}
BY_ID: dict[str, tuple[Attempt, set[Role] | None]] = {
    "assessments.answer": (
        lambda actor, theirs: assessments.answer(actor, theirs.assessment, "C01", {"value": 1}, "", 0),
        EDITS,
    ),
    "assessments.approve": (lambda actor, theirs: assessments.approve(actor, theirs.assessment), SIGNS),
    "assessments.attach_evidence": (lambda actor, theirs: world.attach(actor, theirs.assessment, "C01"), EDITS),
    "assessments.carry_to_newest": (lambda actor, theirs: assessments.carry_to_newest(actor, theirs.assessment), EDITS),
    "assessments.confirm_section": (
        lambda actor, theirs: assessments.confirm_section(actor, theirs.assessment, "core-policy"),
        EDITS,
    ),
    "assessments.export_answers": (lambda actor, theirs: assessments.export_answers(actor, theirs.assessment), None),
    "assessments.export_workbook": (
        lambda actor, theirs: assessments.export_workbook(actor, theirs.assessment, "en"),
        None,
    ),
    "assessments.import_answers": (
        lambda actor, theirs: assessments.import_answers(actor, theirs.assessment, b"{}", "answers.json"),
        EDITS,
    ),
    "assessments.import_workbook": (
        lambda actor, theirs: assessments.import_workbook(actor, theirs.assessment, b"PK"),
        EDITS,
    ),
    "assessments.get_assessment": (lambda actor, theirs: assessments.get_assessment(actor, theirs.assessment), None),
    "assessments.mark_published": (in_a_transaction(assessments.mark_published), None),
    "assessments.mark_superseded": (in_a_transaction(assessments.mark_superseded), None),
    "assessments.open_evidence": (
        lambda actor, theirs: assessments.open_evidence(actor, theirs.assessment, theirs.evidence),
        None,
    ),
    "assessments.remove_evidence": (
        lambda actor, theirs: assessments.remove_evidence(actor, theirs.assessment, theirs.evidence),
        EDITS,
    ),
    "assessments.reopen": (lambda actor, theirs: assessments.reopen(actor, theirs.assessment), EDITS | SIGNS),
    "assessments.restore_evidence": (
        lambda actor, theirs: assessments.restore_evidence(actor, theirs.assessment, theirs.evidence),
        EDITS,
    ),
    "assessments.submit": (lambda actor, theirs: assessments.submit(actor, theirs.assessment), EDITS),
    "organisations.renew_invitation": (
        lambda actor, theirs: organisations.renew_invitation(actor, theirs.colleague),
        {Role.OWNER},
    ),
    "assessments.take_over": (
        lambda actor, theirs: assessments.take_over(actor, theirs.assessment, theirs.assessment),
        EDITS,
    ),
    "attestations.publish": (lambda actor, theirs: attestations.publish(actor, theirs.assessment), SIGNS),
}
STEPS = {"assessments.mark_published", "assessments.mark_superseded"}
"""Parts of another command, which has looked at the actor's roles already."""

# Functions that take the actor and no id: they can only reach the actor's own.
OWN = {
    "assessments.list_assessments",
    "assessments.list_whole_assessments",
    "assessments.start",
    "attestations.list_own",
    "organisations.get_own_organisation",
    "organisations.invite_member",
    "organisations.list_members",
}
# Functions without an actor: what is public, what proves who somebody is, and what processes do by themselves.
OPEN = {
    "attestations.count_published",
    "attestations.credential_context",
    "attestations.did_json",
    "attestations.find_public",
    "attestations.fsck",
    "attestations.get_bundle",
    "attestations.get_proof",
    "attestations.get_public",
    "attestations.list_keys",
    "attestations.list_published",
    "attestations.own_trust",
    "attestations.own_trust_json",
    "attestations.prepare",
    "organisations.accept_invitation",
    "organisations.actor_of_session",
    "organisations.sign_in",
    "organisations.sign_out",
    "organisations.sign_up",
    "transparency.append",
    "transparency.check_log",
    "transparency.find_head",
    "transparency.find_outside",
    "transparency.fsck",
    "transparency.get_entry_file",
    "transparency.is_waiting",
    "transparency.list_all_entries",
    "transparency.list_latest_entries",
    "transparency.log_key",
    "transparency.prove",
    "transparency.sequence",
}
SERVICES = {
    "assessments": assessments,
    "attestations": attestations,
    "organisations": organisations,
    "transparency": transparency,
}


def functions_of(name: str, service: ModuleType) -> dict[str, FunctionType]:
    """Return what a service offers to others: its `__all__`, or what is defined in it without an underscore."""
    offered = getattr(service, "__all__", None)
    found = vars(service).items() if offered is None else [(one, getattr(service, one)) for one in offered]
    return {
        f"{name}.{one}": value
        for one, value in found
        if isinstance(value, FunctionType)
        and not one.startswith("_")
        and (offered is not None or value.__module__ == service.__name__)
    }


FUNCTIONS = {key: value for name, service in SERVICES.items() for key, value in functions_of(name, service).items()}


@pytest.fixture(scope="module", autouse=True)
async def site(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Context]:
    async with fresh_context(databases, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture(scope="module")
async def owner(site: Context) -> Actor:
    return await world.a_company()


@pytest.fixture(scope="module")
async def stranger(site: Context) -> Actor:
    return await world.a_company("Other Hotels Ltd", "owner@other.example")


@pytest.fixture(scope="module")
async def theirs(owner: Actor) -> list[Theirs]:
    """Give an assessment of the owner in each state, each with a document."""
    await organisations.invite_member(owner, "Alex Test", "invited@test.example", ["viewer"])
    (colleague,) = [member.id for member in await organisations.list_members(owner) if not member.has_joined]
    found: list[Theirs] = []
    for period, steps in ((2001, 0), (2002, 1), (2003, 2), (2004, 3), (2005, 3)):
        assessment_id = await world.a_started(owner, period)
        await world.answer_everything(owner, assessment_id)
        evidence_id = await world.attach(owner, assessment_id, "C01")
        if steps > 0:
            await assessments.submit(owner, assessment_id)
        if steps > 1:
            await assessments.approve(owner, assessment_id)
        if steps > 2:
            await attestations.publish(owner, assessment_id)
        found.append(Theirs(assessment_id, evidence_id, colleague))
    states = {card.state for card in await assessments.list_assessments(owner)}
    assert states == set(AssessmentState)
    return found


def test_every_function_of_every_service_has_its_case() -> None:
    assert set(FUNCTIONS) == BY_ID.keys() | OWN | OPEN
    assert not BY_ID.keys() & OWN
    assert not (BY_ID.keys() | OWN) & OPEN


def test_functions_say_by_their_first_parameter_whether_they_know_who_asks() -> None:
    for name, function in FUNCTIONS.items():
        parameters = list(inspect.signature(function).parameters)
        takes_the_actor = bool(parameters) and parameters[0] == "actor"
        assert takes_the_actor == (name not in OPEN), name
        if name in OWN:
            assert not [one for one in parameters if one.endswith("_id")], name


def test_every_read_of_assessments_in_sql_takes_the_actor() -> None:
    reads = {
        name: function
        for name, function in vars(assessment_queries).items()
        if isinstance(function, FunctionType) and name.startswith(("find_", "list_", "get_"))
    }
    assert len(reads) >= 8
    for name, function in reads.items():
        assert next(iter(inspect.signature(function).parameters)) == "actor", name


@pytest.mark.parametrize("name", BY_ID)
async def test_another_organisation_finds_nothing_and_changes_nothing(
    stranger: Actor, theirs: list[Theirs], name: str
) -> None:
    attempt, _ = BY_ID[name]
    before = await everything()
    for one in theirs:
        with pytest.raises(NotFound) as caught:
            await attempt(stranger, one)
        with pytest.raises(NotFound) as unknown:
            await attempt(stranger, Theirs.nobodys())
        assert caught.value.message == unknown.value.message, "what is not yours looks like what is not there"
    assert await everything() == before


@pytest.mark.parametrize("name", BY_ID.keys() - STEPS)
async def test_nobody_who_is_not_signed_in_reaches_anything(theirs: list[Theirs], name: str) -> None:
    attempt, _ = BY_ID[name]
    before = await everything()
    for nobody in (PUBLIC, SYSTEM):
        for one in theirs:
            with pytest.raises(NotSignedIn):
                await attempt(nobody, one)
    assert await everything() == before


@pytest.mark.parametrize("name", BY_ID.keys() - STEPS)
async def test_each_role_may_do_what_it_is_for_and_nothing_else(owner: Actor, theirs: list[Theirs], name: str) -> None:
    attempt, roles = BY_ID[name]
    before = await everything()
    for role in Role:
        member = replace(owner, roles=frozenset({role}))
        if roles is None or role in roles:
            with pytest.raises(NotFound):
                await attempt(member, Theirs.nobodys())
        else:
            for one in theirs:
                with pytest.raises(NotAllowed):
                    await attempt(member, one)
    assert await everything() == before


async def test_lists_hold_what_is_ones_own(owner: Actor, stranger: Actor, theirs: list[Theirs]) -> None:
    assert {card.id for card in await assessments.list_assessments(owner)} == {one.assessment for one in theirs}
    assert len(await attestations.list_own(owner)) == 2
    assert [view.id for view in await assessments.list_whole_assessments(owner)] == [
        card.id for card in await assessments.list_assessments(owner)
    ]
    assert await assessments.list_assessments(stranger) == []
    assert await assessments.list_whole_assessments(stranger) == []
    assert await attestations.list_own(stranger) == []
    for nobody in (PUBLIC, SYSTEM):
        for read in (assessments.list_assessments, assessments.list_whole_assessments, attestations.list_own):
            with pytest.raises(NotSignedIn):
                await read(nobody)
    for role in Role:
        if role not in EDITS:
            with pytest.raises(NotAllowed):
                await assessments.start(replace(owner, roles=frozenset({role})), 2010)


async def test_nothing_of_theirs_is_reached_through_an_assessment_of_ones_own(
    stranger: Actor, theirs: list[Theirs]
) -> None:
    own = await world.a_started(stranger)
    before = await everything()
    for attempt in (assessments.open_evidence, assessments.remove_evidence, assessments.restore_evidence):
        with pytest.raises(NotFound):
            await attempt(stranger, own, theirs[0].evidence)
    for one in theirs:
        with pytest.raises(NotFound):
            await assessments.take_over(stranger, own, one.assessment)
    assert await everything() == before


async def test_two_organisations_assess_the_same_year_without_meeting(owner: Actor, stranger: Actor) -> None:
    first, second = await world.a_started(owner, 2011), await world.a_started(stranger, 2011)
    await assessments.answer(owner, first, "C01", {"value": 4}, "ours", 0)
    await assessments.answer(stranger, second, "C01", {"value": 1}, "theirs", 0)
    assert (await assessments.get_assessment(owner, first)).answers["C01"].note == "ours"
    assert (await assessments.get_assessment(stranger, second)).answers["C01"].note == "theirs"
