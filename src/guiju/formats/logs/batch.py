"""What every reader of logs gives: batches of events, what it could not read, what it remarks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

BATCH_ROWS = 200_000


class LogError(ValueError):
    """What is wrong with a whole file: file, problem and mend, and the key of a mapping."""

    def __init__(self, file: str, problem: str, mend: str, key: str = "") -> None:
        super().__init__(f"{file}{f' {key}' if key else ''}:{problem}。{mend}")
        self.file, self.problem, self.mend, self.key = file, problem, mend, key


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be taken, and why, in words."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a file that is not as its format asks, but could be read all the same."""

    code: str
    words: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a source in the words of charts."""

    events: pa.RecordBatch  # of schema.TOLD
    rejected: tuple[Rejected, ...]
    ignored: int  # rows that the mapping, or their life cycle, leaves out
    read: int  # rows of the source read so far, rejected and ignored ones too
    done: int = 0  # of ``total``, in bytes or rows, as the kind of file has it
    total: int = 0  # 0: not known


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a source as they are written: columns by their names there."""

    columns: Mapping[str, pa.Array]
    rows: Any  # numpy int64: the number of each row, from 1, ascending
    read: int
    done: int = 0
    total: int = 0
    rejected: tuple[Rejected, ...] = ()
    ignored: int = 0
