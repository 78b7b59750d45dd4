"""The events of a bucket as relations for the detectors: arrays in, tables out.

    event        bucket, case, n, row, at, day, recorded_at, recorded_day, next_at, next_day,
                 next_recorded_at, next_row, power … division as in ``events``
    participant  bucket, case, n, row, day, power, step, outcome, organ, person, post, ord,
                 is_actor, certificate
    item         bucket, row, item           · document  bucket, row, kind
    kase         bucket, case, power, organ, applicant, division, first_day, first_row, last_day,
                 last_row, last_n, ended_day, ended_at, ended_row, ended_step,
                 ended_outcome, ended_n, is_failure, is_late, is_running
    done         power, organ, step, day     what was done when by whom, for duties
    deviation    bucket, case, n, row, code, step
    clock        bucket, case, row, kind, step, start_day, end_day, due_day, left_days
    stop         bucket, case, row, since_day, until_day, days_applied
    extension    bucket, case, row, day, flaw

``n`` counts the events of a case from 0, days are counted from 1970-01-01; ``next_…`` is of the
next event of the case. Who acts is a participant too, and counted once. Questions across buckets
look at ``kase`` and ``done`` alone, which a caller keeps of every bucket.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from guiju.audit.context import PROMISED, Context
from guiju.audit.engine import Duck
from guiju.audit.events import CODED, NEVER, UNTOLD, Events

Array = npt.NDArray[Any]  # of integers of any width
DAY = 86_400_000_000  # microseconds
LISTS = ("present", "items", "evidence")
NUMBERS = ("reason", "fee", "amount", "stop_days")
WORDS = ("power", "step", "outcome", "organ", "post", "person", "certificate", "division")


def _schema(names: str) -> pa.Schema:
    wide = {"row": pa.int64()}
    return pa.schema([(name, wide.get(name, pa.int32())) for name in names.split()])


GIVEN: Mapping[str, pa.Schema] = {
    "deviation": _schema("bucket case n row code step"),
    "clock": _schema("bucket case row kind step start_day end_day due_day left_days"),
    "stop": _schema("bucket case row since_day until_day days_applied"),
    "extension": _schema("bucket case row day flaw"),
}
"""What others than this module find out about a bucket; days as everywhere, or ``UNTOLD``."""

ACROSS = ("kase", "done")
"""The relations that questions across buckets look at."""


def relations_of(
    events: Events, context: Context, given: Mapping[str, pa.Table]
) -> dict[str, pa.Table]:
    """The relations of one bucket, all but ``done``, which is asked of the others."""
    tables = {name: given[name].cast(schema) for name, schema in GIVEN.items()}
    event = _event(events)
    tables |= {"event": pa.table(event), "participant": pa.table(_participants(events, event))}
    for name, source, column in (("item", "items", "item"), ("document", "evidence", "kind")):
        rows, values = _flat(events, source)
        head = {each: event[each][rows] for each in ("bucket", "row")}
        tables[name] = pa.table({**head, column: values})
    return tables | {"kase": pa.table(_cases(events, event, context, given["clock"]))}


def relate(duck: Duck, tables: Mapping[str, pa.Table], context: Context) -> None:
    """Make tables of the relations of one bucket and of the pack, and of ``done``."""
    for name, table in (*context.tables.items(), *tables.items()):
        duck.put(name, table)
    duck.put("done", duck.table(DONE))


DONE = """
SELECT e.power, e.organ, e.step, e.day FROM event AS e
JOIN obliged AS d ON d.organ = e.organ
GROUP BY e.power, e.organ, e.step, e.day
"""


def across(duck: Duck, context: Context, kase: pa.Table, done: pa.Table) -> None:
    """Show what questions across buckets look at, of all together: of ``kase`` what holds."""
    for name, table in context.tables.items():
        duck.put(name, table)
    duck.show("kase", kase, "is_last" if "is_last" in kase.column_names else "TRUE")
    duck.show("done", done, "TRUE")


def told(events: Events) -> frozenset[str]:
    """The columns that tell something of at least one event; ``order`` is that of speaking."""
    found = {name for name in WORDS if _any(events, name, 0)}
    found |= {name for name in ("applicant",) if _any(events, name, 0)}
    found |= {name for name in NUMBERS if _any(events, name, UNTOLD)}
    found |= {name for name in ("recorded_at", "received") if _any(events, name, NEVER)}
    lists = {name: _flat(events, name)[1] for name in LISTS if name in events.columns}
    found |= {name for name, values in lists.items() if len(values)}
    if "present" in found:
        people = {"order": "order", "named": "person"}
        present = lists["present"]
        found |= {n for n, field in people.items() if np.any(present.field(field).to_numpy() > 0)}
    return frozenset(found)


def _any(events: Events, name: str, untold: int) -> bool:
    return name in events.columns and bool(np.any(events.array(name) != untold))


def _column(events: Events, name: str, untold: int) -> Array:
    if name in events.columns:
        return events.array(name)
    kind = CODED.field(name).type.to_pandas_dtype()
    return np.full(len(events), untold, kind)


def _event(events: Events) -> dict[str, Array]:
    case, at = events.array("case"), events.array("at")
    sizes = np.diff(events.starts)
    recorded = _column(events, "recorded_at", NEVER)
    is_last = np.zeros(len(case), bool)
    is_last[events.starts[1:] - 1] = True
    day = (at // DAY).astype(np.int32)
    return {
        "bucket": np.full(len(case), events.bucket, np.int32),
        "case": case,
        "n": (np.arange(len(case)) - np.repeat(events.starts[:-1], sizes)).astype(np.int32),
        "row": events.array("row"),
        "at": at,
        "day": day,
        "recorded_at": recorded,
        "recorded_day": np.where(recorded == NEVER, UNTOLD, recorded // DAY),
        "next_at": _next(at, is_last, NEVER),
        "next_day": _next(day, is_last, UNTOLD),
        "next_recorded_at": _next(recorded, is_last, NEVER),
        "next_row": _next(events.array("row"), is_last, UNTOLD),
        **{name: _column(events, name, 0) for name in (*WORDS, "applicant")},
        **{name: _column(events, name, UNTOLD) for name in NUMBERS},
    }


def _next(values: Array, is_last: npt.NDArray[np.bool_], untold: int) -> Array:
    return np.where(is_last, untold, np.roll(values, -1)).astype(values.dtype)


def _flat(events: Events, name: str) -> tuple[Array, pa.Array]:
    """The values of a column of lists, and of each the position of its event."""
    if name not in events.columns:
        kind = CODED.field(name).type.value_type
        return np.zeros(0, np.int64), pa.array([], kind)
    column = events.columns[name]
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    parents = pc.list_parent_indices(column).to_numpy(zero_copy_only=False)
    return parents.astype(np.int64), column.flatten()


def _participants(events: Events, event: Mapping[str, Array]) -> dict[str, Array]:
    """Who acts and who else was there; who acts and is named again brings the order along."""
    rows, present = _flat(events, "present")
    fields = {name: present.field(name).fill_null(0).to_numpy() for name in ("person", "post")}
    order = present.field("order").fill_null(0).to_numpy()
    is_again = (fields["person"] == event["person"][rows]) & (fields["person"] != 0)
    own_order = np.zeros(len(events), np.int32)
    own_order[rows[is_again]] = order[is_again]
    actors = np.flatnonzero(event["person"] != 0)
    others = ~is_again
    at = np.concatenate((actors, rows[others]))
    shared = ("bucket", "case", "n", "row", "day", "power", "step", "outcome", "organ")
    none = np.zeros(int(others.sum()), np.int32)
    is_actor = np.concatenate((np.ones(len(actors), np.int8), none.astype(np.int8)))
    return {
        **{name: event[name][at] for name in shared},
        "person": np.concatenate((event["person"][actors], fields["person"][others])),
        "post": np.concatenate((event["post"][actors], fields["post"][others])),
        "ord": np.concatenate((own_order[actors], order[others])),
        "is_actor": is_actor,
        "certificate": np.concatenate((event["certificate"][actors], none)),
    }


def _cases(
    events: Events, event: Mapping[str, Array], context: Context, clock: pa.Table
) -> dict[str, Array]:
    """One row for each case. It ends with the first event whose outcome leads to an end.

    Where several sign together nobody knows from one signature whether it was enough: there the
    last one counts, if no other event ends the case.
    """
    first, last = events.starts[:-1], events.starts[1:] - 1
    if not len(events):
        ends = ("ended_day", "ended_at", "ended_row", "ended_step", "ended_outcome", "ended_n")
        empty = (*ends, "is_failure", "is_late", "is_running")
        return {name: np.zeros(0, np.int64) for name in (*CASE, *empty)}
    failure, is_joint = _ends(event, context)
    joint = _last_where((failure >= 0) & is_joint, events.starts)
    ended = _first_where((failure >= 0) & ~is_joint, events.starts, joint)
    has_end = (ended >= 0) & (ended < len(events))
    at = np.where(has_end, ended, 0)
    chosen = {
        name: event[name][_first_where(event[name] != 0, events.starts, first)]
        for name in ("power", "organ", "applicant", "division")
    }
    return {
        "bucket": event["bucket"][first],
        "case": event["case"][first],
        **chosen,
        **{f"first_{name}": event[name][first] for name in ("day", "row")},
        **{f"last_{name}": event[name][last] for name in ("day", "row", "n")},
        "ended_day": np.where(has_end, event["day"][at], UNTOLD),
        "ended_at": np.where(has_end, event["at"][at], NEVER),
        "ended_row": np.where(has_end, event["row"][at], UNTOLD),
        "ended_step": np.where(has_end, event["step"][at], 0),
        "ended_outcome": np.where(has_end, event["outcome"][at], 0),
        "ended_n": np.where(has_end, event["n"][at], UNTOLD),
        "is_failure": np.where(has_end, failure[at], 0),
        "is_late": np.isin(event["case"][first], _late(clock)).astype(np.int8),
        "is_running": np.isin(event["case"][first], _running(clock)).astype(np.int8),
    }


def _late(clock: pa.Table) -> Array:
    """The cases that are, or were in the end, past their promised or statutory limit."""
    is_late = clock.column("left_days").to_numpy() < 0
    is_late &= clock.column("kind").to_numpy() >= PROMISED
    late: Array = np.unique(clock.column("case").to_numpy()[is_late])
    return late


def _running(clock: pa.Table) -> Array:
    """The cases with a limit that still runs: another day may tell more of them."""
    runs = clock.column("end_day").to_numpy() == UNTOLD
    running: Array = np.unique(clock.column("case").to_numpy()[runs])
    return running


CASE = (
    *("bucket", "case", "power", "organ", "applicant", "division", "first_day", "first_row"),
    *("last_day", "last_row", "last_n"),
)


def _first_where(
    mask: npt.NDArray[np.bool_], starts: Array, otherwise: Array | None = None
) -> Array:
    """Of each case the position of its first event that a mask holds; else the number of all."""
    positions = np.where(mask, np.arange(len(mask)), len(mask))
    found: Array = np.minimum.reduceat(positions, starts[:-1])
    return found if otherwise is None else np.where(found < len(mask), found, otherwise)


def _last_where(mask: npt.NDArray[np.bool_], starts: Array) -> Array:
    """Of each case the position of its last event that a mask holds; else -1."""
    positions = np.where(mask, np.arange(len(mask)), -1)
    found: Array = np.maximum.reduceat(positions, starts[:-1])
    return found


def _ends(event: Mapping[str, Array], context: Context) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Of each event 1 when it ends its case without what was asked for, 0 when it ends it, -1.

    And whether it is one signature of several.
    """
    chart = context.tables["chart_outcome"]
    columns = {name: chart.column(name).to_numpy() for name in chart.column_names}
    columns = {name: values[columns["is_end"] == 1] for name, values in columns.items()}
    result = np.full(len(event["row"]), UNTOLD, np.int64)
    is_joint = np.zeros(len(result), bool)
    if len(columns["power"]):
        known, wanted = _matched(columns, event)
        order = np.argsort(known)
        keys, failures = known[order], columns["is_failure"][order]
        joint = columns["is_joint"][order] == 1
        found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        hit = keys[found] == wanted
        result[hit], is_joint[hit] = failures[found[hit]], joint[found[hit]]
    return result, is_joint


def _matched(chart: Mapping[str, Array], event: Mapping[str, Array]) -> tuple[Array, Array]:
    """Power, step and outcome as one number each, alike in both; -1 where the chart has none."""
    known, wanted = np.zeros(len(chart["power"]), np.int64), np.zeros(len(event["row"]), np.int64)
    is_known = np.ones(len(wanted), bool)
    for name in ("power", "step", "outcome"):
        codes = np.unique(chart[name])
        at = np.minimum(np.searchsorted(codes, event[name]), len(codes) - 1)
        is_known &= codes[at] == event[name]
        wanted = wanted * len(codes) + at
        known = known * len(codes) + np.searchsorted(codes, chart[name])
    return known, np.where(is_known, wanted, UNTOLD)
