"""Events in memory: the rows of some cases, coded as integers, sorted by case, time and row.

Words (powers, steps, people …) are codes of one dictionary, ``Words``; cases are numbered within
their bucket. What is not told is 0 for a word, ``UNTOLD`` for a number, ``NEVER`` for a time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64] | npt.NDArray[np.int32]
UNTOLD = -1
NEVER = np.iinfo(np.int64).min  # of a time in microseconds since 1970
PRESENT = pa.struct({"person": pa.int32(), "post": pa.int32(), "order": pa.int32()})
CODED = pa.schema(
    [
        ("case", pa.int32()),
        ("row", pa.int64()),
        ("at", pa.int64()),  # microseconds since 1970, the city's wall-clock time
        ("recorded_at", pa.int64()),
        ("received", pa.int64()),
        *((name, pa.int32()) for name in ("power", "step", "outcome", "organ", "post", "person")),
        ("certificate", pa.int32()),
        ("reason", pa.int8()),  # 1 given, 0 not given, UNTOLD
        ("fee", pa.int64()),
        ("amount", pa.int64()),
        ("stop_days", pa.int32()),
        ("applicant", pa.int64()),
        ("division", pa.int32()),
        ("present", pa.list_(PRESENT)),
        ("items", pa.list_(pa.int32())),
        ("evidence", pa.list_(pa.int32())),
    ]
)


def by_case_and_time(
    case: npt.NDArray[np.int32], at: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The order of events by case and time, those of the same time as they stand.

    Sorting numbers is many times faster than sorting places by numbers, so case and place are
    sorted as one number. Fewer than 2^31 events.
    """
    count = len(case)
    order = np.arange(count)
    if count and (at[1:] < at[:-1]).any():
        order = np.argsort(at, kind="stable")
    key = case[order].astype(np.int64) << 32 | np.arange(count)
    key.sort()
    found: npt.NDArray[np.int64] = order[key & 0xFFFFFFFF]
    return found


def in_order(rows: pa.Table) -> pa.Table:
    """Rows by case, time and row."""
    row = rows["row"].to_numpy()
    if (row[1:] < row[:-1]).any():
        rows = rows.take(pa.array(np.argsort(row, kind="stable")))
    order = by_case_and_time(rows["case"].to_numpy(), rows["at"].to_numpy())
    return rows.take(pa.array(order)).combine_chunks()


class Words:
    """A dictionary of words: code 0 is none, codes are given in the order of appearance."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts: list[str] = ["", *texts]
        self.codes: dict[str, int] = {text: code for code, text in enumerate(self.texts)}

    def code(self, text: str) -> int:
        """The code of a word, a new one when it is new."""
        found = self.codes.get(text)
        if found is None:
            found = self.codes[text] = len(self.texts)
            self.texts.append(text)
        return found

    def find(self, text: str) -> int:
        """The code of a word; ``UNTOLD``, which no event holds, when it was never seen."""
        return self.codes.get(text, UNTOLD)

    def text(self, code: int) -> str:
        """The word of a code."""
        return self.texts[code]


@dataclass(frozen=True)
class Events:
    """Events of whole cases, sorted by case, ``at`` and ``row``; columns as in ``CODED``.

    Columns that no detector asks for, or that the log does not tell, may be absent.
    """

    columns: Mapping[str, pa.Array]
    bucket: int = 0

    def __len__(self) -> int:
        return len(self.columns["case"])

    def array(self, name: str) -> npt.NDArray[np.int64]:
        """A column of integers as an array, without a copy."""
        found: npt.NDArray[np.int64] = self.columns[name].to_numpy()
        return found

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """Where each case begins, and after them the number of events."""
        case = self.array("case")
        if not len(case):
            return np.zeros(1, np.int64)
        edges = np.flatnonzero(case[1:] != case[:-1]) + 1
        return np.concatenate(([0], edges, [len(case)]))
