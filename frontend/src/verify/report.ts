// Verifying: one verdict with its reasons, from a file and pinned keys alone. The same checks in the same order and the
// same words as backend/attestations/rules/verify.py; tests/browser/test_verify_parity.py holds the two together.
// Nothing that a stranger hands over makes this throw: what cannot be read is a verdict as well.
import { readBundle } from "./bundle";
import type { Bytes } from "./bytes";
import { canonicalDigest } from "./canonical";
import { type LogStatement, parseEntry } from "./entry";
import { readInstant } from "./instant";
import { whyProofFails } from "./integrity";
import { Invalid } from "./invalid";
import { isIncluded, leafHash } from "./merkle";
import { decodeMultikey } from "./multikey";
import { type Checkpoint, type NoteKey, openNote, parseBody, parseVkey } from "./note";
import { plain, shown } from "./python";
import { Steps, type StepState } from "./steps";
import { isObject, type Json, type JsonObject } from "./strict-json";
import { parseTlogProof, type TlogProof } from "./tlog-proof";
import type { Trust } from "./trust";

export type Verdict = "valid" | "expired" | "superseded" | "revoked" | "unknown" | "forged";

/** What a later part of the log says of this attestation, where it could be asked. */
export interface Later {
  readonly superseded: boolean;
  readonly revoked: boolean;
}

/** One verdict, its reasons as sentences, and what the attestation says (only where its signature holds). */
export interface Report {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly facts: ReadonlyMap<string, Json | bigint>;
  readonly steps: readonly StepState[];
}

type Told = readonly [Verdict, readonly string[]];

