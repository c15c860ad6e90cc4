"""Who may do what: the public and the system are nobody's members, and an owner has every role."""

from __future__ import annotations

from uuid import UUID

import pytest

from backend.kernel.actor import PUBLIC, SYSTEM, Actor
from backend.kernel.errors import NotAllowed, NotSignedIn
from backend.kernel.vocabulary import Role

IDS = (UUID(int=1), UUID(int=2))


def member(*roles: Role) -> Actor:
    return Actor(*IDS, frozenset(roles))


@pytest.mark.parametrize("actor", [PUBLIC, SYSTEM, Actor(organisation_id=IDS[0]), Actor(member_id=IDS[1])])
def test_nobody_but_a_member_is_signed_in(actor: Actor) -> None:
    with pytest.raises(NotSignedIn):
        actor.require_member()
    with pytest.raises(NotSignedIn):
        actor.require_role(*Role)


@pytest.mark.parametrize("held", Role)
@pytest.mark.parametrize("asked", Role)
def test_a_role_opens_what_asks_for_it_and_owner_opens_all(held: Role, asked: Role) -> None:
    if held in (asked, Role.OWNER):
        assert member(held).require_role(asked) == IDS
    else:
        with pytest.raises(NotAllowed, match=f"the role of {asked.value}"):
            member(held).require_role(asked)


def test_one_of_several_roles_is_enough_and_none_is_not() -> None:
    assert member(Role.EDITOR).require_role(Role.SIGNATORY, Role.EDITOR) == IDS
    with pytest.raises(NotAllowed, match="signatory or editor"):
        member().require_role(Role.SIGNATORY, Role.EDITOR)
    assert member().require_member() == IDS
