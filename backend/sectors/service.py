"""The questionnaires: read once from the published files, composed and kept.

Contract: a published version never changes. `publish_library` compares every file with the digest under
which its version was published first, and stops the start of the server where they differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from backend.adapters import clock
from backend.adapters.db import assert_in_unit_of_work
from backend.kernel.canonical import canonical_digest
from backend.kernel.errors import Conflict, Invalid, NotFound
from backend.kernel.vocabulary import Form
from backend.sectors import queries
from backend.sectors.rules.compose import compose, supplier_form
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.questionnaire import Module, Questionnaire
from backend.sectors.tables import PublishedModule

CORE = "core"


@dataclass(frozen=True, slots=True)
class Published:
    """A module version that was published just now, for the log."""

    reference: str
    digest: str


@cache
def library() -> Mapping[str, Module]:
    """Return every published module by its reference, such as `tourism@2026.1`. Raises FileRefused."""
    found: dict[str, Module] = {}
    for folder in sorted(files("backend.sectors").joinpath("library").iterdir(), key=lambda entry: entry.name):
        if not folder.is_dir():
            continue
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(".yaml"):
                module = parse_module(entry.read_bytes(), f"{folder.name}/{entry.name}")
                found[module.reference] = module
    return found


def get_module(reference: str) -> Module:
    """Return one module. Raises NotFound."""
    module = library().get(reference)
    if module is None:
        raise NotFound(f"There is no questionnaire module {reference}. Known: {', '.join(library())}.")
    return module


def current_modules() -> tuple[Module, ...]:
    """Return the newest version of each module, core first, then the sectors by id."""
    newest: dict[str, Module] = {}
    for module in library().values():
        standing = newest.get(module.id)
        if standing is None or _version_key(module) > _version_key(standing):
            newest[module.id] = module
    return tuple(newest[name] for name in sorted(newest, key=lambda name: (name != CORE, name)))


def available_sectors() -> tuple[str, ...]:
    """Return the ids of the sectors that have a published questionnaire."""
    return tuple(module.id for module in current_modules() if module.id != CORE)


def current_references(sectors: Iterable[str]) -> tuple[str, ...]:
    """Return the newest modules for a company of these sectors, core first. Raises Invalid for an unknown sector."""
    wanted = set(sectors)
    missing = sorted(wanted - set(available_sectors()))
    if missing or not wanted:
        known = ", ".join(available_sectors())
        raise Invalid(
            f"There is no questionnaire for {', '.join(missing) or 'no sector at all'} yet.",
            {"sectors": f"Choose from: {known}."},
        )
    return tuple(module.reference for module in current_modules() if module.id == CORE or module.id in wanted)


def get_questionnaire(references: Sequence[str], form: Form = Form.FULL) -> Questionnaire:
    """Return the questionnaire of these modules, in full or as the supplier form. Raises NotFound, FileRefused."""
    return _composed(tuple(references), form)


@cache
def _composed(references: tuple[str, ...], form: Form) -> Questionnaire:
    whole = compose([get_module(reference) for reference in references])
    return supplier_form(whole) if form is Form.SUPPLIER else whole


async def publish_library() -> list[Published]:
    """Step: record each new module version. Return those that are new.

    Raises Conflict where a file differs from what was published under its version.
    """
    assert_in_unit_of_work()
    standing = await queries.published_digests(list(library()))
    new: list[Published] = []
    for reference, module in library().items():
        digest = canonical_digest(module.source)
        if reference not in standing:
            await PublishedModule(reference=reference, digest=digest, published_at=clock.now()).save()
            new.append(Published(reference, digest))
        elif standing[reference] != digest:
            raise Conflict(
                f"The file of {reference} is not what was published under this version. "
                "A published questionnaire never changes: put the file back, or give the change a new version."
            )
    return new


def _version_key(module: Module) -> tuple[int, ...]:
    return tuple(int(part) for part in module.version.split("."))
