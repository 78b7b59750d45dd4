"""Verifying a whole log from its files alone: nothing that was signed has changed.

The checkpoint's signature; the root over the right edge of the tree; every tile against the one
above it; every bundle of entries against its tile. Each file that does not fit is told by its own
name. Where the names of all files are known, as in a folder, the partial tiles of earlier sizes
must agree with what grew out of them, and no file may be there that the log has not.

A signature line of a key that is not given is passed over, as the format asks.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import chain, islice, product
from math import prod

from guiju.tlog import TILE_WIDTH
from guiju.tlog.checkpoints import Checkpoint, open_checkpoint
from guiju.tlog.notes import BadNote, Verifier
from guiju.tlog.proofs import consistency_proof, is_consistent
from guiju.tlog.tiles import (
    ENTRIES,
    HASH_SIZE,
    HEIGHT,
    Edge,
    Place,
    Read,
    decode_bundle,
    full_root,
    parse_path,
    read_bundle,
    read_tile,
    stored_nodes,
)

CHECKPOINT = "checkpoint"
UNKNOWN = bytes(HASH_SIZE)
CHOICES_MAX = 256
WRONG = "不是签过名的内容"

Row = list[bytes | None]
"""Hashes of a level, None where the file that should hold it cannot be read."""


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
    walk = _Walk(read, checkpoint, frozenset(names or ()))
    return checkpoint, [*walk.findings(), *walk.strays()]


def check_extends(read: Read, old: Checkpoint, new: Checkpoint) -> bool:
    """Whether the stored log, which has the new checkpoint, begins with the old one."""
    if old.origin != new.origin or old.size > new.size:
        return False
    proof = []
    if 0 < old.size < new.size:
        proof = consistency_proof(stored_nodes(read, new.size), old.size, new.size)
    return is_consistent(old.size, new.size, proof, old.root, new.root)


class _Walk:
    """One walk through all files of a log of a known size and root, from the root down.

    Two files that contradict each other leave open which of them is wrong; what was signed
    decides. For each hash there are three voices: the tile that it stands in, the tile below,
    and the entries below. Of what they say, that is true which fits what is above.
    """

    def __init__(self, read: Read, checkpoint: Checkpoint, names: Collection[str]) -> None:
        self.read = read
        self.checkpoint = checkpoint
        self.names = names
        self.wrong: dict[str, str] = {}
        self.said = list(self._said())  # of each level by tiles, by tiles below, by entries
        self.true = [[each or UNKNOWN for each in by_tiles] for by_tiles, _, _ in self.said]
        self.lost: set[Place] = set()  # neither the tile nor what is below it fits

    def findings(self) -> list[Finding]:
        """Everything that is wrong."""
        edge = [Place(level, *divmod(len(row), TILE_WIDTH)) for level, row in enumerate(self.true)]
        edge = [each for each in edge if each.width]
        if not self._settle(edge, self._is_root) and not self.lost:
            self.wrong[CHECKPOINT] = "瓦片彼此一致,与签名的根哈希却不一致"
        for level in range(len(self.true) - 2, -1, -1):
            for number, above in enumerate(self.true[level + 1]):
                fits = partial(_has_root, root=above)
                self._settle([Place(level, number, TILE_WIDTH)], fits)
        for level in range(len(self.true)):
            self._judge(level)
        return [Finding(path, wrong) for path, wrong in self.wrong.items()]

    def strays(self) -> Iterator[Finding]:
        """Files that no log has, and those of another size that tell something else.

        A file may be ahead of the checkpoint, as it is written first.
        """
        for name in sorted(set(self.names) - {CHECKPOINT}):
            place = parse_path(name)
            if place is None:
                yield Finding(name, "日志里没有这样的文件")
                continue
            level = max(place.level, 0)
            row = self.true[level] if level < len(self.true) else []
            true = row[place.number * TILE_WIDTH :][:TILE_WIDTH]
            if true and len(true) != place.width and not self._agrees(place, true):
                yield Finding(name, WRONG)

    def _agrees(self, place: Place, true: Sequence[bytes]) -> bool:
        try:
            data = self.read(place.path)
            hashes = _leaves(decode_bundle(data)) if place.level == ENTRIES else _hashes(data)
        except (OSError, ValueError):
            return False
        both = min(place.width, len(true))
        return len(hashes) == place.width and hashes[:both] == true[:both]

    def _said(self) -> Iterator[tuple[Row, Row, Row]]:
        """Read everything; what cannot be read says nothing."""
        size, level = self.checkpoint.size, 0
        below: Row = [None] * size
        by_entries = [each for place in _places(ENTRIES, size) for each in self._bundle(place)]
        while size:
            by_tiles = [each for place in _places(level, size) for each in self._tile(place)]
            yield by_tiles, below, by_entries
            size, level = size >> HEIGHT, level + 1
            by_entries = list(_roots(by_entries))
            below = [one or other for one, other in zip(_roots(by_tiles), by_entries, strict=True)]

    def _tile(self, place: Place) -> Row:
        try:
            return list(read_tile(self.read, place.level, place.number, place.width))
        except (OSError, ValueError) as error:
            self.wrong[self._name(place)] = _words(error)
            return [None] * place.width

    def _bundle(self, place: Place) -> Row:
        try:
            return [*_leaves(read_bundle(self.read, place.number, place.width))]
        except (OSError, ValueError) as error:
            self.wrong[self._name(place)] = _words(error)
            return [None] * place.width

    def _name(self, place: Place) -> str:
        """The file that was read for it: a full one may have taken the place of a partial one."""
        full = replace(place, width=TILE_WIDTH).path
        return full if full in self.names and place.path not in self.names else place.path

    def _settle(self, places: Sequence[Place], fits: Callable[[Sequence[bytes]], bool]) -> bool:
        """Find what is true of these tiles together; False: nothing that is said of them fits."""
        if fits([each for place in places for each in self.true[place.level][_span(place)]]):
            return True
        said = {
            place: list(zip(*(row[_span(place)] for row in self.said[place.level]), strict=True))
            for place in places
        }
        claims = [_claims(each) for each in chain.from_iterable(said.values())]
        true = next(filter(fits, _choices(list(said.values()), claims)), None)
        settled = iter(true or [each[-1] for each in claims])
        for place, three in said.items():
            self.true[place.level][_span(place)] = list(islice(settled, place.width))
            if true is None and (len(places) == 1 or any(map(_is_doubtful, three))):
                self.lost.add(place)
        return true is not None

    def _is_root(self, hashes: Sequence[bytes]) -> bool:
        rest = iter(hashes)
        levels = [tuple(islice(rest, len(row) % TILE_WIDTH)) for row in self.true]
        return Edge(self.checkpoint.size, tuple(levels), ()).root() == self.checkpoint.root

    def _judge(self, level: int) -> None:
        """Hold every tile of a level, and if it is the lowest every bundle, against the truth."""
        by_tiles, _, by_entries = self.said[level]
        for place in _places(level, len(by_tiles)):
            pairs = [(place, by_tiles)]
            if level == 0:
                pairs.append((replace(place, level=ENTRIES), by_entries))
            for file, row in pairs:
                said = row[_span(place)]
                if place in self.lost or said != self.true[level][_span(place)]:
                    self.wrong.setdefault(self._name(file), WRONG)


def _places(level: int, size: int) -> Iterator[Place]:
    """All tiles of a level that has so many hashes."""
    for first in range(0, size, TILE_WIDTH):
        yield Place(level, first // TILE_WIDTH, min(TILE_WIDTH, size - first))


def _span(place: Place) -> slice:
    first = place.number * TILE_WIDTH
    return slice(first, first + place.width)


def _roots(row: Row) -> Iterator[bytes | None]:
    """The roots of all full tiles of a row."""
    for first in range(0, len(row) - TILE_WIDTH + 1, TILE_WIDTH):
        hashes = [each for each in row[first : first + TILE_WIDTH] if each is not None]
        yield full_root(hashes) if len(hashes) == TILE_WIDTH else None


def _claims(said: Sequence[bytes | None]) -> Sequence[bytes]:
    """What the voices say of a hash, without repetition."""
    return list(dict.fromkeys(each for each in said if each is not None)) or [UNKNOWN]


def _is_doubtful(said: Sequence[bytes | None]) -> bool:
    """Whether the voices contradict each other, or there is only one."""
    return len(_claims(said)) > 1 or said.count(None) > 1


def _choices(
    tiles: Sequence[Sequence[Sequence[bytes | None]]], claims: Sequence[Sequence[bytes]]
) -> Iterator[Sequence[bytes]]:
    """Ways to believe one voice for each hash: first one for each tile, then, if few, any."""
    for voices in product(range(3), repeat=len(tiles)):
        pairs = zip(tiles, voices, strict=True)
        yield [three[voice] or _claims(three)[0] for tile, voice in pairs for three in tile]
    if prod(map(len, claims)) <= CHOICES_MAX:
        yield from product(*claims)


def _has_root(hashes: Sequence[bytes], root: bytes) -> bool:
    return full_root(hashes) == root


def _leaves(entries: Iterable[bytes]) -> list[bytes]:
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def _hashes(data: bytes) -> list[bytes]:
    return [data[i : i + HASH_SIZE] for i in range(0, len(data), HASH_SIZE)]


def _words(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "缺这个文件"
        case UnicodeDecodeError():
            return "不是文字"
        case _:
            return str(error)
