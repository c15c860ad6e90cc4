"""Organisations and members: what they must look like, in one normal form, with every wrong field told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.errors import Invalid
from backend.kernel.vocabulary import Role
from backend.organisations.rules.people import (
    MAX_PASSWORD,
    MIN_PASSWORD,
    SignUp,
    check_member,
    check_sign_up,
    wrong_password,
)

COUNTRIES = frozenset({"AT", "KE"})
GOOD = SignUp("Lagoon Hotels Ltd", "KE", ("tourism",), "Robin Test", "robin@lagoon.example", "twelve letters and more")


def wrong_fields(**changes: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        check_sign_up(replace(GOOD, **changes), COUNTRIES)  # type: ignore[arg-type]
    return dict(refused.value.fields)


def test_a_good_sign_up_stays_as_it_is() -> None:
    assert check_sign_up(GOOD, COUNTRIES) == GOOD


def test_spaces_and_case_come_into_one_normal_form() -> None:
    loose = SignUp(
        "  Lagoon   Hotels Ltd ",
        " ke ",
        ("tourism", "tourism"),
        " Robin\tTest ",
        " Robin@Lagoon.Example ",
        GOOD.password,
    )
    assert check_sign_up(loose, COUNTRIES) == GOOD


def test_the_password_is_left_exactly_as_it_was_typed() -> None:
    spaced = "  spaces belong to it  "
    assert check_sign_up(replace(GOOD, password=spaced), COUNTRIES).password == spaced


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("legal_name", "X"),
        ("legal_name", "   "),
        ("legal_name", "x" * 201),
        ("legal_name", "Lagoon\x00Hotels"),
        ("country", "XX"),
        ("country", "Kenya"),
        ("country", ""),
        ("sectors", ()),
        ("sectors", ("tourism", "mining")),
        ("name", " "),
        ("name", "x" * 121),
        ("email", "robin"),
        ("email", "robin@lagoon"),
        ("email", "robin@@lagoon.example"),
        ("email", "robin test@lagoon.example"),
        ("email", "@lagoon.example"),
        ("email", "robin@lagoon..example"),
        ("email", "x" * 65 + "@lagoon.example"),
        ("email", "robin@" + "x" * 250 + ".example"),
        ("password", "x" * (MIN_PASSWORD - 1)),
        ("password", "x" * (MAX_PASSWORD + 1)),
    ],
)
def test_a_wrong_field_is_told_and_no_other(field: str, value: object) -> None:
    assert set(wrong_fields(**{field: value})) == {field}


def test_every_wrong_field_is_told_at_once_with_what_would_be_right() -> None:
    assert wrong_fields(legal_name="", country="", sectors=(), name="", email="", password="") == {
        "legal_name": "Give the organisation's legal name, 2 to 200 characters.",
        "country": "Choose the country where the organisation is registered.",
        "sectors": "Choose at least one sector.",
        "name": "Give a name, at most 120 characters.",
        "email": "Give an e-mail address such as name@hotel.example.",
        "password": f"Use at least {MIN_PASSWORD} characters; a few words that belong together only for you.",
    }


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=MIN_PASSWORD, max_size=MAX_PASSWORD))
def test_any_password_of_a_good_length_is_taken_whatever_it_is_made_of(password: str) -> None:
    assert wrong_password(password) == {}


def test_a_member_comes_into_normal_form_with_roles_sorted() -> None:
    found = check_member("  Alex  Test ", " Alex@Lagoon.Example", ["viewer", "editor", "viewer"])
    assert found == ("Alex Test", "alex@lagoon.example", (Role.EDITOR, Role.VIEWER))


@pytest.mark.parametrize("roles", [[], ["admin"], ["owner", "admin"], ["Owner"]])
def test_a_member_needs_roles_that_there_are(roles: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        check_member("Alex Test", "alex@lagoon.example", roles)
    assert refused.value.fields == {"roles": "Choose at least one role."}


def test_a_member_s_wrong_fields_are_told_together() -> None:
    with pytest.raises(Invalid) as refused:
        check_member("", "alex", [])
    assert set(refused.value.fields) == {"name", "email", "roles"}
