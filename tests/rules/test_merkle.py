"""The tree against the published vectors, against RFC 6962's own definition, and against every altered byte."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.errors import Invalid
from backend.transparency.rules.merkle import (
    EMPTY_ROOT,
    MAX_SIZE,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

VECTORS = Path(__file__).parents[1] / "vectors" / "merkle"
LARGEST = 300
LEAVES = tuple(leaf_hash(str(number).encode()) for number in range(LARGEST))

sizes = st.integers(1, LARGEST)


@functools.cache
def defined_root(start: int, end: int) -> bytes:
    """MTH of RFC 6962, 2.1, word for word: split at the largest power of two below the size."""
    size = end - start
    if size == 0:
        return hashlib.sha256(b"").digest()
    if size == 1:
        return LEAVES[start]
    split = start + (1 << ((size - 1).bit_length() - 1))
    return hashlib.sha256(b"\x01" + defined_root(start, split) + defined_root(split, end)).digest()


def defined_path(index: int, start: int, end: int) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if end - start == 1:
        return []
    split = start + (1 << ((end - start - 1).bit_length() - 1))
    if index < split:
        return [*defined_path(index, start, split), defined_root(split, end)]
    return [*defined_path(index, split, end), defined_root(start, split)]


def defined_subproof(old: int, start: int, end: int, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2; `old` counts from 0."""
    if old == end:
        return [] if whole else [defined_root(start, end)]
    split = start + (1 << ((end - start - 1).bit_length() - 1))
    if old <= split:
        return [*defined_subproof(old, start, split, whole), defined_root(split, end)]
    return [*defined_subproof(old, split, end, False), defined_root(start, split)]


