"""懒作为: passed on, put off."""

from datetime import timedelta
from itertools import pairwise
from random import Random

from guiju.kernel.power import (
    ClockEffect,
    StepKind,
)
from guiju.simulation.misconduct.occasions import (
    bring_near_due,
    delay,
    move,
    official,
    restarts,
)
from guiju.simulation.staff import City
from guiju.simulation.told import Case

WEEKS = 10  # that a stop lasts for which nobody has written a time


def second_supplement(case: Case, _: City, __: Random) -> bool:
    """Z1: after the first list of what is missing comes a second one."""
    for place, row in enumerate(case.rows[:-1]):
        if move(case, row)[0].kind is StepKind.ACCEPT and row.items:
            again = [row.copy(), case.rows[place + 1].copy()]
            until = case.rows[place + 1].at
            for minutes, twin in enumerate(again, 1):
                twin.at = until + timedelta(minutes=minutes)
                twin.recorded_at = twin.at
            case.rows[place + 2 : place + 2] = again
            return True
    return False


def transfer_cycle(case: Case, city: City, chance: Random) -> bool:
    """Z2: handed over, and handed back."""
    moves = case.played.course.program.moves
    hands = {step: outcome for (step, outcome), move in moves.items() if move.outcome.assigns}
    rows = [row for row in official(case) if row.step in hands]
    if not rows:
        return False
    row = chance.choice(rows)
    post = city.posts[row.post or "", case.division]
    other = chance.choice([p for p in city.holders[post.id] if p != row.person])
    place = case.rows.index(row)
    for minutes, person in enumerate((other, row.person), 1):
        twin = row.copy()
        twin.outcome, twin.person = hands[row.step], person
        twin.present, twin.evidence, twin.items, twin.amount = [], [], [], None
        twin.later(timedelta(minutes=-minutes))
        case.rows.insert(place, twin)
    first = case.rows[place]
    if place and first.at < case.rows[place - 1].at:
        for each in case.rows[place:]:
            each.later(timedelta(minutes=5))
    return True


def stop_before_due(case: Case, city: City, _: Random) -> bool:
    """Z3: the clock is stopped on the last day."""
    for row in case.rows:
        outcome = move(case, row)[1]
        if outcome.clock is ClockEffect.STOP and not restarts(case):
            return bring_near_due(case, row, city)
    return False


def endless_stop(case: Case, city: City, _: Random) -> bool:
    """Z5: the clock is stopped, nobody writes down for how long, and for long nothing happens."""
    for row, after in pairwise(case.rows):
        outcome = move(case, row)[1]
        if outcome.clock is ClockEffect.STOP and not restarts(case):
            row.stop_days = None
            delay(case, after, city, WEEKS * 5)
            return True
    return False
