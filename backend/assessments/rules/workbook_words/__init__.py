"""What the workbook itself says, around the questionnaire's own texts, in each language of the library.

The texts of questions come from the modules; these are the few dozen words that surround them offline, where no
page of ours can help. A test holds the languages against each other.
"""

from __future__ import annotations

from collections.abc import Mapping

from backend.assessments.rules.workbook_words import ar, en, es, fr
from backend.assessments.rules.workbook_words.words import Words

WORDS: Mapping[str, Words] = {"en": en.WORDS, "fr": fr.WORDS, "es": es.WORDS, "ar": ar.WORDS}

__all__ = ["WORDS", "Words"]
