"""What a text may hold, so that whatever is taken in can be stored, signed and shown."""

from __future__ import annotations

import unicodedata


def is_storable(text: str) -> bool:
    """Whether a database and the canonical form can hold `text`: no NUL, no half of a surrogate pair."""
    return not any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in text)


def is_one_line(text: str) -> bool:
    """Whether `text` is storable and holds no control character: what a name or an address must be."""
    return is_storable(text) and not any(unicodedata.category(character) == "Cc" for character in text)
