"""What an organisation and its members must look like; pure checks with the words that people read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from backend.kernel.errors import Invalid
from backend.kernel.text import is_one_line, is_storable
from backend.kernel.vocabulary import Role, SectorId

MIN_PASSWORD = 12
MAX_PASSWORD = 200
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation as services hand it out."""

    id: UUID
    legal_name: str
    country: str
    lei: str | None
    sectors: tuple[str, ...]
    is_sample: bool


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member as the organisation sees them; `has_joined` is false while the invitation is open."""

    id: UUID
    name: str
    email: str
    roles: tuple[Role, ...]
    has_joined: bool


@dataclass(frozen=True, slots=True)
class SignUp:
    """What a new organisation gives, checked by `check_sign_up`."""

    legal_name: str
    country: str
    sectors: tuple[str, ...]
    name: str
    email: str
    password: str


def check_sign_up(given: SignUp, countries: frozenset[str]) -> SignUp:
    """Return the sign-up in its normal form. Raises Invalid with every field that is wrong."""
    wrong: dict[str, str] = {}
    legal_name = " ".join(given.legal_name.split())
    name = " ".join(given.name.split())
    email = given.email.strip().lower()
    country = given.country.strip().upper()
    if not 2 <= len(legal_name) <= 200 or not is_one_line(legal_name):
        wrong["legal_name"] = "Give the organisation's legal name, 2 to 200 characters."
    if not _COUNTRY.fullmatch(country) or country not in countries:
        wrong["country"] = "Choose the country where the organisation is registered."
    known = {sector.value for sector in SectorId}
    if not given.sectors or not set(given.sectors) <= known:
        wrong["sectors"] = "Choose at least one sector."
    wrong |= _wrong_person(name, email)
    wrong |= wrong_password(given.password)
    if wrong:
        raise Invalid("Some entries need another look.", wrong)
    return SignUp(legal_name, country, tuple(sorted(set(given.sectors))), name, email, given.password)


def check_member(name: str, email: str, roles: Iterable[str]) -> tuple[str, str, tuple[Role, ...]]:
    """Return (name, email, roles) in their normal form. Raises Invalid with every field that is wrong."""
    name, email = " ".join(name.split()), email.strip().lower()
    wrong = _wrong_person(name, email)
    chosen = set(roles)
    if not chosen or not chosen <= {role.value for role in Role}:
        wrong["roles"] = "Choose at least one role."
    if wrong:
        raise Invalid("Some entries need another look.", wrong)
    return name, email, tuple(Role(role) for role in sorted(chosen))


def wrong_password(password: str) -> dict[str, str]:
    """Return what is wrong with a new password, by field; empty when nothing is."""
    if len(password) < MIN_PASSWORD:
        return {"password": f"Use at least {MIN_PASSWORD} characters; a few words that belong together only for you."}
    if len(password) > MAX_PASSWORD:
        return {"password": f"Use at most {MAX_PASSWORD} characters."}
    if not is_storable(password):
        return {"password": "Use characters that can be typed."}
    return {}


def _wrong_person(name: str, email: str) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not 1 <= len(name) <= 120 or not is_one_line(name):
        wrong["name"] = "Give a name, at most 120 characters."
    if len(email) > 254 or not _EMAIL.fullmatch(email) or not is_one_line(email):
        wrong["email"] = "Give an e-mail address such as name@hotel.example."
    return wrong
