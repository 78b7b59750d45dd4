"""Why cases deviate: each distinct deviating trace is explained once, for all cases that share it.

A trace is the chart, the activities, and which of them have the same time. An explanation that
finds nothing says that another order of events of the same time fits: then nothing is reported.
Beyond a budget (of one search, and of searches) the plain repairs of ``kernel.replay`` are
told instead, and the trace is counted as explained roughly.
"""

from collections.abc import Sequence
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
MISSING = (Code.SKIPPED, Code.BY_SILENCE, Code.UNFINISHED)  # what the log does not have
TRACES_MAX = 5_000  # of one bucket; what comes after them is explained roughly
Numbers = npt.NDArray[np.int64]
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
    groups: dict[bytes, int] = {}
    found: list[tuple[Deviation, ...]] = []
    rough = 0
    reader = _Reader(events, replayed, tables)
    cases = np.flatnonzero(wanted)
    of = np.zeros(len(cases), np.int64)
    for place, case in enumerate(cases.tolist()):
        key = reader.key(case)
        group = groups.get(key)
        if group is None:
            table, trace, ties = reader.trace(case)
            least = None
            if len(found) < TRACES_MAX:
                least = _least(table.behaviour, trace, ties, whole=whole)
            rough += least is None
            group = groups[key] = len(found)
            found.append(_plain(table, trace, whole=whole) if least is None else least)
        of[place] = group
    is_lawful = [all(each.code is Code.BY_SILENCE for each in told) for told in found]
    fits[cases] = np.array(is_lawful, np.bool_)[of]
    return Explained(reader.told(cases, of, found), fits, rough)


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

    def told(
        self, cases: Numbers, of: Numbers, found: Sequence[tuple[Deviation, ...]]
    ) -> pa.Table:
        """The relation: each case with the deviations of the trace that it shares (``of``).

        Of an event the words are those that the log has; of what is missing, the chart's.
        """
        flat = [each for deviations in found for each in deviations]
        sizes = np.array([len(deviations) for deviations in found], np.int64)
        first, counts = np.cumsum(sizes) - sizes, sizes[of]
        rank = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        which, case = np.repeat(first[of], counts) + rank, np.repeat(cases, counts)
        at, code = (np.array([each[i] for each in flat], np.int64)[which] for i in (0, 1))
        words = [tuple(map(self.tables.words.code, each.activity)) for each in flat]
        step, outcome = np.array(words, np.int32).reshape(-1, 2).T[:, which]
        starts = self.events.starts
        place = np.minimum(starts[case] + at, starts[case + 1] - 1)
        is_missing = np.isin(code, MISSING)
        columns = {
            "case": self.case[place],
            "n": at,
            "row": self.row[place],
            "code": code,
            "step": np.where(is_missing, step, self.step[place]),
            "outcome": np.where(is_missing, outcome, self.outcome[place]),
        }
        arrays = [pa.array(columns[each.name]).cast(each.type) for each in DEVIATION]
        return pa.table(arrays, schema=DEVIATION)


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
