"""Clocks and stages of many cases: when each began and ended, what stopped and lengthened it.

The k-th events of all cases go together, as in ``audit.replay``; what each does is one row of
``audit.effects``. Nothing is counted here, only found: days and dates are ``audit.limits``. The
kernel's own clock (``kernel.run``) is what this is held against, act by act.

Events are spoken of by their place in ``Line``: those of the log, between them what silence has
brought about without anybody writing it down, and at the end the receipt of each case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from guiju.audit.deadlines import Count, Stops, Terms
from guiju.audit.effects import Effect, Effects, Ints
from guiju.audit.events import NEVER, UNTOLD, Events
from guiju.audit.replay import NO_CHART, Replayed, Tables

DAY = 86_400_000_000  # microseconds
NOBODY = -1  # a place of no event
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Line:
    """The events of cases with what silence brought about; cases are numbered by their order."""

    starts: Places  # where each case begins, and after them the number of events
    does: Ints  # of each event, its row in ``Effects``
    day: Ints  # of each event, then of the receipt of each case; UNTOLD: not known
    row: Places  # the same; evidence
    by_silence: Flags  # of each event


@dataclass(frozen=True)
class Silences:
    """What silence brought about and no record tells: of which case, before which event, what."""

    case: Places  # ascending
    n: Places
    does: Ints

    @classmethod
    def none(cls) -> "Silences":
        """None at all."""
        empty = np.zeros(0, np.int64)
        return cls(empty, empty, np.zeros(0, np.int32))


@dataclass(frozen=True)
class Stages:
    """Stages of steps: whose, of which step, where in the line they began and ended."""

    case: Places
    step: Ints
    begun: Places
    ended: Places  # NOBODY: still open
    first: Places  # stops and extensions with a smaller number are of an earlier clock


@dataclass(frozen=True)
class Halts:
    """Stops of clocks, sorted by case, those of one case in their order."""

    case: Places
    number: Places  # counts stops and extensions
    since: Places
    until: Places  # NOBODY: nobody resumed the clock
    cap: Ints  # working days at most, by law; NO_CAP: the law sets none


@dataclass(frozen=True)
class Extensions:
    """Acts that extended a clock, or said so, sorted by case, those of one case in their order."""

    case: Places
    number: Places  # counts stops and extensions
    place: Places
    first: Places  # stops and extensions with a smaller number were of an earlier clock


@dataclass(frozen=True)
class Clocks:
    """The clock of each case as its acts have left it; places in the line, or NOBODY."""

    start: Places
    end: Places
    first: Places  # stops and extensions with a smaller number are of an earlier clock
    halts: Halts
    extensions: Extensions
    stages: Stages
    early: Places  # of silences that came before their time


def line_of(events: Events, replayed: Replayed, effects: Effects, silent: Silences) -> Line:
    """The line of a bucket's events."""
    chart = np.maximum(replayed.chart, 0)
    own = np.repeat(chart, np.diff(events.starts))
    does = effects.base[own] + replayed.activity
    has_chart = np.repeat(replayed.chart != NO_CHART, np.diff(events.starts))
    does = np.where(has_chart, does, 0).astype(np.int32)
    day = (events.array("at") // DAY).astype(np.int32)
    row = events.array("row")
    at = events.starts[silent.case] + silent.n
    before = np.minimum(at, events.starts[silent.case + 1] - 1)
    starts = events.starts + np.searchsorted(silent.case, np.arange(len(events.starts)), "left")
    received = _received(events)
    return Line(
        starts,
        np.insert(does, at, silent.does),
        np.concatenate((np.insert(day, at, day[before]), received)),
        np.concatenate((np.insert(row, at, row[before]), row[events.starts[:-1]])),
        np.insert(np.zeros(len(does), bool), at, True),
    )


def _received(events: Events) -> Ints:
    """The day on which each case came in, or UNTOLD; the first event that tells it counts."""
    count = len(events.starts) - 1
    if "received" not in events.columns or not len(events):
        return np.full(count, UNTOLD, np.int32)
    told = events.array("received")
    if not (told != NEVER).any():
        return np.full(count, UNTOLD, np.int32)
    place = np.where(told != NEVER, np.arange(len(told)), len(told))
    first = np.minimum.reduceat(place, events.starts[:-1])
    inside = first < events.starts[1:]
    day = told[np.minimum(first, len(told) - 1)] // DAY
    return np.where(inside, day, UNTOLD).astype(np.int32)


def clocks_of(line: Line, effects: Effects, count: Count, surely_open: Flags) -> Clocks:
    """Follow all cases through their events; which steps are open at the end is given."""
    return _Course(line, effects, count, surely_open).clocks()


def surely_open(replayed: Replayed, tables: Tables, effects: Effects) -> Flags:
    """Of each case, which of its chart's steps (from 1) can be acted on at its end.

    Whether a branch applies, and whether a joining step has all that it waits for, only the
    markings know; a step is surely open that is open in all the markings a case may be at.
    """
    states, which = np.unique(replayed.state, return_inverse=True)
    rows = np.zeros((len(states), effects.steps_max + 1), bool)
    for row, state in zip(rows, states.tolist(), strict=True):
        chart, number = tables.owners[state]
        table = tables.charts[chart]
        for i, step in enumerate(effects.nets[chart].power.steps, 1):
            moves = table.behaviour.doing[step.id, ""]
            row[i] = all(any(m.is_enabled(at) for m in moves) for at in table.states[number])
    found: Flags = rows[which] & (replayed.chart != NO_CHART)[:, None]
    return found


class _Course:
    """The cases while they are followed, in the order of their lengths, the longest first.

    ``since[case, step]`` is 1 + the place where the step's stage began, 0 where it has not begun.
    """

    def __init__(self, line: Line, effects: Effects, count: Count, open_at_end: Flags) -> None:
        self.line, self.effects, self.count = line, effects, count
        self.open_at_end = open_at_end
        self.lengths = np.diff(line.starts)
        self.order = np.argsort(-self.lengths, kind="stable")
        cases = len(self.order)
        self.at = line.starts[:-1][self.order]
        self.since = np.zeros((cases, effects.steps_max + 1), np.int64)
        receipts = len(line.does) + self.order
        self.since[:, min(1, effects.steps_max)] = 1 + receipts
        self.goes_on = _goes_on(line, effects)
        self.votes = np.zeros((cases, effects.joints + 1, 2), np.int32)
        self.start = np.full(cases, NOBODY, np.int64)
        self.end = np.full(cases, NOBODY, np.int64)
        self.open = np.full(cases, NOBODY, np.int64)  # the number of the open stop
        self.first = np.zeros(cases, np.int64)  # marks before it are of an earlier clock
        self.marks = 0  # stops and extensions so far
        self.stops: list[tuple[Places, Places, Places, Ints]] = []
        self.until: list[tuple[Places, Places]] = []
        self.extensions: list[tuple[Places, Places, Places, Places]] = []
        self.stages: list[tuple[Places, Ints, Places, Places, Places]] = []
        self.early: list[Places] = []

    def clocks(self) -> Clocks:
        """Follow all, then tell."""
        lengths = np.sort(self.lengths)
        rounds = np.arange(lengths.max(initial=0))
        for k, count in enumerate(len(lengths) - np.searchsorted(lengths, rounds, "right")):
            self._round(self.at[:count] + k)
        back = np.argsort(self.order)
        return Clocks(
            self.start[back],
            self.end[back],
            self.first[back],
            self._halts(),
            self._extensions(),
            self._stages(),
            np.concatenate([np.zeros(0, np.int64), *self.early]),
        )

    def _round(self, place: Places) -> None:
        """The next event of the first cases."""
        does = self.line.does[place]
        if self.line.by_silence[place].any():
            self._fall_due(place, does)
        moves = self._signed(place, does)
        clock = np.flatnonzero(moves & (self.effects.effect[does] != Effect.NONE))
        if len(clock):
            self._turn(clock, place[clock], does[clock])
        over = np.flatnonzero(moves & self.effects.is_end[does])
        if len(over):
            self._stop_for_good(over, place[over])
        left = np.flatnonzero(moves & self.effects.leaves[does])
        self._leave(left, place[left], does[left])

    def _signed(self, place: Places, does: Ints) -> Flags:
        """Whether each event moves its case: a signature does when it was enough.

        Where nobody knows how many sign, it was when the case went on to another step.
        """
        yes = self.effects.yes[does]
        moves = np.ones(len(does), bool)
        signing = np.flatnonzero(yes)
        if len(signing):
            side = (yes[signing] < 0).astype(np.int64)
            joint = self.effects.joint[does[signing]]
            self.votes[signing, joint, side] += 1
            need = self.effects.need[does[signing], side]
            moves[signing] = np.where(
                self.effects.is_named[does[signing]],
                self.goes_on[place[signing]],
                self.votes[signing, joint, side] >= need,
            )
        return moves

    def _leave(self, case: Places, place: Places, does: Ints) -> None:
        """A step is over, those that follow begin."""
        effects, step = self.effects, self.effects.step[does]
        since = self.since[case, step]
        begun = np.flatnonzero(since)
        self.stages.append(
            (
                *(case[begun], step[begun], since[begun] - 1, place[begun]),
                self.first[case[begun]],
            )
        )
        arrived = np.where(effects.keeps_since[does] & (since != 0), since, place + 1)
        self.since[case, step] = 0
        self.votes[case, effects.joint[does]] = 0
        for each in np.flatnonzero(effects.clears[does]).tolist():
            self.since[case[each], list(effects.rows[does[each]].clears)] = 0
        self.since[case[effects.is_end[does]]] = 0
        for column in range(effects.to.shape[1]):
            to = effects.to[does, column]
            some = np.flatnonzero(to)
            self.since[case[some], to[some]] = arrived[some]

    def _turn(self, case: Places, place: Places, does: Ints) -> None:
        """What events do to the clock, each kind in turn; none of them twice in one round."""
        effect = self.effects.effect[does]

        def those(kind: Effect, mask: Flags) -> Places:
            return np.flatnonzero((effect == kind) & mask)

        runs = (self.start[case] != NOBODY) & (self.end[case] == NOBODY)
        fresh = self.start[case] == NOBODY
        at = those(Effect.START, fresh)
        self.start[case[at]] = place[at]
        at = those(Effect.ARRIVED, fresh)
        since = self.since[case[at], self.effects.step[does[at]]] - 1
        self.start[case[at]] = np.where(since == NOBODY, place[at], since)
        at = those(Effect.RESTART, np.ones(len(case), bool))
        self._restart(case[at], place[at])
        at = those(Effect.STOP, runs & (self.open[case] == NOBODY))
        self._stop(case[at], place[at], does[at])
        self._resume(case, place, those(Effect.RESUME, runs))
        at = those(Effect.EXTEND, runs)
        self.extensions.append((case[at], self._numbers(at), place[at], self.first[case[at]]))
        at = those(Effect.END, runs)
        self._stop_for_good(case[at], place[at])

    def _restart(self, case: Places, place: Places) -> None:
        self.start[case], self.end[case], self.open[case] = place, NOBODY, NOBODY
        self.first[case] = self.marks

    def _numbers(self, each: Places) -> Places:
        """A number for each of some stops or extensions."""
        first, self.marks = self.marks, self.marks + len(each)
        return np.arange(first, self.marks)

    def _stop(self, case: Places, place: Places, does: Ints) -> None:
        self.open[case] = number = self._numbers(case)
        self.stops.append((case, number, place, self.effects.cap[does]))

    def _resume(self, case: Places, place: Places, at: Places) -> None:
        at = at[self.open[case[at]] != NOBODY]
        self.until.append((self.open[case[at]], place[at]))
        self.open[case[at]] = NOBODY

    def _stop_for_good(self, case: Places, place: Places) -> None:
        """The end of a clock that runs; the first one stays."""
        at = np.flatnonzero((self.start[case] != NOBODY) & (self.end[case] == NOBODY))
        self._resume(case, place, at)
        self.end[case[at]] = place[at]

    def _fall_due(self, place: Places, does: Ints) -> None:
        """Date what silence brought about: the day after its term, if nothing came before it."""
        case = np.flatnonzero(self.line.by_silence[place])
        since = self.since[case, self.effects.step[does[case]]] - 1
        for i, (each, begun) in enumerate(zip(case.tolist(), since.tolist(), strict=True)):
            lapse = self.effects.rows[does[each]].lapse
            on = self.line.day[begun] if begun != NOBODY else UNTOLD
            at, before = place[each], self.line.day[place[each]]
            due = np.full(1, np.nan, np.float32)
            if lapse is not None and on != UNTOLD:
                number, is_working = lapse
                begin, length = (np.array([x], np.float32) for x in (on, number))
                due = Terms(self.count, begin, length, is_working, Stops.none()).due()
            if due[0] < before:
                self.line.day[at] = due[0] + 1
            else:
                self.early.append(place[case[i : i + 1]])

    def _halts(self) -> Halts:
        kinds = (np.int64, np.int64, np.int64, np.int32)
        whose, number, since, cap = self._by_case(_joined(self.stops, kinds))
        until = np.full(self.marks, NOBODY, np.int64)
        which, where = _joined(self.until, (np.int64, np.int64))
        until[which] = where
        return Halts(whose, number, since, until[number], cap)

    def _extensions(self) -> Extensions:
        return Extensions(*self._by_case(_joined(self.extensions, (np.int64,) * 4)))

    def _by_case(self, columns: list[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
        """Columns of which the first one tells whose, by the cases' own numbers and order."""
        whose = self.order[columns[0]]
        by_case = np.argsort(whose, kind="stable")
        return [whose[by_case], *(column[by_case] for column in columns[1:])]

    def _stages(self) -> Stages:
        """The stages that are over, and those that are surely open by what the chart says."""
        kinds = (np.int64, np.int32, np.int64, np.int64, np.int64)
        over = _joined(self.stages, kinds)
        case, step = np.nonzero((self.since > 0) & self.open_at_end[self.order])
        begun = self.since[case, step] - 1
        nobody = np.full(len(case), NOBODY, np.int64)
        still = (case, step.astype(np.int32), begun, nobody, self.first[case])
        whole = _joined((tuple(over), still), kinds)
        return Stages(self.order[whole[0]], *whole[1:])


def _goes_on(line: Line, effects: Effects) -> Flags:
    """Of each event whether the next one of its case is at another step."""
    step = effects.step[line.does]
    found = np.zeros(len(step), bool)
    found[:-1] = step[1:] != step[:-1]
    found[line.starts[1:][np.diff(line.starts) > 0] - 1] = False
    return found


def _joined(
    parts: Sequence[tuple[Places | Ints, ...]], kinds: Sequence[type]
) -> list[npt.NDArray[Any]]:
    """Columns of parts put together; empty columns where there are no parts."""
    columns = zip(*parts, strict=True) if parts else ((),) * len(kinds)
    return [
        np.concatenate([np.zeros(0, kind), *column])
        for column, kind in zip(columns, kinds, strict=True)
    ]
