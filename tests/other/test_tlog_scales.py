"""Somebody else's implementation (tlog-scales) checks our checkpoint, tiles, bundles and proofs, and we check its."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import PlainEd25519Signer, Vkey
from tlog_scales.tlog import Checkpoint as TheirCheckpoint
from tlog_scales.tlog import ConsistencyProof, ConsistencyProofInvalid, InclusionProof, InclusionProofInvalid
from tlog_scales.writer import TilesWriter

from backend.transparency.rules.checkpoint import (
    Checkpoint,
    NoteKey,
    checkpoint_body,
    open_note,
    parse_body,
    parse_vkey,
    sign_note,
)
from backend.transparency.rules.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from backend.transparency.rules.proofs import TlogProof, format_tlog_proof, parse_tlog_proof
from backend.transparency.rules.tiles import (
    bundles_to_write,
    encode_entries,
    entries_path,
    tile_path,
    tiles_to_write,
)

ORIGIN = "log.example/para73"
SIZES = [1, 2, 5, 255, 256, 257, 700]
ENTRIES = [f"entry {number}".encode() for number in range(700)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x07")
KEY = NoteKey(ORIGIN, PRIVATE.public_key().public_bytes_raw())


def node(level: int, index: int) -> bytes:
    return root_of(LEAVES[index << level : (index + 1) << level])


def note_of(size: int) -> str:
    return sign_note(checkpoint_body(Checkpoint(ORIGIN, size, root_of(LEAVES[:size]))), KEY, PRIVATE.sign)


def write_log(folder: Path, old: int, new: int) -> None:
    files = {"checkpoint": note_of(new).encode()}
    for tile in tiles_to_write(old, new):
        first = tile.index * 256
        hashes = [node(8 * tile.level, place) for place in range(first, first + tile.width)]
        files[tile_path(tile)] = b"".join(hashes)
    for bundle in bundles_to_write(old, new):
        first = bundle.index * 256
        files[entries_path(bundle.index, bundle.width)] = encode_entries(ENTRIES[first : first + bundle.width])
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


@pytest.mark.parametrize("size", SIZES)
def test_they_accept_our_checkpoint_and_inclusion_proofs(size: int) -> None:
    for index in {0, size // 2, size - 1}:
        text = format_tlog_proof(TlogProof(index, tuple(inclusion_proof(index, size, node)), note_of(size)))
        proof = parse_tlog_proof(text)
        theirs = TheirCheckpoint.from_text(proof.checkpoint_note)
        theirs.verify(Vkey.from_string(KEY.vkey))
        assert (theirs.origin, theirs.size, theirs.root_hash) == (ORIGIN, size, root_of(LEAVES[:size]))
        InclusionProof(proof.index, theirs.size, list(proof.hashes)).check(LEAVES[index], theirs.root_hash)


def test_they_refuse_what_we_refuse() -> None:
    hashes = inclusion_proof(5, 11, node)
    with pytest.raises(InclusionProofInvalid):
        InclusionProof(5, 11, hashes).check(LEAVES[6], root_of(LEAVES[:11]))
    with pytest.raises(ConsistencyProofInvalid):
        ConsistencyProof(5, 11, consistency_proof(5, 11, node)).check(root_of(LEAVES[1:6]), root_of(LEAVES[:11]))
    altered = TheirCheckpoint.from_text(note_of(11).replace("\n11\n", "\n12\n"))
    with pytest.raises(InvalidSignature):
        altered.verify(Vkey.from_string(KEY.vkey))


@pytest.mark.parametrize("new", SIZES)
def test_they_accept_our_consistency_proofs(new: int) -> None:
    for old in (size for size in SIZES if size <= new):
        proof = ConsistencyProof(old, new, consistency_proof(old, new, node))
        proof.check(root_of(LEAVES[:old]), root_of(LEAVES[:new]))


def test_they_read_the_tiles_of_our_growing_log(tmp_path: Path) -> None:
    old = 0
    for size in SIZES:
        write_log(tmp_path, old, size)
        reader = TilesReader(LocalBackend(tmp_path))
        head = reader.get_checkpoint()
        assert head.size == size
        assert reader.calculate_root_hash() == head.root_hash
        assert [reader.get_entry(index) for index in (0, size - 1)] == [ENTRIES[0], ENTRIES[size - 1]]
        assert reader.get_inclusion_proof(size // 2, size).node_hashes == inclusion_proof(size // 2, size, node)
        old = size


def test_we_accept_their_log(tmp_path: Path) -> None:
    signer = PlainEd25519Signer(ORIGIN, PRIVATE)
    writer = TilesWriter.create(tmp_path / "log", ORIGIN)
    for entry in ENTRIES:
        writer.add_leaf(entry)
    writer.commit([signer])

    key = parse_vkey(signer.vkey.serialize())  # type: ignore[no-untyped-call]  # theirs has no annotation
    assert key == KEY
    head = parse_body(open_note((tmp_path / "log" / "checkpoint").read_text(), [key]))
    assert head == Checkpoint(ORIGIN, 700, root_of(LEAVES))
    proof = writer.reader.get_inclusion_proof(699, 700)
    assert verify_inclusion(LEAVES[699], 699, 700, proof.node_hashes, head.root)
    grown = writer.reader.get_consistency_proof(257, 700)
    assert verify_consistency(257, 700, grown.node_hashes, root_of(LEAVES[:257]), head.root)
    for tile in tiles_to_write(0, 700):
        first = tile.index * 256
        hashes = [node(8 * tile.level, place) for place in range(first, first + tile.width)]
        assert (tmp_path / "log" / tile_path(tile)).read_bytes() == b"".join(hashes)
