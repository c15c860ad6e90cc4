"""`para73 sectors`: what authors and translators run, with its exit codes."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.cli import main
from backend.commands.module_preview import preview_server
from backend.sectors import service as sectors
from backend.sectors.rules.clauses import DUTY_IDS
from tests.rules.a_module import MODULE, changed


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "tours.yaml"
    path.write_text(MODULE.replace("{en: What do you sell?}", "{en: What do you sell?}\n        help: {en: Tell.}", 1))
    for question in ("{en: What share?}", "{en: Anything else?}"):
        path.write_text(path.read_text().replace(question, f"{question}\n        help: {{en: Tell.}}"))
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["sectors", *map(str, arguments)])


def test_the_library_passes_its_own_check() -> None:
    result = run("check")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("no gaps\n")


def test_the_check_tells_programs_everything() -> None:
    told = json.loads(run("check", "--json").stdout)
    assert told["gaps"] == []
    tourism = next(one for one in told["modules"] if one["reference"] == "tourism@2026.1")
    assert len(tourism["duties_covered"]) == 79
    assert tourism["duties_not_covered"]["P73.e.9"] == "a duty of financial services"
    assert set(tourism["translated"].values()) == {tourism["texts"]}
    assert tourism["critical"] == ["T01", "T04", "T06", "T08", "T12", "T14"]
    assert tourism["questions_by_clause"]["f"] > 0
    assert len(tourism["readability"]) == tourism["texts"]
    words = [one["longest_sentence_words"] for one in tourism["readability"]]
    assert words == sorted(words, reverse=True)
    assert words[0] <= 30
    assert {"text": "T01/text", "sentences": 1, "longest_sentence_words": 20} in tourism["readability"]


def test_a_gap_ends_with_exit_code_1_and_a_line(own: Path) -> None:
    assert run("check", own).exit_code == 0
    own.write_text(own.read_text().replace("{en: Half}", "{en: Half, fr: Moitié}"))
    result = run("check", own)
    assert (result.exit_code, result.stderr) == (1, "tours@2026.1: 19 of 20 texts are not in Français\n")


def test_a_mistake_ends_with_exit_code_2_file_line_and_question(own: Path) -> None:
    own.write_text(own.read_text().replace("weight: 5", "weight: 50"))
    result = run("check", own)
    assert result.exit_code == 2
    assert re.fullmatch(
        r"tours\.yaml:\d+:17: T91\.weight: a whole number from 1 to 10 should stand here\n", result.stderr
    )


def test_a_condition_on_a_question_that_core_does_not_have_is_refused(own: Path) -> None:
    own.write_text(own.read_text().replace("{question: P91, includes: day_trips}", "{question: C99, answered: true}"))
    result = run("check", own)
    assert result.exit_code == 2
    assert "its condition asks for C99, which stands neither earlier in it nor in core" in result.stderr


def test_diff_tells_people_and_programs(own: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    new.write_text(own.read_text().replace("{en: Half}", "{en: About half}").replace("id: T93", "id: T95"))
    result = run("diff", own, new)
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["T91", "reworded", "answer", "stays", "How", "far", "is", "it", "written", "down?"],
        ["levels/2", "reworded"],
        ["T95", "added", "Anything", "else?"],
        ["T93", "removed", "Anything", "else?"],
    ]
    told = json.loads(run("diff", own, new, "--json").stdout)
    assert [(one["question"], one["change"], one["keeps_answer"]) for one in told] == [
        ("T91", "reworded", True),
        ("T95", "added", False),
        ("T93", "removed", False),
    ]
    assert run("diff", "tourism@2026.1", "tourism").stdout == "No question changed.\n"
    assert run("diff", "tourism@2026.1", own).exit_code == 2
    assert run("diff", "tourism@1999.1", own).exit_code == 2


def test_the_matrix_has_a_row_for_each_duty_and_a_column_for_each_module(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("matrix").stdout)))
    assert {row["duty"] for row in rows} == DUTY_IDS
    by_duty = {row["duty"]: row for row in rows}
    assert by_duty["P73.f.4"]["tourism@2026.1"].split() == ["P11", "T11"]
    assert by_duty["P73.f.4"]["ict@2026.1"] == ""
    assert "C01" in by_duty["P73.b.1"]["core@2026.1"].split()
    page = tmp_path / "matrix.html"
    assert run("matrix", "--html", page).exit_code == 0
    text = page.read_text()
    assert text.count('<th scope="row">') == 93
    assert not re.search(r"https?://|<script", text)


def test_a_new_module_is_written_once_and_passes(tmp_path: Path) -> None:
    assert run("new", "retail", "--title", "Retail", "--folder", tmp_path).exit_code == 0
    assert run("check", tmp_path / "retail.yaml").exit_code == 0
    (tmp_path / "retail.yaml").write_text("mine")
    assert run("new", "retail", "--folder", tmp_path).exit_code == 2
    assert (tmp_path / "retail.yaml").read_text() == "mine"
    assert run("new", "Re tail", "--folder", tmp_path).exit_code == 2


def test_texts_go_to_a_translator_and_back_into_the_file(own: Path, tmp_path: Path) -> None:
    xliff = tmp_path / "tours.fr.xlf"
    xliff.write_bytes(
        run("translate", "export", own, "fr").stdout_bytes.replace(b"</source>", b"</source><target>x</target>")
    )
    result = run("translate", "import", own, xliff)
    assert (result.exit_code, result.stdout) == (0, f"20 texts are in {own}\n")
    assert run("check", own).exit_code == 0
    own.write_text(own.read_text().replace("About", "Around").replace('"Half"', '"Around half"'))
    result = run("translate", "import", own, xliff)
    assert (result.exit_code, "T91/levels/2: its English has changed" in result.stderr) == (1, True)
    before = own.read_bytes()
    xliff.write_text("<x>")
    assert run("translate", "import", own, xliff).exit_code == 2
    assert own.read_bytes() == before


@pytest.fixture
def preview(own: Path) -> Iterator[tuple[str, Path]]:
    server: ThreadingHTTPServer = preview_server(own, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", own
    server.shutdown()
    server.server_close()
    thread.join()


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as response:
        return str(response.read().decode())


def test_a_preview_shows_the_file_as_it_stands_at_each_load(preview: tuple[str, Path]) -> None:
    address, file = preview
    assert "How far is it written down?" in read(address)
    file.write_text(file.read_text().replace("How far is it written down?", "How far is it in writing?"))
    assert "How far is it in writing?" in read(f"{address}/?lang=fr")
    file.write_text(changed("weight: 5", "weight: 50"))
    shown = read(address)
    assert "T91.weight: a whole number from 1 to 10 should stand here" in shown
    style = re.search(r"/static/app-[A-Za-z0-9]+\.css", shown)
    assert style
    assert "font-face" in read(address + style[0])


def test_compiling_writes_what_is_missing_and_then_nothing() -> None:
    run("compile")
    assert run("compile").stdout == "All modules are compiled already.\n"
    assert sectors.compile_library() == []
