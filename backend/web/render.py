"""Templates: one environment, the filters they use, and the way from a built file's name to its address."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from litestar.response import Template
from markupsafe import Markup, escape

from backend.adapters.countries import country_names
from backend.assessments.rules.values import value_to_json
from backend.assessments.rules.views import StoredAnswer
from backend.kernel.actor import Actor
from backend.kernel.vocabulary import SectorId
from backend.sectors.rules.languages import ENGLISH, LANGUAGES, RIGHT_TO_LEFT, in_language
from backend.sectors.rules.questionnaire import Question, Text

# The ids of sectors/rules/clauses.py: a paragraph, perhaps its letter, perhaps which of its duties.
_PARAGRAPH = re.compile(r"P([0-9]{2})(?:\.([a-z]))?(?:\.[0-9]+)?")
FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
DIST = FRONTEND / "dist"
SECTOR_TITLES = {
    SectorId.TOURISM: "Tourism and travel",
    SectorId.ICT: "ICT and Internet services",
    SectorId.FINANCE: "Financial services",
    SectorId.MEDIA: "Media",
    SectorId.AGRICULTURE: "Agriculture",
    SectorId.TRANSPORT: "Transport",
    SectorId.ADVERTISING: "Advertising",
    SectorId.ENTERTAINMENT: "Entertainment",
}


@cache
def manifest() -> dict[str, str]:
    """Return the built file behind each name. Raises FileNotFoundError where the front end was not built."""
    found: dict[str, str] = json.loads((DIST / "manifest.json").read_text())
    return found


def asset(name: str) -> str:
    """Return the address of a built file, such as `app.css`; its name holds its digest, so it never goes stale."""
    return f"/static/{manifest()[name]}"


def bp(value: int | None) -> str:
    """Return basis points as people read them: 8250 as 82.5."""
    if value is None:
        return "no score"
    whole, rest = divmod(value, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".")


def day(value: date | datetime | None) -> str:
    """Return a date in words, such as 24 November 2026."""
    return "" if value is None else f"{value.day} {value:%B %Y}"


def moment(value: datetime | None) -> str:
    """Return an instant in words, in UTC."""
    return "" if value is None else f"{day(value)}, {value:%H:%M} UTC"


def size(value: int) -> str:
    """Return a number of bytes as people read it."""
    if value < 1024:
        return f"{value} bytes"
    megabytes = f"{value / 1024 / 1024:.1f}".removesuffix(".0")
    return f"{value / 1024:.0f} kB" if value < 1024 * 1024 else f"{megabytes} MB"


def country(code: str) -> str:
    return country_names().get(code, code)


def sector(sector_id: str) -> str:
    return dict(SECTOR_TITLES).get(SectorId(sector_id), sector_id)


UNITS = {
    "h": "hours",
    "d": "days",
    "min": "minutes",
    "people/yr": "people a year",
    "currency/yr": "in your currency, for the year",
}


def unit(code: str) -> str:
    """Return a unit in words."""
    return UNITS.get(code, code)


def say(text: Text, language: str = ENGLISH) -> Markup:
    """Return a text of a questionnaire in the page's language; where it falls back to English, marked as that."""
    found = in_language(text, language)
    if not found.is_fallback:
        return escape(found.text)
    return Markup('<span class="fallback" lang="{}" dir="{}">{}</span>').format(
        found.language, found.direction, found.text
    )


def direction(language: str) -> str:
    """Return `rtl` or `ltr`, for HTML's dir."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def spoken(language: str) -> Markup:
    """Return the attributes of an element in this language; none in English, which the page around it is in."""
    if language == ENGLISH:
        return Markup("")
    return Markup(' lang="{}" dir="{}"').format(language, direction(language))


def answer_values(stored: StoredAnswer | None) -> list[str]:
    """Return what stands in an answer as the form's controls hold it; empty without a value."""
    if stored is None or stored.answer.value is None:
        return []
    value = value_to_json(stored.answer.value)
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def answer_kind(stored: StoredAnswer | None) -> str:
    """Return how a question was answered: value, unknown or not_applicable."""
    if stored is not None and stored.answer.unknown:
        return "unknown"
    return "not_applicable" if stored is not None and stored.answer.not_applicable else "value"


def answer_words(content: Mapping[str, Any] | None, question: Question) -> str:
    """Return an answer's content in words, for a conflict's message."""
    if not content:
        return "no answer"
    if "value" not in content:
        return "we do not know" if content.get("unknown") else f"does not apply: {content.get('not_applicable')}"
    labels = {option.id: option.label["en"] for option in question.options}
    labels |= {str(level): f"{level}, {text['en'].rstrip('.')}" for level, text in question.levels.items()}
    value = content["value"]
    parts = value if isinstance(value, list) else [value]
    return "; ".join(labels.get(str(one), str(one)) for one in parts)


def traced(refs: Sequence[str]) -> str:
    """Return what a question traces to: paragraphs of the report first, each once, then instruments by name."""
    found = [_PARAGRAPH.fullmatch(ref) for ref in refs]
    paragraphs = dict.fromkeys(f"{one[1]}({one[2]})" if one[2] else one[1] for one in found if one)
    words = [f"paragraph{'s' if len(paragraphs) > 1 else ''} {', '.join(paragraphs)}"] if paragraphs else []
    return "; ".join(words + [ref for ref, one in zip(refs, found, strict=True) if not one])


def environment() -> Environment:
    """Return the Jinja environment: everything escaped, an unknown name an error."""
    made = Environment(
        loader=FileSystemLoader(FRONTEND / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = asset
    made.filters |= {
        "bp": bp,
        "day": day,
        "moment": moment,
        "size": size,
        "country": country,
        "sector": sector,
        "unit": unit,
        "traced": traced,
        "say": say,
        "direction": direction,
        "spoken": spoken,
        "answer_values": answer_values,
        "answer_kind": answer_kind,
        "answer_words": answer_words,
    }
    return made


def page(template: str, actor: Actor, path: str, status: int = 200, **context: Any) -> Template:
    """Return a page; `actor` decides its navigation, `path` which entry of it is the present one."""
    member = actor if actor.member_id is not None else None
    return Template(
        template,
        context={"language": ENGLISH, "languages": LANGUAGES, **context, "actor": member, "url": path},
        status_code=status,
    )
