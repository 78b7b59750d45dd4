"""When a case gives occasion for misconduct, and how the rows of one are moved in time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from guiju.kernel.behaviour import behaviour_of
from guiju.kernel.power import (
    APPLICANT,
    ClockEffect,
    Outcome,
    Step,
    StepKind,
)
from guiju.kernel.program import asked
from guiju.kernel.replay import Code, replay
from guiju.kernel.rules import Unit
from guiju.simulation.staff import City
from guiju.simulation.told import Case, Row


def move(case: Case, row: Row) -> tuple[Step, Outcome]:
    """The step and outcome of a row."""
    found = case.played.course.program.moves[row.step, row.outcome]
    return found.step, found.outcome


def official(case: Case) -> list[Row]:
    """The rows in which an official acts."""
    return [row for row in case.rows if row.person]


def rows_with(case: Case, kind: type, of: Callable[..., bool] = lambda *_: True) -> list[Row]:
    """The rows whose step and outcome ask for a control of a kind."""
    found = []
    for row in case.rows:
        step, outcome = move(case, row)
        controls = asked(step.controls, outcome)
        if any(isinstance(c, kind) and of(c, row) for c in controls):
            found.append(row)
    return found


def delay(case: Case, row: Row, city: City, days: int) -> None:
    """Let a row, and all that came after it, happen so many working days later."""
    calendar = city.pack.calendar
    begun = row.at
    number = case.rows.index(row)
    on = calendar.add(row.at.date(), days)
    shift = datetime.combine(on, row.at.time()) - begun
    for each in case.rows[number:]:
        each.later(shift)


def fits(case: Case) -> bool:
    """Whether the rows are a run of the chart so far."""
    net = case.played.course.program.net
    told = replay(behaviour_of(net), [(row.step, row.outcome) for row in case.rows])
    return all(step.code in (Code.FITS, Code.BY_SILENCE) for step in told.steps)


def limited(case: Case, row: Row, kinds: set[StepKind]) -> bool:
    """Whether a row is of an office's step of these kinds that has a limit of its own."""
    step = move(case, row)[0]
    return step.limit is not None and step.kind in kinds and step.post != APPLICANT


def late(case: Case, city: City, rows: list[Row], chance: Random) -> bool:
    """Let one of these rows come some days after its step's limit."""
    rows = [row for row in rows if arrived(case, row)]
    if not rows:
        return False
    row = chance.choice(rows)
    limit = move(case, row)[0].limit
    assert limit is not None
    delay(case, row, city, limit.number + 3)
    return True


def arrived(case: Case, row: Row) -> bool:
    """Whether the log tells when the case came to this row's step."""
    earlier = case.rows[: case.rows.index(row)]
    return any(row.step in move(case, each)[1].to for each in earlier)


def started(case: Case) -> Row:
    """The row with which the clock starts."""
    begins = (ClockEffect.START, ClockEffect.ARRIVED)
    return next(row for row in case.rows if move(case, row)[1].clock in begins)


def clock_runs(case: Case, row: Row) -> bool:
    """Whether the clock has started before a row."""
    begins = (ClockEffect.START, ClockEffect.ARRIVED)
    earlier = case.rows[: case.rows.index(row)]
    return any(move(case, each)[1].clock in begins for each in earlier)


def stops(case: Case) -> bool:
    """Whether something stops, lengthens or restarts the clock."""
    clocks = {move(case, row)[1].clock for row in case.rows}
    return not clocks.isdisjoint((ClockEffect.STOP, ClockEffect.EXTEND, ClockEffect.RESTART))


def restarts(case: Case) -> bool:
    """Whether the clock is started anew."""
    return any(move(case, row)[1].clock is ClockEffect.RESTART for row in case.rows)


def running(case: Case) -> list[Row]:
    """The officials' rows while the clock runs that was never stopped, its end included."""
    if stops(case):
        return []
    found, runs = [], False
    for row in case.rows:
        clock = move(case, row)[1].clock
        if runs and row.person:
            found.append(row)
        if clock in (ClockEffect.START, ClockEffect.ARRIVED):
            runs = True
        ends = {end.id for end in case.played.course.power.ends}
        if clock is ClockEffect.END or ends.intersection(move(case, row)[1].to):
            break
    return found


def past(case: Case, city: City, *, beyond: bool) -> bool:
    """Let the case end some days after its promised or its statutory limit."""
    runs, limits = running(case), case.played.course.power.limits
    if not runs or limits.promised.unit is not limits.statutory.unit:
        return False
    if not beyond and limits.statutory.number - limits.promised.number < 4:
        return False
    limit = limits.statutory if beyond else limits.promised
    used = limit.number + 2
    begun = started(case).at.date()
    calendar = city.pack.calendar
    spent = calendar.between(begun + timedelta(days=1), runs[-1].at.date())
    if limit.unit is Unit.WORKING_DAY and used > spent:
        delay(case, runs[-1], city, used - spent)
        return True
    return False


def bring_near_due(case: Case, row: Row, city: City) -> bool:
    """Let the stop come when the promised limit is all but over."""
    limit, calendar = case.played.course.power.limits.promised, city.pack.calendar
    if limit.unit is not Unit.WORKING_DAY:
        return False
    begun = started(case).at.date()
    spent = calendar.between(begun + timedelta(days=1), row.at.date())
    if limit.number - 1 <= spent:
        return False
    delay(case, row, city, limit.number - 1 - spent)
    return True
