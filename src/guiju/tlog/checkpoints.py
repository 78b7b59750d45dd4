"""Checkpoints (C2SP tlog-checkpoint v1.0.0): what a log says of itself, as the text of a note.

    ORIGIN
    SIZE, in decimal
    base64(ROOT)

More lines may follow, which say whatever the log wants; they are signed like the others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from guiju.tlog.notes import BadNote, Verifier, decode64, encode64, open_note, parse_note

SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
ROOT_SIZE = 32


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its name, how many entries, the root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What is signed."""
        lines = self.origin, str(self.size), encode64(self.root), *self.extensions
        return "\n".join(lines) + "\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text. Raises BadNote."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise BadNote("检查点应有三行:日志名、条数、根哈希")
    origin, size, root, *extensions = lines
    if not SIZE.fullmatch(size):
        raise BadNote(f"检查点的条数不是数:{size[:40]}")
    decoded = decode64(root)
    if len(decoded) != ROOT_SIZE:
        raise BadNote("检查点的根哈希应为32字节")
    return Checkpoint(origin, int(size), decoded, tuple(extensions))


def claimed_checkpoint(note: str) -> Checkpoint:
    """What a signed note says, whoever signed it: for those who know where it comes from.

    Raises BadNote.
    """
    return parse_checkpoint(parse_note(note)[0])


def open_checkpoint(note: str, verifiers: Sequence[Verifier]) -> Checkpoint:
    """The checkpoint of a note that its own log signed. Raises BadNote.

    A witness's signature alone does not do: one of the keys must bear the name of the log.
    """
    opened = open_note(note, verifiers)
    checkpoint = parse_checkpoint(opened.text)
    if not any(each.name == checkpoint.origin for each in opened.signers):
        raise BadNote(f"没有“{checkpoint.origin}”自己的签名")
    return checkpoint
