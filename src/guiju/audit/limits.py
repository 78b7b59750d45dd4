"""Limits: the clocks and stages of a bucket, counted, and what stopped or extended them.

    clock      bucket, case, row, kind, step, start_day, end_day, due_day, left_days
    stop       bucket, case, row, since_day, until_day, days_applied
    extension  bucket, case, row, day, flaw

An extension with a flaw lengthens nothing: it came after the statutory limit had passed
(``TOO_LATE``), or its rule had been used already (``REPEATED``); ``kernel.run`` refuses both.
``row`` is the event that ended what the limit is about, or else the one that began it. A limit
that cannot be counted, because the calendar does not reach that far, because the log does not
tell when it began or because its rule was not yet in force then, is no row but is counted in
``Limits.unknown``, with the reason. A stage that ended because its term ran out, as the law lets
it, was not late; at acceptance it was, for there the silence is the office's.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from guiju.audit.clocks import NOBODY, Clocks, Line, Places
from guiju.audit.coding import ALWAYS, days
from guiju.audit.deadlines import OPEN, UNCAPPED, Count, Stops, Terms
from guiju.audit.deadlines import Days as Floats
from guiju.audit.effects import Effects, Ints
from guiju.audit.events import UNTOLD, Events, Words
from guiju.audit.relations import GIVEN
from guiju.kernel.rules import Rule, Unit

STAGE, PROMISED, STATUTORY = 1, 2, 3
TOO_LATE, REPEATED = 1, 2
BIG = 1 << 20  # days that no stop has
AT_ONCE = 65_536  # terms counted together: they stay in the cache of the processor
NO_CALENDAR = "日历没有载入到那一天,期限算不出"
NOT_YET = "这一期限的规定在起算时还没有施行"
NO_START = "日志没有写明何时收件,第一个环节的期限算不出"


@dataclass(frozen=True)
class Limits:
    """The relations, and for how many limits there is no answer, by reason."""

    clock: pa.Table
    stop: pa.Table
    extension: pa.Table
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
    first: Places  # stops and extensions with a smaller number are of an earlier clock

    def part(self, at: Places) -> "_Asked":
        """Some of these terms."""
        names = ("case", "begun", "ended", "first")
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
    longer = _Extensions(bucket, effects, stops, count)
    marks = _Marks(stops, longer, effects.is_lawful_silence[bucket.line.does])
    unknown: Counter[str] = Counter()
    columns: dict[str, list[npt.NDArray[np.int64]]] = {name: [] for name in COLUMNS}
    for asked in _all_asked(bucket, effects, words):
        begun = bucket.line.day[asked.begun]
        is_known = begun != UNTOLD
        in_force = days(asked.rule.valid_from, ALWAYS)
        unknown[NO_START] += int((~is_known).sum())
        unknown[NOT_YET] += int((is_known & (begun < in_force)).sum())
        places = np.flatnonzero(is_known & (begun >= in_force))
        for first in range(0, len(places), AT_ONCE):
            part = asked.part(places[first : first + AT_ONCE])
            rows = _counted(bucket, part, marks, count, today)
            is_known = ~np.isnan(rows.pop("left"))
            unknown[NO_CALENDAR] += int((~is_known).sum())
            for name, values in rows.items():
                columns[name].append(values[is_known])
    none = np.zeros(0, np.int64)
    whole = {name: np.concatenate([none, *parts]) for name, parts in columns.items()}
    return Limits(
        clock=_table("clock", bucket, whole),
        stop=_table("stop", bucket, stops.told()),
        extension=_table("extension", bucket, longer.told()),
        unknown=+unknown,
    )


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
        whole = _Asked(*(STAGE, word, rule, stages.case, stages.begun, stages.ended, stages.first))
        yield whole.part(at)
    for chart, net in enumerate(effects.nets):
        at = np.flatnonzero((bucket.chart == chart) & (clocks.start != NOBODY))
        limits = net.power.limits
        for kind, rule in ((PROMISED, limits.promised), (STATUTORY, limits.statutory)):
            if rule.is_days:
                places = (clocks.start[at], clocks.end[at], clocks.first[at])
                yield _Asked(kind, 0, rule, at, *places)


def _counted(
    bucket: Bucket,
    asked: _Asked,
    marks: "_Marks",
    count: Count,
    today: int,
) -> dict[str, npt.NDArray[Any]]:
    """The rows of ``clock`` for some terms; ``left`` is NaN where there is no answer."""
    line, is_over = bucket.line, asked.ended != NOBODY
    start = line.day[asked.begun]
    end = np.where(is_over, line.day[asked.ended], today)
    is_working = asked.rule.unit is Unit.WORKING_DAY
    length = asked.rule.number + marks.longer.of(asked, start)[:, 0 if is_working else 1]
    due, left = _days(count, asked, start, end, (length, marks.stops))
    if asked.kind == STAGE:
        is_excused = is_over & marks.is_lawful_silence[asked.ended]
        left = np.where(is_excused, np.maximum(left, 0), left)
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


def _days(
    count: Count, asked: _Asked, start: Ints, on: Ints, of: "tuple[Ints, _Stops]"
) -> tuple[Floats, Floats]:
    """When each term is due, and how many days are left on a day; ``of``: lengths, stops."""
    length, stops = of
    is_working = asked.rule.unit is Unit.WORKING_DAY
    columns = (start.astype(np.float32), length.astype(np.float32))
    terms = Terms(count, *columns, is_working, stops.of(asked, start))
    due = terms.due()
    return due, terms.left(on.astype(np.float32), due)


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
        self.is_current = halts.number >= bucket.clocks.first[halts.case]

    def of(self, asked: _Asked, start: Ints) -> Stops:
        """Of each of these terms the stops of its clock; of a stage those that touched it."""
        of, at = _each(self.begins, asked.case)
        kept = self.number[at] >= asked.first[of]
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


@dataclass(frozen=True)
class _Marks:
    """What of a bucket stops, extends and excuses; flags of the events of the line."""

    stops: _Stops
    longer: "_Extensions"
    is_lawful_silence: npt.NDArray[np.bool_]


class _Extensions:
    """The extensions of a bucket, with their flaws."""

    def __init__(self, bucket: Bucket, effects: Effects, stops: _Stops, count: Count) -> None:
        found, line = bucket.clocks.extensions, bucket.line
        self.bucket, self.stops, self.count = bucket, stops, count
        self.case, self.number, self.place = found.case, found.number, found.place
        self.day, self.row = line.day[found.place], line.row[found.place]
        does = line.does[found.place]
        self.days = effects.extension[does]
        self.begins = np.searchsorted(found.case, np.arange(len(bucket.chart) + 1))
        self.is_current = found.number >= bucket.clocks.first[found.case]
        key = np.stack((found.case, found.first, effects.extends[does]), axis=1)
        firsts = np.unique(key, axis=0, return_index=True)[1]
        self.flaw = np.full(len(self.case), REPEATED, np.int32)
        self.flaw[firsts] = TOO_LATE  # until it is known to have come in time
        for chart, net in enumerate(effects.nets):
            self._judge(net.power.limits.statutory, bucket.chart[self.case] == chart)

    def _judge(self, rule: Rule, is_own: npt.NDArray[np.bool_]) -> None:
        """Which extensions of a chart came in time: the first of each case, the second, …"""
        start = self.bucket.clocks.start[self.case]
        day = self.bucket.line.day[start]
        is_known = self.is_current & (day != UNTOLD) & rule.is_days
        self.flaw[is_own & ~is_known & (self.flaw == TOO_LATE)] = 0
        waiting = np.flatnonzero(is_own & (self.flaw == TOO_LATE))
        while len(waiting):
            at = waiting[np.unique(self.case[waiting], return_index=True)[1]]
            first = self.bucket.clocks.first[self.case[at]]
            asked = _Asked(STATUTORY, 0, rule, self.case[at], start[at], self.place[at], first)
            more = self.of(asked, day[at])[:, 0 if rule.unit is Unit.WORKING_DAY else 1]
            of = (rule.number + more, self.stops)
            left = _days(self.count, asked, day[at], self.day[at], of)[1]
            self.flaw[at[~(left < 0)]] = 0
            waiting = np.setdiff1d(waiting, at)

    def of(self, asked: _Asked, start: Ints) -> Ints:
        """By how many working days and natural days each of these terms is longer."""
        of, at = _each(self.begins, asked.case)
        kept = (self.flaw[at] == 0) & (self.number[at] >= asked.first[of])
        if asked.kind == STAGE:
            kept &= self.day[at] >= start[of]
            kept &= (asked.ended[of] == NOBODY) | (self.place[at] <= asked.ended[of])
        more = np.zeros((len(asked.case), 2), np.int32)
        np.add.at(more, of[kept], self.days[at[kept]])
        return more

    def told(self) -> dict[str, npt.NDArray[Any]]:
        """The rows of ``extension``."""
        names = ("case", "row", "day", "flaw")
        return {name: getattr(self, name)[self.is_current] for name in names}


def _each(begins: Places, case: Places) -> tuple[Places, Places]:
    """All marks of some cases: whose each is, as a place among these, and where it stands."""
    number = begins[case + 1] - begins[case]
    of = np.repeat(np.arange(len(case)), number)
    before = np.repeat(np.cumsum(number) - number, number)
    return of, np.repeat(begins[case], number) + np.arange(len(of)) - before


def _applied(bucket: Bucket) -> Ints:
    """The days applied for with each event of the line."""
    line, events = bucket.line, bucket.events
    applied = np.full(len(line.day), UNTOLD, np.int32)
    if "stop_days" in events.columns:
        applied[np.flatnonzero(~line.by_silence)] = events.array("stop_days")
    return applied
