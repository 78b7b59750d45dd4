"""Limits: the clocks and stages of a bucket, counted: the relations ``clock`` and ``stop``.

    clock  bucket, case, row, kind, step, start_day, end_day, due_day, left_days
    stop   bucket, case, row, since_day, until_day, days_applied

``row`` is the event that ended what the limit is about, or else the one that began it. A limit
that cannot be counted, because the calendar does not reach that far or because the log does not
tell when it began, is no row but is counted in ``Limits.unknown``, with the reason.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from guiju.audit.clocks import NOBODY, Clocks, Line, Places
from guiju.audit.deadlines import OPEN, UNCAPPED, Count, Stops, Terms
from guiju.audit.deadlines import Days as Floats
from guiju.audit.effects import Effects, Ints
from guiju.audit.events import UNTOLD, Events, Words
from guiju.audit.relations import GIVEN
from guiju.kernel.rules import Rule, Unit

STAGE, PROMISED, STATUTORY = 1, 2, 3
BIG = 1 << 20  # days that no stop has
AT_ONCE = 65_536  # terms counted together: they stay in the cache of the processor
NO_CALENDAR = "日历没有载入到那一天,期限算不出"
NO_START = "日志没有写明何时收件,第一个环节的期限算不出"


@dataclass(frozen=True)
class Limits:
    """The relations, and for how many limits there is no answer, by reason."""

    clock: pa.Table
    stop: pa.Table
    unknown: Mapping[str, int]


@dataclass(frozen=True)
class _Asked:
    """Terms of one rule to be counted; places in the line."""

    kind: int
    step: int  # the step's word, 0 for the whole case
    rule: Rule
    case: Places
    begun: Places
    ended: Places
    first_stop: Places

    def part(self, at: Places) -> "_Asked":
        """Some of these terms."""
        names = ("case", "begun", "ended", "first_stop")
        return replace(self, **{name: getattr(self, name)[at] for name in names})


@dataclass(frozen=True)
class Bucket:
    """What is known of a bucket's cases before anything is counted."""

    events: Events
    line: Line
    clocks: Clocks
    chart: Ints  # of each case, as in ``audit.replay``

    @property
    def cases(self) -> Ints:
        """The number of each case."""
        found: Ints = self.events.array("case")[self.events.starts[:-1]].astype(np.int32)
        return found


def limits_of(bucket: Bucket, effects: Effects, words: Words, count: Count, today: int) -> Limits:
    """Count all limits of a bucket, up to a day (days since 1970-01-01)."""
    stops = _Stops(bucket)
    unknown: Counter[str] = Counter()
    columns: dict[str, list[npt.NDArray[np.int64]]] = {name: [] for name in COLUMNS}
    for asked in _all_asked(bucket, effects, words):
        known = bucket.line.day[asked.begun] != UNTOLD
        unknown[NO_START] += int((~known).sum())
        places = np.flatnonzero(known)
        for first in range(0, len(places), AT_ONCE):
            part = asked.part(places[first : first + AT_ONCE])
            rows = _counted(bucket, part, stops, count, today)
            is_known = ~np.isnan(rows.pop("left"))
            unknown[NO_CALENDAR] += int((~is_known).sum())
            for name, values in rows.items():
                columns[name].append(values[is_known])
    none = np.zeros(0, np.int64)
    whole = {name: np.concatenate([none, *parts]) for name, parts in columns.items()}
    return Limits(_table("clock", bucket, whole), _table("stop", bucket, stops.told()), +unknown)


COLUMNS = ("case", "row", "kind", "step", "start_day", "end_day", "due_day", "left_days")


def _table(name: str, bucket: Bucket, columns: Mapping[str, npt.NDArray[np.int64]]) -> pa.Table:
    size = len(columns["case"])
    whole = {
        **columns,
        "case": bucket.cases[columns["case"]],
        "bucket": np.full(size, bucket.events.bucket),
    }
    schema = GIVEN[name]
    return pa.table([pa.array(whole[f.name]).cast(f.type) for f in schema], schema=schema)


