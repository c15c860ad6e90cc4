"""The documentation is under test: what it names exists, and what exists is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from backend.attestations.rules.verify import Verdict
from backend.cli import NO_VERDICT, REFUSED, main
from backend.kernel.errors import Para73Error
from backend.settings import ALL, PREFIX, Settings, read_settings
from backend.web.errors import STATUS
from tests import markdown
from tests.markdown import ROOT

TEXT_FILES = {".css", ".html", ".json", ".md", ".mjs", ".py", ".toml", ".ts", ".tsx", ".txt", ".yaml", ".yml", ""}
GLOSSARY = [
    *["organisation", "member", "sector", "clause", "questionnaire", "core", "section", "question", "answer"],
    *["evidence", "assessment", "scorecard", "basis", "supply link", "campaign", "roll-up", "coverage", "audit"],
    *["verification", "finding", "corrective action", "attestation", "disclosure", "log", "checkpoint"],
    *["inclusion proof", "witness", "concern", "plan", "benchmark"],
]
DERIVED = {"issuer_url"}
"""Settings that follow from others and from the first start, and that nobody sets."""


def source_files(*folders: str) -> Iterator[Path]:
    """Yield the text files of ours in these folders, and with "" those at the root."""
    for folder in folders:
        files = (ROOT / folder).rglob("*") if folder else ROOT.glob("*")
        for file in files:
            is_ours = not markdown.NOT_OURS & set(file.relative_to(ROOT).parts) and "__pycache__" not in file.parts
            if file.is_file() and is_ours and file.suffix in TEXT_FILES and file.name != ".ready":
                yield file


# Links, places, decisions


def test_every_link_and_image_leads_somewhere() -> None:
    broken = []
    for link in markdown.links():
        address, _, anchor = link.target.partition("#")
        if re.match(r"[a-z]+:", link.target):
            assert link.target.startswith(("https://", "mailto:")), link
            continue
        target = (link.file.parent / address).resolve() if address else link.file
        exists = target.exists() and target.is_relative_to(ROOT)
        if not exists or (anchor and anchor not in markdown.anchors(target.read_text())):
            broken.append(f"{link.file.relative_to(ROOT)}: {link.target}")
    assert broken == []


def test_every_image_has_words_for_those_who_do_not_see_it() -> None:
    images = [link for link in markdown.links() if link.is_image]
    assert images
    assert [link.target for link in images if len(link.text) < 20] == []


@pytest.mark.parametrize("name", list(markdown.pages()))
def test_every_place_that_a_page_names_exists(name: str) -> None:
    named = [
        word
        for word in markdown.code_words(markdown.page(name))
        if re.fullmatch(r"(backend|frontend|tests|infra|docs|requirements)/[\w./@-]+(::\w+)?", word)
    ]
    missing = [word for word in named if not (ROOT / word.partition("::")[0]).exists() and word != "frontend/dist"]
    assert missing == []


def test_every_page_that_the_source_names_exists() -> None:
    named = {
        match[0]
        for file in source_files("backend", "frontend", "infra", "tests", "")
        if file.suffix != ".md"
        for match in re.finditer(r"docs/[a-z]+(?:\.md|/\d{4})", file.read_text())
    }
    assert "docs/decisions/0006" in named
    assert "docs/settings.md" in named
    found = {name.removesuffix(".md") for name in markdown.pages()}
    missing = {one for one in named if not any(page.startswith(one.removesuffix(".md")) for page in found)}
    assert missing == set()


def test_no_file_names_a_package_registry_or_a_place_on_somebodys_machine() -> None:
    hosts = ["py" + "pi.org", "python" + "hosted", "npm" + "js.org", "registry." + "yarn", "arti" + "factory"]
    places = re.compile(r"(?<![\w.~/-])/(?:home|Users|root|work)/\w")
    found = []
    for file in source_files("backend", "docs", "frontend", "infra", "requirements", "tests", ".ci", ""):
        for number, line in enumerate(file.read_text().split("\n"), start=1):
            if any(host in line for host in hosts) or places.search(line):
                found.append(f"{file.relative_to(ROOT)}:{number}")
    assert found == []


def decisions() -> list[str]:
    return sorted(name for name in markdown.pages() if re.match(r"docs/decisions/\d", name))


def test_decisions_are_numbered_without_gaps_and_stand_in_the_index() -> None:
    names = [Path(name).name for name in decisions()]
    assert [name[:5] for name in names] == [f"{number:04}-" for number in range(1, len(names) + 1)]
    index = markdown.page("docs/decisions/README.md")
    assert re.findall(r"\]\((\d{4}-[a-z0-9-]+\.md)\)", index) == names
    titles = [markdown.headings(markdown.page(name))[0] for name in decisions()]
    assert [title for title in titles if f"{title.partition(' ')[2]}](" not in index] == []


@pytest.mark.parametrize("name", decisions())
def test_a_decision_has_its_line_its_parts_and_a_check_that_exists(name: str) -> None:
    text = markdown.page(name)
    assert markdown.headings(text)[0].startswith(f"{Path(name).name[:4]} ")
    assert markdown.headings(text)[1:] == ["Context", "Decision", "Consequences", "Check"]
    assert len(re.findall(r"^> \S.*$", text, re.MULTILINE)) == 1
    assert len(text.split("\n")) <= 60
    checks = [word for word in markdown.code_words(markdown.section(text, "Check")) if word.startswith("tests/")]
    for check in checks:
        file, _, function = check.partition("::")
        assert not function or f"def {function}(" in (ROOT / file).read_text(), check
    assert checks or "`make check`" in text


# Commands


def walk(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for part, child in command.commands.items():
            yield from walk(child, f"{name} {part}")
    else:
        yield name, command


COMMANDS = dict(walk(main, "para73"))


def test_every_command_is_documented_and_no_other() -> None:
    documented = [one for one in markdown.headings(markdown.page("docs/commands.md")) if one.startswith("para73 ")]
    assert sorted(documented) == sorted(COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_option_is_documented_and_no_other(name: str) -> None:
    text = markdown.section(markdown.page("docs/commands.md"), name)
    options = [max(one.opts, key=len) for one in COMMANDS[name].params if isinstance(one, click.Option)]
    documented = [row["option"].strip("`") for table in markdown.tables(text) for row in table]
    assert documented == options
    assert all(row["what it does"] for table in markdown.tables(text) for row in table)
    arguments = [one for one in COMMANDS[name].params if isinstance(one, click.Argument)]
    usage = [name, *(["[OPTIONS]"] if options else []), *(one.make_metavar(click.Context(main)) for one in arguments)]
    assert f"`{' '.join(usage)}`" in text


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_and_option_explains_itself(name: str) -> None:
    command = COMMANDS[name]
    assert command.help
    assert not command.get_short_help_str(limit=65).endswith("...")
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not (one.help or "").endswith((".", ")"))] == []


def test_every_command_that_a_page_or_a_message_names_exists() -> None:
    known = {*COMMANDS, *(name.rpartition(" ")[0] for name in COMMANDS)}
    unknown = []
    for file in source_files("backend", "docs", "frontend", ""):
        for match in re.finditer(r"(?:`|\$ |bin/|^)para73((?: [a-z]+)+)", file.read_text(), re.MULTILINE):
            words = match[1].split()
            if not any(f"para73 {' '.join(words[:count])}" in known for count in (1, 2)):
                unknown.append(f"{file.relative_to(ROOT)}: {match[0]}")
    assert unknown == []


def test_exit_codes_are_those_of_the_code() -> None:
    text = markdown.page("docs/commands.md")
    codes = ", ".join(f"{verdict.exit_code} {verdict.value}" for verdict in Verdict)
    assert f"Exit codes: {codes}; {NO_VERDICT} no verdict" in markdown.section(text, "para73 verify")
    assert f"{REFUSED} is refused with a reason" in markdown.section(text, "Exit codes")
    (table,) = markdown.tables(markdown.section(markdown.page("docs/verifying.md"), "The verdicts"))
    assert {row["verdict"]: int(row["exit code"]) for row in table} == {one.value: one.exit_code for one in Verdict}
    assert codes in " ".join((COMMANDS["para73 verify"].help or "").split())


def make_targets() -> list[str]:
    return re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_make_has_the_commands_that_are_documented() -> None:
    table = markdown.tables(markdown.section(markdown.page("docs/commands.md"), "make"))[0]
    assert sorted(row["command"].strip("`") for row in table) == sorted(f"make {name}" for name in make_targets())
    for name, text in markdown.pages().items():
        named = re.findall(r"(?:`|^ *)make ([a-z]+)", text, re.MULTILINE)
        assert set(named) <= set(make_targets()), name


def test_the_readmes_commands_are_what_a_clean_machine_runs() -> None:
    run = re.findall(r"^make ([a-z]+)$", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    assert run
    assert set(run) <= set(make_targets())
    (commands,) = [block for block in markdown.blocks(markdown.page("README.md")) if "make run" in block.code]
    assert re.findall(r"^make ([a-z]+)", commands.code, re.MULTILINE) == ["run", "test"]
    assert "test" in run
    assert all(f"make {name}" in markdown.page("CONTRIBUTING.md") for name in run)


# Settings and errors


def test_every_setting_is_documented_with_its_default_and_what_is_allowed(tmp_path: Path) -> None:
    text = markdown.page("docs/settings.md")
    table = {row["name"].strip("`"): row for row in markdown.tables(text)[0]}
    assert list(table) == [setting.name for setting in ALL]
    fields = {name.upper(): name for name in Settings.__dataclass_fields__}
    defaults = read_settings({"PARA73_DATA": str(tmp_path)})
    for setting in ALL:
        row, field = table[setting.name], fields.pop(setting.name.removeprefix(PREFIX))
        value = getattr(defaults, field)
        shown = "data" if setting.name == "PARA73_DATA" else value
        assert row["default"] == ("none" if value is None else f"`{shown}`"), setting.name
        assert row["allowed"] == setting.allowed
        read_settings({"PARA73_DATA": str(tmp_path), setting.name: row["example"].strip("`")})
        assert f"**`{setting.name}`**" in text
    assert set(fields.values()) == DERIVED
    assert all(f"`{name}`" in text for name in DERIVED)


def test_no_other_name_of_the_environment_is_read() -> None:
    named = {
        match for file in source_files("backend") for match in re.findall(r"PARA73_[A-Z_]*[A-Z]", file.read_text())
    }
    documented = set(re.findall(r"PARA73_[A-Z_]*[A-Z]", markdown.page("docs/settings.md")))
    assert named == documented


def error_classes(root: type[Para73Error] = Para73Error) -> Iterator[type[Para73Error]]:
    for child in root.__subclasses__():
        if child.__module__.startswith("backend."):
            yield child
            yield from error_classes(child)


def test_every_error_is_documented_with_its_status_and_no_other() -> None:
    table = markdown.tables(markdown.section(markdown.page("docs/errors.md"), "Expected errors"))[0]
    documented = {row["code"].strip("`"): (row["class"], int(row["HTTP"])) for row in table}
    assert documented == {one.code: (one.__name__, STATUS[one]) for one in error_classes()}
    assert all(row["what it means"] and row["what to do"] for row in table)


def test_every_refusal_of_the_edges_is_documented_and_no_other() -> None:
    table = markdown.tables(markdown.section(markdown.page("docs/errors.md"), "Refusals of the edges"))[0]
    found = {code for file in source_files("backend") for code in re.findall(r'"code": "([a-z_]+)"', file.read_text())}
    assert {row["code"].strip("`") for row in table} == found


# The map and the words


@pytest.mark.parametrize("name", ["README.md", "docs/architecture.md"])
def test_the_map_names_exactly_what_the_backend_has(name: str) -> None:
    (block,) = [block for block in markdown.blocks(markdown.page(name)) if "\nbackend/" in f"\n{block.code}"]
    entries = markdown.map_entries(block.code)
    folders = [f"{one.parent.name}/" for one in (ROOT / "backend").glob("*/__init__.py")]
    files = [one.name for one in (ROOT / "backend").glob("*.py") if one.name != "__init__.py"]
    assert sorted(entries["backend/"]) == sorted([*folders, *files])
    named = [*entries[""], *(f"{parent}{child}" for parent in entries if parent for child in entries[parent])]
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_every_word_of_the_product_is_in_the_glossary() -> None:
    (table,) = markdown.tables(markdown.page("docs/glossary.md"))
    words = [row["word"] for row in table]
    assert len(words) == len(set(words))
    assert [word for word in GLOSSARY if word not in words] == []
    assert [row["word"] for row in table if "Later." not in row["meaning and place"] and "`" not in str(row)] == []


def test_a_word_is_called_later_only_while_no_package_has_it() -> None:
    (table,) = markdown.tables(markdown.page("docs/glossary.md"))
    packages = {one.parent.name for one in (ROOT / "backend").glob("*/__init__.py")}
    homes = {"audit": "audits", "supply link": "supply_chain", "concern": "concerns", "benchmark": "benchmarks"}
    for row in table:
        home = homes.get(row["word"])
        assert home is None or ("Later." in row["meaning and place"]) is (home not in packages), row["word"]
