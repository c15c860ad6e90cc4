// What somebody dropped: attestation, inclusion proof, trust file, or something else altogether. By content, since names
// get lost; a name decides only where the content cannot be read.
import { MAX_BYTES } from "./bundle";
import type { Bytes } from "./bytes";
import { Invalid } from "./invalid";
import { isObject, strictJson } from "./strict-json";

export interface Handed {
  readonly name: string;
  readonly data: Bytes;
}

/** Something that is no attestation: `kind` says what it is, as in "this is a picture". */
export interface Other {
  readonly name: string;
  readonly kind: "a picture" | "a web page" | "a PDF" | "an archive" | "a sound or a film" | "empty" | "too large" | "not readable";
}

export interface Sorted {
  readonly attestations: readonly Handed[];
  readonly proofs: readonly Handed[];
  readonly trusts: readonly Handed[];
  readonly others: readonly Other[];
}

const PROOF_START = "c2sp.org/tlog-proof@";
const TRUST_START = "para73-trust@";
// What files begin with, after so many bytes.
const MARKS: readonly (readonly [Other["kind"], number, string])[] = [
  ["a picture", 0, "\x89PNG"],
  ["a picture", 0, "\xff\xd8\xff"],
  ["a picture", 0, "GIF8"],
  ["a picture", 8, "WEBP"],
  ["a picture", 0, "BM"],
  ["a picture", 0, "II*\x00"],
  ["a picture", 0, "MM\x00*"],
  ["a picture", 4, "ftypheic"],
  ["a picture", 4, "ftypavif"],
  ["a sound or a film", 4, "ftyp"],
  ["a sound or a film", 0, "ID3"],
  ["a PDF", 0, "%PDF-"],
  ["an archive", 0, "PK\x03\x04"],
  ["an archive", 0, "\x1f\x8b"],
  ["an archive", 0, "7z\xbc\xaf"],
];

export async function sortFiles(files: readonly File[]): Promise<Sorted> {
  const sorted = { attestations: [] as Handed[], proofs: [] as Handed[], trusts: [] as Handed[], others: [] as Other[] };
  for (const file of files) {
    const found = await open(file);
    if ("kind" in found) sorted.others.push(found);
    else if (isTrust(found)) sorted.trusts.push(found);
    else if (isProof(found)) sorted.proofs.push(found);
    else sorted.attestations.push(found);
  }
  return sorted;
}

/** Return the text of a proof; what is no UTF-8 in it becomes a mark that no proof can hold. */
export function proofText(proof: Handed): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(proof.data);
}

async function open(file: File): Promise<Handed | Other> {
  const { name } = file;
  // Looked at before anything is read: a film of some gigabytes costs nothing.
  const start = await bytesOf(file.slice(0, 32));
  if (start === null) return { name, kind: "not readable" };
  const kind = MARKS.find(([, at, mark]) => latin(start).startsWith(mark, at))?.[0] ?? markup(latin(start));
  if (kind) return { name, kind };
  if (file.size > MAX_BYTES) return { name, kind: "too large" };
  if (file.size === 0) return { name, kind: "empty" };
  const data = await bytesOf(file);
  return data === null ? { name, kind: "not readable" } : { name, data };
}

/** Return the bytes, or null where the browser cannot read them: a folder, or a file that has gone. */
async function bytesOf(blob: Blob): Promise<Bytes | null> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch {
    return null;
  }
}

function markup(start: string): Other["kind"] | null {
  if (/^\s*<svg/i.test(start)) return "a picture";
  return /^\s*<(?:!doctype|html|\?xml)/i.test(start) ? "a web page" : null;
}

function latin(data: Bytes): string {
  return String.fromCharCode(...data);
}

function isProof(file: Handed): boolean {
  return proofText({ ...file, data: file.data.slice(0, 64) }).startsWith(PROOF_START) || file.name.endsWith(".tlog-proof");
}

function isTrust(file: Handed): boolean {
  try {
    const value = strictJson(file.data);
    const format = isObject(value) ? value.get("format") : null;
    return typeof format === "string" && format.startsWith(TRUST_START);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return file.name === "trust.json";
  }
}
