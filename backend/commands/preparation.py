"""Before the first request: the schema stands, keys and questionnaires are in the log, samples where asked for."""

from __future__ import annotations

import asyncio
import json

from backend.adapters import context, db
from backend.attestations import service as attestations
from backend.commands.samples import SAMPLE_PASSWORD, load_samples, sample_accounts
from backend.settings import Settings, remember_identity


async def prepare_database(settings: Settings, sample_data: bool) -> None:
    """Make a migrated database ready to serve; repeating it changes nothing. Raises Conflict, Unavailable."""
    context.configure(context.from_settings(settings))
    await attestations.prepare()
    remember_identity(settings)
    trust = json.dumps(attestations.own_trust_json(), indent=2)
    await asyncio.to_thread((settings.data / "trust.json").write_text, trust + "\n")
    if sample_data:
        # Thousands of statements: without a pool each would open a connection of its own.
        await db.open_pool(max_size=2)
        try:
            await load_samples()
        finally:
            await db.close_pool()


def announcement(settings: Settings, sample_data: bool) -> str:
    """Return what is printed once the server answers: where to go, and who can sign in."""
    base = settings.base_url
    lines = [
        "",
        f"Para73 serves on {base} (data in {settings.data}); Ctrl-C stops all of it.",
        "",
        f"  Published scores   {base}/attestations",
        f"  Verify a file      {base}/verify",
        f"  GraphQL            {base}/graphql",
        f"  The log            {base}/log",
    ]
    if sample_data:
        lines += ["", f"Sample accounts, all with the password {SAMPLE_PASSWORD!r} (sign in at {base}/sign-in):"]
        lines += [f"  {email:<34} {what}" for email, what in sample_accounts()]
    return "\n".join([*lines, ""])
