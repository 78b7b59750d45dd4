"""Misconduct of every kind, done to the rows of a case that was lawful.

Each function changes one case so that the detector of its name has something to find, or answers
False where the case gives no occasion for it. What nobody could see in a log is done too, to
nothing that is written down: ``INVISIBLE``.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

from guiju.kernel.alignment import explain
from guiju.kernel.behaviour import behaviour_of
from guiju.kernel.controls.certified import Certified
from guiju.kernel.controls.collective import Collective
from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.evidence import Evidence
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.controls.reason_required import ReasonRequired
from guiju.kernel.power import (
    APPLICANT,
    ClockEffect,
    FieldKind,
    Operator,
    Outcome,
    Step,
    StepKind,
)
from guiju.kernel.program import asked
from guiju.kernel.replay import Code, replay
from guiju.kernel.rules import Unit
from guiju.simulation.staff import City
from guiju.simulation.told import Case, Row

Deed = Callable[[Case, City, Random], bool]
STRANGE_ITEM = "与本事项无关的证明"
STRANGE_STEP = "领导打招呼"


def _move(case: Case, row: Row) -> tuple[Step, Outcome]:
    found = case.played.course.program.moves[row.step, row.outcome]
    return found.step, found.outcome


def _official(case: Case) -> list[Row]:
    return [row for row in case.rows if row.person]


def _with(case: Case, kind: type, of: Callable[..., bool] = lambda *_: True) -> list[Row]:
    """The rows whose step and outcome ask for a control of a kind."""
    found = []
    for row in case.rows:
        step, outcome = _move(case, row)
        controls = asked(step.controls, outcome)
        if any(isinstance(c, kind) and of(c, row) for c in controls):
            found.append(row)
    return found


def _delay(case: Case, row: Row, city: City, days: int) -> None:
    """Let a row, and all that came after it, happen so many working days later."""
    calendar = city.pack.calendar
    begun = row.at
    number = case.rows.index(row)
    on = calendar.add(row.at.date(), days)
    shift = datetime.combine(on, row.at.time()) - begun
    for each in case.rows[number:]:
        each.later(shift)


def _fits(case: Case) -> bool:
    net = case.played.course.program.net
    told = replay(behaviour_of(net), [(row.step, row.outcome) for row in case.rows])
    return all(step.code in (Code.FITS, Code.BY_SILENCE) for step in told.steps)


# ─── 胡作为: without power


def unlisted_power(case: Case, city: City, chance: Random) -> bool:
    """H1: another organ, whose list does not have the power, does all of it."""
    listed = {row.organ for row in city.pack.listed or () if row.power == case.rows[0].power}
    strangers = sorted({organ.id for organ in city.pack.organs} - listed)
    if not strangers or not _official(case):
        return False
    organ = chance.choice(strangers)
    for row in _official(case):
        row.organ = organ
    return True


def outside_chart(case: Case, _: City, chance: Random) -> bool:
    """H2: something happens that no chart has."""
    row = chance.choice(case.rows)
    twin = row.copy()
    twin.step, twin.outcome, twin.evidence, twin.items = STRANGE_STEP, "", [], []
    twin.amount = twin.fee = None
    twin.later(timedelta(minutes=1))
    case.rows.insert(case.rows.index(row) + 1, twin)
    return True


def no_mandate(case: Case, city: City, chance: Random) -> bool:
    """H3: somebody acts who holds another post altogether."""
    row = chance.choice(_official(case) or [None])
    if row is None or _with(case, Certified).count(row):
        return False
    own = {
        person
        for post in city.pack.posts
        if post.role == row.post
        for person in city.holders[post.id]
    }
    row.person = chance.choice(sorted({p for ids in city.holders.values() for p in ids} - own))
    return True


def no_certificate(case: Case, _: City, chance: Random) -> bool:
    """H4: the certificate was not shown, or is somebody else's."""
    rows = [row for row in case.rows if row.certificate]
    if not rows:
        return False
    chance.choice(rows).certificate = chance.choice([None, "证-过期"])
    return True


def above_ceiling(case: Case, _: City, chance: Random) -> bool:
    """H5: more money than the post may decide on."""
    rows = [row for row in case.rows if row.amount and _ceiling(case, row)]
    if not rows:
        return False
    row = chance.choice(rows)
    row.amount = _ceiling(case, row) * 2
    return True


def _ceiling(case: Case, row: Row) -> int:
    """The most, in fen, that the conditions of an outcome let it decide; 0 for no limit."""
    step, outcome = _move(case, row)
    money = {field.id for field in step.fields if field.kind is FieldKind.MONEY}
    return max(
        (
            each.rule.number if each.rule else int(each.value)
            for each in outcome.when
            if each.field in money and each.op in (Operator.AT_MOST, Operator.LESS)
        ),
        default=0,
    )


