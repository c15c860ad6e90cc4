"""The Merkle tree of the log: hashes, roots, inclusion and consistency proofs.

Source: RFC 6962 section 2.1 and RFC 9162 sections 2.1.1 to 2.1.4, with SHA-256. A leaf and an inner node are hashed
with different prefixes, so that nobody can pass off one as the other. Verifying never raises: it says True or False.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from backend.kernel.errors import Invalid

HASH_BYTES = 32
MAX_SIZE = 2**63 - 1
EMPTY_ROOT = hashlib.sha256(b"").digest()

NodeHash = Callable[[int, int], bytes]
"""`node(level, index)`: the hash of the complete subtree over the leaves [index * 2**level, (index + 1) * 2**level)."""


def leaf_hash(data: bytes) -> bytes:
    """Return the 32-byte hash of one entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes in order; EMPTY_ROOT for none. Time and memory are linear in their number."""
    if not leaf_hashes:
        return EMPTY_ROOT
    row = list(leaf_hashes)
    while len(row) > 1:
        # A last node without a neighbour moves up unhashed: that is the split at the largest power of two.
        above = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = above + row[len(row) - len(row) % 2 :]
    return row[0]


def inclusion_proof(index: int, size: int, node: NodeHash) -> list[bytes]:
    """Return the hashes that lead from leaf `index` to the root of the tree of `size`, the leaf's sibling first.

    `node` is asked for complete subtrees within `size` only. Raises Invalid unless 0 <= index < size < 2^63.
    """
    if not 0 <= index < size <= MAX_SIZE:
        raise Invalid(f"there is no entry {index} in a tree of size {size}")
    return _siblings(index, 0, size, node)


def consistency_proof(old: int, new: int, node: NodeHash) -> list[bytes]:
    """Return the hashes that show the tree of size `old` to be the beginning of the tree of size `new`.

    It is empty for equal sizes, and for `old` 0, where there is nothing to show. `node` is asked for complete
    subtrees within `new` only. Raises Invalid unless 0 <= old <= new < 2^63.
    """
    if not 0 <= old <= new <= MAX_SIZE:
        raise Invalid(f"a tree of size {new} does not continue one of size {old}")
    if old in (0, new):
        return []
    level = _trailing_zeros(old)
    last = (old >> level) - 1
    # A whole subtree on the old tree's right edge starts the proof, unless it is the old tree itself.
    start = [] if last == 0 else [node(level, last)]
    return start + _siblings(last, level, new, node)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether `proof` leads from the leaf hash `leaf` at `index` to the `root` of the tree of `size`."""
    if not 0 <= index < size <= MAX_SIZE or not _are_hashes([leaf, root, *proof]):
        return False
    position, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            found = node_hash(sibling, found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Return whether `proof` shows that the tree of `new_size` begins with the whole tree of `old_size`.

    An `old_size` of 0 is never verified: an empty tree is the beginning of every tree, so a proof about it would
    say nothing. Who starts from an empty tree must decide that for himself, knowingly.
    """
    if not 0 < old_size <= new_size <= MAX_SIZE:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if not proof or not _are_hashes([old_root, new_root, *proof]):
        return False
    skipped = _trailing_zeros(old_size)
    position, last = (old_size - 1) >> skipped, (new_size - 1) >> skipped
    # Where the old tree is complete, its root is the first subtree and is left out of the proof.
    first, *rest = proof if position else [old_root, *proof]
    found_old = found_new = first
    for sibling in rest:
        if last == 0:
            return False
        if position & 1 or position == last:
            found_old, found_new = node_hash(sibling, found_old), node_hash(sibling, found_new)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found_new = node_hash(found_new, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root


def _siblings(index: int, level: int, size: int, node: NodeHash) -> list[bytes]:
    """Return what stands beside the way from the subtree (level, index) up to the root of the tree of `size`."""
    hashes: list[bytes] = []
    last = (size - 1) >> level
    while last:
        if index & 1:
            hashes.append(node(level, index - 1))
        elif index < last:
            hashes.append(_subtree(level, index + 1, size, node))
        # else: the way runs along the right edge, where a node without a neighbour moves up unhashed.
        index, last, level = index >> 1, last >> 1, level + 1
    return hashes


def _subtree(level: int, index: int, size: int, node: NodeHash) -> bytes:
    """Return the hash of the leaves [index * 2**level, (index + 1) * 2**level) as far as `size` reaches."""
    start, end = index << level, min((index + 1) << level, size)
    hashes: list[bytes] = []
    while start < end:
        height = min((end - start).bit_length() - 1, level)
        hashes.append(node(height, start >> height))
        start += 1 << height
    found = hashes.pop()
    while hashes:
        found = node_hash(hashes.pop(), found)
    return found


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1


def _are_hashes(values: Sequence[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
