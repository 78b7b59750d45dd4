"""慢作为: too late."""

from datetime import datetime
from random import Random

from guiju.kernel.power import (
    APPLICANT,
    StepKind,
)
from guiju.kernel.rules import Unit
from guiju.simulation.misconduct.occasions import (
    clock_runs,
    delay,
    late,
    limited,
    past,
    running,
    started,
    stops,
)
from guiju.simulation.staff import City
from guiju.simulation.told import Case


def stage_limit(case: Case, city: City, chance: Random) -> bool:
    """M1: a step takes longer than it may."""
    kinds = set(StepKind) - {StepKind.ACCEPT}
    rows = [row for row in case.rows[1:] if row.person and limited(case, row, kinds)]
    return late(case, city, rows, chance)


def promised_limit(case: Case, city: City, _: Random) -> bool:
    """M2: the promise is broken, the law is kept."""
    return past(case, city, beyond=False)


def statutory_limit(case: Case, city: City, _: Random) -> bool:
    """M3: the law's limit is broken."""
    return past(case, city, beyond=True)


def due_soon(case: Case, city: City, _: Random) -> bool:
    """M4: open on the last day of the log, with two days left."""
    runs = running(case)
    limit = case.played.course.power.limits.promised
    if not runs or limit.unit is not Unit.WORKING_DAY or stops(case):
        return False
    case.rows = case.rows[: case.rows.index(runs[-1])]
    calendar, start = city.pack.calendar, started(case)
    begin = calendar.nth(calendar.upto(city.last) - limit.number + 2)
    shift = datetime.combine(begin, start.at.time()) - start.at
    for row in case.rows:
        row.later(shift)
        row.received += shift
    return True


def outlier(case: Case, city: City, _: Random) -> bool:
    """M5: ten times as long as others, with no limit passed: it waits for the applicant."""
    for row in case.rows[1:]:
        if row.post == APPLICANT and not clock_runs(case, row):
            delay(case, row, city, 90)
            return True
    return False
