"""A witness decides (C2SP tlog-witness v1.0.0): it signs only what extends what it signed before.

    old SIZE            of the tree that the log believes to be known here
    base64(HASH)        the proof of consistency, at most 63 lines

    CHECKPOINT          as the log signed it

A witness keeps of each log the last checkpoint that it cosigned, nothing else, so one that belongs
to somebody else than the log makes it impossible to show different logs to different people.

Pure: ``answer`` tells what to answer and what to keep. Whoever serves it holds a lock on the log
from reading ``last`` until the new checkpoint is kept durably, and then answers; otherwise two
requests at once could turn the witness back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from guiju.tlog import EMPTY_ROOT
from guiju.tlog.checkpoints import Checkpoint, open_checkpoint, parse_checkpoint
from guiju.tlog.notes import (
    BadNote,
    CosignatureSigner,
    Verifier,
    decode64,
    encode64,
    open_note,
    parse_note,
    signature_line,
)
from guiju.tlog.proofs import is_consistent
from guiju.tlog.tiles import HASH_SIZE

OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
PROOF_MAX = 63
SIZE_TYPE = "text/x.tlog.size"
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status with its body; ``keep`` is what to keep before answering.

    That is the checkpoint with the signatures of its log and the cosignature, for all to read.
    """

    status: int
    body: str
    content_type: str = TEXT_TYPE
    keep: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a log asks: to sign this checkpoint, which extends its tree of that old size."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: str  # a signed note

    @property
    def text(self) -> str:
        """The body of the request."""
        lines = [f"old {self.old}", *map(encode64, self.proof)]
        return "\n".join(lines) + f"\n\n{self.checkpoint}"

    @property
    def origin(self) -> str:
        """The log that asks, unverified."""
        return self.checkpoint.partition("\n")[0]


def parse_demand(body: str) -> Demand:
    """Read a request. Raises BadNote."""
    head, blank, checkpoint = body.partition("\n\n")
    first, *lines = head.split("\n")
    old = OLD.fullmatch(first)
    proof = tuple(map(decode64, lines))
    is_proof = len(proof) <= PROOF_MAX and all(len(each) == HASH_SIZE for each in proof)
    if not blank or old is None or not is_proof:
        raise BadNote(
            "expected: old SIZE, at most 63 lines of a proof, a blank line, a checkpoint"
        )
    parse_checkpoint(parse_note(checkpoint)[0])
    return Demand(int(old[1]), proof, checkpoint)


def answer(
    demand: Demand,
    last: Checkpoint | None,
    verifiers: Sequence[Verifier],
    signer: CosignatureSigner,
) -> Answer:
    """What to answer a log whose keys are these, of which ``last`` was cosigned last."""
    if not verifiers:
        return Answer(404, "unknown log\n")
    try:
        new = open_checkpoint(demand.checkpoint, verifiers)
    except BadNote:
        return Answer(403, "no valid signature of the log\n")
    if demand.old > new.size:
        return Answer(400, "the old size is larger than the new one\n")
    known = last or Checkpoint(new.origin, 0, EMPTY_ROOT)
    if demand.old != known.size or (new.size == known.size and new.root != known.root):
        return Answer(409, f"{known.size}\n", SIZE_TYPE)
    if not is_consistent(known.size, new.size, demand.proof, known.root, new.root):
        return Answer(422, "the proof does not show that the log was only extended\n")
    line = signature_line(new.text, signer)
    kept = f"{new.text}\n{open_note(demand.checkpoint, verifiers).lines}{line}"
    return Answer(200, line, keep=kept)
