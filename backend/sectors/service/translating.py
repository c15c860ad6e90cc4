"""Texts out to translators and back: XLIFF 1.2-style files by translate-toolkit, YAML kept as its authors wrote it.

Contract of `import_xliff`: a unit is taken only where its source is still the module's English, letter for letter;
the rest is reported and left out, so a late file never puts an old meaning under a new text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString
from translate.storage.xliff import xlifffile

from backend.kernel.cursor import shown
from backend.kernel.errors import Invalid
from backend.sectors.rules.languages import ENGLISH
from backend.sectors.rules.parse_question import LANGUAGE
from backend.sectors.rules.questionnaire import Module
from backend.sectors.rules.texts import localised_maps, translated, units

MAX_XLIFF_BYTES = 5 * 1024 * 1024
LONG_TEXT = 80
WIDTH = 110
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
_ID_SEPARATOR = "\x04"


@dataclass(frozen=True, slots=True)
class Translated:
    """What an import did: the module file with the texts in it, how many, and the paths that were left out and why."""

    module: bytes
    taken: int
    left_out: Mapping[str, str]


def export_xliff(module: Module, language: str) -> bytes:
    """Return the module's texts for a translator, with what there is in `language` already."""
    file: Any = xlifffile()
    file.setsourcelanguage(ENGLISH)
    file.settargetlanguage(language)
    for text in units(module.source, language):
        unit = file.addsourceunit(text.english)
        unit.setid(text.path)
        if text.translation is not None:
            unit.target = text.translation
        if text.question and not text.path.endswith("/text"):
            unit.addnote(f"Question: {text.question}", origin="developer")
    file.setfilename(file.document.getroot()[0], module.reference)
    return bytes(file)


def import_xliff(module: bytes, xliff: bytes) -> Translated:
    """Put the translations of an XLIFF file into a module's YAML. Raises Invalid for a file that is not one."""
    language, given, sources = _read_xliff(xliff)
    yaml = _yaml()
    document = yaml.load(module.decode())
    known = {unit.path: unit.english for unit in units(document, language)}
    left_out = {path: "the module has no such text" for path in given if path not in known}
    for path, english in known.items():
        if path in given and sources[path] != english:
            left_out[path] = "its English has changed since the file was made; translate the new text"
            del given[path]
    _unfold(document)
    taken = 0
    for path, by_language, _ in localised_maps(document):
        value = translated(by_language, path, given)
        if value is not None:
            _put(by_language, language, value)
            taken += 1 if isinstance(value, str) else len(value)
    target = io.BytesIO()
    yaml.dump(document, target)
    return Translated(target.getvalue(), taken, left_out)


def _read_xliff(data: bytes) -> tuple[str, dict[str, str], dict[str, str]]:
    """Return (language, translations by path, the English they were made from by path)."""
    if len(data) > MAX_XLIFF_BYTES:
        raise Invalid(f"An XLIFF file has at most {MAX_XLIFF_BYTES // 1024 // 1024} MB.")
    encoding = _ENCODING.search(data[:200])
    if b"\x00" in data or (encoding is not None and encoding[1].lower() != b"utf-8"):
        raise Invalid("This is not an XLIFF file in UTF-8; let the tool save it so.")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        # Entities can blow up to gigabytes, and no translator's tool writes them.
        raise Invalid("This file declares entities, which an XLIFF file for Para73 never needs.")
    try:
        file: Any = xlifffile.parsestring(data)  # type: ignore[no-untyped-call]
    except Exception as error:  # the library passes on whatever its parser raises
        raise Invalid(f"This is not an XLIFF file: {error}") from error
    language = str(file.gettargetlanguage() or "")
    if not language or language == ENGLISH:
        raise Invalid("This file does not say which language it translates into (target-language).")
    if not LANGUAGE.fullmatch(language):
        raise Invalid(f"{shown(language)} is no language code such as fr, es or ar.")
    given: dict[str, str] = {}
    sources: dict[str, str] = {}
    for unit in file.units:
        path = str(unit.getid()).rsplit(_ID_SEPARATOR, 1)[-1]
        if path in sources:
            raise Invalid(f"The unit {path} stands twice.")
        sources[path] = str(unit.source)
        if unit.target and str(unit.target).strip():
            given[path] = str(unit.target).strip()
    return language, given, sources


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _unfold(node: Any) -> bool:
    """Write each map that holds texts by language over several lines; return whether this one is such a map."""
    if isinstance(node, list):
        for part in node:
            _unfold(part)
        return False
    if not isinstance(node, dict):
        return False
    holds = [_unfold(part) for part in node.values()]
    if ENGLISH in node or any(holds):
        node.fa.set_block_style()  # type: ignore[attr-defined]  # maps that were loaded for a round trip have it
    return ENGLISH in node


def _put(by_language: Any, language: str, value: Any) -> None:
    """Write a text below the others of its map."""
    by_language[ENGLISH] = _styled(by_language[ENGLISH])
    by_language[language] = _styled(value)


def _styled(value: Any) -> Any:
    if not isinstance(value, str):
        return [DoubleQuotedScalarString(one) for one in value]
    folds = len(value) > LONG_TEXT and "\n" not in value and "  " not in value and value == value.strip()
    return FoldedScalarString(value) if folds else DoubleQuotedScalarString(value)
