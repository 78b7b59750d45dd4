"""Proofs against Certificate Transparency's own vectors, and every one of small trees."""

import pytest
from tests.tlog.test_tree import ENTRIES, ROOTS

from guiju.tlog import leaf_hash, node_hash, root
from guiju.tlog.proofs import consistency_proof, inclusion_proof, is_consistent, is_included

# certificate-transparency, merkletree/merkle_tree_test.cc: (index, size) and the proof.
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
INCLUSION = [
    (0, 1, []),
    (0, 8, [A, B, C]),
    (5, 8, [D, E, ROOTS[4]]),
    (2, 3, [ROOTS[2]]),
    (1, 5, [ROOTS[1], B, D]),
]
CONSISTENCY = [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [F, E, ROOTS[4]]), (2, 5, [B, D])]
LEAVES = [leaf_hash(bytes([i])) for i in range(20)]


def nodes(height: int, index: int) -> bytes:
    """Full subtrees over the leaves of the vectors."""
    if height == 0:
        return leaf_hash(ENTRIES[index])
    return node_hash(nodes(height - 1, 2 * index), nodes(height - 1, 2 * index + 1))


def subtree(height: int, index: int) -> bytes:
    return root(LEAVES[index << height : index + 1 << height])


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_inclusion_is_proven_as_certificate_transparency_does(index, size, proof):
    made = inclusion_proof(nodes, index, size)

    assert [each.hex() for each in made] == proof
    assert is_included(nodes(0, index), index, size, made, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new", "proof"), CONSISTENCY)
def test_consistency_is_proven_as_certificate_transparency_does(old, new, proof):
    made = consistency_proof(nodes, old, new)

    assert [each.hex() for each in made] == proof
    assert is_consistent(old, new, made, bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new]))


@pytest.mark.parametrize("size", range(1, len(LEAVES) + 1))
def test_every_leaf_is_proven_in_its_place_and_in_no_other(size):
    top = root(LEAVES[:size])
    for index in range(size):
        proof = inclusion_proof(subtree, index, size)
        places = [i for i in range(size) if is_included(LEAVES[index], i, size, proof, top)]
        assert places == [index]
        assert not is_included(LEAVES[index], index, size, [*proof, top], top)
        assert not proof or not is_included(LEAVES[index], index, size, proof[:-1], top)
        assert all(
            not is_included(LEAVES[index], index, size, bent(proof, i), top)
            for i in range(len(proof))
        )


@pytest.mark.parametrize("new", range(1, len(LEAVES) + 1))
def test_every_smaller_tree_is_proven_and_no_other(new):
    roots = [root(LEAVES[:size]) for size in range(new + 1)]
    for old in range(1, new + 1):
        proof = consistency_proof(subtree, old, new)
        assert is_consistent(old, new, proof, roots[old], roots[new])
        others = (size for size in range(1, new) if size != old)
        assert not any(is_consistent(old, new, proof, roots[o], roots[new]) for o in others)
        assert not any(
            is_consistent(old, new, bent(proof, i), roots[old], roots[new])
            for i in range(len(proof))
        )


def test_what_is_out_of_range_is_never_proven():
    top = root(LEAVES)

    assert not is_included(LEAVES[0], 20, 20, [], top)
    assert not is_included(LEAVES[0], -1, 20, [], top)
    assert not is_consistent(21, 20, [], top, top)
    assert not is_consistent(3, 20, [], root(LEAVES[:3]), top)
    assert is_consistent(0, 20, [], root([]), top)
    assert not is_consistent(0, 20, [], top, top)
    assert is_consistent(0, 0, [], root([]), root([]))
    assert not is_consistent(0, 0, [], root([]), top)


def bent(proof: list[bytes], place: int) -> list[bytes]:
    """A proof with one bit of one hash turned."""
    hash_ = proof[place]
    return [*proof[:place], bytes([hash_[0] ^ 1]) + hash_[1:], *proof[place + 1 :]]
