"""Our logs before verifiers that others wrote: pymerkle, tlog-scales, OpenSSL, Go's own packages.

``verify.go`` needs golang-go and golang-golang-x-mod-dev of Debian.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random

import pytest
from pymerkle import SqliteTree, verify_consistency, verify_inclusion
from tests.tlog.sample import ORIGIN, SIGNER, entry, flipped, log, reading, signed, write
from tests.tlog.test_checkpoints import IN_THE_WORLD, LOG, WITNESSES
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import PlainEd25519Signer, Vkey
from tlog_scales.tlog import Checkpoint as TheirCheckpoint
from tlog_scales.tlog import ConsistencyProof, InclusionProof
from tlog_scales.writer import TilesWriter

from guiju.tlog import TILE_WIDTH, leaf_hash, tile_path
from guiju.tlog.checkpoints import open_checkpoint
from guiju.tlog.notes import (
    BadNote,
    CosignatureSigner,
    Verifier,
    encode64,
    key_id,
    open_note,
    parse_note,
)
from guiju.tlog.proofs import consistency_proof, inclusion_proof, is_consistent, is_included
from guiju.tlog.tiles import bundle_path, encode_bundle, read_edge, stored_nodes
from guiju.tlog.verification import findings

LARGE = 70_000
SIZES = GROWN = [*range(1, 601), 65_535, 65_536, 65_537, LARGE]
WITNESS = CosignatureSigner("witness.example/w1", bytes([1]) * 32, 1_700_000_000)
GO = "needs Debian's golang-go and golang-golang-x-mod-dev"
GO_PATH = Path("/usr/share/gocode")


def some(size: int) -> list[int]:
    """A few places in a log, the borders of tiles among them."""
    places = {0, 1, size // 3, size // 2, 255, 256, 65_535, 65_536, size - 2, size - 1}
    return sorted(places & {*range(size)})


@pytest.fixture(scope="module")
def theirs() -> Iterator[SqliteTree]:
    with SqliteTree(":memory:") as tree:
        tree.append_entries([entry(index) for index in range(LARGE)])
        yield tree


class FromMemory:
    """Files for tlog-scales, which may look for one that is not there."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def get(self, *path: str) -> bytes | None:
        return self.files.get("/".join(path))


@pytest.fixture(scope="module")
def scales() -> Callable[[int], TilesReader]:
    whole = log(*GROWN)

    def reader(size: int) -> TilesReader:
        reader = TilesReader(FromMemory(whole))
        reader.set_size(size)
        return reader

    return reader


def test_roots_are_those_of_pymerkle_and_tlog_scales(theirs, scales):
    whole = log(*GROWN)
    for size in SIZES:
        ours = read_edge(whole.__getitem__, size).root()
        assert ours == theirs.get_root(size) == scales(size).calculate_root_hash()


@pytest.mark.parametrize("sizes", [range(1, 601, 23), [256, 512, 65_535, 65_536, 65_537, LARGE]])
def test_proofs_are_those_of_pymerkle_and_tlog_scales(sizes, theirs, scales):
    for size in sizes:
        ours, reader = stored_nodes(reading(log(*GROWN)), size), scales(size)
        top = theirs.get_root(size)
        for index in some(size):
            leaf, proof = leaf_hash(entry(index)), inclusion_proof(ours, index, size)
            InclusionProof(index, size, proof).check(leaf, top)
            assert reader.get_inclusion_proof(index, size).node_hashes == proof
            pymerkles = theirs.prove_inclusion(index + 1, size)
            assert pymerkles.path[1:] == proof
            verify_inclusion(leaf, top, pymerkles)
            assert is_included(leaf, index, size, pymerkles.path[1:], top)
        for old in (index + 1 for index in some(size)):
            proof, before = consistency_proof(ours, old, size), theirs.get_root(old)
            ConsistencyProof(old, size, proof).check(before, top)
            assert reader.get_consistency_proof(old, size).node_hashes == proof
            assert is_consistent(old, size, proof, before, top)
            verify_consistency(before, top, theirs.prove_consistency(old, size))


