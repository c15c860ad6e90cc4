"""A text in the reader's language; where there is none, English, and marked as that."""

from __future__ import annotations

import pytest

from backend.sectors.rules.languages import LANGUAGES, Localised, in_language, preferred

TEXT = {"en": "Policy", "fr": "Politique", "ar": "سياسة"}


def test_a_text_is_given_in_the_language_that_was_asked_for() -> None:
    assert in_language(TEXT, "fr") == Localised("Politique", "fr", False)
    assert in_language(TEXT, "en") == Localised("Policy", "en", False)


def test_a_missing_translation_falls_back_to_english_and_says_so() -> None:
    assert in_language(TEXT, "es") == Localised("Policy", "en", True)
    assert in_language({"en": "Policy"}, "ar").direction == "ltr"


def test_a_text_that_is_not_there_at_all_is_empty_and_no_fallback() -> None:
    assert in_language({}, "fr") == Localised("", "en", False)


def test_arabic_is_read_from_right_to_left() -> None:
    assert in_language(TEXT, "ar").direction == "rtl"
    assert {in_language(TEXT, code).direction for code in ("en", "fr")} == {"ltr"}


@pytest.mark.parametrize(
    ("wanted", "language"),
    [(["fr-CA", "en"], "fr"), (["de", "es"], "es"), (["AR"], "ar"), (["de"], "en"), ([], "en"), ([""], "en")],
)
def test_the_first_language_that_the_library_has_is_chosen(wanted: list[str], language: str) -> None:
    assert preferred(wanted) == language


def test_the_library_has_four_languages() -> None:
    assert list(LANGUAGES) == ["en", "fr", "es", "ar"]
