"""Which of paragraph 73's duties a sector's questionnaire covers, and whose duty the rest is.

Source: questionnaire-facts.md, section 3, for the four main sectors; the other four were worked out in the same way.
A duty that is neither covered nor listed here is a gap, and so is a listed one that is covered after all: the list
would then say something false about the sector.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backend.sectors.rules.clauses import DUTY_IDS
from backend.sectors.rules.questionnaire import Module

_ICT = "a duty of ICT and Internet services"
_ICT_MEDIA = "a duty of ICT and Internet services, and of media"
_NETWORKS = "a duty of whoever runs a network or offers Internet access"
_FINANCE = "a duty of financial services"
_TOURISM = "a duty of tourism and transport"

WHOSE: Mapping[str, str] = {
    "P73.e.1": _ICT_MEDIA,
    "P73.e.2": _NETWORKS,
    "P73.e.3": _ICT_MEDIA,
    "P73.e.4": _ICT_MEDIA,
    "P73.e.5": "a duty of ICT and Internet services, media and financial services",
    "P73.e.6": "a duty of ICT and Internet services, media and financial services",
    "P73.e.9": _FINANCE,
    "P73.e.10": "a duty of financial services, and of whoever handles payments or advertising money online",
    "P73.f.1": _TOURISM,
    "P73.f.2": _TOURISM,
    "P73.f.3": "a duty of tourism and transport, and of media with travel content",
    "P73.f.4": _TOURISM,
    "P29.b.1": _ICT_MEDIA,
    "P29.b.2": _NETWORKS,
    "P29.b.3": "a duty of ICT and Internet services, and of financial services",
    "P29.b.4": _FINANCE,
    "P29.b.5": _FINANCE,
    "P70.b": "an instrument of tourism and transport (The Code)",
    "P70.c": "an instrument of ICT and media (the ITU guidelines)",
    "P70.d": "an instrument of media (the IFJ guidelines)",
    "P77.c.1": "a matter of States and of ICT services, through police or the national hotline",
    "P77.c.2": "a matter of States and of ICT services",
    "P77.c.3": "a matter of States, ICT and financial services, through the lawful national channel",
}
"""Why a sector may leave a duty out: whose it is instead."""

_MONEY = "P73.e.9 P29.b.4 P29.b.5"
_TRAVEL = "P73.f.1 P73.f.2 P73.f.3 P73.f.4 P70.b"
_POLICE = "P77.c.1 P77.c.2 P77.c.3"
_ONLINE = "P73.e.3 P73.e.4 P73.e.5 P73.e.6 P29.b.3 P70.c"
LEFT_OUT: Mapping[str, frozenset[str]] = {
    sector: frozenset(" ".join(parts).split())
    for sector, parts in {
        "tourism": (_MONEY, _ONLINE, _POLICE, "P73.e.10 P70.d"),
        "transport": (_MONEY, _ONLINE, _POLICE, "P73.e.10 P70.d"),
        "ict": (_TRAVEL, "P29.b.4 P29.b.5 P70.d"),
        "finance": (_TRAVEL, "P73.e.1 P73.e.2 P73.e.3 P73.e.4 P29.b.1 P29.b.2 P70.c P70.d P77.c.1 P77.c.2"),
        "media": (_MONEY, _POLICE, "P73.e.2 P73.f.1 P73.f.2 P73.f.4 P29.b.2 P29.b.3 P70.b"),
        "agriculture": (
            _MONEY, _TRAVEL, _ONLINE, _POLICE, "P73.e.1 P73.e.2 P73.e.10 P29.b.1 P29.b.2 P70.d",
        ),
        "advertising": (
            _TRAVEL, _POLICE, "P73.e.2 P73.e.4 P73.e.5 P29.b.1 P29.b.2 P29.b.3 P29.b.4 P29.b.5 P70.c P70.d",
        ),
        "entertainment": (_MONEY, _POLICE, "P73.e.2 P73.f.1 P73.f.2 P29.b.2 P29.b.3 P70.b P70.d"),
    }.items()
}  # fmt: skip
"""By sector, the duties that its questionnaire leaves to others on purpose."""


def covered(modules: Iterable[Module]) -> frozenset[str]:
    """Return the duties that a question of these modules traces to."""
    return frozenset(ref for module in modules for question in module.questions for ref in question.refs) & DUTY_IDS


def duty_order(duty: str) -> tuple[int, str, int]:
    """Return what duties are sorted by: paragraph, letter, number, so that e.9 comes before e.10."""
    paragraph, _, rest = duty.removeprefix("P").partition(".")
    parts = rest.split(".")
    letter = parts[0] if parts[0].isalpha() else ""
    number = parts[-1] if parts[-1].isdecimal() else "0"
    return int(paragraph), letter, int(number)
