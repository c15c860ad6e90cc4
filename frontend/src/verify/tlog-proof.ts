// The offline proof that lies beside a credential: C2SP tlog-proof@v1. It holds no promise of its own: its checkpoint
// must be signed by a pinned key, and its hashes must lead to that root. The extra data is signed by nobody, and may be
// believed only as far as the leaf hash is computed from it.
import { type Bytes, decodeBase64, isLonger } from "./bytes";
import { Invalid } from "./invalid";
import { decodeDecimal, HASH_BYTES, MAX_NOTE_BYTES, parseBody, splitNote } from "./note";

export const HEADER = "c2sp.org/tlog-proof@v1";
// A way to the root of a tree below 2^63 has no more steps than that.
const MAX_HASHES = 63;
const MAX_EXTRA_BYTES = 65_535;
const MAX_PROOF_CHARACTERS = MAX_NOTE_BYTES + 2 * MAX_EXTRA_BYTES;
const EXTRA = "extra ";
const INDEX = "index ";

/** `hashes`: 32 bytes each, the leaf's sibling first. `checkpointNote`: the whole signed note, verbatim. */
export interface TlogProof {
  readonly index: bigint;
  readonly hashes: readonly Bytes[];
  readonly checkpointNote: string;
  readonly extra: Bytes | null;
}

/** Return what a proof states, with nothing verified yet. Throws Invalid for any deviation from the format. */
export function parseTlogProof(text: string): TlogProof {
  if (isLonger(text, MAX_PROOF_CHARACTERS)) throw new Invalid(`a proof may have ${MAX_PROOF_CHARACTERS} characters`);
  // No hash and no line above is empty, so the first empty line is the border.
  const border = text.indexOf("\n\n");
  const [header, ...lines] = (border < 0 ? text : text.slice(0, border)).split("\n");
  if (header !== HEADER || border < 0) {
    throw new Invalid(`a proof begins with the line ${HEADER} and has a checkpoint after an empty line`);
  }
  let extra: Bytes | null = null;
  if (lines[0]?.startsWith(EXTRA)) {
    extra = decodeBase64(lines[0].slice(EXTRA.length), "the extra data");
    lines.shift();
  }
  if (!lines[0]?.startsWith(INDEX)) throw new Invalid("a proof names the index of its entry: `index 0`");
  const index = decodeDecimal(lines[0].slice(INDEX.length), "the index");
  if (lines.length > MAX_HASHES + 1) throw new Invalid(`a proof has at most ${MAX_HASHES} hashes`);
  const hashes = lines.slice(1).map((line) => decodeBase64(line, "a hash of the proof"));
  return checked({ index, hashes, checkpointNote: text.slice(border + 2), extra });
}

function checked(proof: TlogProof): TlogProof {
  const { size } = parseBody(splitNote(proof.checkpointNote).body);
  if (proof.index >= size) throw new Invalid(`there is no entry ${proof.index} in a tree of size ${size}`);
  if (proof.hashes.some((hash) => hash.length !== HASH_BYTES)) {
    throw new Invalid(`a proof has at most ${MAX_HASHES} hashes of ${HASH_BYTES} bytes`);
  }
  if (proof.extra && (proof.extra.length === 0 || proof.extra.length > MAX_EXTRA_BYTES)) {
    throw new Invalid(`extra data has 1 to ${MAX_EXTRA_BYTES} bytes, or is left out`);
  }
  return proof;
}