class Nodes:
    """Hands out complete subtrees of a tree of `size`, and fails the test when asked for any other."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, level: int, index: int) -> bytes:
        start, end = index << level, (index + 1) << level
        assert 0 <= start < end <= self.size, f"({level}, {index}) is no complete subtree of {self.size} leaves"
        return defined_root(start, end)


def altered(value: bytes, at: int, bit: int) -> bytes:
    return value[:at] + bytes([value[at] ^ 1 << bit]) + value[at + 1 :]


def decoded(values: Sequence[str] | None) -> list[bytes]:
    return [base64.b64decode(value) for value in values or ()]


def inclusion_holds(vector: dict[str, Any]) -> bool:
    leaf, root = decoded([vector.get("leafHash", ""), vector.get("root", "")])
    return verify_inclusion(
        leaf, vector.get("leafIdx", 0), vector.get("treeSize", 0), decoded(vector.get("proof")), root
    )


def consistency_holds(vector: dict[str, Any]) -> bool:
    old_root, new_root = decoded([vector.get("root1", ""), vector.get("root2", "")])
    proof = decoded(vector.get("proof"))
    return verify_consistency(vector.get("size1", 0), vector.get("size2", 0), proof, old_root, new_root)


def test_all_196_published_vectors() -> None:
    ran = 0
    for kind, holds in (("inclusion", inclusion_holds), ("consistency", consistency_holds)):
        for path in sorted((VECTORS / kind).rglob("*.json")):
            vector = json.loads(path.read_bytes())
            assert holds(vector) is not vector.get("wantErr", False), f"{path}: {vector['desc']}"
            ran += 1
    assert ran == 196


def test_known_hashes() -> None:
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"ab") == hashlib.sha256(b"\x00ab").digest()
    assert node_hash(b"a", b"b") == hashlib.sha256(b"\x01ab").digest()


def test_root_of_every_size_up_to_300() -> None:
    for size in range(LARGEST + 1):
        assert root_of(LEAVES[:size]) == defined_root(0, size), size


def test_inclusion_of_every_leaf_in_every_size_up_to_80() -> None:
    for size in range(1, 81):
        for index in range(size):
            proof = inclusion_proof(index, size, Nodes(size))
            assert proof == defined_path(index, 0, size), (index, size)
            assert verify_inclusion(LEAVES[index], index, size, proof, defined_root(0, size)), (index, size)


def test_consistency_of_every_pair_up_to_80() -> None:
    for new in range(1, 81):
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, Nodes(new))
            assert proof == defined_subproof(old, 0, new, True), (old, new)
            assert verify_consistency(old, new, proof, defined_root(0, old), defined_root(0, new)), (old, new)


@given(sizes, st.data())
def test_inclusion_holds_and_nothing_may_be_altered(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaf, root = LEAVES[index], root_of(LEAVES[:size])
    proof = inclusion_proof(index, size, Nodes(size))
    assert verify_inclusion(leaf, index, size, proof, root)

    at, bit = data.draw(st.integers(0, 31)), data.draw(st.integers(0, 7))
    assert not verify_inclusion(altered(leaf, at, bit), index, size, proof, root)
    assert not verify_inclusion(leaf, index, size, proof, altered(root, at, bit))
    for place, one in enumerate(proof):
        changed = [*proof[:place], altered(one, at, bit), *proof[place + 1 :]]
        assert not verify_inclusion(leaf, index, size, changed, root)
        assert not verify_inclusion(leaf, index, size, proof[:place] + proof[place + 1 :], root)
    assert not verify_inclusion(leaf, index, size, [*proof, root], root)
    assert not verify_inclusion(leaf, index, size, [leaf, *proof], root)


@given(sizes, st.data())
def test_inclusion_holds_at_one_index_only(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(index, size, Nodes(size)), root_of(LEAVES[:size])
    for other in range(-1, size + 2):
        assert verify_inclusion(LEAVES[index], other, size, proof, root) is (other == index)


@given(sizes, st.data())
def test_consistency_holds_and_nothing_may_be_altered(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    old_root, new_root = root_of(LEAVES[:old]), root_of(LEAVES[:new])
    proof = consistency_proof(old, new, Nodes(new))
    assert verify_consistency(old, new, proof, old_root, new_root)

    at, bit = data.draw(st.integers(0, 31)), data.draw(st.integers(0, 7))
    assert not verify_consistency(old, new, proof, altered(old_root, at, bit), new_root)
    assert not verify_consistency(old, new, proof, old_root, altered(new_root, at, bit))
    for place, one in enumerate(proof):
        changed = [*proof[:place], altered(one, at, bit), *proof[place + 1 :]]
        assert not verify_consistency(old, new, changed, old_root, new_root)
        assert not verify_consistency(old, new, proof[:place] + proof[place + 1 :], old_root, new_root)
    assert not verify_consistency(old, new, [*proof, new_root], old_root, new_root)
    if old != new:
        assert not verify_consistency(new, old, proof, new_root, old_root)


@given(st.integers(2, LARGEST), st.data())
def test_a_fork_is_not_consistent(new: int, data: st.DataObject) -> None:
    """Another entry anywhere in the old tree gives an old root that no honest proof fits."""
    old = data.draw(st.integers(1, new - 1))
    place = data.draw(st.integers(0, old - 1))
    forked = [*LEAVES[:place], leaf_hash(b"forked"), *LEAVES[place + 1 : old]]
    proof = consistency_proof(old, new, Nodes(new))
    assert not verify_consistency(old, new, proof, root_of(forked), root_of(LEAVES[:new]))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 1), (5, 4), (0, MAX_SIZE + 1)])
def test_an_entry_outside_the_tree_is_refused(index: int, size: int) -> None:
    with pytest.raises(Invalid):
        inclusion_proof(index, size, Nodes(LARGEST))
    assert not verify_inclusion(LEAVES[0], index, size, [], LEAVES[0])


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 1), (1, MAX_SIZE + 1)])
def test_a_tree_that_does_not_grow_is_refused(old: int, new: int) -> None:
    with pytest.raises(Invalid):
        consistency_proof(old, new, Nodes(LARGEST))
    assert not verify_consistency(old, new, [], LEAVES[0], LEAVES[0])


def test_nothing_is_consistent_with_an_empty_tree() -> None:
    assert consistency_proof(0, 5, Nodes(5)) == []
    assert not verify_consistency(0, 5, [], EMPTY_ROOT, root_of(LEAVES[:5]))
    assert not verify_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)


def test_a_leaf_is_never_taken_for_an_inner_node() -> None:
    """The classic second preimage: two hashes side by side, offered as the content of one entry."""
    root = root_of(LEAVES[:2])
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != root
    assert not verify_inclusion(leaf_hash(LEAVES[0] + LEAVES[1]), 0, 1, [], root)


def test_the_largest_tree_needs_63_hashes() -> None:
    proof = inclusion_proof(0, MAX_SIZE, lambda level, index: leaf_hash(f"{level} {index}".encode()))
    assert len(proof) == 63
