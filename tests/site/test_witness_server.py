"""The witness as others run it: over HTTP, killed, asked by many at once, lied to."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest
from django.conf import settings
from tests.record.test_publisher import LATER, SHARD, publish
from tests.tlog.sample import ORIGIN, SIGNER, leaves, nodes
from tlog_scales.signing import Vkey
from tlog_scales.tlog import Checkpoint as TheirCheckpoint

from guiju.record import witnesses
from guiju.record.publisher import advance
from guiju.site import witness_server
from guiju.site.witness_server import Witness, WitnessServer, file_name
from guiju.tlog import root
from guiju.tlog.checkpoints import Checkpoint, parse_checkpoint
from guiju.tlog.notes import BadNote, Signer, Verifier, open_note, sign_note
from guiju.tlog.policy import parse_policy
from guiju.tlog.proofs import consistency_proof
from guiju.tlog.witness import Answer, Demand

NAME = "witness.example/w1"
SIZE = 300
PROGRAM = """
import sys, django
django.setup()
from pathlib import Path
from guiju.site.witness_server import serve
serve(0, Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
"""


class Running:
    """A witness in a process of its own."""

    def __init__(self, folder: Path, policy: Path) -> None:
        self.start(folder, policy, NAME)

    def start(self, folder: Path, policy: Path, name: str) -> None:
        environment = {
            "DJANGO_SETTINGS_MODULE": "guiju.site.settings",
            "GUIJU_VAR": "/nonexistent",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, folder, policy, name],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment, "PATH": os.environ["PATH"]},
            text=True,
        )
        assert self.process.stdout
        self.vkey = self.process.stdout.readline().strip()
        self.url = self.process.stdout.readline().strip()
        self.port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "policy"
    logs = [SIGNER.verifier.vkey, SHARD.signer.verifier.vkey]
    file.write_text("".join(f"log {each}\n" for each in logs) + "quorum none\n")
    return file


@pytest.fixture
def running(tmp_path: Path, policy: Path) -> Iterator[Running]:
    running = Running(tmp_path / "witness", policy)
    yield running
    running.kill()


@pytest.fixture
def server(tmp_path: Path, policy: Path) -> Iterator[WitnessServer]:
    """A witness in this process, to get at its insides."""
    witness = Witness(tmp_path / "witness", parse_policy(policy.read_text()), NAME)
    with WitnessServer(0, witness) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def request(port: int, method: str, path: str, body: bytes | None = None) -> tuple[int, str]:
    connection = HTTPConnection("localhost", port, timeout=10)
    connection.request(method, path, body)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def post(port: int, body: str) -> tuple[int, str]:
    return request(port, "POST", "/add-checkpoint", body.encode())


def last(port: int, origin: str = ORIGIN) -> str:
    return request(port, "GET", f"/{sha256(origin.encode()).hexdigest()}/checkpoint")[1]


def checkpoint(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, root(leaves(SIZE)[:size]))


def demand(old: int, new: int, signer: Signer = SIGNER) -> str:
    proof = consistency_proof(nodes(SIZE), old, new) if 0 < old < new else []
    return Demand(old, tuple(proof), sign_note(checkpoint(new).text, signer)).text


def public() -> str:
    return SHARD.read("checkpoint").decode()


@pytest.mark.django_db
def test_a_published_checkpoint_is_cosigned_and_others_code_says_so(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "witnesses"
    known = f"log {SHARD.signer.verifier.vkey}\nwitness w {running.vkey} {running.url}\nquorum w\n"
    file.write_text(known)
    monkeypatch.setattr(settings, "LOG_WITNESSES", str(file))
    monkeypatch.setattr(witnesses, "_sizes", {})
    for round_ in range(3):
        publish()
        if round_ == 1:
            witnesses._sizes.clear()  # as after a start of the publisher, which then asks anew
        advance(LATER)

        signed = SHARD.last_signed()
        assert signed and parse_policy(known).check(public()) == signed
        TheirCheckpoint.from_text(public()).verify(Vkey.from_string(running.vkey))
        assert last(running.port, SHARD.origin) == public()
    assert Verifier.parse(running.vkey).name == NAME


@pytest.mark.django_db
def test_a_witness_that_does_not_answer_delays_once_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with socket.create_server(("127.0.0.1", 0), backlog=9) as silent:
        silent.settimeout(0.01)
        file = tmp_path / "witnesses"
        vkey = Witness(tmp_path / "w", parse_policy("quorum none"), NAME).verifier.vkey
        port = silent.getsockname()[1]
        file.write_text(f"witness w {vkey} http://127.0.0.1:{port}\nquorum w\n")
        monkeypatch.setattr(settings, "LOG_WITNESSES", str(file))
        monkeypatch.setattr(witnesses, "SECONDS", 0.3)
        monkeypatch.setattr(witnesses, "_resting", {})
        advance(LATER)  # what is there already
        monkeypatch.setattr(witnesses, "_resting", {})  # a minute later
        begun = time.monotonic()
        for _ in range(5):
            publish()
            assert advance(LATER) == 1
        assert 0.3 <= time.monotonic() - begun < 0.3 + 2
        assert open_note(public(), [SHARD.signer.verifier])
        assert witnesses.PAUSE_SECONDS >= 60
        for _ in range(2):
            silent.accept()
        with pytest.raises(TimeoutError):
            silent.accept()


@pytest.mark.django_db
def test_what_else_a_witness_says_is_not_published(
    server: WitnessServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A hundred lines of nobody would make the checkpoint one that nobody can read."""
    file = tmp_path / "witnesses"
    vkey = server.witness.verifier.vkey
    file.write_text(f"witness w {vkey} http://localhost:{server.server_port}\nquorum w\n")
    monkeypatch.setattr(settings, "LOG_WITNESSES", str(file))
    monkeypatch.setattr(witnesses, "_sizes", {})
    add = Witness.add

    def talkative(self: Witness, body: bytes, at: int) -> Answer:
        said = add(self, body, at)
        return replace(said, body="— s AAAAAAA=\n" * 99 + said.body) if said.keep else said

    monkeypatch.setattr(Witness, "add", talkative)
    publish()
    advance(LATER)

    assert "— s " not in public()
    keys = [SHARD.signer.verifier, server.witness.verifier]
    assert set(open_note(public(), keys).signers) == {*keys}


def test_every_wrong_request_has_its_status(running: Running):
    port = running.port
    assert post(port, demand(0, 7))[0] == 200
    kept = last(port)

    rollback, fork = demand(7, 5), Checkpoint(ORIGIN, 7, bytes(32))
    assert post(port, rollback)[0] == 400
    assert post(port, demand(5, 6)) == (409, "7\n")
    assert post(port, Demand(7, (), sign_note(fork.text, SIGNER)).text) == (409, "7\n")
    longer = Checkpoint(ORIGIN, 9, bytes(32))
    proof = tuple(consistency_proof(nodes(SIZE), 7, 9))
    assert post(port, Demand(7, proof, sign_note(longer.text, SIGNER)).text)[0] == 422
    assert post(port, demand(7, 9, SHARD.signer))[0] == 403
    assert post(port, demand(7, 9).replace(ORIGIN, "example.com/unknown"))[0] == 404
    assert post(port, "")[0] == post(port, "old 7\n")[0] == 400
    assert request(port, "POST", "/add-checkpoint", b"old 7\n\n\xff")[0] == 400
    assert request(port, "POST", "/elsewhere", demand(7, 9).encode())[0] == 404
    for path in ("/", "/checkpoint", f"/{'0' * 64}/checkpoint", "/witness.key/checkpoint"):
        assert request(port, "GET", path)[0] == 404
    assert request(port, "GET", f"/../witness/{file_name(ORIGIN)}/checkpoint")[0] == 404
    assert last(port) == kept
    assert post(port, demand(7, 9))[0] == 200


def test_too_long_a_body_is_not_read(server: WitnessServer):
    for header, status in (
        ("Content-Length: 262145", 413),
        ("Content-Length: x", 413),
        ("A: b", 411),
    ):
        with socket.create_connection(("localhost", server.server_port), timeout=5) as client:
            client.sendall(f"POST /add-checkpoint HTTP/1.1\r\n{header}\r\n\r\n".encode())
            said = client.makefile("rb").read().decode()  # to the end: the connection is closed
        assert said.startswith(f"HTTP/1.1 {status} ")


def test_a_connection_serves_more_than_one_request(server: WitnessServer):
    connection = HTTPConnection("localhost", server.server_port, timeout=5)
    for old, new in pairwise((0, 1, 2, 5)):
        connection.request("POST", "/add-checkpoint", demand(old, new).encode())
        used = connection.sock
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Content-Type")) == (
            200,
            "text/plain; charset=utf-8",
        )
        answer.read()
        assert connection.sock is used
    connection.request("POST", "/add-checkpoint", demand(0, 5).encode())
    assert connection.getresponse().getheader("Content-Type") == "text/x.tlog.size"
    connection.close()


