// The canonical form (JCS, RFC 8785) of what the strict reader gave: integers only, and text that UTF-8 can hold.
import { type Bytes, sha256Digest, utf8 } from "./bytes";
import { isObject, type Json } from "./strict-json";

const ESCAPED = /[\x00-\x1f"\\]/g;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

export function canonicalBytes(value: Json): Bytes {
  return utf8(written(value), "this");
}

export function canonicalDigest(value: Json): string {
  return sha256Digest(canonicalBytes(value));
}

function written(value: Json): string {
  if (typeof value === "string") return text(value);
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (!isObject(value)) return String(value);
  // Keys are ordered by their UTF-16 units, which is how JavaScript compares texts.
  const keys = [...value.keys()].sort((one, other) => (one < other ? -1 : 1));
  return `{${keys.map((key) => `${text(key)}:${written(value.get(key) as Json)}`).join(",")}}`;
}

function text(value: string): string {
  return `"${value.replace(ESCAPED, (one) => SHORT[one] ?? `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
}
