"""Terms 时限: the statutory clock, in working days or natural days.

How days are counted (民法典第二百零一条至第二百零三条): the day on which a term begins is not
counted; a term whose last day is a day of rest ends on the next working day. A licence limit
is in working days (行政许可法第八十二条), other laws count natural days; so the unit belongs
to each rule, never to the program.

What is stored is the evidence: when the clock began, which stops it had, when it ended.
Days used, days left and the due day are computed from that, and from a calendar; there is
no column "overdue" that somebody could set.

A stop 停止计时 runs from the day of the act that stops to the day of the act that resumes,
both excluded, and for no longer than the days that were applied for: "excluded" time is the
favourite way to cheat a clock. A day is excluded once, however many stops name it. An
extension 延长 makes every limit in its unit longer, the promised one and the statutory one.

The calendar ends with the last year that the State Council has arranged. Whatever would
need a later day raises CalendarMissing: no answer is better than a wrong date.

``tests/kernel/test_terms.py`` holds this against dates computed elsewhere and against a
count day by day.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate

from guiju.kernel.rules import Rule, Unit

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class CalendarMissing(LookupError):
    """The calendar does not reach a day that the answer would depend on."""

    def __init__(self, year: int) -> None:
        super().__init__(f"{year}年放假安排尚未载入,期限暂不能算出")
        self.year = year


@dataclass(frozen=True, slots=True)
class Year:
    """One year's arrangement: weekdays off, and weekend days that are worked."""

    year: int
    source: str
    certainty: str
    off: tuple[date, ...]
    work: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working days of consecutive years, with prefix sums: add and count take O(log n)."""

    first: date
    counts: tuple[int, ...] = field(repr=False)  # counts[i]: working days among the first i days

    @classmethod
    def of(cls, years: Iterable[Year]) -> "Calendar":
        """Build a calendar; the years must follow one another without a gap."""
        ordered = sorted(years, key=lambda year: year.year)
        assert [y.year for y in ordered] == list(range(ordered[0].year, ordered[-1].year + 1))
        off = {day for year in ordered for day in year.off}
        work = {day for year in ordered for day in year.work}
        first, end = date(ordered[0].year, 1, 1), date(ordered[-1].year + 1, 1, 1)
        days = (first + timedelta(days=i) for i in range((end - first).days))
        flags = (day in work or (day.weekday() < SATURDAY and day not in off) for day in days)
        return cls(first, tuple(accumulate(map(int, flags), initial=0)))

    def upto(self, day: date) -> int:
        """How many working days there are up to ``day``, the day before the first giving 0."""
        index = (day - self.first).days + 1
        if not 0 <= index < len(self.counts):
            raise CalendarMissing(day.year)
        return self.counts[index]

    def nth(self, count: int) -> date:
        """The day that is the ``count``-th working day of the calendar."""
        index = bisect_left(self.counts, count)
        if not 0 < index < len(self.counts):
            raise CalendarMissing((self.first + timedelta(days=len(self.counts))).year)
        return self.first + timedelta(days=index - 1)

    def is_working(self, day: date) -> bool:
        """Whether people work on ``day``."""
        return self.upto(day) > self.upto(day - ONE_DAY)

    def between(self, first: date, last: date) -> int:
        """Working days from ``first`` to ``last``, both included; 0 when there are none."""
        return self.upto(last) - self.upto(first - ONE_DAY) if first <= last else 0

    def add(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``."""
        return self.nth(self.upto(day) + count) if count else day

    def next_working(self, day: date) -> date:
        """``day`` itself when it is worked, else the next day that is."""
        return self.nth(self.upto(day - ONE_DAY) + 1)


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a clock, with its legal reason."""

    since: date
    reason: str  # the citation of the rule that allows it
    days_max: int | None  # working days applied for; None: the law sets no cap
    until: date | None = None  # the day of the act that resumed the clock


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension of a term, with its legal reason."""

    on: date
    days: int
    unit: Unit
    reason: str


