"""Tiles: hashes and entries of a log cut into files that never change (C2SP tlog-tiles v0.1.0).

    tile/LEVEL/N        256 hashes of 32 bytes; those of level L are roots of full tiles of L - 1
    tile/entries/N      256 entries, each its length in two bytes, big-endian, then its bytes
    ….p/W               the same, partial: the first W of 256

Whoever appends needs only the right edge of the tree, the partial tiles; whoever reads needs
only ``Read``. Pure: what is to be written is answered, not written.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from guiju.tlog import EMPTY_ROOT, TILE_WIDTH, leaf_hash, node_hash, tile_path
from guiju.tlog.proofs import Nodes

HASH_SIZE = 32
HEIGHT = 8  # 2^8 hashes to a tile
ENTRY_BYTES_MAX = 65_535
TILES_KEPT = 64

Read = Callable[[str], bytes]
"""The port to storage: the content of a file by its path. Raises FileNotFoundError."""


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree: of each level the hashes of its partial tile, lowest first."""

    size: int
    levels: tuple[tuple[bytes, ...], ...]
    entries: tuple[bytes, ...]  # of the partial bundle

    def root(self) -> bytes:
        """The root of the tree."""
        below: bytes | None = None
        for level in self.levels:
            below = _root(level, below)
        return EMPTY_ROOT if below is None else below


EMPTY = Edge(0, (), ())


def append(edge: Edge, entries: Sequence[bytes]) -> tuple[Edge, list[tuple[str, bytes]]]:
    """The edge after these entries, and the files to write: tiles that filled, partial ones.

    Raises ValueError when an entry is too long; then nothing is to be written.
    """
    files: list[tuple[str, bytes]] = []
    levels = [list(level) for level in edge.levels]
    numbers = [edge.size >> HEIGHT * (level + 1) for level in range(len(levels))]
    waiting = list(edge.entries)
    for entry in entries:
        waiting.append(entry)
        if len(waiting) == TILE_WIDTH:
            files.append((bundle_path(numbers[0] if numbers else 0), encode_bundle(waiting)))
            waiting = []
        _push(levels, numbers, leaf_hash(entry), files)
    size = edge.size + len(entries)
    new = Edge(size, tuple(tuple(level) for level in levels), tuple(waiting))
    if entries:
        files += _partial(new)
    return new, files


def _push(
    levels: list[list[bytes]], numbers: list[int], node: bytes, files: list[tuple[str, bytes]]
) -> None:
    """Add a hash at the bottom; full tiles are written and their roots go one level up."""
    for level in range(len(levels) + 1):
        if level == len(levels):
            levels.append([])
            numbers.append(0)
        levels[level].append(node)
        if len(levels[level]) < TILE_WIDTH:
            return
        files.append((tile_path(level, numbers[level]), b"".join(levels[level])))
        node = full_root(levels[level])
        levels[level] = []
        numbers[level] += 1


def _partial(edge: Edge) -> Iterable[tuple[str, bytes]]:
    if edge.entries:
        path = bundle_path(edge.size >> HEIGHT, len(edge.entries))
        yield path, encode_bundle(edge.entries)
    for level, hashes in enumerate(edge.levels):
        if hashes:
            number = edge.size >> HEIGHT * (level + 1)
            yield tile_path(level, number, len(hashes)), b"".join(hashes)


def read_edge(read: Read, size: int) -> Edge:
    """The edge of a stored tree. Raises FileNotFoundError, and ValueError for cut-off files."""
    levels: list[tuple[bytes, ...]] = []
    width = size
    while width:
        width, rest = divmod(width, TILE_WIDTH)
        number = width
        levels.append(read_tile(read, len(levels), number, rest) if rest else ())
    number, rest = divmod(size, TILE_WIDTH)
    return Edge(size, tuple(levels), tuple(read_bundle(read, number, rest)) if rest else ())


def read_tile(read: Read, level: int, number: int, width: int = TILE_WIDTH) -> tuple[bytes, ...]:
    """The hashes of a tile; a partial one may be gone once its full one is there."""
    data, is_full = _read_wide(read, tile_path(level, number, width), tile_path(level, number))
    if len(data) != (TILE_WIDTH if is_full else width) * HASH_SIZE:
        raise ValueError(f"{len(data)}字节,应为{width * HASH_SIZE}")
    return tuple(data[i : i + HASH_SIZE] for i in range(0, width * HASH_SIZE, HASH_SIZE))


