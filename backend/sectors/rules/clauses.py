"""The ids by which questions are traced to the 2011 report: 93 duties of its paragraphs, and 25 supporting points.

Source: questionnaire-facts.md, section 1. Names of instruments (`Code 1`, `CRBP 4`) stand beside them in `refs`
and are free text; an id that begins as these do must be one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBERED = {
    "P73.a": 4, "P73.b": 4, "P73.c": 5, "P73.d": 7, "P73.e": 10, "P73.f": 4, "P73.g": 7, "P73.h": 2,
    "P29.a": 2, "P29.b": 5, "P49.e": 6, "P58": 3, "P64.a": 2, "P72": 5, "P77.c": 3, "P77.e": 2,
}  # fmt: skip
_LETTERED = {"P39": "abcdefghijk", "P64": "bcdefg", "P67": "b", "P70": "abcd"}
_SUPPORTING = {
    "P16": "abcd", "P24": "b", "P28": "abdf", "P29": "c", "P30": "bd", "P31": "bd", "P38": "adefg", "P49": "c",
}  # fmt: skip

DUTY_IDS = frozenset(
    [f"{stem}.{number}" for stem, count in _NUMBERED.items() for number in range(1, count + 1)]
    + [f"{stem}.{letter}" for stem, letters in _LETTERED.items() for letter in letters]
)
SUPPORTING_IDS = frozenset(
    [f"{stem}.{letter}" for stem, letters in _SUPPORTING.items() for letter in letters]
    + ["P40", "P55", "P68", "P69", "P71"]
)
REFERENCE_IDS = DUTY_IDS | SUPPORTING_IDS
LOOKS_LIKE_AN_ID = re.compile(r"P[0-9]{2}(\..*)?")

_SPEAK_TO_STATES = ("P29.", "P39.", "P64.", "P67.", "P77.c.")


def duties_of_states(refs: Iterable[str]) -> tuple[str, ...]:
    """Return those of a question's references that speak to States or their monitors, and not to companies.

    A company question that traces to one of them is a translation of it, and is marked as such wherever it is shown
    (questionnaire-facts.md, Reading notes).
    """
    return tuple(ref for ref in refs if ref in REFERENCE_IDS and ref.startswith(_SPEAK_TO_STATES))