@dataclass(frozen=True, slots=True)
class Clock:
    """The evidence that a term is computed from."""

    start: date | None = None
    stops: tuple[Stop, ...] = ()
    end: date | None = None
    extensions: tuple[Extension, ...] = ()

    @property
    def is_stopped(self) -> bool:
        """Whether a stop is open (its cap may have passed all the same)."""
        return bool(self.stops) and self.stops[-1].until is None and self.end is None

    def stopped(self, on: date, reason: str, days_max: int | None) -> "Clock":
        """This clock with a stop; stopping twice changes nothing."""
        if self.start is None or self.is_stopped or self.end is not None:
            return self
        return replace(self, stops=(*self.stops, Stop(on, reason, days_max)))

    def extended(self, on: date, rule: Rule) -> "Clock":
        """This clock with its terms longer by a rule's days, in the rule's own unit."""
        assert rule.unit is not None
        more = Extension(on, rule.number, rule.unit, rule.citation())
        return replace(self, extensions=(*self.extensions, more))

    def resumed(self, on: date) -> "Clock":
        """This clock with its open stop closed, if there is one."""
        if not self.is_stopped:
            return self
        return replace(self, stops=(*self.stops[:-1], replace(self.stops[-1], until=on)))

    def ended(self, on: date) -> "Clock":
        """This clock, ended; the first end stays."""
        return self if self.end is not None else replace(self.resumed(on), end=on)


def length(clock: Clock, rule: Rule) -> int:
    """The days of a term with its extensions; one in another unit leaves it alone."""
    return rule.number + sum(e.days for e in clock.extensions if e.unit is rule.unit)


def exclusions(clock: Clock, calendar: Calendar, last: date) -> Iterator[tuple[date, date]]:
    """Excluded days as disjoint spans (first, last), in order, none after ``last``."""
    assert clock.start is not None
    free = clock.start + ONE_DAY  # the first day that no earlier span has taken
    for stop in clock.stops:
        until = _capped(stop, min(stop.until or last, last), calendar)
        first = max(stop.since, free)
        if until is not None and first <= until:
            yield first, until
            free = until + ONE_DAY


def used(clock: Clock, unit: Unit, calendar: Calendar, today: date) -> int:
    """Days of the term that have been used up by the end of ``today``."""
    if clock.start is None:
        return 0
    last = min(today, clock.end or today)
    spans = tuple(exclusions(clock, calendar, last))
    if unit is Unit.WORKING_DAY:
        whole = calendar.between(clock.start + ONE_DAY, last)
        return whole - sum(calendar.between(*span) for span in spans)
    whole = max((last - clock.start).days, 0)
    return whole - sum((until - first).days + 1 for first, until in spans)


def due(clock: Clock, rule: Rule, calendar: Calendar) -> date | None:
    """The last day of the term; None before it begins.

    While a stop is open the answer is the latest day that its cap allows, and None when
    there is no cap. Raises CalendarMissing when the calendar does not reach that far.
    """
    if clock.start is None:
        return None
    is_working = rule.unit is Unit.WORKING_DAY
    last = _after(clock.start, length(clock, rule), calendar, is_working=is_working)
    free = clock.start + ONE_DAY
    for stop in clock.stops:
        if stop.since > last:
            break
        until = _capped(stop, stop.until, calendar)
        if until is None:
            return None
        first = max(stop.since, free)
        if first <= until:
            excluded = calendar.between(first, until) if is_working else (until - first).days + 1
            last = _after(last, excluded, calendar, is_working=is_working)
            free = until + ONE_DAY
    return last if is_working else calendar.next_working(last)


def left(clock: Clock, rule: Rule, calendar: Calendar, today: date) -> int:
    """Days left of a term on ``today``; negative once it has passed. In the rule's own unit.

    What is past cannot be won back: a stop that begins after the due day excludes nothing.
    A natural-day term that ends on a day of rest has the days until the next working day
    too, as far as the calendar knows.
    """
    assert rule.unit is not None
    on = min(today, clock.end or today)
    try:
        last = due(clock, rule, calendar)
    except CalendarMissing:
        last = None  # beyond the calendar, so it has not passed
    if last is not None and on > last:
        is_working = rule.unit is Unit.WORKING_DAY
        return -(calendar.between(last + ONE_DAY, on) if is_working else (on - last).days)
    remaining = length(clock, rule) - used(clock, rule.unit, calendar, today)
    if rule.unit is Unit.WORKING_DAY:
        return remaining
    end = on + timedelta(days=remaining)
    try:
        return remaining + (calendar.next_working(end) - end).days
    except CalendarMissing:
        return remaining


def stop_due(stop: Stop, calendar: Calendar) -> date | None:
    """The last day that a stop may last by what was applied for; None: the law sets no cap."""
    return _capped(stop, None, calendar)


def _capped(stop: Stop, until: date | None, calendar: Calendar) -> date | None:
    """The last day that a stop excludes: ``until``, but no more days than were applied for."""
    if stop.days_max is None:
        return until
    if until is not None and calendar.between(stop.since, until) < stop.days_max:
        return until
    return calendar.nth(calendar.upto(stop.since - ONE_DAY) + stop.days_max)


def _after(day: date, count: int, calendar: Calendar, *, is_working: bool) -> date:
    return calendar.add(day, count) if is_working else day + timedelta(days=count)
