"""Rows as a source writes them to rows of TOLD, as its mapping says; what cannot be, is rejected.

One row's fault is its own: it is listed with every reason, and the rows around it are taken.
"""

from collections.abc import Iterable
from collections.abc import Mapping as Table
from difflib import get_close_matches
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute

from guiju.formats.logs import cells
from guiju.formats.logs.batch import Batch, Chunk, LogError, Rejected
from guiju.formats.logs.mapping import Mapping, Unit
from guiju.formats.logs.schema import REQUIRED, TOLD
from guiju.formats.logs.times import wall_times

MISSING = {"case": "没有办件编号", "step": "没有环节", "at": "没有时间"}
UNREADABLE = {
    "at": "时间读不懂",
    "recorded_at": "录入时间读不懂",
    "received": "收件时间读不懂",
    "present": "参加人读不懂",
    "reason": "是否说明理由读不懂",
    "items": "材料清单读不懂",
    "evidence": "文书清单读不懂",
    "fee": "收费金额读不懂(应为不小于零的整分)",
    "amount": "涉及金额读不懂(应为不小于零的整分)",
    "stop_days": "停止计时天数读不懂(应为不小于零的整数)",
}
OWN = "guiju:"  # before TOLD's names, in logs of formats that have no word for them
SHOWN = 40  # characters of a value in a reason


def columns_of(mapping: Mapping, known: Table[str, str]) -> dict[str, str]:
    """For each name of TOLD the column of the source, ``known`` where the mapping is silent."""
    return {**known, **mapping.columns.told()}


def with_own(standard: Table[str, str]) -> dict[str, str]:
    """Columns that a format has words for, and the others as our writers name them."""
    return {name: standard.get(name, OWN + name) for name in TOLD.names if name != "row"}


def identical(available: Iterable[str]) -> dict[str, str]:
    """The columns of a table that have TOLD's own names."""
    return {name: name for name in TOLD.names if name in set(available) and name != "row"}


def require(columns: Table[str, str], available: Iterable[str], file: str) -> None:
    """Raise LogError when a column is not in the source, or what every log must tell is not."""
    available = tuple(available)
    for name in REQUIRED:
        if name not in columns:
            mend = f"在对照表 [columns] 中写 {name} = …;源中有:{'、'.join(available[:30])}"
            raise LogError(file, f"不知道哪一列是 {name}", mend, f"columns.{name}")
    for name, column in columns.items():
        if column not in available:
            near = get_close_matches(column, available, 1)
            mend = f"是不是“{near[0]}”?" if near else f"源中有:{'、'.join(available[:30])}"
            raise LogError(file, f"源中没有列“{column}”", mend, f"columns.{name}")


class Translation:
    """What a mapping makes of the rows of one source."""

    def __init__(self, mapping: Mapping, columns: Table[str, str], file: str) -> None:
        self.mapping, self.columns, self.file = mapping, columns, file

    def batch(self, chunk: Chunk) -> Batch:
        """The rows of a chunk: events, rejected ones, and how many were left out."""
        sources = {n: chunk.columns[c] for n, c in self.columns.items() if c in chunk.columns}
        rows, ignored = chunk.rows, chunk.ignored
        if self.mapping.ignore.step and "step" in sources:
            left_out = pa.array(self.mapping.ignore.step)
            is_left_out = compute.is_in(cells.text(sources["step"]), left_out)
            ignored += compute.sum(is_left_out).as_py() or 0
            keep = compute.invert(is_left_out)
            sources = {name: each.filter(keep) for name, each in sources.items()}
            rows = rows[keep.to_numpy(zero_copy_only=False)]
        columns = self._columns(sources, len(rows))
        reasons = _reasons(columns, sources)
        keep_rows = np.ones(len(rows), np.bool_)
        keep_rows[list(reasons)] = False
        rejected = [Rejected(int(rows[i]), ";".join(words)) for i, words in reasons.items()]
        rejected = sorted([*chunk.rejected, *rejected], key=lambda each: each.row)
        arrays = [pa.array(rows), *(columns[name] for name in TOLD.names[1:])]
        if reasons:
            mask = pa.array(keep_rows)
            arrays = [each.filter(mask) for each in arrays]
        events = pa.RecordBatch.from_arrays(arrays, schema=TOLD)
        return Batch(events, tuple(rejected), ignored, chunk.read, chunk.done, chunk.total)

    def _columns(self, sources: Table[str, pa.Array], count: int) -> dict[str, pa.Array]:
        """All columns of TOLD but ``row``."""
        found = {name: self._typed(name, column) for name, column in sources.items()}
        if "step" in sources:
            table = self.mapping.values.step
            found["step"], outcome = cells.steps(sources["step"], table)
            if outcome is not None:
                found["outcome"] = compute.coalesce(outcome, found.get("outcome", outcome))
        for name in TOLD.names[1:]:
            if name not in found:
                found[name] = pa.nulls(count, TOLD.field(name).type)
            constant = getattr(self.mapping.fixed, name, "")
            if constant:
                found[name] = compute.fill_null(found[name], constant)
        return found

    def _typed(self, name: str, column: pa.Array) -> pa.Array:
        """A column of TOLD. Raises LogError when the source's type can be no such thing."""
        try:
            return self._read(name, column)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
            problem = f"列“{self.columns[name]}”的类型是 {column.type},读不成 {name}"
            mend = "导出时换成文字,或在对照表中换一列"
            raise LogError(self.file, problem, mend, f"columns.{name}") from None

    def _read(self, name: str, column: pa.Array) -> pa.Array:
        mapping = self.mapping
        table: dict[str, str] = getattr(mapping.values, name, {})
        match name:
            case "at" | "recorded_at" | "received":
                is_told = pa.types.is_temporal(column.type)
                values = column if is_told else cells.text(column)
                return wall_times(values, mapping.times.formats, mapping.times.zone)
            case "fee" | "amount":
                return cells.money(column, mapping.money is Unit.YUAN)
            case "stop_days":
                return cells.days(column)
            case "reason":
                return cells.flags(column, table)
            case "items" | "evidence" | "present":
                read = cells.people if name == "present" else cells.lists
                table = mapping.values.post if name == "present" else table
                return read(column, table, mapping.csv.list_separator)
        return cells.words(column, table)


def _reasons(columns: Table[str, pa.Array], sources: Table[str, pa.Array]) -> dict[int, list[str]]:
    """For each place that cannot be taken, why."""
    found: dict[int, list[str]] = {}
    for name in dict.fromkeys((*REQUIRED, *UNREADABLE)):
        if not columns[name].null_count:
            continue
        source = sources.get(name)
        told: Any = None
        if source is not None and name in UNREADABLE and source.null_count < len(source):
            told = source if pa.types.is_nested(source.type) else cells.text(source)
        is_bad = columns[name].is_null()
        if name not in REQUIRED:
            is_bad = compute.and_(is_bad, told.is_valid()) if told is not None else pa.array([])
        for place in np.flatnonzero(is_bad.to_numpy(zero_copy_only=False)).tolist():
            value = told[place].as_py() if told is not None else None
            words = f"{UNREADABLE[name]}:{str(value)[:SHOWN]}" if value else MISSING[name]
            found.setdefault(place, []).append(words)
    return dict(sorted(found.items()))
