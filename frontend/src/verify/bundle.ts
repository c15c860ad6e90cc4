// A bundle: the attestation and its proof in one file, so that it verifies wherever it is handed to.
import type { Bytes } from "./bytes";
import { Invalid } from "./invalid";
import { hasKeys, isObject, type JsonObject, strictJson } from "./strict-json";

const FORMAT = "para73-bundle@1";
export const MAX_BYTES = 2 * 1024 * 1024;

/** Return credential and proof; a bare credential has no proof. Throws Invalid for anything else. */
export function readBundle(data: Bytes): { credential: JsonObject; proof: string | null } {
  if (data.length > MAX_BYTES) {
    throw new Invalid(`an attestation has at most ${MAX_BYTES.toLocaleString("en-GB")} bytes`);
  }
  const value = strictJson(data);
  if (!isObject(value)) throw new Invalid("an attestation is a JSON object");
  if (!value.has("format")) return { credential: value, proof: null };
  if (!hasKeys(value, ["format", "credential", "proof"]) || value.get("format") !== FORMAT) {
    throw new Invalid(`a bundle holds format (${FORMAT}), credential and proof, and nothing else`);
  }
  const credential = value.get("credential");
  const proof = value.get("proof");
  if (!isObject(credential) || typeof proof !== "string") {
    throw new Invalid("a bundle's credential is an object and its proof is text");
  }
  return { credential, proof };
}
