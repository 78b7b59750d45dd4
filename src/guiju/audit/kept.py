"""What runs of ``oversee`` leave beside the events, so that the next one need not ask again.

Every portion that was examined leaves a piece: its cases (``kase``), its findings (``found``),
what was done when by whom (``done``), and once more the events of the cases that may go on
(``held``): nearly all that is new is about these, and they lie together here. Of a case the last
piece that has it counts; so a run writes no more than it examined. ``State`` commits: which
pieces there are, up to which row and day the store was examined, by which pack and questions.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guiju.audit.detection import Checked, Detected
from guiju.audit.durable import read_mapped, write, write_mapped
from guiju.audit.finding import Finding, Group, Severity
from guiju.audit.store import Store

PIECES_MAX = 24  # more are put together
KINDS = ("kase", "found", "done", "held")
PLACE = ("bucket", "number")
FOUND = pa.schema(
    [
        *((name, pa.int32()) for name in PLACE),
        *((name, pa.string()) for name in ("id", "detector", "group", "severity", "power")),
        *((name, pa.string()) for name in ("case", "organ")),
        ("rows", pa.list_(pa.int64())),
        ("day", pa.date32()),
        *((name, pa.string()) for name in ("words", "rule", "counter")),
    ]
)


@dataclass(frozen=True)
class State:
    """How far the store was examined, by which pack and questions (``digest``)."""

    digest: str = ""
    row: int = 0  # the last one
    day: str = ""
    pieces: tuple[int, ...] = ()
    checked: tuple[Checked, ...] = ()


class Kept:
    """The pieces of a store; those that are put count when the state is committed."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.folder = store.folder / "kept"
        self.state = self._read()
        self._known_last: npt.NDArray[np.int32] | None = None
        counts = (store.case_count(bucket) for bucket in range(store.buckets))
        self._bases = np.cumsum([0, *counts])  # of each bucket the place of its first case
        self.pieces = list(self.state.pieces)

    def _read(self) -> State:
        path = self.folder / "state.json"
        if not path.exists():
            return State()
        told = json.loads(path.read_text("utf-8"))
        rows = told.pop("checked")
        checked = (Checked(**{**row, "blind": tuple(map(tuple, row["blind"]))}) for row in rows)
        return State(**{**told, "pieces": tuple(told["pieces"])}, checked=tuple(checked))

    def begin_anew(self) -> None:
        """Nothing that was kept holds any more; it is deleted when new pieces are committed."""
        self.state, self.pieces, self._known_last = State(), [], None

    def put(self, piece: Mapping[str, pa.Table]) -> None:
        """Keep what examining a portion has shown, of all ``KINDS``."""
        number = 1 + max((int(p.stem.split("-")[1]) for p in self._files()), default=0)
        for name in KINDS:
            write_mapped(self._path(name, number), piece[name])
        self.pieces.append(number)
        self._known_last = None

    def commit(self, state: State) -> None:
        """From now on this state holds, with all that was put."""
        if len(self.pieces) > PIECES_MAX:
            whole = {name: self.table(name) for name in KINDS}
            self.pieces = []
            self.put(whole)
        self.state = replace(state, pieces=tuple(self.pieces))
        text = json.dumps(asdict(self.state), ensure_ascii=False)
        write(self.folder / "state.json", text.encode())
        for path in self._files():
            if int(path.stem.split("-")[1]) not in self.pieces:
                path.unlink()

    def table(self, name: str) -> pa.Table:
        """All that holds of one kind: of each case what the last piece says."""
        if name == "done":
            whole = pa.concat_tables(self._parts(name))
            return whole.group_by(whole.column_names).aggregate([])
        parts = [table.filter(is_last) for table, is_last in self._judged(name)]
        columns = parts[-1].column_names
        return pa.concat_tables(_with(parts, columns))

    def cases(self) -> pa.Table:
        """The cases of all pieces, and of each whether it is the last word (``is_last``).

        It lies in the files: of millions of rows nothing is copied.
        """
        parts = self._judged("kase")
        return pa.concat_tables(table.append_column("is_last", last) for table, last in parts)

    def running(self) -> Mapping[int, npt.NDArray[np.int64]]:
        """Of each bucket the cases of which another day may tell more."""
        if not self.pieces:
            return {}
        kase = self.cases().select(["bucket", "case", "is_running", "is_last"])
        kase = kase.filter(pc.and_(pc.equal(kase["is_running"], 1), kase["is_last"]))
        bucket, case = kase["bucket"].to_numpy(), kase["case"].to_numpy().astype(np.int64)
        return {int(each): case[bucket == each] for each in np.unique(bucket)}

    def among(self, bucket: int, cases: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Of these cases of a bucket those that were examined before."""
        is_known = self._last()[self._bases[bucket] + cases] > 0
        return np.asarray(cases[is_known], np.int64)

    def held(self, columns: Sequence[str]) -> Mapping[int, pa.Table]:
        """Of each bucket the events of its cases that may go on, where these columns are known."""
        wanted = ["bucket", *columns]
        parts = _with((table.filter(is_last) for table, is_last in self._judged("held")), wanted)
        if not parts:
            return {}
        whole = pa.concat_tables(parts)
        whole = whole.take(pa.array(np.argsort(whole["bucket"].to_numpy(), kind="stable")))
        bucket, start = np.unique(whole["bucket"].to_numpy(), return_index=True)
        spans = zip(bucket.tolist(), pairwise((*start.tolist(), len(whole))), strict=True)
        return {each: whole.slice(i, j - i).select(columns) for each, (i, j) in spans}

    def _judged(self, name: str) -> Iterator[tuple[pa.Table, pa.Array]]:
        """Every piece, and of each of its rows whether no later piece has the case."""
        last = self._last()
        of = ("bucket", "number" if name == "found" else "case")
        for piece, table in zip(self.pieces, self._parts(name), strict=True):
            place = self._place(*(table[each].to_numpy() for each in of))
            yield table, pa.array(last[place] == piece)

    def _last(self) -> npt.NDArray[np.int32]:
        """Of every case in the store the last piece that has it."""
        if self._known_last is not None:
            return self._known_last
        last = np.zeros(int(self._bases[-1]), np.int32)
        for piece, table in zip(self.pieces, self._parts("kase"), strict=True):
            place = self._place(table["bucket"].to_numpy(), table["case"].to_numpy())
            last[place] = piece
        self._known_last = last
        return last

    def _place(
        self, bucket: npt.NDArray[np.int32], case: npt.NDArray[np.int32]
    ) -> npt.NDArray[np.int64]:
        return np.asarray(self._bases[bucket] + case, np.int64)

    def _parts(self, name: str) -> Iterator[pa.Table]:
        return (read_mapped(self._path(name, piece)) for piece in self.pieces)

    def _files(self) -> list[Path]:
        return list(self.folder.glob("*.arrow"))

    def _path(self, name: str, piece: int) -> Path:
        return self.folder / f"{name}-{piece}.arrow"


def _with(tables: Iterable[pa.Table], columns: Sequence[str]) -> list[pa.Table]:
    """These columns of the tables that have them all; others are of events told with less."""
    wanted = set(columns)
    return [each.select(columns) for each in tables if wanted <= set(each.column_names)]


def told(found: Detected) -> pa.Table:
    """Findings as a table of ``FOUND``."""
    names = [name for name in FOUND.names if name not in PLACE]
    columns = {name: [getattr(each, name) for each in found.findings] for name in names}
    columns |= {name: [each.value for each in columns[name]] for name in ("group", "severity")}
    columns |= {name: [place[i] for place in found.places] for i, name in enumerate(PLACE)}
    return pa.table(columns, schema=FOUND)


def findings(table: pa.Table) -> tuple[Finding, ...]:
    """Findings from a table of ``FOUND``."""
    names = [name for name in FOUND.names if name not in PLACE]
    return tuple(map(_finding, table.select(names).to_pylist()))


def _finding(row: dict[str, Any]) -> Finding:
    group, severity = Group(row.pop("group")), Severity(row.pop("severity"))
    return Finding(**{**row, "rows": tuple(row["rows"])}, group=group, severity=severity)
