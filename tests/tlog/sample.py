"""Logs made for tests: all files of one, by path."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from guiju.tlog import leaf_hash
from guiju.tlog.checkpoints import Checkpoint
from guiju.tlog.notes import Ed25519Signer, Signer, sign_note
from guiju.tlog.proofs import Nodes
from guiju.tlog.tiles import EMPTY, Edge, Read, append, full_root

ORIGIN = "example.com/log"
SIGNER = Ed25519Signer(ORIGIN, bytes(32))


def entry(index: int) -> bytes:
    """Of many lengths, some empty."""
    return f"{index}:".encode() * (index % 5) if index % 50 else b"%d" % index


@lru_cache(maxsize=32)
def leaves(size: int) -> list[bytes]:
    return [leaf_hash(entry(index)) for index in range(size)]


@lru_cache(maxsize=32)
def nodes(size: int) -> Nodes:
    """Full subtrees of a log, straight from its leaves."""

    @lru_cache(maxsize=4 * size)
    def node(height: int, number: int) -> bytes:
        return full_root(leaves(size)[number << height : number + 1 << height])

    return node


@lru_cache(maxsize=16)
def log(*sizes: int) -> dict[str, bytes]:
    """The log after it was published at each of these sizes; partial tiles of all of them stay."""
    edge, files = EMPTY, {}
    for size in sizes:
        edge, new = append(edge, [entry(index) for index in range(edge.size, size)])
        files |= dict(new)
    return {**files, "checkpoint": signed(edge)}


def signed(edge: Edge, *others: Signer) -> bytes:
    return sign_note(Checkpoint(ORIGIN, edge.size, edge.root()).text, SIGNER, *others).encode()


def reading(files: Mapping[str, bytes]) -> Read:
    """As a folder would be read."""

    def read(path: str) -> bytes:
        if path not in files:
            raise FileNotFoundError(path)
        return files[path]

    return read


def write(files: Mapping[str, bytes], folder: Path) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def flipped(data: bytes, places: Iterable[int]) -> bytes:
    """The same with one bit turned at each of these places."""
    bent = bytearray(data)
    for place in places:
        bent[place % len(bent)] ^= 1 << place % 8
    return bytes(bent)
