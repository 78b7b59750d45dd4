"""Silence 默示: a term runs out, and the law says what that means.

Once such a term has run out nothing else may be done on the case before its effect is
recorded, as an act of the law at the midnight that ends the term. The calendar is given as a
function, because only charts with such terms ask for it; where it ends before a term does,
silence has no effect yet.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from guiju.kernel.acts import Act, State
from guiju.kernel.power import LAW, Outcome
from guiju.kernel.program import Program
from guiju.kernel.terms import Calendar, CalendarMissing, Clock, due

Days = Callable[[], Calendar]


def no_calendar() -> Calendar:
    """For charts without legal silence and extension."""
    raise LookupError("this chart counts days: perform needs a calendar")


def next_silence(program: Program, state: State, days: Days, at: datetime) -> Act | None:
    """What silence has brought about before ``at``, as an act of the law; the earliest first."""
    lapses = [
        (ends, move)
        for move in program.silences
        if move.is_enabled(state.marking)
        for ends in _lapsed(state.since[move.step.id], move.outcome, days, at)
    ]
    if not lapses:
        return None
    ends, move = min(lapses, key=lambda lapse: lapse[0])
    midnight = datetime.combine(ends + timedelta(days=1), time(), at.tzinfo)
    return Act(move.step.id, move.outcome.id, LAW, LAW, midnight)


def _lapsed(since: datetime, outcome: Outcome, days: Days, at: datetime) -> Iterator[date]:
    """The last day of a term whose silence counts, if it has passed."""
    assert outcome.after is not None
    try:
        ends = due(Clock(since.date()), outcome.after, days())
    except CalendarMissing:
        return  # the calendar ends before the term does
    if ends is not None and at.date() > ends:
        yield ends
