"""`para73`: one command for whoever runs it, and for anybody who checks a score or an attestation.

Modules that need a database are imported inside the commands that use them, so that `score` and `verify` start
fast, and work on a machine that has neither database nor network.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from backend.commands.sectors import sectors_group
from backend.kernel.errors import FileRefused, Para73Error
from backend.settings import SUPERVISOR, SettingRefused, Settings, read_settings

T = TypeVar("T")
REFUSED = 2
NO_VERDICT = 6
"""The exit code of a `verify` that could not even begin; 0 to 5 are verdicts."""


class Teaching(click.Group):
    """Expected failures end with their message and exit code 2, never with a traceback."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except FileRefused as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
        except (Para73Error, SettingRefused) as error:
            click.echo(f"para73: {error}", err=True)
        context.exit(REFUSED)


class WrongUse(click.UsageError):
    """A `verify` that was called wrongly, told apart from every verdict."""

    exit_code = NO_VERDICT


class Verifying(click.Command):
    """A command whose exit codes are verdicts: what ends without one gets a code that none of them has."""

    def make_context(self, *arguments: Any, **extra: Any) -> click.Context:
        try:
            return super().make_context(*arguments, **extra)
        except click.UsageError as error:
            raise WrongUse(error.format_message(), error.ctx) from error

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except (Para73Error, SettingRefused) as error:
            click.echo(f"para73: {error}", err=True)
        context.exit(NO_VERDICT)


@click.group(cls=Teaching, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="para73")
def main() -> None:
    """Measure, publish and verify how businesses protect children from sale and sexual exploitation.

    \b
    para73 serve --sample-data         try everything on this machine
    para73 score ANSWERS.yaml          score a file of answers; needs no server
    para73 verify ATTESTATION.bundle   check what somebody handed you; asks nobody

    Settings come from the environment (PARA73_..., DATABASE_URL); docs/settings.md explains each, and
    docs/commands.md each command. Exit codes: 0 done, 2 refused with a reason; `serve`, `verify` and `log fsck`
    have more, which their own help gives.
    """


@main.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Serve on this port instead of PARA73_PORT.")
@click.option(
    "--sample-data",
    is_flag=True,
    help="Load invented companies, marked as samples, where they are missing. Only on this machine's own address.",
)
@click.option(
    "--no-worker", is_flag=True, help="Start no worker here. Run `para73 worker` elsewhere, or nothing gets public."
)
@click.option("--open", "with_browser", is_flag=True, help="Open the start page, where there is a desktop to open it.")
def serve(port: int | None, sample_data: bool, no_worker: bool, with_browser: bool) -> None:
    """Serve the product: database, web server and worker, until Ctrl-C.

    It brings the database to the present schema, makes the signing keys where they are missing, and prints the
    addresses once the server answers. Without DATABASE_URL an embedded PostgreSQL starts in the data folder
    (PARA73_DATA) and stops with it; the data stays.

    Exit codes: 0 stopped by Ctrl-C or SIGTERM, 1 the web server did not get ready, 2 refused with a reason (such
    as a second `serve` on the same data folder or port); else the code of a part that stopped by itself.
    """
    from backend.commands import supervisor

    settings = _settings(port)
    if sample_data and settings.host not in ("127.0.0.1", "localhost", "::1"):
        raise click.UsageError("Sample accounts have passwords that everybody knows: serve them on 127.0.0.1 only.")

    def prepare() -> None:
        from backend.commands.preparation import prepare_database

        asyncio.run(prepare_database(supervisor_settings(settings), sample_data))

    def announce() -> None:
        from backend.commands.preparation import announcement

        click.echo(announcement(settings, sample_data))
        # Without a desktop the system's opener would start a text browser in this terminal, or complain in it.
        has_desktop = sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if with_browser and has_desktop and sys.stdout.isatty():
            click.launch(settings.base_url)

    try:
        code = supervisor.serve(settings, not no_worker, prepare, announce)
    except supervisor.AlreadyRunning as error:
        click.echo(f"para73: {error}", err=True)
        code = REFUSED
    sys.exit(code)


@main.command()
def worker() -> None:
    """Run background jobs and sequence the log, until Ctrl-C.

    `serve` starts one by itself. Run more beside `serve --no-worker`, with the same DATABASE_URL, keys and log
    files: any of them may sequence the log, one at a time. Without a worker what is published stays unseen.
    """
    settings = _with_database()
    from backend.adapters.process import stop_with_parent
    from backend.worker import run_worker

    supervisor = os.environ.get(SUPERVISOR)
    if supervisor:
        stop_with_parent(int(supervisor))
    asyncio.run(run_worker(settings))


@main.command()
def migrate() -> None:
    """Bring the database to the present schema. Where it has it already, nothing happens.

    `serve` does the same when it starts; run it by itself before several servers start on one database. Two at
    once wait for each other.
    """

    async def run(settings: Settings) -> None:
        from backend.adapters.schema import migrate as run_migrations

        await run_migrations(settings.database_url or "")

    _on_database(run)
    click.echo("The database has the present schema.")


@main.command()
def demo() -> None:
    """Load the sample companies, and print their accounts. Those that are there already stay as they are.

    They are invented, marked as samples wherever they are shown, and brought in by the same steps as real ones:
    signed up, answered, approved, published. Their passwords are known to everybody, so keep them off a server
    that others reach.
    """

    async def run(settings: Settings) -> str:
        from backend.commands.preparation import announcement, prepare_database

        await prepare_database(settings, sample_data=True)
        return announcement(settings, sample_data=True)

    click.echo(_on_database(run, migrated=True))


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--modules",
    "own_modules",
    is_flag=True,
    help="The files after the first are modules, used instead of the published ones.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole scorecard as JSON, to the last numerator.")
