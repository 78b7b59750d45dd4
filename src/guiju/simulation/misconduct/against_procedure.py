"""乱作为: against procedure."""

from datetime import timedelta
from random import Random

from guiju.kernel.alignment import explain
from guiju.kernel.behaviour import behaviour_of
from guiju.kernel.controls.collective import Collective
from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.evidence import Evidence
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.program import asked
from guiju.kernel.replay import Code
from guiju.simulation.misconduct.occasions import fits, move, rows_with
from guiju.simulation.staff import City
from guiju.simulation.told import Case


def skipped(case: Case, _: City, chance: Random) -> bool:
    """L1: a step that had to be is not there."""
    before = list(case.rows)
    for row in chance.sample(before[1:-1], max(len(before) - 2, 0)):
        case.rows = [each for each in before if each is not row]
        trace = [(each.step, each.outcome) for each in case.rows]
        behaviour = behaviour_of(case.played.course.program.net)
        found = explain(behaviour, trace, is_whole=False)
        codes = {each.code for each in found.deviations} if found else set()
        if codes == {Code.SKIPPED}:
            return True
    case.rows = before
    return False


def out_of_order(case: Case, _: City, chance: Random) -> bool:
    """L2: a step is done once more although the chart has gone on."""
    before = list(case.rows)
    for row in chance.sample(before[:-1], len(before) - 1):
        twin = row.copy()
        place = before.index(row) + 1
        twin.later(before[place].at - row.at + timedelta(minutes=1))
        if place + 1 < len(before) and twin.at >= before[place + 1].at:
            continue
        case.rows = [*before[: place + 1], twin, *before[place + 1 :]]
        if not fits(case):
            return True
    case.rows = before
    return False


def missing_control(case: Case, _: City, chance: Random) -> bool:
    """L3: fewer people than there must be, or the paper that proves it is not there."""
    alone = rows_with(case, PersonsMin, lambda c, row: c.rule.number > 1 and bool(row.present))
    bare = [row for row in rows_with(case, Evidence) if row.evidence]
    if not alone and not bare:
        return False
    row = chance.choice([*alone, *bare])
    row.present, row.evidence = ([], row.evidence) if row in alone else (row.present, [])
    return True


def no_separation(case: Case, _: City, chance: Random) -> bool:
    """L4: one person does what two had to do."""
    pairs = []
    for row in rows_with(case, Distinct):
        step, outcome = move(case, row)
        others = {
            s for c in asked(step.controls, outcome) if isinstance(c, Distinct) for s in c.steps
        }
        earlier = case.rows[: case.rows.index(row)]
        pairs += [(row, each) for each in earlier if each.step in others and each.person]
    pairs = [(row, each) for row, each in pairs if row.person]
    if not pairs:
        return False
    row, other = chance.choice(pairs)
    row.person = other.person
    return True


def principal_not_last(case: Case, _: City, __: Random) -> bool:
    """L5: who presides says first what he thinks."""
    for row in rows_with(case, Collective):
        step, outcome = move(case, row)
        control = next(c for c in asked(step.controls, outcome) if isinstance(c, Collective))
        own = [p for p in row.present if p["post"] == control.principal and p["order"]]
        others = [p for p in row.present if p["order"] and p not in own]
        if own and others:
            own[0]["order"], others[0]["order"] = others[0]["order"], own[0]["order"]
            return True
    return False


def back_dated(case: Case, _: City, chance: Random) -> bool:
    """L6: entered weeks later than it is said to have happened."""
    row = chance.choice(case.rows)
    row.recorded_at = row.at + timedelta(days=20)
    return True
