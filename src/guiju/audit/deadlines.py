"""Terms of many cases at once: what ``kernel.terms`` says of one clock, for arrays of clocks.

The same definitions, held against it by ``tests/audit/test_deadlines.py``. Days are numbers since
1970-01-01; a day that the calendar does not reach is NaN, and so is all that depends on it.
Working days come from prefix sums, so a limit costs a few look-ups however long it is. Numbers
are float32, which holds every day exactly that a calendar can name, and knows NaN.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from guiju.kernel.terms import Calendar

EPOCH = date(1970, 1, 1).toordinal()
OPEN = -1  # until when a stop lasts that nobody has ended
UNCAPPED = -1  # how many days were applied for, where nothing limits a stop
Days = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Count:
    """A calendar as arrays: working days up to a day, and the day of a count."""

    first: int  # the day of counts[1]; one place on either side holds NaN
    counts: Days
    days: Days

    @classmethod
    def of(cls, calendar: Calendar) -> "Count":
        """The arrays of a calendar."""
        counts = np.array([np.nan, *calendar.counts, np.nan], np.float32)
        eve = calendar.first.toordinal() - EPOCH - 1
        worked = np.flatnonzero(np.diff(calendar.counts)) + eve + 1
        return cls(eve, counts, np.array([np.nan, *worked, np.nan], np.float32))

    def upto(self, day: Days) -> Days:
        """How many working days there are up to each day."""
        return self._at(self.counts, day - np.float32(self.first - 1))

    def nth(self, count: Days) -> Days:
        """The day of each count."""
        return self._at(self.days, count)

    def add(self, day: Days, count: Days) -> Days:
        """So many working days after each day; the day itself for none."""
        return np.where(count == 0, day, self.nth(self.upto(day) + count))

    def between(self, first: Days, last: Days) -> Days:
        """Working days from first to last, both included; 0 where there are none."""
        found = self.upto(last) - self.upto(first - 1)
        return np.where(first <= last, found, np.where(first > last, np.float32(0), np.nan))

    def next_working(self, day: Days) -> Days:
        """The day itself where it is worked, else the next that is."""
        return self.nth(self.upto(day - 1) + 1)

    @staticmethod
    def _at(table: Days, place: Days) -> Days:
        with np.errstate(invalid="ignore"):  # NaN becomes a place outside
            index = place.astype(np.int32)
        found: Days = table.take(index, mode="clip")
        found[np.isnan(place)] = np.nan
        return found


@dataclass(frozen=True)
class Stops:
    """Stops of many clocks: ``of`` says whose, ascending; those of one clock in their order."""

    of: Places
    since: Days
    until: Days  # OPEN while it lasts
    cap: Days  # working days applied for, or UNCAPPED

    @classmethod
    def none(cls) -> "Stops":
        """No stops at all."""
        empty = np.zeros(0, np.float32)
        return cls(np.zeros(0, np.int64), empty, empty, empty)

    def rounds(self) -> Iterator[Places]:
        """The first stop of each clock that has one, then the second of each, and so on."""
        if not len(self.of):
            return
        is_first = np.concatenate(([True], self.of[1:] != self.of[:-1]))
        begins = np.flatnonzero(is_first)
        rank = np.arange(len(self.of)) - np.repeat(begins, np.diff(begins, append=len(self.of)))
        for number in range(int(rank.max()) + 1):
            yield np.flatnonzero(rank == number)


@dataclass(frozen=True)
class Terms:
    """Many terms of one unit: when each began, how many days it has, its clock's stops."""

    count: Count
    start: Days
    length: Days  # with extensions
    is_working: bool
    stops: Stops

    def due(self) -> Days:
        """The last day of each; NaN where an open stop without a cap or the calendar hides it."""
        last, free = self._after(self.start, self.length), self.start + 1
        passed = np.zeros(len(last), bool)
        for at in self.stops.rounds():
            of, since = self.stops.of[at], self.stops.since[at]
            passed[of] |= since > last[of]
            until = self._capped(at, self.stops.until[at])
            first = np.maximum(since, free[of])
            is_some, is_blind = (first <= until) & ~passed[of], np.isnan(until) & ~passed[of]
            moved = self._after(last[of], self._excluded(first, until))
            last[of] = np.where(is_blind, np.nan, np.where(is_some, moved, last[of]))
            free[of] = np.where(is_some, until + 1, free[of])
        return last if self.is_working else self.count.next_working(last)

    def used(self, on: Days) -> Days:
        """Days used up by the end of each day ``on``."""
        whole = self._excluded(self.start + 1, on)
        free = self.start + 1
        for at in self.stops.rounds():
            of = self.stops.of[at]
            until = self.stops.until[at]
            until = np.where(until == OPEN, on[of], np.minimum(until, on[of]))
            until = self._capped(at, until)
            first = np.maximum(self.stops.since[at], free[of])
            is_some = ~(first > until)  # also where the calendar does not tell
            whole[of] -= np.where(is_some, self._excluded(first, until), np.float32(0))
            free[of] = np.where(is_some, until + 1, free[of])
        return whole

    def left(self, on: Days, due: Days) -> Days:
        """Days left on each day ``on``, given when each is due; negative once it has passed."""
        is_late = on > due
        if self.is_working:
            late = -self.count.between(due + 1, on)
            return np.where(is_late, late, self.length - self.used(on))
        remaining = self.length - self.used(on)
        end = on + remaining
        rest = self.count.next_working(end) - end
        rest = np.where(np.isnan(rest) & ~np.isnan(end), np.float32(0), rest)
        return np.where(is_late, due - on, remaining + rest)

    def _capped(self, at: Places, until: Days) -> Days:
        """The last day that each stop excludes; NaN where nothing bounds it."""
        cap, since = self.stops.cap[at], self.stops.since[at]
        is_open = until == OPEN
        until = np.where(is_open, np.float32(np.nan), until)
        asked = self.count.between(since, until)
        whole = self.count.nth(self.count.upto(since - 1) + cap)
        is_within = (cap == UNCAPPED) | (asked < cap) | (np.isnan(asked) & ~is_open)
        known = np.where(np.isnan(asked), np.float32(np.nan), until)
        return np.where(is_within, np.where(cap == UNCAPPED, until, known), whole)

    def _after(self, day: Days, number: Days) -> Days:
        return self.count.add(day, number) if self.is_working else day + number

    def _excluded(self, first: Days, last: Days) -> Days:
        if self.is_working:
            return self.count.between(first, last)
        days: Days = np.maximum(last - first + 1, np.float32(0))
        return days
