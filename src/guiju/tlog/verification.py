"""Verifying a whole log from its files alone: nothing that was signed has changed.

The checkpoint's signature; the root over the right edge of the tree; every tile against the one
above it; every bundle of entries against its tile. Each file that does not fit is told by its own
name. Where the names of all files are known, as in a folder, the partial tiles of earlier sizes
must agree with what grew out of them, and no file may be there that the log has not.

A signature line of a key that is not given is passed over, as the format asks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from guiju.tlog import TILE_WIDTH, tile_path
from guiju.tlog.checkpoints import Checkpoint, open_checkpoint
from guiju.tlog.notes import BadNote, Verifier
from guiju.tlog.proofs import consistency_proof, is_consistent
from guiju.tlog.tiles import (
    ENTRIES,
    HASH_SIZE,
    Edge,
    Place,
    Read,
    bundle_path,
    decode_bundle,
    full_root,
    parse_path,
    read_bundle,
    read_tile,
    stored_nodes,
)

CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Finding:
    """A file of the log that is not what it must be."""

    path: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.path}:{self.wrong}"


def findings(
    read: Read, verifiers: Sequence[Verifier], names: Iterable[str] | None = None
) -> tuple[Checkpoint | None, list[Finding]]:
    """The log's checkpoint, if it holds, and all that is wrong with the log; empty: it is whole.

    ``names`` are all files there are, when they can be listed.
    """
    try:
        checkpoint = open_checkpoint(read(CHECKPOINT).decode(), verifiers)
    except (OSError, UnicodeDecodeError, BadNote) as error:
        return None, [Finding(CHECKPOINT, _words(error))]
    found = _Walk(read, checkpoint).findings()
    if names is not None:
        found += _strays(read, checkpoint.size, names)
    return checkpoint, found


def check_extends(read: Read, old: Checkpoint, new: Checkpoint) -> bool:
    """Whether the stored log, which has the new checkpoint, begins with the old one."""
    if old.origin != new.origin or old.size > new.size:
        return False
    proof = []
    if 0 < old.size < new.size:
        proof = consistency_proof(stored_nodes(read, new.size), old.size, new.size)
    return is_consistent(old.size, new.size, proof, old.root, new.root)


class _Walk:
    """One walk through all files of a log of a known size and root, from the entries up.

    Two neighbours that contradict each other leave open which of them is wrong: what is below
    complains to the tile above it. A tile that fits what is above it in turn passes the complaint
    back; one that does not is itself wrong.
    """

    def __init__(self, read: Read, checkpoint: Checkpoint) -> None:
        self.read = read
        self.checkpoint = checkpoint
        self.wrong: dict[str, str] = {}
        self.complaints: dict[tuple[int, int], list[str]] = {}
        self.rows = list(self._rows())  # of each level, the hashes of all its tiles

    def findings(self) -> list[Finding]:
        """Everything that is wrong."""
        self._hear_bundles()
        edge = [tuple(row[len(row) - len(row) % TILE_WIDTH :]) for row in self.rows]
        is_root = Edge(self.checkpoint.size, tuple(edge), ()).root() == self.checkpoint.root
        for level, row in enumerate(self.rows):
            for number in range(-(-len(row) // TILE_WIDTH)):
                self._judge(level, number, is_root=is_root)
        if not is_root and not self.wrong:
            self.wrong[CHECKPOINT] = "瓦片与签名的根哈希不一致"
        return [Finding(path, wrong) for path, wrong in self.wrong.items()]

    def _rows(self) -> Iterator[list[bytes]]:
        """Read all tiles; those that are missing or too short count as zeros."""
        size, level = self.checkpoint.size, 0
        while size:
            row: list[bytes] = []
            for number in range(-(-size // TILE_WIDTH)):
                width = min(TILE_WIDTH, size - number * TILE_WIDTH)
                row += self._tile(level, number, width)
            yield row
            size, level = size // TILE_WIDTH, level + 1

    def _tile(self, level: int, number: int, width: int) -> tuple[bytes, ...]:
        path = tile_path(level, number, width)
        try:
            return read_tile(self.read, level, number, width)
        except (OSError, ValueError) as error:
            self.wrong[path] = _words(error)
            return (bytes(HASH_SIZE),) * width

    def _hear_bundles(self) -> None:
        """Hold every bundle against its tile."""
        size = self.checkpoint.size
        for number in range(-(-size // TILE_WIDTH)):
            width = min(TILE_WIDTH, size - number * TILE_WIDTH)
            path = bundle_path(number, width)
            try:
                entries = read_bundle(self.read, number, width)
            except (OSError, ValueError) as error:
                self.wrong[path] = _words(error)
                continue
            leaves = [sha256(b"\x00" + entry).digest() for entry in entries]
            if leaves != self._hashes(0, number):
                self.complaints.setdefault((0, number), []).append(path)

    def _judge(self, level: int, number: int, *, is_root: bool) -> None:
        """Whether a tile is wrong, or what complains about it."""
        hashes = self._hashes(level, number)
        path = tile_path(level, number, len(hashes))
        is_full = len(hashes) == TILE_WIDTH
        fits = full_root(hashes) == self.rows[level + 1][number] if is_full else is_root
        below = self.complaints.get((level, number), [])
        if fits:
            self.wrong |= {each: "与瓦片不一致" for each in below if each not in self.wrong}
        elif below or path in self.wrong:
            self.wrong.setdefault(path, "与它下面的内容不一致")
        elif is_full:
            above = level + 1, number // TILE_WIDTH
            self.complaints.setdefault(above, []).append(path)

    def _hashes(self, level: int, number: int) -> list[bytes]:
        return self.rows[level][number * TILE_WIDTH : (number + 1) * TILE_WIDTH]


def _strays(read: Read, size: int, names: Iterable[str]) -> Iterator[Finding]:
    """Files that no log has, and partial ones of another size that tell something else.

    A file may be ahead of the checkpoint, as it is written first.
    """
    for name in sorted(set(names) - {CHECKPOINT}):
        place = parse_path(name)
        if place is None:
            yield Finding(name, "日志里没有这样的文件")
            continue
        row = size // TILE_WIDTH ** max(place.level, 0)
        width = min(TILE_WIDTH, row - place.number * TILE_WIDTH)
        if width <= 0 or width == place.width:
            continue
        signed = replace(place, width=width)
        try:
            agree = _agree(read, *sorted((place, signed), key=lambda each: each.width))
        except (OSError, ValueError):
            agree = False
        if not agree:
            yield Finding(name, "与签过名的瓦片不一致")


def _agree(read: Read, narrow: Place, wide: Place) -> bool:
    """Whether the wider of two files for the same place begins with the other."""
    if narrow.level == ENTRIES:
        entries = [decode_bundle(read(each.path)) for each in (narrow, wide)]
        return len(entries[0]) == narrow.width and entries[1][: narrow.width] == entries[0]
    hashes = [read(each.path) for each in (narrow, wide)]
    return len(hashes[0]) == narrow.width * HASH_SIZE and hashes[1].startswith(hashes[0])


def _words(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "缺这个文件"
        case UnicodeDecodeError():
            return "不是文字"
        case _:
            return str(error)
