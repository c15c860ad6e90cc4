// Values as the server's sentences show them. Both verifiers tell the same reasons in the same words, so a value that
// nobody vouches for is quoted here as Python quotes it.
import type { Json } from "./strict-json";

const MAX_SHOWN = 40;
const BARE = /[\p{C}\p{Z}]/u;
const SHORT: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Return a text in quotes, with everything escaped that a reader could not see. */
export function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return quote + Array.from(text, (one) => (one === quote ? `\\${one}` : visible(one))).join("") + quote;
}

/** Return a text in quotes, cut to a length that fits a message. */
export function shown(text: string): string {
  const characters = [...text];
  return quoted(characters.length <= MAX_SHOWN ? text : `${characters.slice(0, MAX_SHOWN).join("")}…`);
}

/** Return a value as it stands inside a sentence. */
export function plain(value: Json): string {
  return typeof value === "string" ? value : inside(value);
}

function inside(value: Json): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(inside).join(", ")}]`;
  return `{${[...value].map(([key, part]) => `${quoted(key)}: ${inside(part)}`).join(", ")}}`;
}

function visible(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  if (character === " " || !BARE.test(character)) return character;
  const code = character.codePointAt(0) as number;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}
