// Ed25519 public keys as Multikey strings (W3C Controlled Identifiers): base58btc with the ed25519-pub prefix.
import { type Bytes, isLonger, trimEnd } from "./bytes";
import { Invalid } from "./invalid";

const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BASE = 58n;
const PREFIX = [0xed, 0x01];
const KEY_BYTES = 32;
const MAX_LENGTH = 60;

/** Return the 32 raw bytes. Throws Invalid for anything but one canonical Ed25519 Multikey. */
export function decodeMultikey(text: string): Bytes {
  const data = decodeBase58(text, MAX_LENGTH);
  if (data[0] !== PREFIX[0] || data[1] !== PREFIX[1] || data.length !== KEY_BYTES + PREFIX.length) {
    throw new Invalid("this is not an Ed25519 Multikey");
  }
  return data.slice(PREFIX.length);
}

/** Return the bytes of multibase base58btc (`z...`). Throws Invalid. */
export function decodeBase58(text: string, maxLength: number): Bytes {
  if (!text.startsWith("z") || isLonger(text, maxLength)) throw new Invalid("this is not multibase base58btc");
  const digits = trimEnd(text.slice(1));
  let number = 0n;
  for (const digit of digits) {
    const value = ALPHABET.indexOf(digit);
    if (value < 0) throw new Invalid("this is not base58");
    number = number * BASE + BigInt(value);
  }
  const found: number[] = [];
  for (; number > 0n; number >>= 8n) found.unshift(Number(number & 0xffn));
  const zeros = digits.length - digits.replace(/^1+/, "").length;
  // Every text of these digits is the one spelling of its bytes: only what was cut off above can make another.
  if (digits !== text.slice(1)) throw new Invalid("this is not in canonical base58");
  return new Uint8Array([...new Array<number>(zeros).fill(0), ...found]);
}