def score(files: tuple[Path, ...], own_modules: bool, as_json: bool) -> None:
    """Score an answers file exactly as the server does. It is YAML or JSON; no database, no network is needed.

    \b
    para73 score ANSWERS.json --json
    para73 score ANSWERS.yaml --modules core.yaml mine.yaml

    It prints the score on three bases, each clause, and what was counted. `para73 sectors schema --answers` says
    what a file may hold. A file with a mistake is refused whole, with file, line, column and reason (exit code 2).
    """
    if len(files) > 1 and not own_modules:
        raise click.UsageError("Give one answers file; to score against your own modules, put --modules before them.")
    from backend.commands.scoring import score_file, scorecard_text

    scorecard = score_file(files[0], list(files[1:]) if own_modules else None)
    if as_json:
        click.echo(json.dumps(scorecard.to_json(), indent=2, ensure_ascii=False))
    else:
        click.echo(scorecard_text(scorecard))


@main.command(cls=Verifying)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--proof", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The inclusion proof (.tlog-proof)."
)
@click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The keys that you trust (trust.json).",
)
@click.option("--json", "as_json", is_flag=True, help="Print verdict, reasons and facts as JSON.")
def verify(file: Path, proof: Path | None, trust: Path | None, as_json: bool) -> None:
    """Verify an attestation offline, and print one verdict. FILE is a credential or a bundle.

    \b
    Exit codes: 0 valid, 1 expired, 2 superseded, 3 revoked, 4 unknown, 5 forged;
    6 no verdict: no keys to trust, or wrong use.

    Whose signatures count, trust.json says: get it once, over a way you trust, and keep it. It is taken from
    --trust, else from PARA73_TRUST, else from the data folder, and last from beside the file, which the report
    then warns of. A proof named like the file with the ending .tlog-proof is found by itself; a bundle holds its
    own. Without a proof the verdict is unknown, since nobody can tell whether it stands in the log.
    """
    from backend.commands.verifying import verify_file

    report = verify_file(file, proof, trust)
    if as_json:
        told = {"verdict": report.verdict.value, "reasons": list(report.reasons), "facts": dict(report.facts)}
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        click.echo(f"{report.verdict.value}\n")
        for reason in report.reasons:
            click.echo(f"  {reason}")
        for name, fact in report.facts.items():
            click.echo(f"  {name}: {fact}")
    sys.exit(report.verdict.exit_code)


@main.group()
def log() -> None:
    """Check the log of what was published."""


@log.command()
def fsck() -> None:
    """Derive the log's root again, and compare everything. It reads entries, tiles and keys, and changes nothing.

    Run it after a restore, before you trust a backup, and whenever the sequencer refuses to sign. Each
    disagreement is a line that names the entry, tile, checkpoint or attestation.

    Exit codes: 0 everything agrees, 1 something does not, 2 refused with a reason (such as no database).
    """

    async def run(_: Settings) -> tuple[str, tuple[str, ...]]:
        from backend.attestations import service as attestations

        report = await attestations.fsck()
        told = f"{report.entries} entries, {report.checkpoints} checkpoints, size {report.size}"
        return f"{told}, root {report.root.hex()}", report.problems

    told, problems = _on_database(run)
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{told}\n{'clean' if not problems else f'{len(problems)} problems'}")
    sys.exit(1 if problems else 0)


@main.command()
def keys() -> None:
    """List every key that ever signed, and what verifiers pin. The latter is trust.json.

    One key signs attestations, another the log; each came by an entry of the log. Private keys are never shown:
    they lie in the data folder, readable by their owner alone.
    """

    async def run(_: Settings) -> str:
        from backend.attestations import service as attestations

        rows = [
            f"{key.purpose:<12} {'retired' if key.retired_at else 'in use':<8} since {key.added_at:%Y-%m-%d}  {key.id}"
            for key in await attestations.list_keys()
        ]
        return "\n".join([*rows, "", json.dumps(attestations.own_trust_json(), indent=2)])

    click.echo(_on_database(run))


main.add_command(sectors_group)


def _settings(port: int | None = None) -> Settings:
    environment = dict(os.environ)
    if port is not None:
        environment["PARA73_PORT"] = str(port)
    return read_settings(environment)


def supervisor_settings(settings: Settings) -> Settings:
    """Return the settings with the database that the supervisor has brought up."""
    return replace(settings, database_url=os.environ["DATABASE_URL"])


def _with_database() -> Settings:
    settings = _settings()
    if not settings.database_url:
        raise SettingRefused("DATABASE_URL is not set; allowed is the address of a PostgreSQL 15 or later.")
    os.environ["PICCOLO_CONF"] = "backend.piccolo_conf"
    return settings


def _on_database(run: Callable[[Settings], Awaitable[T]], migrated: bool = False) -> T:
    """Run a coroutine with a database: DATABASE_URL, else the embedded one of the data folder."""
    from backend.commands import supervisor

    given = _settings()
    if not given.database_url and not (given.data / "database").exists():
        raise SettingRefused(f"There is no database in {given.data}. Set PARA73_DATA or DATABASE_URL.")
    with supervisor.borrowed_database(given) as settings:
        supervisor.use_database(settings)
        from backend.adapters import context

        context.configure(context.from_settings(settings))

        async def whole() -> T:
            if migrated:
                from backend.adapters.schema import migrate as run_migrations

                await run_migrations(settings.database_url or "")
            return await run(settings)

        return asyncio.run(whole())


if __name__ == "__main__":
    main()
