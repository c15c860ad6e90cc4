// Digital Bazaar's verifier, offline.
//
// In: {credential, documents, now}: what the issuer serves by address, and when (left out: now). Out: {verified,
// reasons, statements}.
// `statements` is the credential as linked data, in safe mode, or null: there a term is refused that no context
// defines, or that two contexts define differently. The verifier itself looks at no context, for this suite needs none.
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {createVerifyCryptosuite} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {contexts as multikeyContexts} from '@digitalbazaar/multikey-context';
import {defaultDocumentLoader, verifyCredential} from '@digitalbazaar/vc';
import jsonld from 'jsonld';
import {input, print} from './input.mjs';

const {credential, documents, now} = input;
const MULTIKEY = 'https://w3id.org/security/multikey/v1';

// What the issuer serves comes first, then what the libraries bundle; there is no third place, and no network.
async function documentLoader(url) {
  const document = documents[url] ?? verificationMethod(url) ?? multikeyContexts.get(url);
  return document ? {contextUrl: null, documentUrl: url, document} : defaultDocumentLoader(url);
}

// A DID URL with a fragment is the part of the DID document that has this id.
function verificationMethod(url) {
  const [did, fragment] = url.split('#');
  const found = fragment && documents[did]?.verificationMethod.find(method => method.id === url);
  return found && {'@context': MULTIKEY, ...found};
}

async function statements() {
  try {
    return await jsonld.canonize(credential, {documentLoader, safe: true, algorithm: 'RDFC-1.0'});
  } catch(error) {
    reasons.push(`${error.message} ${JSON.stringify(error.details ?? {})}`);
    return null;
  }
}

const suite = new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()});
const asked = {credential: structuredClone(credential), suite, documentLoader, now};
const {verified, error} = await verifyCredential(asked);
const reasons = (error?.errors ?? (error ? [error] : [])).map(one => one.message);
print({verified, statements: await statements(), reasons});
