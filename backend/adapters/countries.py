"""Countries by ISO 3166-1 code, from a library that keeps them up."""

from __future__ import annotations

from functools import cache

import pycountry


@cache
def country_names() -> dict[str, str]:
    """Return English names by two-letter code, in order of name."""
    rows = [(country.alpha_2, getattr(country, "common_name", country.name)) for country in pycountry.countries]
    return dict(sorted(rows, key=lambda row: row[1]))
