"""Signed notes and checkpoints: how the log states its size and root, and how anybody checks who said so.

Source: C2SP signed-note (Ed25519, signature type 0x01) and C2SP tlog-checkpoint. Stricter than both where they leave
a choice: base64 in its one canonical form, sizes below 2^63, no extension lines (this log signs none, and nobody could
audit them). Whatever comes in malformed raises Invalid and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend.kernel.errors import Invalid
from backend.transparency.rules.merkle import EMPTY_ROOT, HASH_BYTES, MAX_SIZE

ED25519 = b"\x01"
KEY_BYTES = 32
KEY_ID_BYTES = 4
SIGNATURE_BYTES = 64
# Cosignature formats give a name one length byte.
MAX_NAME_BYTES = 255
MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_KEY_ID = re.compile(r"[0-9a-f]{8}")
_FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE_START = "— "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: `origin` names the log, `root` is 32 bytes. Raises Invalid for what no log can state."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        _check_line(self.origin, "the origin")
        if not 0 <= self.size <= MAX_SIZE:
            raise Invalid(f"the tree size {self.size} is not between 0 and 2^63 - 1")
        if len(self.root) != HASH_BYTES:
            raise Invalid(f"the root must be {HASH_BYTES} bytes, not {len(self.root)}")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise Invalid("a tree of size 0 has one root only, and this is another")


@dataclass(frozen=True, slots=True)
class NoteKey:
    """An Ed25519 key under the name that it signs by. Raises Invalid for a name or key that a note cannot hold."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        _check_key_name(self.name)
        if len(self.public_key) != KEY_BYTES:
            raise Invalid(f"an Ed25519 public key is {KEY_BYTES} bytes, not {len(self.public_key)}")

    @property
    def key_id(self) -> bytes:
        """The 4 bytes that begin a signature by this key. A hint for finding the key, too short to identify it."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:KEY_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The verifier key: name, key id in hex and key in base64, with `+` between them."""
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(ED25519 + self.public_key)}"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line of a note, not verified yet. `signature` is what follows the key id."""

    name: str
    key_id: bytes
    signature: bytes


def checkpoint_body(checkpoint: Checkpoint) -> str:
    """Return the three lines that are signed, the last newline included."""
    return f"{checkpoint.origin}\n{checkpoint.size}\n{encode_base64(checkpoint.root)}\n"


def parse_body(body: str) -> Checkpoint:
    """Return the checkpoint that a note's text states. Raises Invalid; check the note's signature first."""
    lines = body.split("\n")
    if len(lines) != 4 or lines[3] != "":
        raise Invalid("a checkpoint is three lines (origin, size, root), each with a newline at its end")
    return Checkpoint(lines[0], decode_decimal(lines[1], "the tree size"), decode_base64(lines[2], "the root"))


def parse_vkey(vkey: str) -> NoteKey:
    """Return the key of a verifier key string. Raises Invalid, also for every kind of key but Ed25519."""
    # The base64 at the end may hold `+` itself, so only the first two are separators.
    parts = vkey.split("+", 2)
    if len(parts) != 3:
        raise Invalid("a verifier key has the form name+keyid+base64")
    name, key_id, encoded = parts
    if not _KEY_ID.fullmatch(key_id):
        raise Invalid("the key id must be 8 lower-case hex digits")
    material = decode_base64(encoded, "the key")
    if material[:1] != ED25519:
        raise Invalid("only Ed25519 verifier keys (type 1) are known here")
    key = NoteKey(name, material[1:])
    if key.key_id.hex() != key_id:
        raise Invalid(f"the key id {key_id} does not belong to this name and key")
    return key


def sign_note(body: str, key: NoteKey, sign: Callable[[bytes], bytes]) -> str:
    """Return the note of `body` with one signature line. `sign` takes the bytes to sign and gives 64 bytes.

    Raises Invalid where the body is no note text or `sign` does not sign by `key`: a note that verifiers would refuse
    is never handed out. What `sign` itself raises goes through.
    """
    data = _note_bytes(body)
    if not body.endswith("\n"):
        raise Invalid("a note's text must end in a newline")
    signature = sign(data)
    if not _holds(key, signature, data):
        raise Invalid(f"the signer does not hold the private key of {key.vkey}")
    return f"{body}\n{_SIGNATURE_START}{key.name} {encode_base64(key.key_id + signature)}\n"


