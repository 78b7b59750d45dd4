"""Why cases deviate: each distinct deviating trace is explained once, for all cases that share it.

A trace is the chart, the activities, and which of them have the same time. An explanation that
finds nothing says that another order of events of the same time fits: then nothing is reported.
Beyond a budget (of one search, and of searches) the plain repairs of ``kernel.replay`` are
told instead, and the trace is counted as explained roughly.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from guiju.audit.events import Events
from guiju.audit.replay import Replayed, Tables
from guiju.kernel.alignment import Deviation, explain
from guiju.kernel.behaviour import Activity, Behaviour
from guiju.kernel.replay import Code
from guiju.kernel.table import STRANGE, Table

NODES_MAX = 20_000  # for one trace
TRACES_MAX = 5_000  # of one bucket; what comes after them is explained roughly
DEVIATION = pa.schema(
    [
        *((name, pa.int32()) for name in ("case", "n")),
        ("row", pa.int64()),
        ("code", pa.int8()),
        *((name, pa.int32()) for name in ("step", "outcome")),
    ]
)


@dataclass(frozen=True)
class Explained:
    """The deviations of a bucket, and how well they are known."""

    deviations: pa.Table  # of DEVIATION
    fits: npt.NDArray[np.bool_]  # of each case: what happened is a run of the chart so far
    rough: int  # traces that were explained roughly


def explained(events: Events, replayed: Replayed, tables: Tables, *, whole: bool) -> Explained:
    """Explain all cases that deviate; with ``whole`` also those that are not over at the end."""
    wanted = replayed.deviates.copy()
    if whole:
        wanted |= ~replayed.is_over & (replayed.chart >= 0)
    fits = ~replayed.deviates & (replayed.chart >= 0)
    if whole:
        fits &= replayed.is_over
    columns: dict[str, list[int]] = {name: [] for name in DEVIATION.names}
    known: dict[bytes, tuple[Deviation, ...]] = {}
    rough = 0
    reader = _Reader(events, replayed, tables)
    for case in np.flatnonzero(wanted).tolist():
        key = reader.key(case)
        if key not in known:
            table, trace, ties = reader.trace(case)
            least = None
            if len(known) < TRACES_MAX:
                least = _least(table.behaviour, trace, ties, whole=whole)
            rough += least is None
            known[key] = _plain(table, trace, whole=whole) if least is None else least
        fits[case] = all(each.code is Code.BY_SILENCE for each in known[key])
        reader.tell(case, known[key], columns)
    arrays = [pa.array(columns[each.name], each.type) for each in DEVIATION]
    return Explained(pa.table(arrays, schema=DEVIATION), fits, rough)


class _Reader:
    """The traces of cases, and their deviations told in the columns of the relation."""

    def __init__(self, events: Events, replayed: Replayed, tables: Tables) -> None:
        self.events, self.replayed, self.tables = events, replayed, tables
        self.at, self.row = events.array("at"), events.array("row")
        self.case, self.step = events.array("case"), events.array("step")
        self.outcome = events.array("outcome")
        self.ties = np.zeros(len(self.at), np.int32)
        if len(self.at):
            is_new = (self.at[1:] != self.at[:-1]) | (self.case[1:] != self.case[:-1])
            np.cumsum(is_new, out=self.ties[1:])

    def _span(self, case: int) -> slice:
        return slice(int(self.events.starts[case]), int(self.events.starts[case + 1]))

    def key(self, case: int) -> bytes:
        """Equal for cases that have the same explanation."""
        span = self._span(case)
        ties = self.ties[span] - self.ties[span.start]
        chart = int(self.replayed.chart[case]).to_bytes(4, "big")
        return b"".join((chart, self.replayed.activity[span].tobytes(), ties.tobytes()))

    def trace(self, case: int) -> tuple[Table, list[Activity], list[int]]:
        """A case as the kernel takes it; what its chart does not know has no name."""
        span = self._span(case)
        table = self.tables.charts[self.replayed.chart[case]]
        numbers = self.replayed.activity[span].tolist()
        trace = [("", "") if n == STRANGE else table.activities[n] or ("", "") for n in numbers]
        return table, trace, self.ties[span].tolist()

    def tell(
        self, case: int, deviations: Iterable[Deviation], columns: dict[str, list[int]]
    ) -> None:
        """Append a case's deviations; of an event the words are those that the log has."""
        span = self._span(case)
        for each in deviations:
            place = min(span.start + each.at, span.stop - 1)
            is_missing = each.code in (Code.SKIPPED, Code.BY_SILENCE, Code.UNFINISHED)
            step, outcome = (self.tables.words.code(word) for word in each.activity)
            columns["case"].append(int(self.case[place]))
            columns["n"].append(each.at)
            columns["row"].append(int(self.row[place]))
            columns["code"].append(each.code)
            columns["step"].append(step if is_missing else int(self.step[place]))
            columns["outcome"].append(outcome if is_missing else int(self.outcome[place]))


def _least(
    behaviour: Behaviour, trace: list[Activity], ties: list[int], *, whole: bool
) -> tuple[Deviation, ...] | None:
    """The least deviations of a trace; None beyond the budget."""
    found = explain(behaviour, trace, ties, is_whole=whole, nodes_max=NODES_MAX)
    return None if found is None else found.deviations


def _plain(table: Table, trace: list[Activity], *, whole: bool) -> tuple[Deviation, ...]:
    """The plain repairs of a trace, from its chart's table."""
    found: list[Deviation] = []
    state = 0
    for at, activity in enumerate(trace):
        step = table.step(state, table.number_of.get(activity, STRANGE))
        state = table.number(step.state)
        if step.code is Code.SKIPPED:
            found += [Deviation(at, Code.SKIPPED, skipped) for skipped in step.skipped]
        elif step.code not in (Code.FITS, Code.BY_SILENCE):
            found.append(Deviation(at, step.code, activity))
    if whole and not table.is_over[state]:
        found.append(Deviation(len(trace), Code.UNFINISHED, ("", "")))
    return tuple(found)
