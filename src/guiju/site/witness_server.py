"""A witness as a program, for another organisation than the log's own (C2SP tlog-witness).

    POST /add-checkpoint                a cosignature, if the log only grew since the last one
    GET  /SHA256(ORIGIN)/checkpoint     the last checkpoint that was cosigned, in hex the path

It knows the logs of a policy file and keeps, of each, one file: that checkpoint, written durably
before anything is answered. No database. The folder must never be restored from a backup: an
older one would let a log be forked. Plain HTTP will do, as every message is signed; whoever wants
TLS puts a web server before it. What is decided, and how, stands in ``tlog.witness``.
``tests/site/test_witness_server.py`` kills it, forks the log, and reads it with others' code.
"""

import re
import socket
import time
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from guiju.record.durable import locked, write_durably
from guiju.record.keys import make_secret, secret
from guiju.tlog.checkpoints import Checkpoint, parse_checkpoint
from guiju.tlog.notes import BadNote, CosignatureSigner, Verifier, open_note
from guiju.tlog.policy import Policy, parse_policy
from guiju.tlog.witness import Answer, answer, parse_demand

KEY_FILE, NAME_FILE = "witness.key", "witness.name"
LAST = re.compile(r"/([0-9a-f]{64})/checkpoint")
BODY_BYTES_MAX = 262_144  # 63 hashes and a note with a hundred small signatures, or some large
SECONDS = 10  # for a request to arrive


class Witness:
    """The key, its name and what was signed last, all in one folder. Raises BadNote."""

    def __init__(self, folder: Path, policy: Policy, name: str) -> None:
        self.folder = folder
        self.policy = policy
        if not (folder / KEY_FILE).exists():
            make_secret(folder, KEY_FILE)
        if not (folder / NAME_FILE).exists():
            write_durably(folder / NAME_FILE, f"{name}\n".encode())
        self.name = (folder / NAME_FILE).read_text(encoding="utf-8").strip()
        self.seed = secret(folder, KEY_FILE)
        self.verifier = Verifier.parse(self.signer(0).verifier.vkey)

    def signer(self, at: int) -> CosignatureSigner:
        """The key, to sign at a time."""
        return CosignatureSigner(self.name, self.seed, at)

    def add(self, body: bytes, at: int) -> Answer:
        """Answer a log. What is signed is kept first, and nobody else comes in between."""
        try:
            demand = parse_demand(body.decode())
        except (UnicodeDecodeError, BadNote) as error:
            return Answer(400, f"{error}\n")
        verifiers = [each for each in self.policy.logs if each.name == demand.origin]
        if not verifiers:
            return answer(demand, None, verifiers, self.signer(at))
        file = self.folder / file_name(demand.origin)
        with locked(file.with_suffix(".lock")):
            said = answer(demand, self._last(file), verifiers, self.signer(at))
            if said.keep:
                write_durably(file, said.keep.encode())
        return said

    def last(self, name: str) -> Answer:
        """The last checkpoint of the log of which the file has this name."""
        try:
            return Answer(200, (self.folder / name).read_bytes().decode())
        except FileNotFoundError:
            return Answer(404, "nothing was cosigned of this log\n")

    def _last(self, file: Path) -> Checkpoint | None:
        """Raises BadNote when the file is not what was written: then nothing may be signed."""
        if not file.exists():
            return None
        note = open_note(file.read_bytes().decode(), [self.verifier])
        return parse_checkpoint(note.text)


class WitnessServer(ThreadingHTTPServer):
    """Serves a witness, each request in a thread."""

    daemon_threads = True

    def __init__(self, port: int, witness: Witness) -> None:
        super().__init__(("", port), Handler)
        self.witness = witness


class Handler(BaseHTTPRequestHandler):
    """Reads requests and writes answers."""

    protocol_version = "HTTP/1.1"  # connections are kept alive, as the specification asks
    timeout = SECONDS
    server: WitnessServer

    def do_POST(self) -> None:
        """Add a checkpoint."""
        length = self.headers.get("Content-Length", "")
        is_short = length.isascii() and length.isdecimal() and len(length) < 10
        if not is_short or int(length) > BODY_BYTES_MAX:
            self.close_connection = True  # as what follows is not read
            status = 413 if length else 411
            self._say(Answer(status, f"at most {BODY_BYTES_MAX} bytes, with their length\n"))
            return
        body = self.rfile.read(int(length))
        if self.path != "/add-checkpoint":
            self._say(Answer(404, "POST /add-checkpoint\n"))
            return
        try:
            said = self.server.witness.add(body, int(time.time()))
        except (OSError, ValueError) as error:
            self.log_error("nothing signed: %s", error)
            said = Answer(500, "what was signed last cannot be read or kept\n")
        self._say(said)

    def do_GET(self) -> None:
        """The last checkpoint of a log."""
        found = LAST.fullmatch(self.path)
        self._say(self.server.witness.last(found[1]) if found else Answer(404, "no such page\n"))

    def _say(self, said: Answer) -> None:
        body = said.body.encode()
        self.send_response(said.status)
        self.send_header("Content-Type", said.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def file_name(origin: str) -> str:
    """The name of the file that keeps the last checkpoint of a log, as in its address."""
    return sha256(origin.encode()).hexdigest()


def serve(port: int, folder: Path, policy_file: Path, name: str = "") -> None:
    """Run until stopped. The name counts on the first run only, when the key is made.

    It should be an address without scheme, by which others tell this witness from every other;
    without one it is made of the name of the machine. Raises BadNote for such a name or policy.
    """
    text = policy_file.read_bytes().decode(errors="surrogateescape")
    witness = Witness(folder, parse_policy(text), name or f"{socket.getfqdn()}/witness")
    with WitnessServer(port, witness) as server:
        print(witness.verifier.vkey)
        print(f"http://localhost:{server.server_port}", flush=True)
        server.serve_forever()
