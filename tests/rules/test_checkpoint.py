"""Signed notes and checkpoints: the specification's own example, round trips, and what must be refused."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.errors import Invalid, Unavailable
from backend.transparency.rules.checkpoint import (
    Checkpoint,
    NoteKey,
    checkpoint_body,
    encode_base64,
    open_note,
    parse_body,
    parse_vkey,
    sign_note,
)
from backend.transparency.rules.merkle import EMPTY_ROOT, MAX_SIZE, leaf_hash

# The example of C2SP signed-note.
EXAMPLE_VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE_NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)

ROOT = leaf_hash(b"root")
ROOT_TEXT = encode_base64(ROOT)
ORIGIN = "log.example/para73"
BODY = checkpoint_body(Checkpoint(ORIGIN, 7, ROOT))


def private(seed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))


def public(seed: int) -> bytes:
    return private(seed).public_key().public_bytes_raw()


def key(seed: int, name: str = ORIGIN) -> NoteKey:
    return NoteKey(name, public(seed))


def signature_line(seed: int, name: str = ORIGIN, body: str = BODY) -> str:
    return sign_note(body, key(seed, name), private(seed).sign).removeprefix(body + "\n")


NOTE = sign_note(BODY, key(1), private(1).sign)


def test_the_example_of_the_specification() -> None:
    found = parse_vkey(EXAMPLE_VKEY)
    assert found.name == "example.com/foo"
    assert found.key_id.hex() == "530d903a"
    assert found.vkey == EXAMPLE_VKEY
    assert open_note(EXAMPLE_NOTE, [found]) == "This is an example message.\n"


def test_a_checkpoint_is_three_lines() -> None:
    assert f"log.example/para73\n7\n{ROOT_TEXT}\n" == BODY
    assert parse_body(BODY) == Checkpoint(ORIGIN, 7, ROOT)
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert checkpoint_body(empty) == f"{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    assert parse_body(checkpoint_body(empty)) == empty


def test_a_note_is_the_body_an_empty_line_and_a_signature() -> None:
    signature = private(1).sign(BODY.encode())
    assert f"{BODY}\n— {ORIGIN} {encode_base64(key(1).key_id + signature)}\n" == NOTE
    assert open_note(NOTE, [key(1)]) == BODY


@given(st.integers(1, MAX_SIZE), st.binary(min_size=32, max_size=32))
def test_every_checkpoint_reads_back(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert parse_body(checkpoint_body(checkpoint)) == checkpoint


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n",
        "\n\n\n",
        f"{ORIGIN}\n7\n{ROOT_TEXT}",
        f"{ORIGIN}\n7\n{ROOT_TEXT}\n\n",
        f"{ORIGIN}\n7\n{ROOT_TEXT}\nextension\n",
        f"{ORIGIN}\r\n7\r\n{ROOT_TEXT}\r\n",
        f"\n7\n{ROOT_TEXT}\n",
        f"{'o' * 256}\n7\n{ROOT_TEXT}\n",
        f"\x00\n7\n{ROOT_TEXT}\n",
        f"\ud800\n7\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n07\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n00\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n+7\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n-7\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n 7\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n7 \n{ROOT_TEXT}\n",
        f"{ORIGIN}\n1_0\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n7.0\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n٧\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n9223372036854775808\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n0\n{ROOT_TEXT}\n",
        f"{ORIGIN}\n7\n\n",
        f"{ORIGIN}\n7\n{ROOT_TEXT[:-1]}\n",
        f"{ORIGIN}\n7\n{ROOT_TEXT}=\n",
        f"{ORIGIN}\n7\n {ROOT_TEXT}\n",
        f"{ORIGIN}\n7\n{encode_base64(ROOT[:31])}\n",
        f"{ORIGIN}\n7\n{encode_base64(ROOT + b'0')}\n",
        f"{ORIGIN}\n7\n{base64.urlsafe_b64encode(b'?' * 31 + bytes([255])).decode().replace('/', '_')}\n",
        f"{ORIGIN}\n7\né{ROOT_TEXT[1:]}\n",
    ],
)
def test_a_malformed_body_is_refused(body: str) -> None:
    with pytest.raises(Invalid):
        parse_body(body)


def test_base64_with_stray_bits_is_refused() -> None:
    """43 digits hold two bits more than 32 bytes: four spellings decode alike, one is canonical."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    place = alphabet.index(ROOT_TEXT[42])
    stray = ROOT_TEXT[:42] + alphabet[place + 1] + "="
    assert base64.b64decode(stray) == ROOT
    with pytest.raises(Invalid, match="canonical"):
        parse_body(f"{ORIGIN}\n7\n{stray}\n")


