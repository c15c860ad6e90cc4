"""What was published, so that a published file whose content changes stops the start of the server."""

from __future__ import annotations

from piccolo.columns import Timestamptz, Varchar
from piccolo.table import Table


class PublishedModule(Table):
    """One module version, immutable: `reference` is such as `tourism@2026.1`."""

    reference = Varchar(length=80, primary_key=True)
    digest = Varchar(length=80)
    published_at = Timestamptz()
