"""`para73 sectors`: for whoever writes, translates, checks and compares questionnaire modules."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("sectors")
def sectors_group() -> None:
    """Write and check questionnaire modules.

    docs/questionnaires.md shows how a module comes about, from `new` by `check` and `preview` to its publication.
    """


@sectors_group.command()
@click.option("--answers", is_flag=True, help="Print the schema of answers files instead.")
def schema(answers: bool) -> None:
    """Print the JSON Schema of module files. Editors and other programs read it.

    The schema cannot say everything: that breakpoints rise, or that a condition looks only at earlier questions.
    `para73 sectors check` checks all of it.
    """
    from backend.sectors.rules.schema import ANSWERS_SCHEMA, MODULE_SCHEMA

    click.echo(json.dumps(ANSWERS_SCHEMA if answers else MODULE_SCHEMA, indent=2, ensure_ascii=False))


@sectors_group.command()
@click.argument("files", nargs=-1, type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Check modules: the files named, or the whole library. Each mistake comes with file, line and question.

    Tells for each module how many questions there are, which of paragraph 73's duties they cover, what is critical
    and what stands in the supplier form, how much is translated, and which sentences are long.

    Exit codes: 0 no gap, 1 gaps (each on a line), 2 a file was refused, with every mistake in it.
    """
    from backend.commands.module_files import check_files, report_text

    reports, gaps = check_files(list(files))
    if as_json:
        told = {"modules": [report.to_json() for report in reports], "gaps": list(gaps)}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        click.echo("\n\n".join(report_text(report) for report in reports))
        for gap in gaps:
            click.echo(gap, err=True)
        click.echo("no gaps" if not gaps else f"{len(gaps)} gap{'s' if len(gaps) != 1 else ''}")
    sys.exit(1 if gaps else 0)


@sectors_group.command()
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
def diff(old: str, new: str, as_json: bool) -> None:
    """Tell what changed between two versions of a module.

    \b
    para73 sectors diff tourism@2026.1 tourism@2027.1
    para73 sectors diff tourism@2026.1 my/tourism.yaml

    Questions are added, removed, reworded or changed. Reworded means the same question in other words. Changed
    ones say what, and whether an answer given to the old version stands for the new one too; a draft that is
    carried to the new version keeps exactly those.
    """
    from backend.commands.module_files import changes_json, changes_text
    from backend.commands.module_files import diff as diff_files

    changes = diff_files(old, new)
    click.echo(json.dumps(changes_json(changes), indent=2, ensure_ascii=False) if as_json else changes_text(changes))


@sectors_group.command()
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write CSV to this file.")
@click.option("--html", "html_file", type=click.Path(dir_okay=False, path_type=Path), help="Write a page to this file.")
def matrix(csv_file: Path | None, html_file: Path | None) -> None:
    """Write which question traces to which duty, by sector.

    Without a file to write, CSV is printed.
    """
    from backend.commands.coverage_matrix import coverage_matrix, matrix_csv, matrix_html

    table = coverage_matrix()
    if csv_file:
        csv_file.write_text(matrix_csv(table), encoding="utf-8")
    if html_file:
        html_file.write_text(matrix_html(table), encoding="utf-8")
    if not csv_file and not html_file:
        click.echo(matrix_csv(table), nl=False)


@sectors_group.command("new")
@click.argument("module_id")
@click.option("--title", default="", help="What the module is called in English.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where to write it.")
def new_module(module_id: str, title: str, folder: Path) -> None:
    """Begin a module of your own.

    It can be a national annex, or a sector that is not there yet. Writes MODULE_ID.yaml with a question of each
    common type and a comment on every key. Nothing is overwritten.
    """
    from backend.commands.module_files import write_skeleton

    path = write_skeleton(module_id, title, folder)
    click.echo(f"{path} is written. Next: para73 sectors check {path}, then para73 sectors preview {path}")


@sectors_group.command()
@click.argument("file", type=FILE)
@click.option("--port", type=click.IntRange(1, 65535), default=8073, show_default=True, help="Serve on this port.")
def preview(file: Path, port: int) -> None:
    """Show a module as its readers will see it, until Ctrl-C.

    It is served to this machine only. The file is read again at every load of the page, so keep the page open
    while you write. Mistakes are listed in place of the page.
    """
    from backend.commands.module_preview import preview_server

    server = preview_server(file, port)
    click.echo(f"{file.name} is shown on http://127.0.0.1:{port}/; Ctrl-C ends it.")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()


@sectors_group.group()
def translate() -> None:
    """Send texts to translators, and take their files back. The format is XLIFF."""


@translate.command("export")
@click.argument("module")
@click.argument("language")
def export_texts(module: str, language: str) -> None:
    """Print a module's texts for translators, as XLIFF.

    MODULE is a reference, an id or a file; LANGUAGE is a code such as fr.

    \b
    para73 sectors translate export tourism@2026.1 fr > tourism.fr.xlf
    """
    from backend.commands.module_files import load, translations

    click.echo(translations().export_xliff(load(module), language), nl=False)


@translate.command("import")
@click.argument("module_file", type=FILE)
@click.argument("xliff_file", type=FILE)
def import_texts(module_file: Path, xliff_file: Path) -> None:
    """Put translations from XLIFF into a module file.

    Comments and order of the file stay as they are. A text whose English changed since the export is left out and
    named; the rest goes in.

    Exit codes: 0 all texts were taken, 1 some were left out (each on a line), 2 a file was refused.
    """
    from backend.commands.module_files import take_translations

    taken, left_out = take_translations(module_file, xliff_file)
    for path, reason in left_out.items():
        click.echo(f"{path}: {reason}", err=True)
    click.echo(f"{taken} texts are in {module_file}" + (f", {len(left_out)} left out" if left_out else ""))
    sys.exit(1 if left_out else 0)


@sectors_group.command("compile")
def compile_modules() -> None:
    """Compile the library's modules for a fast start.

    A start of the server then reads them in milliseconds. `make setup` does it. A compiled module is used only
    while it fits its file, so nothing can go stale.
    """
    from backend.sectors import service

    written = service.compile_library()
    click.echo(f"{len(written)} modules compiled" if written else "All modules are compiled already.")