def read_bundle(read: Read, number: int, width: int = TILE_WIDTH) -> list[bytes]:
    """The entries of a bundle; a partial one may be gone once its full one is there."""
    data, is_full = _read_wide(read, bundle_path(number, width), bundle_path(number))
    entries = decode_bundle(data)
    if len(entries) != (TILE_WIDTH if is_full else width):
        raise ValueError(f"{len(entries)}条,应为{width}条")
    return entries[:width]


def _read_wide(read: Read, path: str, full: str) -> tuple[bytes, bool]:
    """A file, or the full one that has taken its place; and whether that is what was read."""
    try:
        return read(path), path == full
    except FileNotFoundError:
        if path == full:
            raise
        return read(full), True


def read_entry(read: Read, index: int, size: int) -> bytes:
    """One entry of a log of so many."""
    assert 0 <= index < size
    number, offset = divmod(index, TILE_WIDTH)
    return read_bundle(read, number, min(TILE_WIDTH, size - number * TILE_WIDTH))[offset]


def stored_nodes(read: Read, size: int) -> Nodes:
    """The hashes of full subtrees of a stored log of this size, to make proofs from."""

    @lru_cache(maxsize=TILES_KEPT)
    def tile(level: int, number: int) -> tuple[bytes, ...]:
        width = min(TILE_WIDTH, (size >> HEIGHT * level) - number * TILE_WIDTH)
        return read_tile(read, level, number, width)

    def node(height: int, number: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        first = number << above
        where, offset = divmod(first, TILE_WIDTH)
        return full_root(tile(level, where)[offset : offset + (1 << above)])

    return node


def full_root(hashes: Sequence[bytes]) -> bytes:
    """The root over 2^k hashes."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


def _root(hashes: Sequence[bytes], below: bytes | None) -> bytes | None:
    """The root over fewer than 256 hashes of full subtrees, with what hangs below their right."""
    end = len(hashes)
    while end:
        size = end & -end
        subtree = full_root(hashes[end - size : end])
        below = subtree if below is None else node_hash(subtree, below)
        end -= size
    return below


def bundle_path(number: int, width: int = TILE_WIDTH) -> str:
    """The path of a bundle of entries, such as ``tile/entries/x001/067``."""
    return tile_path(0, number, width).replace("tile/0/", "tile/entries/", 1)


def bundle_paths(size: int) -> list[str]:
    """The paths of all bundles of a log of ``size`` entries."""
    full, rest = divmod(size, TILE_WIDTH)
    partial = [bundle_path(full, rest)] if rest else []
    return [bundle_path(number) for number in range(full)] + partial


ENTRIES = -1  # stands for the level of bundles
PATH = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x\d{3}/)*\d{3})(?:\.p/([1-9]\d{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of a log a file holds: level (or ``ENTRIES``), number, how many of 256."""

    level: int
    number: int
    width: int

    @property
    def path(self) -> str:
        """The path of the file."""
        if self.level == ENTRIES:
            return bundle_path(self.number, self.width)
        return tile_path(self.level, self.number, self.width)


def parse_path(path: str) -> Place | None:
    """What a file of a log holds; None when no log has a file of that name."""
    found = PATH.fullmatch(path)
    if found is None:
        return None
    level = ENTRIES if found[1] == "entries" else int(found[1])
    number = int(found[2].replace("/", "").replace("x", ""))
    place = Place(level, number, int(found[3] or TILE_WIDTH))
    is_named_so = place.width <= TILE_WIDTH and place.path == path
    return place if is_named_so else None


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries one after the other. Raises ValueError when one is too long."""
    parts = []
    for entry in entries:
        if len(entry) > ENTRY_BYTES_MAX:
            raise ValueError(f"条目有{len(entry)}字节,最多{ENTRY_BYTES_MAX}")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def decode_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. Raises ValueError when it is cut off."""
    entries, at = [], 0
    while at < len(data):
        begin = at + 2
        at = begin + int.from_bytes(data[at:begin], "big")
        if begin > len(data) or at > len(data):
            raise ValueError("条目不完整")
        entries.append(data[begin:at])
    return entries