def open_note(text: str, keys: Sequence[NoteKey]) -> str:
    """Return the text of a note that at least one of the trusted `keys` signed.

    Every line that names a trusted key must hold; lines of other keys are ignored. Raises Invalid otherwise.
    """
    body, signatures = split_note(text)
    data = body.encode()
    signed = False
    for line in signatures:
        for key in keys:
            if (key.name, key.key_id) != (line.name, line.key_id):
                continue
            if not _holds(key, line.signature, data):
                raise Invalid(f"the signature by {key.name} does not fit this text")
            signed = True
    if not signed:
        raise Invalid("no trusted key signed this note")
    return body


def split_note(text: str) -> tuple[str, tuple[NoteSignature, ...]]:
    """Return a note's text and its signature lines, NOT verified: for its form only. Raises Invalid."""
    _note_bytes(text)
    # The text may hold empty lines itself: the last one is the border.
    border = text.rfind("\n\n")
    if border < 0 or not text.endswith("\n"):
        raise Invalid("a note is a text, an empty line and signature lines, each with a newline at its end")
    lines = text[border + 2 : -1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise Invalid(f"a note may hold {MAX_SIGNATURES} signatures, not {len(lines)}")
    return text[: border + 1], tuple(_signature_line(line) for line in lines)


def encode_base64(data: bytes) -> str:
    """Return the standard base64 of RFC 4648, section 4, with padding."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str, what: str) -> bytes:
    """Return what the base64 `text` stands for. Raises Invalid, naming `what`, for any but the canonical form."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Invalid(f"{what} is not base64") from error
    # Decoders overlook stray bits and padding, which would give one value many spellings.
    if encode_base64(data) != text:
        raise Invalid(f"{what} is not in canonical base64")
    return data


def decode_decimal(text: str, what: str) -> int:
    """Return the number of an ASCII decimal below 2^63 without leading zeros. Raises Invalid, naming `what`."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise Invalid(f"{what} must be a decimal below 2^63 without leading zeros")
    return int(text)


def _signature_line(line: str) -> NoteSignature:
    name, separator, encoded = line.removeprefix(_SIGNATURE_START).partition(" ")
    if not line.startswith(_SIGNATURE_START) or not separator:
        raise Invalid("a signature line has the form `— name base64`")
    _check_key_name(name)
    blob = decode_base64(encoded, "a signature")
    if len(blob) <= KEY_ID_BYTES:
        raise Invalid("a signature is longer than its key id")
    return NoteSignature(name, blob[:KEY_ID_BYTES], blob[KEY_ID_BYTES:])


def _holds(key: NoteKey, signature: bytes, data: bytes) -> bool:
    if len(signature) != SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _note_bytes(text: str) -> bytes:
    """Return the UTF-8 of a note or its text. Raises Invalid where it is too long or holds what no note may hold."""
    # Counted before encoding, so that a huge input costs nothing; bytes are never fewer than characters.
    if len(text) > MAX_NOTE_BYTES:
        raise Invalid(f"a note may have {MAX_NOTE_BYTES} bytes")
    data = _utf8(text, "a note")
    if len(data) > MAX_NOTE_BYTES:
        raise Invalid(f"a note may have {MAX_NOTE_BYTES} bytes")
    if _FORBIDDEN.search(text):
        raise Invalid("a note may hold no control character but newline")
    return data


def _check_line(text: str, what: str) -> None:
    if not 0 < len(_utf8(text, what)) <= MAX_NAME_BYTES:
        raise Invalid(f"{what} must have 1 to {MAX_NAME_BYTES} bytes")
    if "\n" in text or _FORBIDDEN.search(text):
        raise Invalid(f"{what} may hold no control character")


def _check_key_name(name: str) -> None:
    _check_line(name, "a key name")
    if "+" in name or any(character.isspace() for character in name):
        raise Invalid("a key name may hold no space and no plus")


def _utf8(text: str, what: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Invalid(f"{what} is not Unicode text") from error
