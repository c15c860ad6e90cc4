"""What `para73 sectors` does with module files: check, compare, begin, and take translations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from backend.commands.scoring import read_modules
from backend.kernel.errors import Conflict, Invalid, Unavailable
from backend.sectors import service as sectors
from backend.sectors.rules.compose import compose
from backend.sectors.rules.diff import QuestionChange, diff_modules
from backend.sectors.rules.inspection import ModuleReport, inspect_library, inspect_module
from backend.sectors.rules.languages import ENGLISH
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.parse_question import LOWER_ID, LOWER_ID_RIGHT
from backend.sectors.rules.questionnaire import Module
from backend.sectors.rules.skeleton import skeleton
from backend.sectors.rules.texts import localised_maps


def load(name: str) -> Module:
    """Return a module from a file, or one of the library by its reference, or the newest by its id.

    Raises NotFound, FileRefused.
    """
    path = Path(name)
    if path.is_file():
        return read_modules([path])[0]
    newest = {module.id: module for module in sectors.current_modules()}
    return newest.get(name) or sectors.get_module(name)


def check_files(files: Sequence[Path]) -> tuple[Sequence[ModuleReport], Sequence[str]]:
    """Return a report for each module and all gaps; without files, those of the library's newest modules.

    A file is composed with core, so that its conditions are held against core's questions too. Raises FileRefused,
    and Invalid where modules do not fit together.
    """
    if not files:
        modules = sectors.current_modules()
        compose(modules)
        return inspect_library(modules)
    given = read_modules(list(files))
    own_core = next((module for module in given if module.id == sectors.CORE), None)
    core = own_core or next(module for module in sectors.current_modules() if module.id == sectors.CORE)
    compose([core, *(module for module in given if module is not core)])
    reports = [
        inspect_module(module, None if module.id == sectors.CORE else core, _languages_of(module)) for module in given
    ]
    return reports, [gap for report in reports for gap in report.gaps]


def _languages_of(module: Module) -> list[str]:
    """Return the languages that an author uses: whoever begins one owes it in full, and nobody owes the others."""
    found = {language for _, by_language, _ in localised_maps(module.source) for language in by_language}
    return sorted(found, key=lambda language: (language != ENGLISH, language))


def report_text(report: ModuleReport) -> str:
    """Return a report in words."""
    languages = ", ".join(f"{language} {count}" for language, count in report.translated.items())
    clauses = ", ".join(f"{clause} {count}" for clause, count in report.clauses.items())
    lines = [
        f"{report.reference}: {report.questions} questions, {report.scored} of them scored, no mistakes found",
        f"  by clause        {clauses}",
        f"  critical         {', '.join(report.critical) or 'none'}",
        f"  supplier form    {', '.join(report.supplier) or 'none'}",
        f"  duties covered   {len(report.covered)} of {len(report.covered) + len(report.not_covered)}",
        *(f"    not {duty:<9}  {whose}" for duty, whose in report.not_covered.items()),
        f"  texts            {report.texts}; translated: {languages}",
    ]
    lines += [f"  longest sentence {one.words} words in {one.path}" for one in report.readability[:1]]
    return "\n".join(lines)


def diff(old: str, new: str) -> tuple[QuestionChange, ...]:
    """Return what changed from one module to another. Raises Invalid where they are not the same module."""
    before, after = load(old), load(new)
    if before.id != after.id:
        raise Invalid(f"{old} is the module {before.id}, and {new} is {after.id}: there is nothing to compare.")
    return diff_modules(before, after)


def changes_text(changes: Sequence[QuestionChange]) -> str:
    """Return changes for people, one question a line, with what follows for answers."""
    if not changes:
        return "No question changed."
    lines = []
    for one in changes:
        carried = (
            "" if one.change.value in ("added", "removed") else "answer stays" if one.keeps_answer else "ask again"
        )
        lines.append(f"{one.question_id:<8} {one.change.value:<9} {carried:<13} {one.text}".rstrip())
        lines += [f"{'':<32} {detail}" for detail in one.details]
    return "\n".join(lines)


def changes_json(changes: Sequence[QuestionChange]) -> list[dict[str, Any]]:
    """Return changes for programs."""
    return [
        {
            "question": one.question_id,
            "change": one.change.value,
            "keeps_answer": one.keeps_answer,
            "details": list(one.details),
            "text": one.text,
        }
        for one in changes
    ]


def write_skeleton(module_id: str, title: str, folder: Path) -> Path:
    """Write a module to begin with and return its path. Raises Invalid for the id, Conflict where a file stands."""
    if not LOWER_ID.fullmatch(module_id):
        raise Invalid(f"{module_id} cannot be the id of a module; it should be {LOWER_ID_RIGHT}.")
    path = folder / f"{module_id}.yaml"
    if path.exists():
        raise Conflict(f"{path} exists already. Choose another id or folder.")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(skeleton(module_id, title or module_id.replace("-", " ").replace("_", " ").capitalize()), "utf-8")
    return path


def translations() -> ModuleType:
    """Return the module that reads and writes XLIFF. Raises Unavailable where its libraries are not installed."""
    try:
        from backend.sectors.service import translating
    except ImportError as error:
        raise Unavailable("XLIFF needs the extra para73[translation]. Install it, then try again.") from error
    return translating


def take_translations(module_file: Path, xliff_file: Path) -> tuple[int, Mapping[str, str]]:
    """Write translations into a module file; return (texts taken, why each other one was left out).

    The file is replaced whole or not at all. Raises FileRefused, Invalid.
    """
    translating = translations()
    if xliff_file.stat().st_size > translating.MAX_XLIFF_BYTES:
        raise Invalid(f"An XLIFF file has at most {translating.MAX_XLIFF_BYTES // 1024 // 1024} MB.")
    before = read_modules([module_file])[0]
    done = translating.import_xliff(module_file.read_bytes(), xliff_file.read_bytes())
    after = parse_module(done.module, module_file.name)
    if diff_modules(before, after):
        raise Invalid("Taking these translations would change the questions themselves. Nothing was written.")
    draft = module_file.with_suffix(".new")
    draft.write_bytes(done.module)
    draft.replace(module_file)
    return done.taken, done.left_out
