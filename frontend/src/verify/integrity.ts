// Data Integrity proofs with cryptosuite eddsa-jcs-2022 (W3C vc-di-eddsa), stricter than the standard: `proof.@context`
// must equal the document's, since the standard lets a stranger append contexts, and so meanings.
import { type Bytes, concat, sha256 } from "./bytes";
import { canonicalBytes } from "./canonical";
import { signatureHolds } from "./ed25519";
import { Invalid } from "./invalid";
import { decodeBase58 } from "./multikey";
import { hasKeys, isObject, isSame, type JsonObject } from "./strict-json";

const CRYPTOSUITE = "eddsa-jcs-2022";
const SIGNATURE_BYTES = 64;
const MAX_SIGNATURE_LENGTH = 100;
const MEMBERS = ["@context", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"];

/** Return why the document's proof does not hold under this key, or null where it does. `reached` is told each part. */
export async function whyProofFails(
  document: JsonObject,
  publicKey: Bytes,
  reached: (part: "contexts" | "signature") => void,
): Promise<string | null> {
  const proof = document.get("proof");
  if (!isObject(proof) || !hasKeys(proof, MEMBERS)) return "It carries no proof of the form that Para73 writes.";
  if (proof.get("type") !== "DataIntegrityProof" || proof.get("cryptosuite") !== CRYPTOSUITE) {
    return `Its proof is not of the kind ${CRYPTOSUITE}.`;
  }
  if (proof.get("proofPurpose") !== "assertionMethod") return "Its proof was made for another purpose.";
  reached("contexts");
  if (!isSame(proof.get("@context") ?? null, document.get("@context") ?? null)) {
    return "Its proof names other contexts than the attestation itself.";
  }
  reached("signature");
  const value = proof.get("proofValue");
  try {
    const signature = decodeBase58(typeof value === "string" ? value : "", MAX_SIGNATURE_LENGTH);
    if (signature.length !== SIGNATURE_BYTES) return "Its signature has the wrong length.";
    if (await signatureHolds(publicKey, signature, signedData(without(document, "proof"), without(proof, "proofValue")))) {
      return null;
    }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return `Its signature cannot be read: ${error.message}.`;
  }
  return "Its signature does not fit its content: something in it was changed.";
}

/** Return the 64 bytes that are signed: the hash of the proof's options, then the document's. */
function signedData(document: JsonObject, options: JsonObject): Bytes {
  return concat(sha256(canonicalBytes(options)), sha256(canonicalBytes(document)));
}

function without(object: JsonObject, key: string): JsonObject {
  return new Map([...object].filter(([name]) => name !== key));
}
