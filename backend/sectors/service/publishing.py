"""Publishing modules: a published version never changes.

`publish_library` compares every file with the digest under which its version was published first, and stops the
start of the server where they differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.adapters import clock
from backend.adapters.db import assert_in_unit_of_work
from backend.kernel.canonical import sha256_digest
from backend.kernel.errors import Conflict
from backend.sectors import queries
from backend.sectors.rules.compose import canonical_form
from backend.sectors.service.modules import library
from backend.sectors.tables import PublishedModule


@dataclass(frozen=True, slots=True)
class Published:
    """A module version that was published just now, for the log."""

    reference: str
    digest: str


async def publish_library() -> list[Published]:
    """Step: record each new module version. Return those that are new.

    Raises Conflict where a file differs from what was published under its version.
    """
    assert_in_unit_of_work()
    standing = await queries.published_digests(list(library()))
    new: list[Published] = []
    for reference, module in library().items():
        digest = sha256_digest(canonical_form(module))
        if reference not in standing:
            await PublishedModule(reference=reference, digest=digest, published_at=clock.now()).save()
            new.append(Published(reference, digest))
        elif standing[reference] != digest:
            raise Conflict(
                f"The file of {reference} is not what was published under this version. "
                "A published questionnaire never changes: put the file back, or give the change a new version."
            )
    return new