def test_tlog_scales_reads_our_logs_from_a_folder(tmp_path):
    reader = TilesReader(LocalBackend(write(log(600), tmp_path)))
    checkpoint = reader.get_checkpoint()

    checkpoint.verify(Vkey.from_string(SIGNER.verifier.vkey))
    assert checkpoint.origin == ORIGIN
    assert reader.calculate_root_hash() == checkpoint.root_hash
    assert [reader.get_entry(index) for index in range(600)] == [*map(entry, range(600))]


def test_a_log_that_tlog_scales_wrote_is_whole_for_us(tmp_path):
    writer = TilesWriter.create(tmp_path / "log", ORIGIN)
    signer = PlainEd25519Signer(ORIGIN, bytes(32))
    for step in (1, 254, 1, 300, 44):
        for _ in range(step):
            writer.add_leaf(entry(writer.size + len(writer.pending)))
        writer.commit([signer])
    folder = tmp_path / "log"
    names = [each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()]

    checkpoint, found = findings(
        lambda path: (folder / path).read_bytes(), [SIGNER.verifier], names
    )

    assert checkpoint and (checkpoint.size, found) == (600, [])
    assert all((folder / path).read_bytes() == data for path, data in log(600).items())


def test_our_cosignatures_hold_for_tlog_scales_and_those_in_the_world_for_both():
    note = signed(read_edge(log(5).__getitem__, 5), WITNESS).decode()
    TheirCheckpoint.from_text(note).verify(Vkey.from_string(WITNESS.verifier.vkey))
    for vkey in (LOG, *WITNESSES):
        TheirCheckpoint.from_text(IN_THE_WORLD).verify(Vkey.from_string(vkey))
        assert open_note(IN_THE_WORLD, [Verifier.parse(vkey)])
    for vkey in (SIGNER.verifier.vkey, WITNESS.verifier.vkey):
        assert Vkey.from_string(vkey).serialize() == vkey


class Sm2:
    """A second signature of the log: SM2 with SM3, by OpenSSL, under a type of its own."""

    OPTIONS = ("-sm3", "-sigopt", "distid:1234567812345678")

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = ORIGIN
        self.openssl("ecparam", "-name", "SM2", "-genkey", "-noout", "-out", "key.pem")
        self.openssl("pkey", "-in", "key.pem", "-pubout", "-out", "public.pem")
        der = self.openssl("pkey", "-in", "key.pem", "-pubout", "-outform", "DER")
        public = b"\xffsm2-with-sm3\n" + der
        self.key_id = key_id(ORIGIN, public)
        self.verifier = Verifier(ORIGIN, self.key_id, public)

    def sign(self, text: bytes) -> bytes:
        return self.openssl("dgst", *self.OPTIONS, "-sign", "key.pem", given=text)

    def is_signed(self, text: bytes, signature: bytes) -> bool:
        (self.folder / "signature").write_bytes(signature)
        command = ("dgst", *self.OPTIONS, "-verify", "public.pem", "-signature", "signature")
        try:
            return self.openssl(*command, given=text) == b"Verified OK\n"
        except subprocess.CalledProcessError:
            return False

    def openssl(self, *arguments: str, given: bytes = b"") -> bytes:
        command = ["openssl", *arguments]
        done = subprocess.run(
            command, input=given, capture_output=True, check=True, cwd=self.folder
        )
        return done.stdout


@pytest.fixture(scope="module")
def sm2(tmp_path_factory: pytest.TempPathFactory) -> Sm2:
    try:
        return Sm2(tmp_path_factory.mktemp("sm2"))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no OpenSSL that can do SM2: {error}")


@pytest.fixture(scope="module")
def signed_twice(sm2: Sm2) -> dict[str, bytes]:
    """A log of 600 entries with an SM2 line before the one of its Ed25519 key."""
    edge = read_edge(log(600).__getitem__, 600)
    text, lines = signed(edge, sm2).decode().split("\n\n")
    first, second, _ = lines.split("\n")
    return {**log(600), "checkpoint": f"{text}\n\n{second}\n{first}\n".encode()}


def test_an_sm2_signature_is_passed_over_by_those_who_do_not_know_it(sm2, signed_twice):
    note = signed_twice["checkpoint"].decode()

    assert open_checkpoint(note, [SIGNER.verifier]).size == 600
    TheirCheckpoint.from_text(note).verify(Vkey.from_string(SIGNER.verifier.vkey))
    assert findings(signed_twice.__getitem__, [SIGNER.verifier])[1] == []
    assert Verifier.parse(sm2.verifier.vkey) == sm2.verifier
    with pytest.raises(BadNote):  # it is known, but not how to check it
        open_note(note, [SIGNER.verifier, sm2.verifier])