def unlisted_material(case: Case, _: City, chance: Random) -> bool:
    """H6: something is asked for that the guide does not name."""
    rows = [row for row in _official(case) if row.items]
    if not rows or not case.played.course.power.materials:
        return False
    chance.choice(rows).items.append(STRANGE_ITEM)
    return True


def unlisted_fee(case: Case, _: City, chance: Random) -> bool:
    """H7: more is taken than the guide says."""
    rows = [row for row in _official(case) if row.fee is not None]
    if not rows:
        return False
    row = chance.choice(rows)
    row.fee = (row.fee or 0) + 5000
    return True


# ─── 乱作为: against procedure


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
        if not _fits(case):
            return True
    case.rows = before
    return False


def missing_control(case: Case, _: City, chance: Random) -> bool:
    """L3: fewer people than there must be, or the paper that proves it is not there."""
    alone = _with(case, PersonsMin, lambda c, row: c.rule.number > 1 and bool(row.present))
    bare = [row for row in _with(case, Evidence) if row.evidence]
    if not alone and not bare:
        return False
    row = chance.choice([*alone, *bare])
    row.present, row.evidence = ([], row.evidence) if row in alone else (row.present, [])
    return True


def no_separation(case: Case, _: City, chance: Random) -> bool:
    """L4: one person does what two had to do."""
    pairs = []
    for row in _with(case, Distinct):
        step, outcome = _move(case, row)
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
    for row in _with(case, Collective):
        step, outcome = _move(case, row)
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


# ─── 不作为: inaction


def no_acceptance_decision(case: Case, city: City, chance: Random) -> bool:
    """B1: whether the application is taken is decided too late."""
    rows = [row for row in case.rows[1:] if _limited(case, row, {StepKind.ACCEPT})]
    return _late(case, city, rows, chance)


def silent_clock(case: Case, city: City, chance: Random) -> bool:
    """B2: the clock runs, and for weeks nobody does anything."""
    runs = _running(case)
    if not runs:
        return False
    _delay(case, chance.choice(runs), city, 14)
    return True


def refusal_without_reasons(case: Case, _: City, chance: Random) -> bool:
    """B3: refused, and no reason is given."""
    refusals = {end.id for end in case.played.course.power.ends if end.is_refusal}
    rows = [
        row
        for row in _with(case, ReasonRequired)
        if row.reason and refusals.intersection(_move(case, row)[1].to)
    ]
    if not rows:
        return False
    chance.choice(rows).reason = False
    return True


# ─── 懒作为: passing on


def second_supplement(case: Case, _: City, __: Random) -> bool:
    """Z1: after the first list of what is missing comes a second one."""
    for place, row in enumerate(case.rows[:-1]):
        if _move(case, row)[0].kind is StepKind.ACCEPT and row.items:
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
    rows = [row for row in _official(case) if row.step in hands]
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
        outcome = _move(case, row)[1]
        if outcome.clock is ClockEffect.STOP and not _restarts(case):
            return _bring_near_due(case, row, city)
    return False


# ─── 慢作为: late


def stage_limit(case: Case, city: City, chance: Random) -> bool:
    """M1: a step takes longer than it may."""
    kinds = set(StepKind) - {StepKind.ACCEPT}
    rows = [row for row in case.rows[1:] if row.person and _limited(case, row, kinds)]
    return _late(case, city, rows, chance)


def promised_limit(case: Case, city: City, _: Random) -> bool:
    """M2: the promise is broken, the law is kept."""
    return _past(case, city, beyond=False)


def statutory_limit(case: Case, city: City, _: Random) -> bool:
    """M3: the law's limit is broken."""
    return _past(case, city, beyond=True)


def due_soon(case: Case, city: City, _: Random) -> bool:
    """M4: open on the last day of the log, with two days left."""
    runs = _running(case)
    limit = case.played.course.power.limits.promised
    if not runs or limit.unit is not Unit.WORKING_DAY or _stops(case):
        return False
    case.rows = case.rows[: case.rows.index(runs[-1])]
    calendar, start = city.pack.calendar, _started(case)
    begin = calendar.nth(calendar.upto(city.last) - limit.number + 2)
    shift = datetime.combine(begin, start.at.time()) - start.at
    for row in case.rows:
        row.later(shift)
        row.received += shift
    return True


def outlier(case: Case, city: City, _: Random) -> bool:
    """M5: ten times as long as others, with no limit passed: it waits for the applicant."""
    for row in case.rows[1:]:
        if row.post == APPLICANT and not _clock_runs(case, row):
            _delay(case, row, city, 90)
            return True
    return False


