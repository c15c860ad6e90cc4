// Ed25519 by the browser's own WebCrypto. Where that does not know it (Chromium before 137, Firefox before 129, Safari
// before 17), and on plain http, where browsers hand out no WebCrypto at all, @noble/ed25519 checks instead.
import { hashes, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";
import type { Bytes } from "./bytes";

hashes.sha512 = (data) => sha512(data);

export type Engine = "browser" | "library";

let used: Engine = "browser";

/** Return who checked the last signature. */
export function engine(): Engine {
  return used;
}

/** Return whether the 64-byte signature over `data` holds under the 32-byte key. Never throws. */
export async function signatureHolds(publicKey: Bytes, signature: Bytes, data: Bytes): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    const holds = await crypto.subtle.verify({ name: "Ed25519" }, key, signature, data);
    used = "browser";
    return holds;
  } catch {
    used = "library";
    return libraryHolds(publicKey, signature, data);
  }
}

function libraryHolds(publicKey: Bytes, signature: Bytes, data: Bytes): boolean {
  try {
    // Strict as RFC 8032: the library's default takes more spellings of a point than WebCrypto and OpenSSL do.
    return verify(signature, data, publicKey, { zip215: false });
  } catch {
    return false;
  }
}