def test_an_sm2_signature_holds_for_openssl(sm2, signed_twice):
    text, [line, _] = parse_note(signed_twice["checkpoint"].decode())

    assert line.key_id == sm2.key_id
    assert sm2.is_signed(text.encode(), line.signature)
    assert not sm2.is_signed(text.replace("\n600\n", "\n601\n").encode(), line.signature)


@pytest.fixture(scope="module")
def verify(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], str]:
    """The verifier in Go: its answer of a log, or "" when it refuses it."""
    go = shutil.which("go")
    if go is None or not (GO_PATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip(GO)
    folder = tmp_path_factory.mktemp("go")
    settings = {"GO111MODULE": "off", "CGO_ENABLED": "0", "GOPATH": str(GO_PATH)}
    source, program = Path(__file__).parent / "verify.go", folder / "verify"
    subprocess.run(
        [go, "build", "-o", program, source],
        check=True,
        cwd=folder,
        env={**os.environ, **settings, "GOCACHE": str(folder / "cache")},
    )

    def verify(log: Path) -> str:
        command = [program, log, SIGNER.verifier.vkey]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert bool(done.returncode) == bool(done.stderr), done
        return "" if done.returncode else done.stdout

    return verify


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 3_000, 65_536, LARGE])
def test_go_finds_our_logs_whole(verify, size, tmp_path):
    top = encode64(read_edge(log(size).__getitem__, size).root())

    assert verify(write(log(size), tmp_path)) == f"{size} {top}\n"


def test_go_passes_over_a_signature_that_it_does_not_know(verify, signed_twice, tmp_path):
    assert verify(write(signed_twice, tmp_path)).startswith("600 ")


def test_go_refuses_every_changed_byte(verify, signed_twice, tmp_path):
    """120 times: 40 in the checkpoint, 40 in hash tiles, 40 in bundles of entries.

    Not in the SM2 line, nor in the last letter of the signature, of which Go reads four bits.
    """
    random = Random(1)
    write(signed_twice, tmp_path)
    assert verify(tmp_path)
    note = signed_twice["checkpoint"]
    line = note.index("— ".encode())
    covered = [*range(line), *range(note.index(b"\n", line), len(note) - 3)]
    tiles = sorted(path for path in signed_twice if path[:6] in ("tile/0", "tile/1"))
    bundles = sorted(path for path in signed_twice if path.startswith("tile/entries"))
    for _ in range(40):
        for path in ("checkpoint", random.choice(tiles), random.choice(bundles)):
            data = signed_twice[path]
            places = covered if path == "checkpoint" else range(len(data))
            place = random.choice(places)
            (tmp_path / path).write_bytes(flipped(data, [place]))
            assert not verify(tmp_path), f"{path} {place}"
            (tmp_path / path).write_bytes(data)
    assert verify(tmp_path)


@pytest.mark.parametrize("kind", ["missing", "cut", "longer"])
def test_go_refuses_a_file_that_is_not_whole(verify, kind, tmp_path):
    files = write(log(300), tmp_path)
    for path, data in log(300).items():
        changed = {"missing": None, "cut": data[:-1], "longer": data + b"\n"}[kind]
        (files / path).unlink()
        if changed is not None:
            (files / path).write_bytes(changed)
        assert not verify(files), path
        (files / path).write_bytes(data)
    assert verify(files)


@pytest.mark.parametrize("size", [200, 300, 3_000])
def test_go_refuses_an_entry_that_was_rewritten_with_its_tile(verify, size, tmp_path):
    """What TileHashReader alone lets pass, as not each tile that it reads is authenticated."""
    width = min(size, TILE_WIDTH)
    entries = [b"forged", *(entry(index) for index in range(1, width))]
    forged = {
        bundle_path(0, width): encode_bundle(entries),
        tile_path(0, 0, width): b"".join(map(leaf_hash, entries)),
    }

    assert not verify(write({**log(size), **forged}, tmp_path))
