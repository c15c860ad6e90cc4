// Whose signatures count. Pinning is all the safety there is: whoever may choose these keys may issue attestations.
import type { Bytes } from "./bytes";
import { Invalid } from "./invalid";
import { decodeMultikey } from "./multikey";
import { parseVkey } from "./note";
import { plain } from "./python";
import { hasKeys, isObject, type Json, strictJson } from "./strict-json";

export const TRUST_FORMAT = "para73-trust@1";

/** The issuer, its credential keys (Multikeys) and the log's verifier key. */
export interface Trust {
  readonly issuer: string;
  readonly credentialKeys: readonly string[];
  readonly logVkey: string;
}

/** Return the content of a trust file. Throws Invalid. */
export function readTrust(data: Bytes): Trust {
  const value = strictJson(data);
  const wanted = ["format", "issuer", "credential_keys", "log_vkey"];
  if (!isObject(value) || !hasKeys(value, wanted) || value.get("format") !== TRUST_FORMAT) {
    throw new Invalid(`a trust file holds format (${TRUST_FORMAT}), issuer, credential_keys and log_vkey`);
  }
  const keys = value.get("credential_keys");
  if (!areTexts(keys)) throw new Invalid("credential_keys is a list of Multikeys");
  keys.forEach(decodeMultikey);
  const logVkey = plain(value.get("log_vkey") as Json);
  parseVkey(logVkey);
  return { issuer: plain(value.get("issuer") as Json), credentialKeys: keys, logVkey };
}

function areTexts(value: Json | undefined): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
