"""Keys: each one that signs is recorded, and its coming is an entry of the log.

A did:web document can be changed by whoever hosts it; an entry in the log cannot, so a key that was slipped in
shows.
"""

from __future__ import annotations

from typing import Any

from backend.adapters import clock, context
from backend.adapters.db import unit_of_work
from backend.attestations import queries
from backend.attestations.rules.did import did_document, did_web, key_id
from backend.attestations.rules.multikey import encode_multikey
from backend.attestations.rules.verify import Trust
from backend.attestations.rules.views import KeyView
from backend.attestations.tables import SigningKey
from backend.kernel.canonical import sha256_digest
from backend.sectors import service as sectors
from backend.transparency import service as transparency
from backend.transparency.rules.entries import LogStatement

CREDENTIAL = "credential"
LOG = "log"


async def prepare() -> None:
    """Command, idempotent: record and log this process's keys and every new questionnaire module; then sequence.

    Raises Conflict where a published questionnaire file was changed, or the log would fork.
    """
    here, at = context.current(), clock.now()
    issuer = did_web(here.settings.issuer_url)
    credential_key = encode_multikey(here.credential_signer.public_key)
    present = {
        key_id(issuer, credential_key): (CREDENTIAL, credential_key, here.credential_signer.public_key),
        transparency.log_key().vkey: (LOG, transparency.log_key().vkey, here.log_signer.public_key),
    }
    async with unit_of_work():
        await queries.lock_keys()
        known = await queries.key_ids()
        for name, (purpose, text, raw) in present.items():
            if name not in known:
                await SigningKey(id=name, purpose=purpose, public_key=text, added_at=at).save()
                await transparency.append(LogStatement("key", name, sha256_digest(raw), at))
        for module in await sectors.publish_library():
            await transparency.append(LogStatement("questionnaire", module.reference, module.digest, at))
    await transparency.sequence()


async def list_keys() -> list[KeyView]:
    """Return every key that ever signed, the first one first."""
    return [
        KeyView(row["id"], row["purpose"], row["public_key"], row["added_at"], row["retired_at"])
        for row in await queries.list_keys()
    ]


async def did_json() -> dict[str, Any]:
    """Return the issuer's DID document."""
    keys = [key.public_key for key in await list_keys() if key.purpose == CREDENTIAL]
    return did_document(did_web(context.current().settings.issuer_url), keys)


def own_trust() -> Trust:
    """Return what verifiers of this server's attestations pin."""
    here = context.current()
    key = encode_multikey(here.credential_signer.public_key)
    return Trust(did_web(here.settings.issuer_url), (key,), transparency.log_key().vkey)


def own_trust_json() -> dict[str, Any]:
    """Return the content of trust.json."""
    return own_trust().to_json()
