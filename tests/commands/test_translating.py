"""Texts go out as XLIFF and come back: nothing is lost, and no old meaning gets under a new text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from translate.storage.xliff import xlifffile

from backend.kernel.errors import Invalid
from backend.sectors import service as sectors
from backend.sectors.rules.diff import diff_modules
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.texts import units
from backend.sectors.service.modules import LIBRARY
from backend.sectors.service.translating import Translated, export_xliff, import_xliff
from tests.rules.a_module import MODULE, changed

SMALL = MODULE.replace("sections:\n", "# A comment that stays.\nsections:\n").encode()


def filled(xliff: bytes, prefix: str = "fr: ", leave: frozenset[str] = frozenset()) -> bytes:
    """Translate every unit but those to leave, as a translator's tool would."""
    file: Any = xlifffile.parsestring(xliff)  # type: ignore[no-untyped-call]
    for unit in file.units:
        if unit.getid().rsplit("\x04")[-1] not in leave:
            unit.target = prefix + unit.source
    return bytes(file)


def exported(module: bytes, language: str = "fr") -> bytes:
    return export_xliff(parse_module(module, "tours.yaml"), language)


def taken(module: bytes, xliff: bytes) -> Translated:
    done = import_xliff(module, xliff)
    assert diff_modules(parse_module(module, "tours.yaml"), parse_module(done.module, "tours.yaml")) == ()
    return done


def test_every_text_goes_out_and_comes_back() -> None:
    done = taken(SMALL, filled(exported(SMALL)))
    assert (done.taken, dict(done.left_out)) == (17, {})
    source = parse_module(done.module, "tours.yaml").source
    assert all(unit.translation == f"fr: {unit.english}" for unit in units(source, "fr"))
    assert b"# A comment that stays." in done.module


@pytest.mark.parametrize("reference", sectors.library())
def test_a_published_module_survives_the_round_trip(reference: str) -> None:
    name, version = reference.split("@")
    before = Path(str(LIBRARY), name, f"{version}.yaml").read_bytes()
    done = taken(before, filled(exported(before, "de"), "de: "))
    source = parse_module(done.module, "m.yaml").source
    assert all(unit.translation == f"de: {unit.english}" for unit in units(source, "de"))
    for language in ("en", "fr", "es", "ar"):
        assert units(source, language) == units(parse_module(before, "m.yaml").source, language)


def test_texts_in_right_to_left_scripts_and_with_marks_of_yaml_come_back_letter_by_letter() -> None:
    text = 'سياسة: "حماية" #1 – {x}, [y] & <z> | > % @ ` \\ \u200f'
    file: Any = xlifffile.parsestring(exported(SMALL, "ar"))  # type: ignore[no-untyped-call]
    for unit in file.units:
        unit.target = text
    source = parse_module(taken(SMALL, bytes(file)).module, "tours.yaml").source
    assert {unit.translation for unit in units(source, "ar")} == {text}


def test_a_translation_of_an_older_text_is_left_out_and_named() -> None:
    old = filled(exported(SMALL))
    new = SMALL.replace(b"{en: Half}", b"{en: About half}")
    done = import_xliff(new, old)
    assert done.taken == 16
    assert dict(done.left_out) == {
        "T91/levels/2": "its English has changed since the file was made; translate the new text"
    }
    found = {unit.path: unit.translation for unit in units(parse_module(done.module, "t.yaml").source, "fr")}
    assert found["T91/levels/2"] is None
    assert found["T91/levels/3"] == "fr: Mostly"


def test_a_translation_of_a_text_that_is_gone_is_left_out_and_named() -> None:
    done = import_xliff(changed("id: T93", "id: T95").encode(), filled(exported(SMALL)))
    assert dict(done.left_out) == {"T93/text": "the module has no such text"}


def test_a_file_that_is_done_in_part_adds_what_it_has_and_keeps_what_stood() -> None:
    first = taken(SMALL, filled(exported(SMALL)))
    part = filled(exported(first.module), "neu: ", leave=frozenset({"title"}))
    second = taken(first.module, part)
    found = {unit.path: unit.translation for unit in units(parse_module(second.module, "t.yaml").source, "fr")}
    assert found["title"] == "fr: Tours"
    assert found["P91/text"] == "neu: What do you sell?"


def test_a_list_that_is_translated_in_part_is_not_taken_in_part() -> None:
    part = filled(exported(SMALL), leave=frozenset({"T91/evidence_examples/1"}))
    found = {
        unit.path: unit.translation for unit in units(parse_module(taken(SMALL, part).module, "t.yaml").source, "fr")
    }
    assert found["T91/evidence_examples/0"] is None


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<xliff version="1.1" xmlns="urn:oasis:names:tc:xliff:document:1.1"><file original="m" source-language="en"
target-language="fr" datatype="plaintext"><body><trans-unit id="title"><source>&b;</source></trans-unit></body></file>
</xliff>"""


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not an XLIFF file"),
        (b"{}", "not an XLIFF file"),
        (b"<html></html>", "not an XLIFF file"),
        (BOMB, "declares entities"),
        (BOMB.decode().encode("utf-16"), "not an XLIFF file"),
        (BOMB.replace(b'"1.0"', b'"1.0" encoding="UTF-7"'), "not an XLIFF file"),
        (b"<a>" * 200_000, "not an XLIFF file"),
        (b" " * (5 * 1024 * 1024 + 1), "at most 5 MB"),
        (exported(SMALL).replace(b' target-language="fr"', b""), "which language"),
        (exported(SMALL).replace(b'id="title"', b'id="P91/text"'), "stands twice"),
        (exported(SMALL).replace(b'target-language="fr"', b'target-language="a: {b"'), "no language code"),
    ],
    ids=[
        "empty",
        "json",
        "html",
        "bomb",
        "bomb in utf-16",
        "bomb in utf-7",
        "nesting",
        "size",
        "no language",
        "twice",
        "bad language",
    ],
)
def test_what_is_no_usable_xliff_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        import_xliff(SMALL, data)
