// The way from an entry to the log's root (RFC 6962 section 2.1, RFC 9162 section 2.1.3.2), with SHA-256. A leaf and an
// inner node are hashed with different prefixes, so that nobody can pass off one as the other.
import { areEqual, type Bytes, concat, sha256 } from "./bytes";
import { HASH_BYTES, MAX_SIZE } from "./note";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export function leafHash(data: Bytes): Bytes {
  return sha256(concat(LEAF, data));
}

/** Return whether `proof` leads from the leaf hash `leaf` at `index` to the `root` of the tree of `size`. */
export function isIncluded(leaf: Bytes, index: bigint, size: bigint, proof: readonly Bytes[], root: Bytes): boolean {
  if (index < 0n || index >= size || size > MAX_SIZE) return false;
  if (![leaf, root, ...proof].every((hash) => hash.length === HASH_BYTES)) return false;
  let position = index;
  let last = size - 1n;
  let found = leaf;
  for (const sibling of proof) {
    if (last === 0n) return false;
    if (position & 1n || position === last) {
      found = sha256(concat(NODE, sibling, found));
      while (!(position & 1n) && position) {
        position >>= 1n;
        last >>= 1n;
      }
    } else found = sha256(concat(NODE, found, sibling));
    position >>= 1n;
    last >>= 1n;
  }
  return last === 0n && areEqual(found, root);
}