def test_a_vkey_whose_base64_holds_a_plus() -> None:
    """Measured trap: such keys are common, and splitting at every plus breaks them."""
    keys = [key(seed) for seed in range(1, 200)]
    with_plus = [one for one in keys if one.vkey.count("+") > 2]
    assert with_plus
    for one in keys:
        assert parse_vkey(one.vkey) == one


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "+",
        "++",
        "a+b",
        EXAMPLE_VKEY + "\n",
        " " + EXAMPLE_VKEY,
        EXAMPLE_VKEY + "=",
        EXAMPLE_VKEY.replace("530d903a", "530D903A"),
        EXAMPLE_VKEY.replace("530d903a", "530d903b"),
        EXAMPLE_VKEY.replace("530d903a", "530d903"),
        EXAMPLE_VKEY.replace("530d903a", "0x30d903"),
        EXAMPLE_VKEY.replace("example.com", "example.org"),
        EXAMPLE_VKEY.replace("example.com/foo", ""),
        EXAMPLE_VKEY.replace("example.com/foo", "example com"),
        EXAMPLE_VKEY.replace("example.com/foo", "example\u00a0com"),
        EXAMPLE_VKEY.replace("+AekyeRrm", "+AukyeRrm"),
        EXAMPLE_VKEY.replace("+AekyeRrm", "+BOkyeRrm"),
        EXAMPLE_VKEY.replace("+AekyeRrm", "+A\ud800kyeRrm"),
        f"x+00000000+{encode_base64(bytes([1]) + bytes(31))}",
        f"x+00000000+{encode_base64(bytes([1]) + bytes(33))}",
        "x+00000000+",
    ],
)
def test_a_malformed_vkey_is_refused(vkey: str) -> None:
    with pytest.raises(Invalid):
        parse_vkey(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\tb", "a\u2003b", "a\u2028b", "\ud800", "n" * 256])
def test_a_name_that_no_note_can_hold_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        NoteKey(name, public(1))


def test_every_changed_character_is_refused() -> None:
    for at in range(len(NOTE)):
        for bit in (1, 2, 4, 32):
            changed = NOTE[:at] + chr(ord(NOTE[at]) ^ bit) + NOTE[at + 1 :]
            with pytest.raises(Invalid):
                open_note(changed, [key(1)])


def test_every_character_less_or_more_is_refused() -> None:
    for at in range(len(NOTE)):
        for changed in (
            NOTE[:at] + NOTE[at + 1 :],
            NOTE[:at],
            NOTE[:at] + "\n" + NOTE[at:],
            NOTE[:at] + "A" + NOTE[at:],
        ):
            with pytest.raises(Invalid):
                open_note(changed, [key(1)])


def test_lines_of_other_keys_are_ignored() -> None:
    note = NOTE + signature_line(2, "witness.example") + signature_line(3)
    assert open_note(note, [key(1)]) == BODY
    assert open_note(note, [key(2, "witness.example")]) == BODY
    with pytest.raises(Invalid, match="no trusted key"):
        open_note(note, [key(2)])
    with pytest.raises(Invalid, match="no trusted key"):
        open_note(note, [])


def test_a_known_key_with_a_bad_signature_spoils_the_note() -> None:
    """Also where another trusted key signed well, and also where the same key signed well in another line."""
    bad = signature_line(2, "witness.example", checkpoint_body(Checkpoint(ORIGIN, 8, ROOT)))
    both = [key(1), key(2, "witness.example")]
    assert open_note(NOTE + bad, both[:1]) == BODY
    for note in (NOTE + bad, NOTE + signature_line(2, "witness.example") + bad):
        with pytest.raises(Invalid, match="does not fit"):
            open_note(note, both)


def test_a_signature_of_another_length_is_refused() -> None:
    for blob in (b"s" * 63, b"s" * 65, b"s"):
        note = f"{BODY}\n— {ORIGIN} {encode_base64(key(1).key_id + blob)}\n"
        with pytest.raises(Invalid, match="does not fit"):
            open_note(note, [key(1)])


def test_sixteen_signatures_and_more_are_read_but_not_without_end() -> None:
    others = "".join(signature_line(seed, f"witness{seed}.example") for seed in range(2, 101))
    assert open_note(NOTE + others, [key(1)]) == BODY
    with pytest.raises(Invalid, match="100 signatures"):
        open_note(NOTE + others + signature_line(101, "one.more.example"), [key(1)])
    with pytest.raises(Invalid, match="1000000 bytes"):
        open_note("€" * 400_000 + NOTE, [key(1)])
    with pytest.raises(Invalid, match="1000000 bytes"):
        open_note("a" * 1_000_001, [key(1)])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        "\n\n",
        "\n\n\n",
        BODY,
        BODY + "\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "—  "),
        NOTE + "— \n",
        NOTE + "— name\n",
        NOTE + "— name \n",
        NOTE + "— name AAAA\n",
        NOTE + "— name AAAAAA==\n",
        NOTE + "— na+me AAAAAAA=\n",
        NOTE + "— name AAAAAAA= \n",
        NOTE + "— name AAAAAAB=\n",
        NOTE + "stray\n",
        "\ud800" + NOTE,
        "\x7f\x00" + NOTE,
    ],
)
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(Invalid):
        open_note(note, [key(1)])


def test_the_text_may_hold_empty_lines() -> None:
    body = "one\n\n— two three\n\n\nfour\n"
    assert open_note(sign_note(body, key(1), private(1).sign), [key(1)]) == body


@given(st.text(max_size=200))
def test_any_text_is_refused_in_one_way(text: str) -> None:
    for read in (parse_body, parse_vkey, lambda given: open_note(given, [key(1)])):
        with pytest.raises(Invalid):
            read(text)


@pytest.mark.parametrize("body", ["", "no newline", "tab\t\n", "\r\n", "\ud800\n", "a" * 1_000_001])
def test_what_is_no_note_text_is_not_signed(body: str) -> None:
    with pytest.raises(Invalid):
        sign_note(body, key(1), lambda data: pytest.fail("it was signed"))


def test_a_signer_of_another_key_signs_nothing() -> None:
    with pytest.raises(Invalid, match="does not hold the private key"):
        sign_note(BODY, key(1), private(2).sign)


def test_what_the_signer_raises_goes_through() -> None:
    def fails(data: bytes) -> bytes:
        raise Unavailable("The signing key does not answer now.")

    with pytest.raises(Unavailable):
        sign_note(BODY, key(1), fails)


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [("", 1, ROOT), ("a\nb", 1, ROOT), (ORIGIN, -1, ROOT), (ORIGIN, MAX_SIZE + 1, ROOT), (ORIGIN, 1, ROOT[1:])],
)
def test_what_no_log_can_state_is_refused(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(Invalid):
        Checkpoint(origin, size, root)
