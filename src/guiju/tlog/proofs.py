"""Proofs about a log's tree: that a leaf is in it, and that a larger tree extends a smaller one.

As RFC 9162 §2.1.3 and §2.1.4 (with the tree of RFC 6962): a proof is the list of hashes that are
missing on the way to the root, lowest first. Whoever holds the log makes proofs from the hashes
of its full subtrees, whoever doubts it checks them with nothing but roots and sizes.
``tests/tlog/test_proofs.py`` holds them against the vectors of the reference implementation.
"""

from collections.abc import Callable, Sequence

from guiju.tlog import EMPTY_ROOT, node_hash

Nodes = Callable[[int, int], bytes]
"""The hash of a full subtree by height and number: it spans the leaves from number · 2^height."""


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The proof that a leaf is in a tree of so many leaves; 0 ≤ index < size."""
    assert 0 <= index < size
    proof, low, high = [], 0, size
    while high - low > 1:
        middle = low + _left_size(high - low)
        if index < middle:
            proof.append(_hash(nodes, middle, high))
            high = middle
        else:
            proof.append(_hash(nodes, low, middle))
            low = middle
    return proof[::-1]


def consistency_proof(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """The proof that a tree of ``new`` leaves begins with one of ``old``; 0 < old ≤ new."""
    assert 0 < old <= new
    proof, low, high = [], 0, new
    is_root = True  # the old tree itself, which whoever checks knows
    while old < high:
        middle = low + _left_size(high - low)
        if old <= middle:
            proof.append(_hash(nodes, middle, high))
            high = middle
        else:
            proof.append(_hash(nodes, low, middle))
            low, is_root = middle, False
    if not is_root:
        proof.append(_hash(nodes, low, high))
    return proof[::-1]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that a leaf hash stands at an index of the tree with this root."""
    if not 0 <= index < size:
        return False
    sides = _sides(index, size - 1)
    node = leaf
    for other, is_left in zip(proof, sides, strict=False):
        node = node_hash(other, node) if is_left else node_hash(node, other)
    return len(proof) == len(sides) and node == root


def is_consistent(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Whether a proof shows that the tree with the new root begins with the old one."""
    if not 0 < old < new:
        is_old = old_root == (new_root if old == new else EMPTY_ROOT)
        return 0 <= old <= new and not proof and is_old
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    is_full = old & (old - 1) == 0  # then the old tree is itself where the proof begins
    hashes = [old_root, *proof] if is_full else [*proof]
    sides = _sides(first, last)
    if len(hashes) != len(sides) + 1:
        return False
    before = after = hashes[0]
    for other, is_left in zip(hashes[1:], sides, strict=True):
        before = node_hash(other, before) if is_left else before
        after = node_hash(other, after) if is_left else node_hash(after, other)
    return before == old_root and after == new_root


def _sides(index: int, last: int) -> list[bool]:
    """For each hash on the way up from a node, whether it stands to the left.

    ``last`` is the index of the last node of its row.
    """
    sides = []
    while last:
        is_left = bool(index & 1) or index == last
        sides.append(is_left)
        while is_left and index and not index & 1:
            index, last = index >> 1, last >> 1
        index, last = index >> 1, last >> 1
    return sides


def _left_size(size: int) -> int:
    """The largest power of two below a size of two or more."""
    return 1 << (size - 1).bit_length() - 1


def _hash(nodes: Nodes, low: int, high: int) -> bytes:
    """The hash over the leaves from ``low`` up to ``high``, a subtree of the tree."""
    size = high - low
    if size & (size - 1) == 0:
        height = size.bit_length() - 1
        return nodes(height, low >> height)
    middle = low + _left_size(size)
    return node_hash(_hash(nodes, low, middle), _hash(nodes, middle, high))