def _limited(case: Case, row: Row, kinds: set[StepKind]) -> bool:
    step = _move(case, row)[0]
    return step.limit is not None and step.kind in kinds and step.post != APPLICANT


def _late(case: Case, city: City, rows: list[Row], chance: Random) -> bool:
    rows = [row for row in rows if _arrived(case, row)]
    if not rows:
        return False
    row = chance.choice(rows)
    limit = _move(case, row)[0].limit
    assert limit is not None
    _delay(case, row, city, limit.number + 3)
    return True


def _arrived(case: Case, row: Row) -> bool:
    """Whether the log tells when the case came to this row's step."""
    earlier = case.rows[: case.rows.index(row)]
    return any(row.step in _move(case, each)[1].to for each in earlier)


def _started(case: Case) -> Row:
    begins = (ClockEffect.START, ClockEffect.ARRIVED)
    return next(row for row in case.rows if _move(case, row)[1].clock in begins)


def _clock_runs(case: Case, row: Row) -> bool:
    begins = (ClockEffect.START, ClockEffect.ARRIVED)
    earlier = case.rows[: case.rows.index(row)]
    return any(_move(case, each)[1].clock in begins for each in earlier)


def _stops(case: Case) -> bool:
    clocks = {_move(case, row)[1].clock for row in case.rows}
    return not clocks.isdisjoint((ClockEffect.STOP, ClockEffect.EXTEND, ClockEffect.RESTART))


def _restarts(case: Case) -> bool:
    return any(_move(case, row)[1].clock is ClockEffect.RESTART for row in case.rows)


def _running(case: Case) -> list[Row]:
    """The officials' rows while the clock runs that was never stopped, its end included."""
    if _stops(case):
        return []
    found, runs = [], False
    for row in case.rows:
        clock = _move(case, row)[1].clock
        if runs and row.person:
            found.append(row)
        if clock in (ClockEffect.START, ClockEffect.ARRIVED):
            runs = True
        ends = {end.id for end in case.played.course.power.ends}
        if clock is ClockEffect.END or ends.intersection(_move(case, row)[1].to):
            break
    return found


def _past(case: Case, city: City, *, beyond: bool) -> bool:
    runs, limits = _running(case), case.played.course.power.limits
    if not runs or limits.promised.unit is not limits.statutory.unit:
        return False
    if not beyond and limits.statutory.number - limits.promised.number < 4:
        return False
    limit = limits.statutory if beyond else limits.promised
    used = limit.number + 2
    begun = _started(case).at.date()
    calendar = city.pack.calendar
    spent = calendar.between(begun + timedelta(days=1), runs[-1].at.date())
    if limit.unit is Unit.WORKING_DAY and used > spent:
        _delay(case, runs[-1], city, used - spent)
        return True
    return False


def _bring_near_due(case: Case, row: Row, city: City) -> bool:
    """Let the stop come when the promised limit is all but over."""
    limit, calendar = case.played.course.power.limits.promised, city.pack.calendar
    if limit.unit is not Unit.WORKING_DAY:
        return False
    begun = _started(case).at.date()
    spent = calendar.between(begun + timedelta(days=1), row.at.date())
    if limit.number - 1 <= spent:
        return False
    _delay(case, row, city, limit.number - 1 - spent)
    return True


DEEDS: Mapping[str, Deed] = {
    "H1": unlisted_power,
    "H2": outside_chart,
    "H3": no_mandate,
    "H4": no_certificate,
    "H5": above_ceiling,
    "H6": unlisted_material,
    "H7": unlisted_fee,
    "L1": skipped,
    "L2": out_of_order,
    "L3": missing_control,
    "L4": no_separation,
    "L5": principal_not_last,
    "L6": back_dated,
    "B1": no_acceptance_decision,
    "B2": silent_clock,
    "B3": refusal_without_reasons,
    "Z1": second_supplement,
    "Z2": transfer_cycle,
    "Z3": stop_before_due,
    "M1": stage_limit,
    "M2": promised_limit,
    "M3": statutory_limit,
    "M4": due_soon,
    "M5": outlier,
}
"""What is done to one case; Z4 and B4, which need several, are in ``year``."""

INVISIBLE: Mapping[str, str] = {
    "L4": "一个人用两个账号办了应由两人办的环节:日志里是两个人",
    "L6": "办理时间和录入时间都改过:日志里前后一致",
    "H6": "口头多要材料,没有录入",
    "H7": "窗口外收钱,没有录入",
    "L3": "凭证是假的,类型都对",
    "H3": "把账号借给别人用:日志里是本人",
}
"""What is done beside the log: of the kind of this detector, but nobody can see it there."""
