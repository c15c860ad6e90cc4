// Signed notes and checkpoints: how the log states its size and root, and how anybody checks who said so. As strict as
// the server (backend/transparency/rules/checkpoint.py): base64 in its one canonical form, sizes below 2^63, no
// extension lines.
import {
  areEqual,
  type Bytes,
  concat,
  decodeBase64,
  hasSpace,
  hex,
  isLonger,
  sha256,
  utf8,
} from "./bytes";
import { signatureHolds } from "./ed25519";
import { Invalid } from "./invalid";

export const MAX_SIZE = 2n ** 63n - 1n;
export const HASH_BYTES = 32;
export const MAX_NOTE_BYTES = 1_000_000;
const EMPTY_ROOT = sha256(new Uint8Array());
const ED25519 = 0x01;
const KEY_BYTES = 32;
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const MAX_NAME_BYTES = 255;
const MAX_SIGNATURES = 100;
const DECIMAL = /^(?:0|[1-9][0-9]{0,18})$/;
const KEY_ID = /^[0-9a-f]{8}$/;
const FORBIDDEN = /[\x00-\x09\x0b-\x1f]/;
const SIGNATURE_START = "— ";

/** A tree head: `origin` names the log, `root` is 32 bytes. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Bytes;
}

/** An Ed25519 key under the name that it signs by. */
export interface NoteKey {
  readonly name: string;
  readonly keyId: Bytes;
  readonly publicKey: Bytes;
}

interface NoteSignature {
  readonly name: string;
  readonly keyId: Bytes;
  readonly signature: Bytes;
}

/** Return the checkpoint that a note's text states. Throws Invalid; check the note's signature first. */
export function parseBody(body: string): Checkpoint {
  const [origin, size, root, end, ...more] = body.split("\n");
  if (origin === undefined || size === undefined || root === undefined || end !== "" || more.length > 0) {
    throw new Invalid("a checkpoint is three lines (origin, size, root), each with a newline at its end");
  }
  const found = { origin, size: decodeDecimal(size, "the tree size"), root: decodeBase64(root, "the root") };
  checkLine(origin, "the origin");
  if (found.root.length !== HASH_BYTES) {
    throw new Invalid(`the root must be ${HASH_BYTES} bytes, not ${found.root.length}`);
  }
  if (found.size === 0n && !areEqual(found.root, EMPTY_ROOT)) {
    throw new Invalid("a tree of size 0 has one root only, and this is another");
  }
  return found;
}

/** Return the key of a verifier key string. Throws Invalid, also for every kind of key but Ed25519. */
export function parseVkey(vkey: string): NoteKey {
  // The base64 at the end may hold `+` itself, so only the first two are separators.
  const [name, keyId, ...rest] = vkey.split("+");
  if (name === undefined || keyId === undefined || rest.length === 0) {
    throw new Invalid("a verifier key has the form name+keyid+base64");
  }
  if (!KEY_ID.test(keyId)) throw new Invalid("the key id must be 8 lower-case hex digits");
  const material = decodeBase64(rest.join("+"), "the key");
  if (material[0] !== ED25519) throw new Invalid("only Ed25519 verifier keys (type 1) are known here");
  checkKeyName(name);
  const publicKey = material.slice(1);
  if (publicKey.length !== KEY_BYTES) {
    throw new Invalid(`an Ed25519 public key is ${KEY_BYTES} bytes, not ${publicKey.length}`);
  }
  const found = sha256(concat(utf8(`${name}\n`, "a key name"), material)).slice(0, KEY_ID_BYTES);
  if (hex(found) !== keyId) throw new Invalid(`the key id ${keyId} does not belong to this name and key`);
  return { name, keyId: found, publicKey };
}

/**
 * Return the text of a note that the trusted `key` signed.
 *
 * Every line that names the key must hold; lines of other keys are ignored. Throws Invalid otherwise.
 */
export async function openNote(text: string, key: NoteKey): Promise<string> {
  const { body, signatures } = splitNote(text);
  const data = utf8(body, "a note");
  let isSigned = false;
  for (const line of signatures) {
    if (line.name !== key.name || !areEqual(line.keyId, key.keyId)) continue;
    const fits = line.signature.length === SIGNATURE_BYTES && (await signatureHolds(key.publicKey, line.signature, data));
    if (!fits) throw new Invalid(`the signature by ${key.name} does not fit this text`);
    isSigned = true;
  }
  if (!isSigned) throw new Invalid("no trusted key signed this note");
  return body;
}

/** Return a note's text and its signature lines, NOT verified: for its form only. Throws Invalid. */
export function splitNote(text: string): { body: string; signatures: NoteSignature[] } {
  checkNote(text);
  // The text may hold empty lines itself: the last one is the border.
  const border = text.lastIndexOf("\n\n");
  if (border < 0 || !text.endsWith("\n")) {
    throw new Invalid("a note is a text, an empty line and signature lines, each with a newline at its end");
  }
  const lines = text.slice(border + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) {
    throw new Invalid(`a note may hold ${MAX_SIGNATURES} signatures, not ${lines.length}`);
  }
  return { body: text.slice(0, border + 1), signatures: lines.map(signatureLine) };
}

/** Return the number of an ASCII decimal below 2^63 without leading zeros. Throws Invalid, naming `what`. */
export function decodeDecimal(text: string, what: string): bigint {
  if (!DECIMAL.test(text) || BigInt(text) > MAX_SIZE) {
    throw new Invalid(`${what} must be a decimal below 2^63 without leading zeros`);
  }
  return BigInt(text);
}

function signatureLine(line: string): NoteSignature {
  const begins = line.startsWith(SIGNATURE_START);
  const rest = begins ? line.slice(SIGNATURE_START.length) : line;
  const space = rest.indexOf(" ");
  if (!begins || space < 0) throw new Invalid("a signature line has the form `— name base64`");
  const name = rest.slice(0, space);
  checkKeyName(name);
  const blob = decodeBase64(rest.slice(space + 1), "a signature");
  if (blob.length <= KEY_ID_BYTES) throw new Invalid("a signature is longer than its key id");
  return { name, keyId: blob.slice(0, KEY_ID_BYTES), signature: blob.slice(KEY_ID_BYTES) };
}

function checkNote(text: string): void {
  // Counted before encoding, so that a huge input costs nothing; bytes are never fewer than characters.
  if (isLonger(text, MAX_NOTE_BYTES) || utf8(text, "a note").length > MAX_NOTE_BYTES) {
    throw new Invalid(`a note may have ${MAX_NOTE_BYTES} bytes`);
  }
  if (FORBIDDEN.test(text)) throw new Invalid("a note may hold no control character but newline");
}

function checkLine(text: string, what: string): void {
  const length = utf8(text, what).length;
  if (length === 0 || length > MAX_NAME_BYTES) throw new Invalid(`${what} must have 1 to ${MAX_NAME_BYTES} bytes`);
  if (text.includes("\n") || FORBIDDEN.test(text)) throw new Invalid(`${what} may hold no control character`);
}

function checkKeyName(name: string): void {
  checkLine(name, "a key name");
  if (name.includes("+") || hasSpace(name)) throw new Invalid("a key name may hold no space and no plus");
}
