"""Terms against dates computed elsewhere, against chinesecalendar, and against counting days.

The dated vectors are those of /reference/administrative-law.md §4.7 and
village-decision-discipline.md §5.1, which were computed with chinesecalendar.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.kernel.charts import CALENDAR, rule

from guiju.kernel.rules import Rule, Unit
from guiju.kernel.terms import (
    Calendar,
    CalendarMissing,
    Clock,
    Extension,
    Stop,
    Year,
    due,
    left,
    used,
)

WORKING, NATURAL = Unit.WORKING_DAY, Unit.NATURAL_DAY
ONE_DAY = timedelta(days=1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def span(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=i) for i in range((last - first).days + 1))


# ─── Dates computed elsewhere


@pytest.mark.parametrize(
    ("start", "number", "last"),
    [
        ("2026-02-10", 20, "2026-03-16"),
        ("2026-02-10", 30, "2026-03-30"),  # 20 extended by 10
        ("2026-02-11", 5, "2026-02-25"),  # Saturday 02-14 is worked
        ("2025-09-26", 5, "2025-10-10"),  # Sunday 09-28 is worked
        ("2025-09-26", 10, "2025-10-16"),  # and Saturday 10-11
        ("2025-10-11", 1, "2025-10-13"),  # accepted on a Saturday that is worked
        ("2026-04-28", 45, "2026-07-03"),
        ("2026-04-28", 60, "2026-07-24"),
        ("2026-03-02", 20, "2026-03-30"),
        ("2026-09-14", 20, "2026-10-16"),
        ("2025-09-22", 7, "2025-09-30"),
        ("2026-09-07", 3, "2026-09-10"),  # minimum living allowance: survey begins
        ("2026-09-07", 20, "2026-10-10"),
        ("2026-09-07", 30, "2026-10-23"),
        ("2026-09-07", 45, "2026-11-13"),
        ("2026-10-08", 10, "2026-10-21"),  # decision of the county
        ("2026-10-22", 3, "2026-10-27"),  # refusal told
    ],
)
def test_a_term_in_working_days_ends_on_the_day_computed_elsewhere(start, number, last):
    assert due(Clock(day(start)), rule(number), CALENDAR) == day(last)
    assert left(Clock(day(start)), rule(number), CALENDAR, day(last)) == 0
    late = CALENDAR.next_working(day(last) + ONE_DAY)
    assert left(Clock(day(start)), rule(number), CALENDAR, late) == -1


@pytest.mark.parametrize(
    ("start", "number", "last"),
    [
        ("2026-07-05", 90, "2026-10-08"),  # 10-03 is in the holidays
        ("2026-08-04", 60, "2026-10-08"),
        ("2026-09-01", 7, "2026-09-08"),  # no holiday: no roll
    ],
)
def test_a_term_in_natural_days_that_ends_in_the_holidays_ends_after_them(start, number, last):
    term = rule(number, NATURAL)

    assert due(Clock(day(start)), term, CALENDAR) == day(last)
    assert left(Clock(day(start)), term, CALENDAR, day(last)) == 0
    assert left(Clock(day(start)), term, CALENDAR, day(last) + ONE_DAY) == -1


@pytest.mark.parametrize(
    ("start", "number", "reminder"),
    [("2026-02-10", 20, "2026-03-11"), ("2025-09-22", 7, "2025-09-26")],
)
def test_three_working_days_are_left_on_the_day_of_the_reminder(start, number, reminder):
    clock = Clock(day(start))

    assert left(clock, rule(number), CALENDAR, day(reminder)) == 3
    assert left(clock, rule(number), CALENDAR, day(reminder) - ONE_DAY) == 4


def test_an_expert_review_moves_the_due_day_by_its_working_days_both_ends_included():
    stop = Stop(day("2026-03-09"), "许可法45", None, day("2026-03-20"))
    clock = Clock(day("2026-03-02"), (stop,))

    assert due(clock, rule(20), CALENDAR) == day("2026-04-14")


@pytest.mark.parametrize("unit", [WORKING, NATURAL])
@pytest.mark.parametrize("start", ["2026-12-25", "2027-01-04", "2027-06-01"])
def test_a_year_that_is_not_arranged_gives_no_date(start, unit):
    with pytest.raises(CalendarMissing, match="2027年放假安排尚未载入") as missing:
        due(Clock(day(start)), rule(20, unit), CALENDAR)

    assert missing.value.year == 2027


@pytest.mark.parametrize("unit", [WORKING, NATURAL])
def test_a_clock_that_has_not_begun_has_no_due_day_and_no_used_days(unit):
    assert due(Clock(), rule(20, unit), CALENDAR) is None
    assert used(Clock(), unit, CALENDAR, day("2026-09-07")) == 0


def test_an_open_stop_without_a_cap_leaves_the_due_day_unknown():
    clock = Clock(day("2026-09-07")).stopped(day("2026-09-09"), "许可法45", None)

    assert due(clock, rule(20), CALENDAR) is None
    assert used(clock, WORKING, CALENDAR, day("2026-12-31")) == 1


def test_an_open_stop_with_a_cap_excludes_no_more_than_was_applied_for():
    clock = Clock(day("2026-09-07")).stopped(day("2026-09-09"), "许可法45", 2)

    assert [used(clock, WORKING, CALENDAR, date(2026, 9, d)) for d in (8, 9, 10, 11)] == [
        *(1, 1, 1, 2),
    ]
    assert due(clock, rule(5), CALENDAR) == day("2026-09-16")  # 09-14 without the stop


# ─── The calendar


def test_the_calendar_equals_chinesecalendar_on_every_day():
    days = list(span(date(2015, 1, 2), date(2026, 12, 31)))

    assert [d for d in days if CALENDAR.is_working(d) != chinese_calendar.is_workday(d)] == []
    assert len(days) == 4382


def test_the_years_2022_to_2026_have_as_many_working_days_as_known():
    years = range(2022, 2027)
    counts = [CALENDAR.between(date(y, 1, 1), date(y, 12, 31)) for y in years]

    assert counts == [249, 249, 251, 248, 248]


def test_the_first_day_of_the_calendar_belongs_to_it():
    assert not CALENDAR.is_working(date(2015, 1, 1))


def test_years_with_a_gap_make_no_calendar():
    years = [Year(y, "s", "c", (), ()) for y in (2024, 2026)]

    with pytest.raises(AssertionError):
        Calendar.of(years)


LAST = date(2026, 12, 31)
WORKED = [d for d in span(date(2026, 1, 1), LAST) if chinese_calendar.is_workday(d)]
IS_WORKED = frozenset(WORKED)
arranged = st.dates(date(2026, 1, 1), date(2026, 6, 30))


@given(arranged, arranged)
def test_prefix_sums_count_what_naive_counting_counts(first, last):
    naive = [d for d in WORKED if first <= d <= last]

    assert CALENDAR.between(first, last) == len(naive)


@given(arranged, st.integers(1, 60))
def test_prefix_sums_add_what_naive_adding_adds(start, count):
    later = [d for d in WORKED if d > start]

    assert CALENDAR.add(start, count) == later[count - 1]
    assert CALENDAR.next_working(start + ONE_DAY) == later[0]


# ─── Any history of stops, against a count day by day


def cap_day(stop: Stop) -> date:
    """The last day that the stop may exclude: that of its last working day applied for."""
    if stop.days_max is None:
        return date.max
    worked = [d for d in WORKED if d >= stop.since][: stop.days_max]
    return worked[-1] if worked else stop.since - ONE_DAY


def is_counted(clock: Clock, unit: Unit, each: date) -> bool:
    """Whether a day after the start is used up by the term."""
    if unit is WORKING and each not in IS_WORKED:
        return False
    return not any(
        stop.since <= each <= min(stop.until or date.max, cap_day(stop)) for stop in clock.stops
    )


def naive_used(clock: Clock, unit: Unit, today: date) -> int:
    assert clock.start is not None
    last = min(today, clock.end or today)
    return sum(is_counted(clock, unit, each) for each in span(clock.start + ONE_DAY, last))


def naive_due(clock: Clock, term: Rule) -> date | None:
    """The first day by whose end the number is used up; None while that day is not known."""
    assert clock.start is not None
    count = 0
    for each in span(clock.start + ONE_DAY, LAST):
        opened = (s for s in clock.stops if s.until is None and s.days_max is None)
        if any(stop.since <= each for stop in opened):
            return None
        count += is_counted(clock, term.unit, each)
        if count == term.number + sum(e.days for e in clock.extensions if e.unit is term.unit):
            return each if term.unit is WORKING else next(d for d in WORKED if d >= each)
    raise AssertionError("the histories below are too short for this")


CAPS = st.none() | st.integers(0, 8)


@st.composite
def clocks(draw, caps=CAPS):
    """A clock that begins in early 2026; stops may touch, overlap and lie in one another."""
    start = draw(st.dates(date(2026, 1, 5), date(2026, 3, 31)))
    offsets = sorted(draw(st.lists(st.integers(0, 60), max_size=4)))
    stops = []
    for offset in offsets:
        since = start + timedelta(days=offset)
        until = since + timedelta(days=draw(st.integers(0, 25)))
        stops.append(Stop(since, "依据", draw(caps), until))
    if stops and draw(st.booleans()):
        stops[-1] = replace(stops[-1], until=None)
    offsets = draw(st.lists(st.integers(0, 60), max_size=2))
    more = st.builds(
        Extension,
        st.sampled_from([start + timedelta(days=offset) for offset in offsets] or [start]),
        st.integers(1, 20),
        st.sampled_from([WORKING, NATURAL]),
        st.just("依据"),
    )
    extensions = draw(st.lists(more, max_size=2))
    return Clock(start, tuple(stops), None, tuple(extensions))


working_terms = st.builds(rule, st.integers(1, 40))
natural_terms = st.builds(rule, st.integers(1, 60), st.just(NATURAL))
todays = st.dates(date(2026, 1, 1), date(2026, 9, 1))


@given(clocks(), todays)
def test_used_working_days_are_those_counted_one_by_one(clock, today):
    assert used(clock, WORKING, CALENDAR, today) == naive_used(clock, WORKING, today)


@given(clocks(), todays, st.integers(0, 120))
def test_nothing_is_used_after_the_end(clock, today, days):
    ended = clock.ended(clock.start + timedelta(days=days))

    assert used(ended, WORKING, CALENDAR, today) == naive_used(ended, WORKING, today)


@given(clocks(), todays)
def test_used_natural_days_are_those_counted_one_by_one(clock, today):
    assert used(clock, NATURAL, CALENDAR, today) == naive_used(clock, NATURAL, today)


@given(clocks(), working_terms | natural_terms)
def test_the_due_day_is_the_one_found_by_counting(clock, term):
    assert due(clock, term, CALENDAR) == naive_due(clock, term)


@given(clocks(), working_terms)
def test_no_working_day_is_left_on_the_due_day(clock, term):
    assume(not clock.is_stopped)
    last = due(clock, term, CALENDAR)

    assert last is not None
    assert left(clock, term, CALENDAR, last) == 0
    assert left(clock, term, CALENDAR, last - ONE_DAY) >= 0


@given(clocks(), natural_terms, todays)
def test_less_than_no_day_is_left_after_the_due_day_and_only_then(clock, term, today):
    last = due(clock, term, CALENDAR)
    assume(last is not None)

    assert (left(clock, term, CALENDAR, today) < 0) == (today > last)
    assert left(clock, term, CALENDAR, last) == 0
    assert left(clock, term, CALENDAR, last + ONE_DAY) == -1


@given(clocks(), working_terms, todays)
def test_less_than_no_working_day_is_left_after_the_next_one_and_only_then(clock, term, today):
    last = due(clock, term, CALENDAR)
    assume(last is not None)

    past = sum(last < each <= today for each in WORKED)
    assert min(left(clock, term, CALENDAR, today), 0) == -past


days_of_a_story = st.lists(st.integers(0, 90), min_size=1, max_size=8).map(sorted)


@given(days_of_a_story, st.lists(st.sampled_from(["stop", "resume"]), min_size=8))
def test_stopping_twice_and_resuming_twice_change_nothing(offsets, verbs):
    start = date(2026, 3, 2)
    clock = Clock(start)
    for offset, verb in zip(offsets, verbs, strict=False):
        on = start + timedelta(days=offset)
        once = clock.stopped(on, "r", None) if verb == "stop" else clock.resumed(on)
        twice = once.stopped(on, "r", None) if verb == "stop" else once.resumed(on)
        assert once == twice
        clock = once

    ended = clock.ended(start + timedelta(days=91))
    assert not ended.is_stopped
    assert all(stop.until is not None for stop in ended.stops)
    assert ended == ended.ended(date.max) == ended.stopped(date.max, "r", None)


def test_the_cap_of_a_closed_stop_may_lie_beyond_the_calendar():
    stop = Stop(day("2026-12-03"), "许可法45", 30, day("2026-12-04"))

    assert due(Clock(day("2026-12-01"), (stop,)), rule(5), CALENDAR) == day("2026-12-10")


def test_a_stop_after_the_due_day_wins_nothing_back():
    late = Clock(day("2026-09-07")).stopped(day("2026-09-09"), "许可法45", None)

    assert due(late, rule(1), CALENDAR) == day("2026-09-08")
    assert left(late, rule(1), CALENDAR, day("2026-09-09")) == -1


def test_days_of_rest_after_the_cap_of_a_stop_are_used():
    clock = Clock(day("2026-03-02")).stopped(day("2026-03-06"), "某法", 1)  # Friday only

    days = [used(clock, NATURAL, CALENDAR, date(2026, 3, d)) for d in (5, 6, 7, 8, 9)]
    assert days == [3, 3, 4, 5, 6]