/** Verification ends here with this verdict and reason. */
class Ends extends Error {
  constructor(
    readonly verdict: Verdict,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/**
 * Return the verdict on a credential or a bundle at the instant `at`. Never throws.
 *
 * `proof` is a tlog-proof kept beside the file; a bundle's own is used where none is given. `later` is what the log
 * said afterwards; null where nobody could be asked, which the reasons then say.
 */
export async function verifyAttestation(
  data: Bytes,
  proof: string | null,
  trust: Trust,
  at: Date,
  later: Later | null = null,
): Promise<Report> {
  const steps = new Steps();
  let facts = new Map<string, Json | bigint>();
  try {
    const { credential, enclosed } = read(data, steps);
    await checkSignature(credential, trust, steps);
    facts = factsOf(credential);
    const handed = proof ?? enclosed;
    if (handed === null) {
      steps.stop();
      throw new Ends(
        "unknown",
        "No inclusion proof was given, so nobody can tell whether it stands in the log. " +
          "Get the bundle, or the .tlog-proof file, from whoever handed it over.",
      );
    }
    const { checkpoint, index } = await checkInclusion(credential, handed, trust, steps);
    facts.set("log index", index).set("tree size", checkpoint.size).set("log", checkpoint.origin);
    const [verdict, told] = standing(credential, at, later, steps);
    const reasons = [
      "The signature holds: nothing in the attestation was changed since it was issued.",
      `It stands in the log as entry ${index} of ${checkpoint.size}, under a checkpoint signed by the log.`,
      ...told,
    ];
    return { verdict, reasons, facts, steps: steps.all };
  } catch (error) {
    if (!(error instanceof Ends)) throw error;
    return { verdict: error.verdict, reasons: [error.reason], facts, steps: steps.all };
  }
}

function read(data: Bytes, steps: Steps): { credential: JsonObject; enclosed: string | null } {
  steps.begin("form");
  const { credential, proof } = refusing(() => readBundle(data), "This is not an attestation as Para73 writes it");
  const type = credential.get("type");
  const isOurs = Array.isArray(type) && type.length === 2 && type[0] === "VerifiableCredential" && type[1] === "Para73Attestation";
  if (!isOurs || !isObject(credential.get("credentialSubject"))) {
    throw new Ends("forged", "This is not an attestation of Para73.");
  }
  return { credential, enclosed: proof };
}

async function checkSignature(credential: JsonObject, trust: Trust, steps: Steps): Promise<void> {
  steps.begin("key");
  const issuer = credential.get("issuer") ?? null;
  if (issuer !== trust.issuer) {
    // Nobody vouches for this name, so it is shown in quotes and cut.
    const named = shown(plain(issuer));
    throw new Ends("forged", `It names the issuer ${named}, and the issuer that you trust is ${trust.issuer}.`);
  }
  const proof = credential.get("proof");
  const method = isObject(proof) ? proof.get("verificationMethod") : null;
  const key = trust.credentialKeys.find((one) => method === `${trust.issuer}#${one}`);
  if (key === undefined) throw new Ends("forged", "It is not signed with a key that you trust.");
  const publicKey = refusing(() => decodeMultikey(key), "It cannot be checked");
  const failure = await whyProofFails(credential, publicKey, (part) => steps.begin(part));
  if (failure !== null) throw new Ends("forged", failure);
}

async function checkInclusion(
  credential: JsonObject,
  handed: string,
  trust: Trust,
  steps: Steps,
): Promise<{ checkpoint: Checkpoint; index: bigint }> {
  const { proof, key, checkpoint, statement } = await openProof(handed, trust, steps);
  if (checkpoint.origin !== key.name) {
    throw new Ends("forged", `The checkpoint is of another log, ${checkpoint.origin}.`);
  }
  steps.begin("inclusion");
  const leaf = leafHash(proof.extra ?? new Uint8Array());
  if (!isIncluded(leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)) {
    throw new Ends("forged", "The inclusion proof does not lead to the checkpoint's root.");
  }
  steps.begin("entry");
  checkEntry(credential, statement);
  return { checkpoint, index: proof.index };
}

interface OpenedProof {
  readonly proof: TlogProof;
  readonly key: NoteKey;
  readonly checkpoint: Checkpoint;
  readonly statement: LogStatement;
}

async function openProof(handed: string, trust: Trust, steps: Steps): Promise<OpenedProof> {
  try {
    steps.begin("checkpoint");
    const proof = parseTlogProof(handed);
    const key = parseVkey(trust.logVkey);
    const checkpoint = parseBody(await openNote(proof.checkpointNote, key));
    steps.begin("entry");
    const statement = parseEntry(proof.extra ?? new Uint8Array());
    steps.again("checkpoint");
    return { proof, key, checkpoint, statement };
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    throw new Ends("forged", `The inclusion proof does not hold: ${error.message}.`);
  }
}

function checkEntry(credential: JsonObject, statement: LogStatement): void {
  const name = plain(credential.get("id") ?? null);
  if (statement.type !== "issued" || statement.id !== name.slice(name.lastIndexOf("/") + 1)) {
    throw new Ends("forged", "The log's entry is about another attestation.");
  }
  if (statement.digest !== canonicalDigest(credential)) {
    throw new Ends("forged", "The log has another content for this attestation.");
  }
}

function standing(credential: JsonObject, at: Date, later: Later | null, steps: Steps): Told {
  steps.begin("dates");
  const from = credential.get("validFrom");
  const to = credential.get("validUntil");
  const issued = readInstant(from);
  const until = readInstant(to);
  if (issued === null || until === null) return ["forged", ["It does not say from when to when it holds."]];
  steps.settle("dates", at.getTime() >= issued && at.getTime() <= until);
  if (later) steps.settle("later", !later.revoked && !later.superseded);
  if (later?.revoked) return ["revoked", ["It was revoked."]];
  if (later?.superseded) return ["superseded", ["A later attestation of the same organisation took its place."]];
  if (at.getTime() < issued) return ["unknown", [`It holds from ${from} on; check this machine's clock.`]];
  if (at.getTime() > until) return ["expired", [`It held until ${to}.`]];
  if (!later) {
    const told = "Whether a later attestation took its place cannot be told offline; its page says so.";
    return ["valid", [`It holds until ${to}.`, told]];
  }
  return ["valid", [`It holds until ${to}.`, "Nothing later in the log supersedes it."]];
}

function factsOf(credential: JsonObject): Map<string, Json | bigint> {
  const subject = credential.get("credentialSubject") as JsonObject;
  const of = (name: string): Json => subject.get(name) ?? null;
  const facts = new Map<string, Json | bigint>([
    ["attestation", credential.get("id") ?? null],
    ["organisation", of("legalName")],
    ["country", of("country")],
    ["period", of("period")],
    ["assurance", of("assurance")],
  ]);
  const scores = of("scores");
  if (isObject(scores)) {
    for (const [basis, part] of scores) {
      if (isObject(part)) facts.set(`${basis} score (bp)`, part.get("scoreBp") ?? null);
    }
  }
  if (of("sample") === true) facts.set("sample", "an invented company, for demonstration");
  facts.set("issued", credential.get("validFrom") ?? null).set("valid until", credential.get("validUntil") ?? null);
  return facts;
}

function refusing<T>(run: () => T, told: string): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    throw new Ends("forged", `${told}: ${error.message}.`);
  }
}
