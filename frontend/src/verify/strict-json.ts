// Reading JSON as the server does (backend/kernel/canonical.py), and refusing what it refuses: duplicate keys, numbers
// that are not integers, integers of 2^53 and more, halves of surrogate pairs, more than 64 levels. JSON.parse keeps
// silent about the first three, and the parsers on npm lose a key named __proto__ or pass over equal duplicates. So
// this is a reader of our own, with the same errors at the same places as the server's.
import { type Bytes, hasHalfPair } from "./bytes";
import { Invalid } from "./invalid";
import { quoted } from "./python";

export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = Map<string, Json>;

export const MAX_DEPTH = 64;
const WHITESPACE = " \t\n\r";
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const HEX = /^[0-9a-fA-F]{4}$/;
const WORDS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ["null", null],
  ["true", true],
  ["false", false],
]);
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Parse JSON strictly. Throws Invalid, naming the first reason, and never anything else. */
export function strictJson(data: Bytes): Json {
  const text = decodeUtf8(data);
  refuseDeep(text);
  if (text.startsWith("\ufeff")) throw misread(text, "Unexpected UTF-8 BOM (decode using utf-8-sig)", 0);
  const value = new Reader(text).whole();
  if (text.includes("\\u") && holdsHalfPair(value)) {
    throw new Invalid("an escape stands for half a surrogate pair, which is no character");
  }
  return value;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value instanceof Map;
}

/** Return whether the object has exactly these keys. */
export function hasKeys(value: JsonObject, keys: readonly string[]): boolean {
  return value.size === keys.length && keys.every((key) => value.has(key));
}

/** Return whether two values are equal; the order of keys means nothing. */
export function isSame(one: Json, other: Json): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((part, at) => isSame(part, other[at] as Json));
  }
  if (isObject(one) && isObject(other)) {
    return hasKeys(one, [...other.keys()]) && [...one].every(([key, part]) => isSame(part, other.get(key) as Json));
  }
  return one === other;
}

function decodeUtf8(data: Bytes): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new Invalid(`not UTF-8 at byte ${firstBadByte(data)}`);
  }
}

/** Return where the first sequence begins that is no UTF-8 (RFC 3629); the length where there is none. */
function firstBadByte(data: Bytes): number {
  let at = 0;
  while (at < data.length) {
    const lead = data[at] as number;
    const length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    const rest = data.subarray(at + 1, at + length);
    const holds = rest.every((byte, place) => (place ? byte >= 0x80 && byte <= 0xbf : byte >= lowest && byte <= highest));
    if (length === 0 || at + length > data.length || !holds) return at;
    at += length;
  }
  return at;
}

/** Count brackets outside strings, so that a nested bomb never reaches the recursive reader. */
function refuseDeep(text: string): void {
  let depth = 0;
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (inside) {
      if (character === "\\") at++;
      else if (character === '"') inside = false;
    } else if (character === '"') inside = true;
    else if (character === "[" || character === "{") {
      depth++;
      if (depth > MAX_DEPTH) throw new Invalid(`nested deeper than ${MAX_DEPTH} levels`);
    } else if (character === "]" || character === "}") depth--;
  }
}

function holdsHalfPair(value: Json): boolean {
  if (typeof value === "string") return hasHalfPair(value);
  if (Array.isArray(value)) return value.some(holdsHalfPair);
  return isObject(value) && [...value].some(([key, part]) => hasHalfPair(key) || holdsHalfPair(part));
}

/** Return the refusal of what is not JSON, with its place as people count: characters, lines and columns from 1. */
function misread(text: string, reason: string, at: number): Invalid {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  const column = [...before.slice(before.lastIndexOf("\n") + 1)].length + 1;
  return new Invalid(`not JSON: ${reason}: line ${line} column ${column} (char ${[...before].length})`);
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): Json {
    this.skip();
    const value = this.value();
    this.skip();
    if (this.at !== this.text.length) throw this.fails("Extra data");
    return value;
  }

  private value(): Json {
    const start = this.text[this.at];
    if (start === '"') return this.string();
    if (start === "{") return this.object();
    if (start === "[") return this.array();
    for (const [word, value] of WORDS) if (this.take(word)) return value;
    for (const word of ["NaN", "Infinity", "-Infinity"]) {
      if (this.take(word)) throw new Invalid(`${word} is not a JSON number`);
    }
    return this.number();
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (!found) throw this.fails("Expecting value");
    const [digits, fraction, exponent] = found;
    this.at += digits.length;
    if (fraction !== undefined || exponent !== undefined) {
      throw new Invalid(`${digits.slice(0, 30)} is not an integer; figures are integers of basis points`);
    }
    // Above 17 characters the conversion below would round; it is too much in any case.
    if (digits.length > 17 || !Number.isSafeInteger(Number(digits))) {
      throw new Invalid(`the integer ${digits.slice(0, 20)} is 2^53 or more`);
    }
    return Number(digits);
  }

  private object(): JsonObject {
    const pairs: [string, Json][] = [];
    this.at++;
    this.skip();
    if (!this.take("}")) {
      do {
        this.skip();
        if (this.text[this.at] !== '"') throw this.fails("Expecting property name enclosed in double quotes");
        const key = this.string();
        this.skip();
        if (!this.take(":")) throw this.fails("Expecting ':' delimiter");
        this.skip();
        pairs.push([key, this.value()]);
        this.skip();
      } while (this.take(","));
      if (!this.take("}")) throw this.fails("Expecting ',' delimiter");
    }
    // Only now, as on the server: what is not JSON at all is told before what is JSON and refused.
    const value: JsonObject = new Map();
    for (const [key, part] of pairs) {
      if (value.has(key)) throw new Invalid(`the key ${quoted(key)} stands twice in one object`);
      value.set(key, part);
    }
    return value;
  }

  private array(): Json[] {
    const parts: Json[] = [];
    this.at++;
    this.skip();
    if (this.take("]")) return parts;
    do {
      this.skip();
      parts.push(this.value());
      this.skip();
    } while (this.take(","));
    if (!this.take("]")) throw this.fails("Expecting ',' delimiter");
    return parts;
  }

  private string(): string {
    const begin = this.at;
    let found = "";
    for (this.at++; this.at < this.text.length; this.at++) {
      const character = this.text[this.at] as string;
      if (character === '"') {
        this.at++;
        return found;
      }
      if (character < " ") throw this.fails("Invalid control character at");
      found += character === "\\" ? this.escape(begin) : character;
    }
    throw this.fails("Unterminated string starting at", begin);
  }

  /** Return what the escape here stands for, and stop at its last character. */
  private escape(begin: number): string {
    const letter = this.text[++this.at];
    if (letter === undefined) throw this.fails("Unterminated string starting at", begin);
    if (letter !== "u") {
      const plain = ESCAPES[letter];
      if (plain === undefined) throw this.fails("Invalid \\escape", this.at - 1);
      return plain;
    }
    const digits = this.text.slice(this.at + 1, this.at + 5);
    // As the server: the four digits are never the last of the text, since a quote must close it.
    if (!HEX.test(digits) || this.at + 5 >= this.text.length) throw this.fails("Invalid \\uXXXX escape");
    this.at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  private skip(): void {
    while (this.at < this.text.length && WHITESPACE.includes(this.text[this.at] as string)) this.at++;
  }

  private take(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false;
    this.at += word.length;
    return true;
  }

  private fails(reason: string, at = this.at): Invalid {
    return misread(this.text, reason, at);
  }
}