def _all_asked(bucket: Bucket, effects: Effects, words: Words) -> Iterator[_Asked]:
    """The stages of each step that has a limit, and both limits of each power."""
    stages, clocks = bucket.clocks.stages, bucket.clocks
    owner = bucket.chart[stages.case]
    key = owner.astype(np.int64) * (effects.steps_max + 1) + stages.step
    order = np.argsort(key, kind="stable")
    key = key[order]
    for chart, step, rule in effects.limits():
        if not rule.is_days:
            continue
        own = chart * (effects.steps_max + 1) + step
        at = order[np.searchsorted(key, own) : np.searchsorted(key, own, "right")]
        word = words.code(effects.nets[chart].power.steps[step - 1].id)
        whole = _Asked(
            *(STAGE, word, rule, stages.case, stages.begun, stages.ended, stages.first_stop)
        )
        yield whole.part(at)
    for chart, net in enumerate(effects.nets):
        at = np.flatnonzero((bucket.chart == chart) & (clocks.start != NOBODY))
        limits = net.power.limits
        for kind, rule in ((PROMISED, limits.promised), (STATUTORY, limits.statutory)):
            if rule.is_days:
                places = (clocks.start[at], clocks.end[at], clocks.first_stop[at])
                yield _Asked(kind, 0, rule, at, *places)


def _counted(
    bucket: Bucket, asked: _Asked, stops: "_Stops", count: Count, today: int
) -> dict[str, npt.NDArray[Any]]:
    """The rows of ``clock`` for some terms; ``left`` is NaN where there is no answer."""
    line, is_over = bucket.line, asked.ended != NOBODY
    start = line.day[asked.begun]
    end = np.where(is_over, line.day[asked.ended], today)
    is_working = asked.rule.unit is Unit.WORKING_DAY
    length = np.full(len(start), asked.rule.number, np.float32)
    if asked.kind != STAGE:
        length += bucket.clocks.extension[asked.case, 0 if is_working else 1]
    own = stops.of(asked, start)
    begin = start.astype(np.float32)
    terms = Terms(count, begin, length, is_working, own)
    due = terms.due()
    left = terms.left(end.astype(np.float32), due)
    row = line.row[np.where(is_over, asked.ended, asked.begun)]
    size = len(row)
    return {
        "case": asked.case,
        "row": row,
        "kind": np.full(size, asked.kind),
        "step": np.full(size, asked.step),
        "start_day": start,
        "end_day": np.where(is_over, end, UNTOLD),
        "due_day": _whole(due),
        "left_days": _whole(left),
        "left": left,
    }


def _whole(days: Floats) -> npt.NDArray[np.int64]:
    """Days as integers, UNTOLD where there is none."""
    return np.where(np.isnan(days), UNTOLD, np.nan_to_num(days)).astype(np.int64)


class _Stops:
    """The stops of a bucket as days, each capped by the law and by the days applied for."""

    def __init__(self, bucket: Bucket) -> None:
        halts, line = bucket.clocks.halts, bucket.line
        most = [np.where(n >= 0, n, BIG) for n in (_applied(bucket)[halts.since], halts.cap)]
        cap = np.minimum(*most)
        until = np.where(halts.until == NOBODY, OPEN, line.day[halts.until])
        self.case, self.number = halts.case, halts.number
        self.place, self.row = halts.since, line.row[halts.since]
        self.since = line.day[halts.since].astype(np.float32)
        self.until = until.astype(np.float32)
        self.cap = np.where(cap == BIG, UNCAPPED, cap).astype(np.float32)
        self.begins = np.searchsorted(halts.case, np.arange(len(bucket.chart) + 1))
        self.is_current = halts.number >= bucket.clocks.first_stop[halts.case]

    def of(self, asked: _Asked, start: Ints) -> Stops:
        """Of each of these terms the stops of its clock; of a stage those that touched it."""
        case = asked.case
        number = self.begins[case + 1] - self.begins[case]
        of = np.repeat(np.arange(len(case)), number)
        before = np.repeat(np.cumsum(number) - number, number)
        at = np.repeat(self.begins[case], number) + np.arange(len(of)) - before
        kept = self.number[at] >= asked.first_stop[of]
        if asked.kind == STAGE:
            kept &= (self.until[at] == OPEN) | (self.until[at] > start[of])
            kept &= (asked.ended[of] == NOBODY) | (self.place[at] <= asked.ended[of])
        of, at = of[kept], at[kept]
        return Stops(of, self.since[at], self.until[at], self.cap[at])

    def told(self) -> dict[str, npt.NDArray[Any]]:
        """The rows of ``stop``."""
        at = self.is_current
        return {
            "case": self.case[at],
            "row": self.row[at],
            "since_day": self.since[at],
            "until_day": self.until[at],
            "days_applied": self.cap[at],
        }


def _applied(bucket: Bucket) -> Ints:
    """The days applied for with each event of the line."""
    line, events = bucket.line, bucket.events
    applied = np.full(len(line.day), UNTOLD, np.int32)
    if "stop_days" in events.columns:
        applied[np.flatnonzero(~line.by_silence)] = events.array("stop_days")
    return applied
