"""The offline proof: round trip, the exact text, and every changed character refused by whoever verifies."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.errors import Invalid
from backend.transparency.rules.checkpoint import (
    Checkpoint,
    NoteKey,
    checkpoint_body,
    encode_base64,
    open_note,
    parse_body,
    sign_note,
)
from backend.transparency.rules.merkle import inclusion_proof, leaf_hash, root_of, verify_inclusion
from backend.transparency.rules.proofs import TlogProof, format_tlog_proof, parse_tlog_proof

ORIGIN = "log.example/para73"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x07")
KEY = NoteKey(ORIGIN, PRIVATE.public_key().public_bytes_raw())
ENTRIES = [f"entry {number}".encode() for number in range(11)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


def note_of(size: int) -> str:
    return sign_note(checkpoint_body(Checkpoint(ORIGIN, size, root_of(LEAVES[:size]))), KEY, PRIVATE.sign)


def a_proof(index: int = 5, size: int = 11, extra: bytes | None = None) -> TlogProof:
    def node(level: int, place: int) -> bytes:
        return root_of(LEAVES[place << level : (place + 1) << level])

    return TlogProof(index, tuple(inclusion_proof(index, size, node)), note_of(size), extra)


def holds(text: str, entry: bytes | None = None) -> bool:
    """Verify as a stranger does: by the pinned key, and by the entry at hand or else the one in the extra line."""
    try:
        proof = parse_tlog_proof(text)
        head = parse_body(open_note(proof.checkpoint_note, [KEY]))
    except Invalid:
        return False
    leaf = leaf_hash(entry if entry is not None else proof.extra or b"")
    return verify_inclusion(leaf, proof.index, head.size, proof.hashes, head.root)


PROOF = a_proof()
TEXT = format_tlog_proof(PROOF)
HASH = encode_base64(PROOF.hashes[0])


def test_the_text_line_by_line() -> None:
    proof = a_proof(extra=b"\x00extra")
    assert format_tlog_proof(proof).split("\n") == [
        "c2sp.org/tlog-proof@v1",
        "extra AGV4dHJh",
        "index 5",
        *[encode_base64(one) for one in proof.hashes],
        "",
        *note_of(11).split("\n"),
    ]
    assert len(proof.hashes) == 4
    assert "extra" not in TEXT


def test_it_holds_for_its_entry_alone() -> None:
    assert holds(TEXT, ENTRIES[5])
    assert not holds(TEXT, ENTRIES[6])
    assert not holds(format_tlog_proof(TlogProof(6, PROOF.hashes, PROOF.checkpoint_note)), ENTRIES[5])


@given(st.data(), st.one_of(st.none(), st.binary(min_size=1, max_size=500)))
def test_every_proof_reads_back_and_holds(data: st.DataObject, extra: bytes | None) -> None:
    size = data.draw(st.integers(1, len(ENTRIES)))
    index = data.draw(st.integers(0, size - 1))
    proof = a_proof(index, size, extra)
    assert parse_tlog_proof(format_tlog_proof(proof)) == proof
    assert holds(format_tlog_proof(proof), ENTRIES[index])


def test_the_only_entry_of_a_log_needs_no_hash() -> None:
    text = format_tlog_proof(a_proof(0, 1))
    assert text == f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note_of(1)}"
    assert holds(text, ENTRIES[0])


def test_every_changed_character_is_refused() -> None:
    for at in range(len(TEXT)):
        for bit in (1, 2, 4, 32):
            changed = TEXT[:at] + chr(ord(TEXT[at]) ^ bit) + TEXT[at + 1 :]
            assert not holds(changed, ENTRIES[5]), changed


def test_every_character_less_or_more_is_refused() -> None:
    for at in range(len(TEXT)):
        for changed in (
            TEXT[:at] + TEXT[at + 1 :],
            TEXT[:at],
            TEXT[:at] + "\n" + TEXT[at:],
            TEXT[:at] + "A" + TEXT[at:],
        ):
            assert not holds(changed, ENTRIES[5]), changed


def test_the_extra_data_is_believed_only_through_the_leaf() -> None:
    """Nobody signs the extra line: whoever computes the leaf hash from it notices every change, others none."""
    text = format_tlog_proof(a_proof(extra=ENTRIES[5]))
    assert holds(text)
    for at in range(len(text)):
        assert not holds(text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :])
    other = format_tlog_proof(a_proof(extra=b"something else"))
    assert holds(other, ENTRIES[5])
    assert not holds(other)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x08")
    key = NoteKey(ORIGIN, stranger.public_key().public_bytes_raw())
    note = sign_note(checkpoint_body(Checkpoint(ORIGIN, 11, root_of(LEAVES))), key, stranger.sign)
    assert not holds(format_tlog_proof(TlogProof(5, PROOF.hashes, note)), ENTRIES[5])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v1\n\n",
        f"c2sp.org/tlog-proof@v1\n\n{note_of(11)}",
        f"c2sp.org/tlog-proof@v1\nindex 5\n{note_of(11)}",
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("\n", "\r\n"),
        "\ufeff" + TEXT,
        "\n" + TEXT,
        TEXT + "\n",
        TEXT[:-1],
        TEXT.replace("index 5", "index 05"),
        TEXT.replace("index 5", "index +5"),
        TEXT.replace("index 5", "index 5 "),
        TEXT.replace("index 5", "index  5"),
        TEXT.replace("index 5", "index -5"),
        TEXT.replace("index 5", "index ٥"),
        TEXT.replace("index 5", "index"),
        TEXT.replace("index 5", "Index 5"),
        TEXT.replace("index 5", "index 5\nindex 5"),
        TEXT.replace("index 5", "index 11"),
        TEXT.replace("index 5", "index 9223372036854775808"),
        TEXT.replace("index 5", "index " + "9" * 5000),
        TEXT.replace("index 5", "extra\nindex 5"),
        TEXT.replace("index 5", "extra \nindex 5"),
        TEXT.replace("index 5", "extra AA\nindex 5"),
        TEXT.replace("index 5", "extra AAAA\nextra AAAA\nindex 5"),
        TEXT.replace("index 5", "index 5\nextra AAAA"),
        TEXT.replace(HASH, HASH[:-1]),
        TEXT.replace(HASH, HASH + "="),
        TEXT.replace(HASH, HASH + " "),
        TEXT.replace(HASH, encode_base64(bytes(31))),
        TEXT.replace(HASH, "\n".join([HASH] * 61)),
        TEXT.replace(HASH, "\ud800"),
        TEXT.replace("\n\n", "\n\n\n", 1),
        TEXT.replace("para73\n11\n", "para73\n11\nmore\n"),
        "a" * 2_000_000,
    ],
)
def test_a_malformed_proof_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        parse_tlog_proof(text)


@given(st.text(max_size=100), st.integers(0, len(TEXT)))
def test_any_insertion_is_refused_in_one_way(inserted: str, at: int) -> None:
    """What still parses (another extra line, another signature line) has this one spelling and no other."""
    text = TEXT[:at] + inserted + TEXT[at:]
    try:
        proof = parse_tlog_proof(text)
    except Invalid:
        return
    assert format_tlog_proof(proof) == text


@pytest.mark.parametrize(
    ("index", "hashes", "note", "extra"),
    [
        (11, PROOF.hashes, PROOF.checkpoint_note, None),
        (-1, PROOF.hashes, PROOF.checkpoint_note, None),
        (5, (b"short",), PROOF.checkpoint_note, None),
        (5, PROOF.hashes * 16, PROOF.checkpoint_note, None),
        (5, PROOF.hashes, "no note", None),
        (5, PROOF.hashes, PROOF.checkpoint_note, b""),
        (5, PROOF.hashes, PROOF.checkpoint_note, bytes(65_536)),
    ],
)
def test_a_proof_that_could_not_be_read_back_is_not_made(
    index: int, hashes: tuple[bytes, ...], note: str, extra: bytes | None
) -> None:
    with pytest.raises(Invalid):
        TlogProof(index, hashes, note, extra)
