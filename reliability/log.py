"""A log of a hundred thousand entries, held against others' code and against a thousand flips.

The root must be what ``pymerkle`` and ``tlog-scales`` compute; Go's own packages must accept the
log (where Go is installed). Then single bytes are flipped anywhere in its files, a few at a time
in files that have nothing to do with each other: our verifier must name each of these files, and
no other; Go's, one flip at a time, must reject.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from pymerkle import SqliteTree
from tests.tlog.sample import flipped, reading, write
from tlog_scales.reader import TilesReader

from guiju.tlog import TILE_WIDTH
from guiju.tlog.checkpoints import Checkpoint
from guiju.tlog.notes import Ed25519Signer, sign_note
from guiju.tlog.tiles import EMPTY, append, parse_path
from guiju.tlog.verification import findings
from reliability.run import Cannot, Row, Run

ORIGIN = "reliability.example/log"
SECONDS_MAX = 5
AT_ONCE = 20  # flips in one go, each in another part of the log
GO_PATH = Path("/usr/share/gocode")
GO_SOURCE = Path(__file__).parent.parent / "tests" / "tlog" / "verify.go"
GO_FLIPS = 40


class Stored:
    """The files as tlog-scales asks for them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def get(self, *path: str) -> bytes | None:
        """One file, if it is there."""
        return self.files.get("/".join(path))


def run(run: Run) -> Iterator[Row]:
    """Make it, verify it, break it."""
    size, chance = run.scale(100_000, 10_000), run.chance()
    signer = Ed25519Signer(ORIGIN, chance.randbytes(32))
    entries = [chance.randbytes(chance.randint(200, 800)) for _ in range(size)]
    edge, written = append(EMPTY, entries)
    note = sign_note(Checkpoint(ORIGIN, size, edge.root()).text, signer)
    files = {**dict(written), "checkpoint": note.encode()}
    folder = write(files, run.home / "log")
    begun = time.perf_counter()
    _, wrong = findings(lambda path: (folder / path).read_bytes(), [signer.verifier], files)
    seconds = time.perf_counter() - begun
    yield run.row(
        f"{size:,} entries verified from their files",
        f"whole, in under {SECONDS_MAX} s",
        f"{len(wrong)} wrong, {seconds:.1f} s",
        holds=not wrong and seconds < SECONDS_MAX,
    )
    yield _others(run, entries, files, edge.root())
    yield _flips(run, files, signer, chance)
    yield _go(run, folder, signer, chance)


def _others(run: Run, entries: list[bytes], files: Mapping[str, bytes], root: bytes) -> Row:
    with SqliteTree(":memory:") as tree:
        tree.append_entries(entries)
        theirs = tree.get_root(len(entries))
    scales = TilesReader(Stored(files))
    scales.set_size(len(entries))
    roots = {"pymerkle": theirs, "tlog-scales": scales.calculate_root_hash()}
    other = [name for name, each in roots.items() if each != root]
    return run.row(
        f"the root over {len(entries):,} entries by {' and '.join(roots)}",
        "the same root",
        f"{len(other)} differ {' '.join(other)}".strip(),
        holds=not other,
        part=", others",
    )


def _flips(run: Run, files: Mapping[str, bytes], signer: Ed25519Signer, chance: Random) -> Row:
    flips, missed, blamed = 0, 0, 0
    while flips < run.scale(1_000, 60):
        chosen = _apart(files, chance)
        bent = {name: flipped(files[name], [chance.randrange(1 << 30)]) for name in chosen}
        whole = {**files, **bent}
        _, found = findings(reading(whole), [signer.verifier], whole)
        named = {each.path for each in found}
        flips, missed = flips + len(bent), missed + len(bent.keys() - named)
        blamed += len(named - bent.keys())
    return run.row(
        f"{flips:,} single bits flipped anywhere, up to {AT_ONCE} at a time in separate places",
        "every file with a flip is named, and no other",
        f"{missed} missed, {blamed} wrongly named",
        holds=not missed and not blamed,
        part=", flips",
    )


def _apart(files: Mapping[str, bytes], chance: Random) -> list[str]:
    """Some files by chance, no two of the same part of the log; or the checkpoint alone."""
    first = chance.choice(sorted(files))
    chosen: dict[int, str] = {}
    for name in [first, *chance.sample(sorted(files), AT_ONCE)]:
        place = parse_path(name)
        if place is None or place.level > 0 or place.width < TILE_WIDTH:
            return [first]  # it vouches for many others, or for the root
        chosen.setdefault(place.number, name)
    return list(chosen.values())


def _go(run: Run, folder: Path, signer: Ed25519Signer, chance: Random) -> Row:
    """Go's own packages, one flip at a time."""
    go = shutil.which("go")
    if go is None or not (GO_PATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        raise Cannot("needs Debian's golang-go and golang-golang-x-mod-dev")
    program = run.home / "verify"
    settings = {"GO111MODULE": "off", "CGO_ENABLED": "0", "GOPATH": str(GO_PATH)}
    cache = {"GOCACHE": str(run.home / "go-cache")}
    command = [go, "build", "-o", str(program), str(GO_SOURCE)]
    subprocess.run(command, check=True, cwd=run.home, env={**os.environ, **settings, **cache})
    begun = time.perf_counter()
    is_whole = _accepts(program, folder, signer)
    seconds = time.perf_counter() - begun
    names = sorted(each for each in folder.rglob("*") if each.is_file())
    accepted = 0
    for name in chance.sample(names, min(GO_FLIPS, len(names))):
        data = name.read_bytes()
        # The last letter of base64 has bits that Go does not look at.
        size = len(data) - 4 if name.name == "checkpoint" else len(data)
        name.write_bytes(flipped(data, [chance.randrange(size)]))
        accepted += _accepts(program, folder, signer)
        name.write_bytes(data)
    return run.row(
        f"Go's packages verify the log, then with each of {GO_FLIPS} flips",
        "accepted whole, rejected with a flip",
        f"{'accepted' if is_whole else 'rejected'} in {seconds:.1f} s; {accepted} flips accepted",
        holds=is_whole and not accepted,
        part=", Go",
    )


def _accepts(program: Path, folder: Path, signer: Ed25519Signer) -> bool:
    command = [program, folder, signer.verifier.vkey]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
