"""The library: every published module, read once in a process and kept.

Reading a module's YAML with all its checks takes a second for the whole library. So each file may have a compiled
one in the folder COMPILED, made by `compile_library`: the digest of the YAML that it was made from, then the module's
canonical form. It is used only while that digest is still the YAML's, so it can be missing or old, and never wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from backend.kernel.canonical import canonical_bytes, sha256_digest
from backend.kernel.errors import Invalid, NotFound
from backend.kernel.vocabulary import Form
from backend.sectors.rules.build import build_module
from backend.sectors.rules.compose import compose, supplier_form
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.questionnaire import Module, Questionnaire

CORE = "core"
LIBRARY = files("backend.sectors").joinpath("library")
COMPILED = Path(str(files("backend.sectors").joinpath("compiled")))


@cache
def library() -> Mapping[str, Module]:
    """Return every published module by its reference, such as `tourism@2026.1`. Raises FileRefused."""
    modules = (_load(entry, name) for entry, name in module_files())
    return {module.reference: module for module in modules}


def compile_library() -> list[Path]:
    """Write the compiled file of each module file where it is missing or old; return what was written."""
    written: list[Path] = []
    COMPILED.mkdir(exist_ok=True)
    for entry, name in module_files():
        path, data = _compiled_path(name), entry.read_bytes()
        if _compiled(path, data) is None:
            form = canonical_bytes(parse_module(data, name).source)
            draft = path.with_name(f"{path.name}.new")
            draft.write_bytes(f"{sha256_digest(data)}\n".encode() + form)
            draft.rename(path)
            written.append(path)
    return written


def get_module(reference: str) -> Module:
    """Return one module. Raises NotFound."""
    module = library().get(reference)
    if module is None:
        module_id = reference.partition("@")[0]
        known = [name for name, one in library().items() if one.id == module_id] or list(library())
        raise NotFound(f"There is no questionnaire module {reference}. Known: {', '.join(known)}.")
    return module


def current_modules() -> tuple[Module, ...]:
    """Return the newest version of each module, core first, then the sectors by id."""
    newest: dict[str, Module] = {}
    for module in library().values():
        standing = newest.get(module.id)
        if standing is None or version_key(module) > version_key(standing):
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


def newest_of(references: Sequence[str]) -> tuple[str, ...]:
    """Return the newest version of each of these modules, in their order. Raises NotFound."""
    newest = {module.id: module.reference for module in current_modules()}
    return tuple(newest[get_module(reference).id] for reference in references)


def get_questionnaire(references: Sequence[str], form: Form = Form.FULL) -> Questionnaire:
    """Return the questionnaire of these modules, in full or as the supplier form. Raises NotFound, FileRefused."""
    return _composed(tuple(references), form)


def version_key(module: Module) -> tuple[int, ...]:
    """Return what versions are ordered by: 2026.10 is newer than 2026.9."""
    return tuple(int(part) for part in module.version.split("."))


@cache
def _composed(references: tuple[str, ...], form: Form) -> Questionnaire:
    whole = compose([get_module(reference) for reference in references])
    return supplier_form(whole) if form is Form.SUPPLIER else whole


def module_files() -> Iterator[tuple[Traversable, str]]:
    """Yield each module file of the library, and its name in problems."""
    for folder in sorted(LIBRARY.iterdir(), key=lambda entry: entry.name):
        if folder.is_dir():
            for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
                if entry.name.endswith(".yaml"):
                    yield entry, f"{folder.name}/{entry.name}"


def _load(entry: Traversable, name: str) -> Module:
    data = entry.read_bytes()
    form = _compiled(_compiled_path(name), data)
    return parse_module(data, name) if form is None else build_module(json.loads(form), form)


def _compiled_path(name: str) -> Path:
    return COMPILED / name.removesuffix(".yaml").replace("/", "@")


def _compiled(path: Path, data: bytes) -> bytes | None:
    """Return the canonical form that was compiled from `data`, or None."""
    if not path.is_file():
        return None
    made_from, _, form = path.read_bytes().partition(b"\n")
    return form if made_from.decode("ascii", "replace") == sha256_digest(data) else None
