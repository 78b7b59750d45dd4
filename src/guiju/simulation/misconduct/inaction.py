"""不作为: nothing is done."""

from random import Random

from guiju.kernel.controls.reason_required import ReasonRequired
from guiju.kernel.power import (
    StepKind,
)
from guiju.simulation.misconduct.occasions import delay, late, limited, move, rows_with, running
from guiju.simulation.staff import City
from guiju.simulation.told import Case


def no_acceptance_decision(case: Case, city: City, chance: Random) -> bool:
    """B1: whether the application is taken is decided too late."""
    rows = [row for row in case.rows[1:] if limited(case, row, {StepKind.ACCEPT})]
    return late(case, city, rows, chance)


def silent_clock(case: Case, city: City, chance: Random) -> bool:
    """B2: the clock runs, and for weeks nobody does anything."""
    runs = running(case)
    if not runs:
        return False
    delay(case, chance.choice(runs), city, 14)
    return True


def refusal_without_reasons(case: Case, _: City, chance: Random) -> bool:
    """B3: refused, and no reason is given."""
    refusals = {end.id for end in case.played.course.power.ends if end.is_refusal}
    rows = [
        row
        for row in rows_with(case, ReasonRequired)
        if row.reason and refusals.intersection(move(case, row)[1].to)
    ]
    if not rows:
        return False
    chance.choice(rows).reason = False
    return True
