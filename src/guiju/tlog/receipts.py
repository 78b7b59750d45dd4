"""Receipts (C2SP tlog-proof@v1): that an entry is in a log, as a text that is checked offline.

c2sp.org/tlog-proof@v1
extra BASE64        whatever the application adds; nobody vouches for it
index N
base64(HASH)        the proof of inclusion, from the leaf's neighbour up to the root's child

CHECKPOINT          as it was signed
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from guiju.tlog import leaf_hash
from guiju.tlog.checkpoints import Checkpoint, open_checkpoint
from guiju.tlog.notes import BadNote, Verifier, decode64, encode64
from guiju.tlog.proofs import is_included
from guiju.tlog.tiles import HASH_SIZE

FIRST_LINE = "c2sp.org/tlog-proof@v1"
INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
PROOF_MAX = 63


@dataclass(frozen=True, slots=True)
class Receipt:
    """The place of an entry, the proof of it, and the checkpoint that it leads to."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: str  # a signed note
    extra: bytes = b""

    @property
    def text(self) -> str:
        """The receipt as a file."""
        extra = [f"extra {encode64(self.extra)}"] if self.extra else []
        lines = [FIRST_LINE, *extra, f"index {self.index}", *map(encode64, self.proof)]
        return "\n".join(lines) + f"\n\n{self.checkpoint}"


def parse_receipt(text: str) -> Receipt:
    """Read a receipt; nothing in it is checked yet. Raises BadNote."""
    head, blank, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != FIRST_LINE or not lines:
        raise BadNote(f"不是回执:第一行应为 {FIRST_LINE}")
    extra = b""
    if lines[0].startswith("extra "):
        extra = decode64(lines.pop(0).removeprefix("extra "))
    index = INDEX.fullmatch(lines.pop(0)) if lines else None
    if index is None or len(lines) > PROOF_MAX:
        raise BadNote("回执没有写明序号,或者证明太长")
    proof = tuple(decode64(line) for line in lines)
    if any(len(each) != HASH_SIZE for each in proof):
        raise BadNote("回执里的哈希应为32字节")
    return Receipt(int(index[1]), proof, checkpoint, extra)


def check(receipt: Receipt, entry: bytes, verifiers: Sequence[Verifier]) -> Checkpoint:
    """The signed checkpoint under which the entry stands. Raises BadNote when it does not."""
    checkpoint = open_checkpoint(receipt.checkpoint, verifiers)
    leaf = leaf_hash(entry)
    if not is_included(leaf, receipt.index, checkpoint.size, receipt.proof, checkpoint.root):
        raise BadNote("这一条不在签过名的日志里:条目或回执被改动过")
    return checkpoint
