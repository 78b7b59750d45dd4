"""Terms of many cases at once against the kernel's terms of one, and against counting days."""

from datetime import date, timedelta
from random import Random

import numpy as np
from tests.kernel.charts import CALENDAR, rule

from guiju.audit.deadlines import EPOCH, OPEN, UNCAPPED, Count, Stops, Terms
from guiju.kernel.rules import Rule, Unit
from guiju.kernel.terms import CalendarMissing, Clock, Stop, due, left

FIRST = CALENDAR.first
DAYS = len(CALENDAR.counts) - 1
CASES = 6_000


def clocks(random: Random) -> list[tuple[Clock, int, date]]:
    """Clocks with a limit and the day of looking; some begin or end beyond the calendar."""
    return [one(random) for _ in range(CASES)]


def one(random: Random) -> tuple[Clock, int, date]:
    start = FIRST + timedelta(days=random.randrange(-5, DAYS + 5))
    stops, at = [], start
    for _ in range(random.choice((0, 0, 0, 1, 1, 2, 3))):
        since = at + timedelta(days=random.randrange(0, 25))
        lasts = random.randrange(0, 60)
        cap = random.choice((None, 0, 1, 5, 30))
        at = since + timedelta(days=lasts)
        stops.append(Stop(since, "", cap, at))
    if stops and random.random() < 0.3:
        stops[-1] = Stop(stops[-1].since, "", stops[-1].days_max)
    on = start + timedelta(days=random.randrange(0, 120))
    return Clock(start, tuple(stops)), random.choice((0, 1, 3, 7, 20, 45)), on


def terms(cases: list[tuple[Clock, int, date]], *, is_working: bool) -> tuple[Terms, np.ndarray]:
    def number(day: date) -> int:
        return day.toordinal() - EPOCH

    rows = [
        (i, number(s.since), OPEN if s.until is None else number(s.until), s.days_max)
        for i, (clock, _, _) in enumerate(cases)
        for s in clock.stops
    ]
    of, since, until, cap = (np.array(each) for each in zip(*rows, strict=True))
    cap = np.array([UNCAPPED if each is None else each for each in cap])
    floats = [each.astype(np.float32) for each in (since, until, cap)]
    stops = Stops(of, *floats)
    start, length, on = (
        np.array(each, np.float32)
        for each in (
            [number(clock.start) for clock, _, _ in cases if clock.start],
            [length for _, length, _ in cases],
            [number(on) for _, _, on in cases],
        )
    )
    return Terms(Count.of(CALENDAR), start, length, is_working, stops), on


def expected(clock: Clock, limit: Rule, on: date) -> tuple[int | None, int | None]:
    """The kernel's answers: the day due and the days left, None where it gives none."""
    try:
        day = due(clock, limit, CALENDAR)
    except CalendarMissing:
        day = None
    try:
        days = left(clock, limit, CALENDAR, on)
    except CalendarMissing:
        days = None
    return day.toordinal() - EPOCH if day else None, days


def test_as_the_kernel_says_for_every_clock():
    cases = clocks(Random(1))
    for unit in (Unit.WORKING_DAY, Unit.NATURAL_DAY):
        many, on = terms(cases, is_working=unit is Unit.WORKING_DAY)

        when = many.due()
        days = many.left(on, when)

        for i, (clock, length, day) in enumerate(cases):
            told = expected(clock, rule(length, unit), day)
            found = tuple(None if np.isnan(x) else int(x) for x in (when[i], days[i]))
            assert found == told, (unit, clock, length, day)
        assert np.isnan(when).mean() + (days < 0).mean() > 0.2, "both kinds must be there"


def test_every_day_of_the_calendar_is_counted_as_by_hand():
    count = Count.of(CALENDAR)
    start = FIRST.toordinal() - EPOCH
    day = np.arange(start, start + DAYS, dtype=np.float32)
    working = [CALENDAR.is_working(FIRST + timedelta(days=i)) for i in range(DAYS)]

    assert count.upto(day).tolist() == np.cumsum(working).tolist()
    assert np.isnan(count.upto(np.array([start - 2, start + DAYS], np.float32))).all()
    assert np.isnan(count.nth(np.array([0, sum(working) + 1], np.float32))).all()
