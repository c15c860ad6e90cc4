"""The offline proof that lies beside a credential: C2SP tlog-proof@v1, written and read.

A proof holds no promise of its own: open its checkpoint with a pinned key, then verify the hashes against that root.
The extra data is not signed by anybody. It may be believed only as far as the leaf hash is computed from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.kernel.errors import Invalid
from backend.transparency.rules.checkpoint import (
    MAX_NOTE_BYTES,
    decode_base64,
    decode_decimal,
    encode_base64,
    parse_body,
    split_note,
)
from backend.transparency.rules.merkle import HASH_BYTES

HEADER = "c2sp.org/tlog-proof@v1"
# A way to the root of a tree below 2^63 has no more steps than that.
MAX_HASHES = 63
MAX_EXTRA_BYTES = 65_535
MAX_PROOF_CHARACTERS = MAX_NOTE_BYTES + 2 * MAX_EXTRA_BYTES

_EXTRA = "extra "
_INDEX = "index "


@dataclass(frozen=True, slots=True)
class TlogProof:
    """`hashes`: 32 bytes each, the leaf's sibling first. `checkpoint_note`: the whole signed note, verbatim.

    Raises Invalid where the checkpoint is malformed, or its tree has no such index. No signature is checked here.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint_note: str
    extra: bytes | None = None

    def __post_init__(self) -> None:
        body, _ = split_note(self.checkpoint_note)
        size = parse_body(body).size
        if not 0 <= self.index < size:
            raise Invalid(f"there is no entry {self.index} in a tree of size {size}")
        if len(self.hashes) > MAX_HASHES or any(len(one) != HASH_BYTES for one in self.hashes):
            raise Invalid(f"a proof has at most {MAX_HASHES} hashes of {HASH_BYTES} bytes")
        if self.extra is not None and not 0 < len(self.extra) <= MAX_EXTRA_BYTES:
            raise Invalid(f"extra data has 1 to {MAX_EXTRA_BYTES} bytes, or is left out")


def format_tlog_proof(proof: TlogProof) -> str:
    """Return the text of a proof, as it is stored in a `.tlog-proof` file."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(_EXTRA + encode_base64(proof.extra))
    lines.append(f"{_INDEX}{proof.index}")
    lines += [encode_base64(one) for one in proof.hashes]
    return "\n".join([*lines, "", proof.checkpoint_note])


def parse_tlog_proof(text: str) -> TlogProof:
    """Return what a proof states, with nothing verified yet. Raises Invalid for any deviation from the format."""
    if len(text) > MAX_PROOF_CHARACTERS:
        raise Invalid(f"a proof may have {MAX_PROOF_CHARACTERS} characters")
    # No hash and no line above is empty, so the first empty line is the border.
    head, border, note = text.partition("\n\n")
    header, *lines = head.split("\n")
    if header != HEADER or not border:
        raise Invalid(f"a proof begins with the line {HEADER} and has a checkpoint after an empty line")
    extra = None
    if lines and lines[0].startswith(_EXTRA):
        extra = decode_base64(lines.pop(0).removeprefix(_EXTRA), "the extra data")
    if not lines or not lines[0].startswith(_INDEX):
        raise Invalid("a proof names the index of its entry: `index 0`")
    index = decode_decimal(lines[0].removeprefix(_INDEX), "the index")
    if len(lines) > MAX_HASHES + 1:
        raise Invalid(f"a proof has at most {MAX_HASHES} hashes")
    hashes = tuple(decode_base64(line, "a hash of the proof") for line in lines[1:])
    return TlogProof(index, hashes, note, extra)
