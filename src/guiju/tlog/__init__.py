"""A transparency log after C2SP, so that verifiers which others wrote read it without us.

    tree         RFC 6962 over SHA-256: leaf H(0x00 ‖ entry), node H(0x01 ‖ left ‖ right), empty
                 tree H(""); a tree of n leaves splits at the largest power of two below n
    tiles        tlog-tiles v0.1.0: 256 hashes or entries to a file, the number in groups of three
                 digits, all but the last with an x before it
    notes        signed-note v1.0.0: Ed25519 (01), cosignatures (04); others are passed over
    checkpoints  tlog-checkpoint v1.0.0: origin, size and root, as a note
    witness      tlog-witness v1.0.0, with cosignature/v1 of tlog-cosignature v1.0.1
    receipts     tlog-proof@v1
    policy       tlog-policy

What holds them against something foreign, in ``tests/tlog``: tree and proofs against the vectors
of Certificate Transparency, and with tiles, at sizes up to 70,000, against pymerkle and
tlog-scales. Whole logs against ``verify.go``, which uses the sumdb packages of golang.org/x/mod.
Notes against vectors of the specification and of x/mod; checkpoints and cosignatures against one
that a log of web certificates and its four witnesses signed; receipts against vectors of
transparency-dev/formats. A second signature that is not C2SP's, SM2 with SM3, against OpenSSL,
and that all others pass it over.

Pure functions; this module has the tree and the paths of tiles.
"""

from collections.abc import Sequence
from hashlib import sha256

TILE_WIDTH = 256
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The 32-byte hash of a log entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32-byte hash of a node over its two children."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, in O(n): runs of equal height are folded as they fill."""
    stack: list[tuple[int, bytes]] = []  # (height, hash), heights falling
    for leaf in leaves:
        height, node = 0, leaf
        while stack and stack[-1][0] == height:
            node = node_hash(stack.pop()[1], node)
            height += 1
        stack.append((height, node))
    if not stack:
        return EMPTY_ROOT
    node = stack.pop()[1]
    while stack:
        node = node_hash(stack.pop()[1], node)
    return node


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """The path of a tile, such as ``tile/0/x001/067`` or ``tile/0/000.p/5`` when partial."""
    assert 0 < width <= TILE_WIDTH
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.append(f"x{number % 1000:03}")
    path = f"tile/{level}/{'/'.join(reversed(groups))}"
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def tile_paths(size: int) -> list[str]:
    """The paths of all hash tiles of a tree of ``size`` leaves, full ones and partial ones."""
    paths, level = [], 0
    while size:
        full, rest = divmod(size, TILE_WIDTH)
        paths += [tile_path(level, number) for number in range(full)]
        if rest:
            paths.append(tile_path(level, full, rest))
        size, level = full, level + 1
    return paths
