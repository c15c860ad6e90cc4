"""Sign-up, sign-in, sessions and invitations: what is refused, what is kept, and what is never kept."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from backend.adapters import clock, db
from backend.kernel.actor import PUBLIC, Actor
from backend.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn, TooMany
from backend.kernel.vocabulary import Role
from backend.organisations import service as organisations
from backend.organisations.rules.people import SignUp
from backend.organisations.service import FAILED_SIGN_IN_WINDOW, INVITATION_DAYS, MAX_FAILED_SIGN_INS
from tests import world
from tests.snapshot import everything

pytestmark = pytest.mark.usefixtures("database", "context")

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
EMAIL = "owner@test.example"
GIVEN = SignUp(
    legal_name="Test Hotels Ltd",
    country="KE",
    sectors=("tourism",),
    name="Robin Test",
    email=EMAIL,
    password=world.PASSWORD,
)


@pytest.fixture
async def owner() -> Actor:
    return await world.a_company()


WRONG: list[tuple[str, object]] = [
    ("legal_name", "  "),
    ("legal_name", "X"),
    ("legal_name", "X" * 201),
    ("legal_name", "Test\x00Hotels"),
    ("legal_name", "Test\x1b[2JHotels"),
    ("legal_name", "Test \ud800 Hotels"),
    ("country", ""),
    ("country", "ZZ"),
    ("country", "Kenya"),
    ("sectors", ()),
    ("sectors", ("farming",)),
    ("sectors", ("tourism", "farming")),
    ("name", " "),
    ("name", "N" * 121),
    ("name", "Robin\x00"),
    ("email", "owner"),
    ("email", "owner@test"),
    ("email", "ow ner@test.example"),
    ("email", "owner@@test.example"),
    ("email", "owner\x00@test.example"),
    ("email", f"owner@{'t' * 245}.example"),
    ("password", "eleven char"),
    ("password", "p" * 201),
    ("password", "twelve letters \ud800"),
]


async def test_a_wrong_field_of_a_sign_up_is_named_and_nothing_is_stored() -> None:
    before = await everything()
    for field, value in WRONG:
        with pytest.raises(Invalid) as caught:
            await organisations.sign_up(replace(GIVEN, **{field: value}))  # type: ignore[arg-type]
        assert list(caught.value.fields) == [field], value
    assert await everything() == before


async def test_all_wrong_fields_are_named_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        await organisations.sign_up(SignUp("", "", (), "", "", ""))
    assert set(caught.value.fields) == {"legal_name", "country", "sectors", "name", "email", "password"}


async def test_what_was_typed_is_kept_in_its_normal_form() -> None:
    given = replace(
        GIVEN,
        legal_name="  Test \n Hotels  Ltd ",
        country=" ke",
        sectors=("tourism", "tourism"),
        email=" Owner@Test.Example ",
    )
    organisation_id, member_id = await organisations.sign_up(given)
    actor = await organisations.actor_of_session(await organisations.sign_in("OWNER@test.example ", world.PASSWORD))
    assert actor == Actor(organisation_id, member_id, frozenset({Role.OWNER}), "Robin Test")
    kept = await organisations.get_own_organisation(actor)
    assert (kept.legal_name, kept.country, kept.sectors) == ("Test Hotels Ltd", "KE", ("tourism",))


async def test_an_address_signs_up_once_however_it_is_written(owner: Actor) -> None:
    before = await everything()
    with pytest.raises(Invalid) as caught:
        await organisations.sign_up(replace(GIVEN, legal_name="Other Ltd", email="OWNER@Test.example"))
    assert list(caught.value.fields) == ["email"]
    with pytest.raises(Invalid) as caught:
        await organisations.invite_member(owner, "Alex Test", "Owner@test.example", ["editor"])
    assert list(caught.value.fields) == ["email"]
    assert await everything() == before


async def test_the_password_is_kept_as_an_argon2id_hash_and_nowhere_else(owner: Actor) -> None:
    rows = await db.fetch("SELECT password_hash FROM member")
    assert len(rows) == 1
    assert extract_parameters(rows[0]["password_hash"]).type is Type.ID
    assert PasswordHasher().verify(rows[0]["password_hash"], world.PASSWORD)
    tables = await everything()
    assert world.PASSWORD not in str(tables)
    assert world.PASSWORD.encode().hex() not in str(tables)


async def test_a_wrong_password_an_unknown_account_and_an_open_invitation_are_refused_in_the_same_words(
    owner: Actor,
) -> None:
    await organisations.invite_member(owner, "Alex Test", "invited@test.example", ["editor"])
    told: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
    for email, password in (
        (EMAIL, "not the password"),
        ("nobody@test.example", world.PASSWORD),
        ("invited@test.example", world.PASSWORD),
        (EMAIL, ""),
        ("\x00", world.PASSWORD),
        (EMAIL, "\ud800"),
    ):
        with pytest.raises(Invalid) as caught:
            await organisations.sign_in(email, password)
        told.add((caught.value.message, tuple(caught.value.fields.items())))
    assert len(told) == 1


async def test_after_too_many_failures_even_the_right_password_has_to_wait(owner: Actor) -> None:
    await world.a_company("Other Hotels Ltd", "owner@other.example")
    with clock.fixed_time(NOW):
        for _ in range(MAX_FAILED_SIGN_INS):
            with pytest.raises(Invalid):
                await organisations.sign_in(EMAIL, "not the password")
    last_moment = NOW + FAILED_SIGN_IN_WINDOW - timedelta(seconds=1)
    with clock.fixed_time(last_moment):
        with pytest.raises(TooMany) as caught:
            await organisations.sign_in(EMAIL.upper(), world.PASSWORD)
        assert caught.value.retry_after_seconds == FAILED_SIGN_IN_WINDOW.total_seconds()
        assert await organisations.sign_in("owner@other.example", world.PASSWORD)
    with clock.fixed_time(NOW + FAILED_SIGN_IN_WINDOW):
        assert await organisations.sign_in(EMAIL, world.PASSWORD)


async def test_an_address_that_nobody_has_is_locked_in_the_same_way() -> None:
    for _ in range(MAX_FAILED_SIGN_INS):
        with pytest.raises(Invalid):
            await organisations.sign_in("nobody@test.example", "not the password")
    with pytest.raises(TooMany):
        await organisations.sign_in("nobody@test.example", "not the password")


async def test_many_tries_at_once_are_no_way_around_the_limit(owner: Actor) -> None:
    results = await asyncio.gather(
        *(organisations.sign_in(EMAIL, "not the password") for _ in range(MAX_FAILED_SIGN_INS + 15)),
        return_exceptions=True,
    )
    assert Counter(type(result) for result in results) == {Invalid: MAX_FAILED_SIGN_INS, TooMany: 15}


async def test_signing_in_forgets_the_failures_before_it(owner: Actor) -> None:
    for failures in (MAX_FAILED_SIGN_INS - 1, 1):
        for _ in range(failures):
            with pytest.raises(Invalid):
                await organisations.sign_in(EMAIL, "not the password")
        assert await organisations.sign_in(EMAIL, world.PASSWORD)


async def test_a_session_is_found_by_its_token_and_only_the_tokens_digest_is_kept(owner: Actor) -> None:
    token = await organisations.sign_in(EMAIL, world.PASSWORD)
    assert await organisations.actor_of_session(token) == owner
    digest = hashlib.sha256(token.encode())
    assert len(await db.fetch("SELECT 1 FROM session WHERE token_digest = $1", digest.digest())) == 1
    assert token not in str(await everything())
    for other in (digest.hexdigest(), token[:-1], token + "A", token.swapcase(), ""):
        assert await organisations.actor_of_session(other) is None


async def test_signing_out_ends_that_session_and_no_other(owner: Actor) -> None:
    first, second = [await organisations.sign_in(EMAIL, world.PASSWORD) for _ in range(2)]
    assert first != second
    await organisations.sign_out(first)
    await organisations.sign_out("a token that nobody has")
    assert await organisations.actor_of_session(first) is None
    assert await organisations.actor_of_session(second) == owner


async def test_an_invitation_is_accepted_once(owner: Actor) -> None:
    token = await organisations.invite_member(owner, " Alex  Test ", "Editor@Test.example", ["viewer", "editor"])
    assert token not in str(await everything())
    with pytest.raises(Invalid) as caught:
        await organisations.accept_invitation(token, "short")
    assert list(caught.value.fields) == ["password"]
    joined = await organisations.actor_of_session(await organisations.accept_invitation(token, world.PASSWORD))
    assert joined is not None
    assert (joined.organisation_id, joined.name) == (owner.organisation_id, "Alex Test")
    assert joined.roles == {Role.EDITOR, Role.VIEWER}
    before = await everything()
    with pytest.raises(NotFound):
        await organisations.accept_invitation(token, "another twelve letters")
    assert await everything() == before
    assert await organisations.sign_in("editor@test.example", world.PASSWORD)


async def test_of_two_who_accept_an_invitation_or_sign_up_with_an_address_at_once_one_does(owner: Actor) -> None:
    token = await organisations.invite_member(owner, "Alex Test", "editor@test.example", ["editor"])
    accepted = await asyncio.gather(
        *(organisations.accept_invitation(token, world.PASSWORD) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in accepted) == ["NotFound", "NotFound", "str"]
    given = replace(GIVEN, email="new@test.example")
    signed_up = await asyncio.gather(*(organisations.sign_up(given) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(result, tuple) for result in signed_up) == 1
    assert sum(isinstance(result, Invalid | Conflict) for result in signed_up) == 2
    assert len(await db.fetch("SELECT 1 FROM organisation")) == 2


async def test_an_invitation_expires(owner: Actor) -> None:
    with clock.fixed_time(NOW):
        token = await organisations.invite_member(owner, "Alex Test", "editor@test.example", ["editor"])
    before = await everything()
    with clock.fixed_time(NOW + timedelta(days=INVITATION_DAYS)), pytest.raises(NotFound):
        await organisations.accept_invitation(token, world.PASSWORD)
    assert await everything() == before
    with clock.fixed_time(NOW + timedelta(days=INVITATION_DAYS, seconds=-1)):
        assert await organisations.accept_invitation(token, world.PASSWORD)


async def test_a_renewed_invitation_is_another_link_and_the_old_one_opens_nothing(owner: Actor) -> None:
    old = await organisations.invite_member(owner, "Alex Test", "editor@test.example", ["editor"])
    (member,) = [one for one in await organisations.list_members(owner) if not one.has_joined]
    new = await organisations.renew_invitation(owner, member.id)
    with pytest.raises(NotFound):
        await organisations.accept_invitation(old, world.PASSWORD)
    await organisations.accept_invitation(new, world.PASSWORD)
    before = await everything()
    for joined in (member.id, owner.member_id):
        assert joined is not None
        with pytest.raises(NotFound):
            await organisations.renew_invitation(owner, joined)
    assert await everything() == before


async def test_a_wrong_field_of_an_invitation_is_named_and_nobody_is_added(owner: Actor) -> None:
    before = await everything()
    for name, email, roles, field in (
        ("", "editor@test.example", ["editor"], "name"),
        ("Alex", "editor", ["editor"], "email"),
        ("Alex", "editor@test.example", [], "roles"),
        ("Alex", "editor@test.example", ["editor", "king"], "roles"),
    ):
        with pytest.raises(Invalid) as caught:
            await organisations.invite_member(owner, name, email, roles)
        assert list(caught.value.fields) == [field]
    assert await everything() == before


async def test_only_an_owner_invites(owner: Actor) -> None:
    before = await everything()
    for role in Role:
        if role is not Role.OWNER:
            with pytest.raises(NotAllowed):
                await organisations.invite_member(
                    replace(owner, roles=frozenset({role})), "Alex Test", "editor@test.example", ["owner"]
                )
    with pytest.raises(NotSignedIn):
        await organisations.invite_member(PUBLIC, "Alex Test", "editor@test.example", ["owner"])
    assert await everything() == before


async def test_members_see_their_own_organisation_and_no_other(owner: Actor) -> None:
    stranger = await world.a_company("Other Hotels Ltd", "owner@other.example")
    await organisations.invite_member(owner, "Alex Test", "editor@test.example", ["editor"])
    seen = {member.email: member.has_joined for member in await organisations.list_members(owner)}
    assert seen == {EMAIL: True, "editor@test.example": False}
    assert [member.email for member in await organisations.list_members(stranger)] == ["owner@other.example"]
    assert (await organisations.get_own_organisation(stranger)).legal_name == "Other Hotels Ltd"
    for read in (organisations.list_members, organisations.get_own_organisation):
        with pytest.raises(NotSignedIn):
            await read(PUBLIC)


async def test_an_actor_whose_organisation_is_gone_finds_nothing() -> None:
    gone = Actor(UUID(int=1), UUID(int=2), frozenset({Role.OWNER}))
    with pytest.raises(NotFound):
        await organisations.get_own_organisation(gone)
    assert await organisations.list_members(gone) == []
