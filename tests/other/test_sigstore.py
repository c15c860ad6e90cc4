"""Sigstore's verifier (npm `@sigstore/verify`) checks our checkpoint and the inclusion proofs of a real log."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from httpx import AsyncClient

from backend.kernel.canonical import canonical_digest
from backend.transparency import service as transparency
from backend.transparency.rules.checkpoint import NoteKey, encode_base64, parse_vkey
from backend.transparency.rules.entries import parse_entry
from backend.transparency.rules.proofs import TlogProof, parse_tlog_proof
from tests.other.published import publish, run_node


def asked(proof: TlogProof, key: NoteKey) -> dict[str, Any]:
    """Return what their verifier is asked, from a tlog-proof and the pinned key."""
    return {
        "entry": encode_base64(proof.extra or b""),
        "index": proof.index,
        "hashes": [encode_base64(one) for one in proof.hashes],
        "note": proof.checkpoint_note,
        "origin": key.name,
        "keyId": encode_base64(key.key_id),
        "publicKey": encode_base64(key.public_key),
    }


async def test_it_takes_our_proof_and_refuses_every_other(client: AsyncClient) -> None:
    published = await publish(client)
    proof, key = parse_tlog_proof(published.proof), parse_vkey(published.trust.log_vkey)
    assert parse_entry(proof.extra or b"").digest == canonical_digest(published.credential)
    right = asked(proof, key)
    assert run_node("verify_inclusion.mjs", right) == {"verified": True, "reason": None}

    altered = bytes([proof.hashes[0][0] ^ 1]) + proof.hashes[0][1:]
    stranger = NoteKey(key.name, bytes(31) + b"\x01")
    wrong_root, wrong_note = "calculated root hash does not match inclusion proof", "invalid checkpoint signature"
    for change, reason in [
        (asked(replace(proof, hashes=(altered, *proof.hashes[1:])), key), wrong_root),
        (asked(replace(proof, index=proof.index ^ 1), key), wrong_root),
        (asked(replace(proof, hashes=proof.hashes[:-1]), key), "invalid hash count"),
        (asked(replace(proof, hashes=(*proof.hashes, altered)), key), "invalid hash count"),
        (asked(replace(proof, extra=b"another entry"), key), wrong_root),
        ({**right, "index": 1000}, "invalid index: 1000"),
        ({**right, "note": proof.checkpoint_note.replace(key.name, "evil.example/log", 1)}, wrong_note),
        ({**right, "note": proof.checkpoint_note.replace("\n\n", "\nmore\n\n", 1)}, wrong_note),
        ({**right, "publicKey": encode_base64(stranger.public_key)}, wrong_note),
        ({**right, "keyId": encode_base64(stranger.key_id)}, wrong_note),
        ({**right, "origin": "other.example"}, wrong_note),
    ]:
        assert run_node("verify_inclusion.mjs", change) == {"verified": False, "reason": reason}, change


async def test_it_takes_the_proof_of_every_entry_of_a_log(client: AsyncClient) -> None:
    """So of each shape that a proof has in this tree: on its right edge and off it."""
    published = await publish(client)
    key = parse_vkey(published.trust.log_vkey)
    entries = await transparency.list_all_entries()
    assert len(entries) >= 7
    for entry in entries:
        proof = parse_tlog_proof(await transparency.prove(entry.index))
        assert run_node("verify_inclusion.mjs", asked(proof, key)) == {"verified": True, "reason": None}, entry