def test_what_was_answered_is_there_after_a_kill(running: Running, tmp_path: Path, policy: Path):
    vkey, kept = running.vkey, ""
    for old, new in pairwise((0, 3, 8, 200)):
        status, line = post(running.port, demand(old, new))
        running.kill()
        running.start(tmp_path / "witness", policy, "another.example/name")
        kept = last(running.port)
        assert status == 200
        assert kept == f"{sign_note(checkpoint(new).text, SIGNER)}{line}"
        assert running.vkey == vkey, "the key and its name are made once"
        assert post(running.port, demand(0, 1)) == (409, f"{new}\n")
    key = tmp_path / "witness" / "witness.key"
    assert key.stat().st_mode & 0o077 == 0
    assert re.fullmatch(r"[0-9a-f]{64}\n", key.read_text())


def test_many_at_once_never_turn_it_back(server: WitnessServer, monkeypatch: pytest.MonkeyPatch):
    """Each asks for a size of its own, and after its answer never sees a smaller one kept."""
    write, port = witness_server.write_durably, server.server_port

    def slowly(path: Path, data: bytes) -> None:
        time.sleep(0.005)
        write(path, data)

    monkeypatch.setattr(witness_server, "write_durably", slowly)

    def ask(new: int) -> int:
        old = 0
        while True:
            status, body = post(port, demand(old, new))
            if status == 409 and int(body) <= new:
                old = int(body)
                continue
            size = parse_checkpoint(last(port).split("\n\n")[0] + "\n").size
            assert status in (200, 409) and size >= new
            return status

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, [(7 * i) % 40 + 1 for i in range(40)]))
    assert answers.count(200) > 1
    assert last(port).startswith(f"{ORIGIN}\n40\n")


def test_nothing_is_answered_that_could_not_be_kept(
    server: WitnessServer, monkeypatch: pytest.MonkeyPatch
):
    def full(path: Path, data: bytes) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(witness_server, "write_durably", full)

    status, body = post(server.server_port, demand(0, 5))

    assert (status, "—" in body) == (500, False)
    monkeypatch.undo()
    assert post(server.server_port, demand(0, 5))[0] == 200


@pytest.mark.parametrize("data", [b"", b"\xff", b"example.com/log\n1\n", None])
def test_where_the_last_checkpoint_is_damaged_nothing_is_signed(
    server: WitnessServer, data: bytes | None
):
    post(server.server_port, demand(0, 5))
    file = server.witness.folder / file_name(ORIGIN)
    file.write_bytes(file.read_bytes().replace(b"\n5\n", b"\n0\n") if data is None else data)

    assert post(server.server_port, demand(5, 6))[0] == 500
    assert post(server.server_port, demand(0, 6))[0] == 500


@pytest.mark.parametrize("name", ["a b", "a+b", ""])
def test_a_name_that_no_note_can_hold_is_refused(tmp_path: Path, name: str):
    with pytest.raises(BadNote):
        Witness(tmp_path / "witness", parse_policy("quorum none"), name)
