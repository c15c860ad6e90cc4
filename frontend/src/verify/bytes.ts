// Bytes and texts as the server's verifier counts and spells them. SHA-256 is a library's on purpose: the browser's own
// is missing on plain http, and one way for all browsers gives one answer in all of them.
import { sha256 as digest } from "@noble/hashes/sha2.js";
import { Invalid } from "./invalid";

export type Bytes = Uint8Array<ArrayBuffer>;

// What Python's str.isspace holds for a space; JavaScript's \s differs at both ends of Unicode.
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const SPACES_AT_END = new RegExp(`${SPACE.source}+$`);
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const PADDED_TWICE = /^(?:[A-Za-z0-9+/]{4})+=+$/;
const HALF_PAIR = /\p{Surrogate}/u;

export function sha256(data: Bytes): Bytes {
  return new Uint8Array(digest(data));
}

/** Return the digest in the form that files and the log use: `sha-256:` and 64 hex digits. */
export function sha256Digest(data: Bytes): string {
  return `sha-256:${hex(sha256(data))}`;
}

export function hex(data: Bytes): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function concat(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function areEqual(one: Bytes, other: Bytes): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** Whether a text holds half of a surrogate pair, which is no character and which no UTF-8 can hold. */
export function hasHalfPair(text: string): boolean {
  return HALF_PAIR.test(text);
}

/** Return the UTF-8 of a text. Throws Invalid, naming `what`, where there is none. */
export function utf8(text: string, what: string): Bytes {
  if (hasHalfPair(text)) throw new Invalid(`${what} is not Unicode text`);
  return new Uint8Array(new TextEncoder().encode(text));
}

/** Whether a text has more than `most` characters, counted as Python does: a surrogate pair is one. */
export function isLonger(text: string, most: number): boolean {
  if (text.length <= most) return false;
  if (text.length > 2 * most) return true;
  let count = 0;
  for (const _ of text) if (++count > most) return true;
  return false;
}

export function hasSpace(text: string): boolean {
  return SPACE.test(text);
}

export function trimEnd(text: string): string {
  return text.replace(SPACES_AT_END, "");
}

/** Return what the base64 `text` stands for. Throws Invalid, naming `what`, for any but the canonical form. */
export function decodeBase64(text: string, what: string): Bytes {
  if (PADDED_TWICE.test(text)) throw new Invalid(`${what} is not in canonical base64`);
  if (!BASE64.test(text)) throw new Invalid(`${what} is not base64`);
  const data = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  // Decoders overlook stray bits, which would give one value many spellings.
  if (btoa(atob(text)) !== text) throw new Invalid(`${what} is not in canonical base64`);
  return data;
}
