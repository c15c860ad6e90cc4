// Sigstore's verifier of transparency logs.
//
// In: {entry, index, hashes, note, origin, keyId, publicKey}, bytes in base64, the key as 32 raw bytes. Out: {verified,
// reason}. The package exports only a verifier of whole Sigstore bundles; the module that checks a checkpoint and an
// inclusion proof is an inner one, so its path belongs to the version that package-lock.json pins.
import {createPublicKey} from 'node:crypto';
import {verifyTLogInclusion} from '@sigstore/verify/dist/tlog/index.js';
import {input, print} from './input.mjs';

const bytes = text => Buffer.from(text, 'base64');
const jwk = {kty: 'OKP', crv: 'Ed25519', x: bytes(input.publicKey).toString('base64url')};
const log = {
  baseURL: input.origin,
  logID: bytes(input.keyId),
  publicKey: createPublicKey({key: jwk, format: 'jwk'}),
  validFor: {start: new Date(0), end: new Date()}
};
const entry = {
  canonicalizedBody: bytes(input.entry),
  inclusionProof: {
    logIndex: String(input.index),
    hashes: input.hashes.map(bytes),
    checkpoint: {envelope: input.note}
  }
};

try {
  verifyTLogInclusion(entry, [log]);
  print({verified: true, reason: null});
} catch(error) {
  if(error.name !== 'VerificationError' && error.constructor.name !== 'VerificationError') {
    throw error;
  }
  print({verified: false, reason: error.message});
}
