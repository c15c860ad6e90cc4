"""The languages of the published content, and what a reader sees where one is missing.

A missing translation is never silent: the text falls back to English and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.sectors.rules.questionnaire import Text

ENGLISH = "en"
LANGUAGES = {"en": "English", "fr": "Français", "es": "Español", "ar": "العربية"}
"""Language codes of the library, each with its own name."""
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True, slots=True)
class Localised:
    """A text as a reader gets it: `language` is the one that it is in, `is_fallback` whether another was asked for."""

    text: str
    language: str
    is_fallback: bool

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`, for HTML's dir."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"


def in_language(text: Text, language: str) -> Localised:
    """Return the text in `language`, or in English where it has none; an absent text is empty."""
    if language in text:
        return Localised(text[language], language, False)
    return Localised(text.get(ENGLISH, ""), ENGLISH, bool(text) and language != ENGLISH)


def preferred(wanted: Iterable[str]) -> str:
    """Return the first wanted language that the library has, or English. `fr-CA` counts as `fr`."""
    for tag in wanted:
        primary = tag.strip().lower().split("-")[0]
        if primary in LANGUAGES:
            return primary
    return ENGLISH
