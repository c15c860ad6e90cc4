"""`python -m tests.bench`: measure all figures, or those that are named."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable

os.environ.setdefault("DATABASE_URL", "")
os.environ["PICCOLO_CONF"] = "backend.piccolo_conf"

import click

from tests.bench import library, listing, publishing, scoring
from tests.bench.harness import Figure, machine

MEASURES: dict[str, Callable[[int], Awaitable[list[Figure]]]] = {
    "score": scoring.measure,
    "publish": publishing.measure,
    "list": listing.measure,
    "library": library.measure,
}
ROUNDS = {"score": scoring.ROUNDS, "publish": publishing.ROUNDS, "list": listing.ROUNDS, "library": library.ROUNDS}


@click.command()
@click.argument("figures", nargs=-1, type=click.Choice(list(MEASURES)))
@click.option("--rounds", type=click.IntRange(1, 100), help="How often each side takes its turn.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(figures: tuple[str, ...], rounds: int | None, as_json: bool) -> None:
    """Measure FIGURES (all without any), each against a named peer that runs in the same minute."""
    # Servers and folders go with an ordinary exit, which a plain SIGTERM is not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    found: list[Figure] = []
    if not as_json:
        click.echo("  ".join(f"{name} {value}" for name, value in machine().items()))
    for name in figures or tuple(MEASURES):
        measured = asyncio.run(_measured(name, rounds or ROUNDS[name]))
        found += measured
        if not as_json:
            for figure in measured:
                click.echo(f"\n{figure.to_text()}")
    if as_json:
        click.echo(json.dumps({"machine": machine(), "figures": [figure.to_json() for figure in found]}, indent=2))


async def _measured(name: str, rounds: int) -> list[Figure]:
    return await MEASURES[name](rounds)


if __name__ == "__main__":
    main()
