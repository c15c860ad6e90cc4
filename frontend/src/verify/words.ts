// What the pages say beside the report: the verdicts and steps in words, and what no verdict can promise.
import type { Verdict } from "./report";
import type { Outcome, StepId } from "./steps";

export interface VerdictWords {
  readonly word: string;
  readonly line: string;
  /** What a reader may do next, where there is something. */
  readonly next: string | null;
}

export const VERDICTS: Readonly<Record<Verdict, VerdictWords>> = {
  valid: { word: "Valid", line: "Signed by the issuer, unchanged, in the log, and in its time.", next: null },
  expired: {
    word: "Expired",
    line: "Genuine, and past its time.",
    next: "Ask the organisation for its present attestation.",
  },
  superseded: {
    word: "Superseded",
    line: "Genuine, and a later attestation has taken its place.",
    next: "Read the later one; this one still shows what was said then.",
  },
  revoked: { word: "Revoked", line: "Genuine once, and withdrawn since.", next: "Do not rely on it." },
  unknown: {
    word: "Unknown",
    line: "What was handed over is not enough to tell. That is no verdict against it.",
    next: null,
  },
  forged: {
    word: "Forged",
    line: "Changed, or never signed by the keys that you trust. Do not rely on it.",
    next: "A file may also break on its way. Get it again, from the attestation’s own page, before you accuse anybody.",
  },
};

export const STEPS: Readonly<Record<StepId, { name: string; note: string }>> = {
  form: { name: "Form", note: "One JSON object, no key twice, whole numbers only." },
  key: { name: "Issuer and key", note: "It names the issuer that you trust, and one of its keys." },
  contexts: { name: "Contexts", note: "The signature covers the same meanings of words as the attestation." },
  signature: { name: "Signature", note: "Ed25519, over every byte that the attestation says." },
  checkpoint: { name: "Checkpoint’s signature", note: "The log’s own key signed its size and root." },
  inclusion: { name: "Inclusion proof", note: "The hashes lead from the entry to that root." },
  entry: { name: "Log entry", note: "The digest in the log is this attestation’s." },
  dates: { name: "Dates", note: "This machine’s clock stands between its first and its last second." },
  later: { name: "Later entries", note: "A file cannot know what came after it." },
};

export const OUTCOMES: Readonly<Record<Outcome, string>> = { held: "holds", failed: "fails", unreached: "not reached" };
export const NOT_ASKED = "not asked";

export const WHERE_PROOF_IS =
  "The proof is on the attestation’s page, under Files. Drop the .tlog-proof here as well: the two are checked together.";
export const NOT_PROMISED =
  "That the answers are true: the log proves what was said and when. Read the distance between declared and verified.";
export const LIBRARY =
  "This browser has no Ed25519 of its own here, so the signatures were checked by the library @noble/ed25519, which came with this page.";
export const NOT_SECURE =
  "This page came over plain http: whoever sits between could have changed it. Use https, or the command para73 verify.";
