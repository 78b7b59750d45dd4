"""Clocks and limits of many cases against the kernel's clock, act by act."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest
from tests.audit.coded import events_of
from tests.kernel.charts import CALENDAR
from tests.kernel.traces import MONDAY, acts, programs

from guiju.audit.clocks import Silences, clocks_of, line_of, surely_open
from guiju.audit.deadlines import EPOCH, Count
from guiju.audit.effects import Effects
from guiju.audit.events import UNTOLD, Words
from guiju.audit.limits import NO_CALENDAR, NO_START, Bucket, Limits, limits_of
from guiju.audit.replay import Tables, replay
from guiju.kernel.behaviour import behaviour_of
from guiju.kernel.lights import step_left
from guiju.kernel.net import Net
from guiju.kernel.power import StepKind
from guiju.kernel.program import Program, offered, open_steps
from guiju.kernel.run import Refused, perform, start
from guiju.kernel.terms import CalendarMissing, due, left

EPOCH_BEGAN = datetime.fromisoformat("1970-01-01")
TODAY = date(2026, 12, 20)
PROGRAMS = programs(clocked=True)


@dataclass
class Case:
    """A random run, cut off somewhere, with what the kernel says of it."""

    rows: list[dict[str, object]]
    stages: list[tuple[object, ...]]
    whole: list[tuple[object, ...]]
    stops: list[tuple[object, ...]]
    is_vague: bool = False  # a record does not tell which branches apply, or who is to sign


def microseconds(at: datetime) -> int:
    return int((at.replace(tzinfo=None) - EPOCH_BEGAN) / timedelta(microseconds=1))


def number(day: date) -> int:
    return day.toordinal() - EPOCH


def a_case(program: Program, number_: int, chance: random.Random) -> Case:
    at = MONDAY - timedelta(days=chance.randrange(200))
    received, state = at, start(program, at)
    told = Case([], [], [], [])
    for _ in range(chance.randrange(1, 30)):
        if state.ended:
            break
        at += timedelta(days=chance.choice((0, 0, 1, 1, 2, 3, 9)), minutes=1)
        move = chance.choice(offered(program, state))
        applied = chance.choice(("", "3", "12"))
        ways = list(acts(program, state, move, at))
        if not ways:
            continue
        act = chance.choice(ways)
        if move.outcome.stop_days and applied:
            act = type(act)(**{**fields(act), "facts": {move.outcome.stop_days: applied}})
        try:
            after = perform(program, state, act, lambda: CALENDAR)
        except Refused:
            continue
        days = step_left(move.step, replace(state, clock=after.clock), CALENDAR, at.date())
        is_over = move.step.id not in after.since or after.since[move.step.id] == at
        if days is not None and is_over and move.outcome.to:
            if move.outcome.after and move.step.kind is not StepKind.ACCEPT:
                days = max(days, 0)  # to wait for the term to run out is nobody's delay
            since = number(state.since[move.step.id].date())
            told.stages.append((move.step.id, since, number(at.date()), days))
        told.rows.append(
            {
                "case": number_,
                "at": microseconds(at),
                "power": program.power.code,
                "step": act.step,
                "outcome": act.outcome,
                "stop_days": int(applied) if move.outcome.stop_days and applied else UNTOLD,
                "received": microseconds(received),
            }
        )
        several = move.step.several
        told.is_vague |= bool(move.routes or (several and several.field))
        state = after
    finish(program, state, told)
    return told


def fields(act: object) -> dict[str, object]:
    return {name: getattr(act, name) for name in act.__dataclass_fields__}


def finish(program: Program, state: object, told: Case) -> None:
    """What the kernel says at the end of a run."""
    for step in open_steps(program, state) if not state.ended else ():
        days = step_left(step, state, CALENDAR, TODAY)
        if days is not None:
            told.stages.append((step.id, number(state.since[step.id].date()), UNTOLD, days))
    clock = state.clock
    if clock.start is None:
        return
    told.stops = [
        (
            number(stop.since),
            UNTOLD if stop.until is None else number(stop.until),
            UNTOLD if stop.days_max is None else stop.days_max,
        )
        for stop in clock.stops
    ]
    limits = program.power.limits
    for kind, rule in ((2, limits.promised), (3, limits.statutory)):
        try:
            day = due(clock, rule, CALENDAR)
        except CalendarMissing:
            day = None
        end = UNTOLD if clock.end is None else number(clock.end)
        when = UNTOLD if day is None else number(day)
        days = left(clock, rule, CALENDAR, TODAY)
        told.whole.append((kind, number(clock.start), end, when, days))


def counted(cases: list[Case], charts: tuple[Program, ...] = PROGRAMS) -> tuple[Limits, Words]:
    words = Words()
    events = events_of(words, [row for case in cases for row in case.rows])
    nets: dict[str, Net] = {program.power.code: program.net for program in charts}
    tables = Tables({code: behaviour_of(net) for code, net in nets.items()}, words)
    effects = Effects(list(nets.values()), [table.activities for table in tables.charts])
    replayed = replay(events, tables)
    line = line_of(events, replayed, effects, Silences.none())
    count = Count.of(CALENDAR)
    is_open = surely_open(replayed, tables, effects)
    clocks = clocks_of(line, effects, count, is_open)
    bucket = Bucket(events, line, clocks, replayed.chart)
    return limits_of(bucket, effects, words, count, number(TODAY)), words


def rows(table: object, *names: str) -> Iterator[tuple[object, ...]]:
    return zip(*(table.column(name).to_pylist() for name in ("case", *names)), strict=True)


@pytest.mark.parametrize("seed", range(4))
def test_clocks_stages_and_stops_are_those_of_the_kernel(seed: int):
    chance = random.Random(seed)
    cases = [a_case(chance.choice(PROGRAMS), i, chance) for i in range(500)]
    cases = [case for case in cases if case.rows]
    at = {case.rows[0]["case"]: case for case in cases}

    limits, words = counted(cases)

    whole: dict[object, list[object]] = {}
    stages: dict[object, list[object]] = {}
    for case, kind, step, *rest in rows(
        limits.clock, "kind", "step", "start_day", "end_day", "due_day", "left_days"
    ):
        if kind == 1:
            since, until, _, days = rest
            stages.setdefault(case, []).append((words.text(step), since, until, days))
        else:
            whole.setdefault(case, []).append((kind, *rest))
    stops: dict[object, list[object]] = {}
    for case, *rest in rows(limits.stop, "since_day", "until_day", "days_applied"):
        stops.setdefault(case, []).append(tuple(rest))
    for each, case in at.items():
        assert sorted(whole.get(each, [])) == sorted(case.whole), case
        assert sorted(stops.get(each, [])) == sorted(case.stops), case
        found, expected = set(stages.get(each, [])), set(case.stages)
        assert found <= expected, case
        untold = {UNTOLD, case.rows[-1]["at"] // 86_400_000_000}  # open, or perhaps
        missing = [stage[2] in untold for stage in expected - found]
        assert not missing or (case.is_vague and all(missing)), case
    assert sum(map(len, stops.values())) > 5, "the runs must stop their clocks"
    assert limits.unknown == {}


def test_what_cannot_be_counted_is_said():
    program = PROGRAMS[0]
    first, *others = program.power.steps
    limited = replace(first, limit=program.power.limits.promised)
    power = replace(program.power, steps=(limited, *others))
    program = replace(program, power=power, net=replace(program.net, power=power))
    row = {"power": program.power.code, "step": first.id, "outcome": first.outcomes[0].id}
    early = microseconds(datetime.fromisoformat("2009-05-01"))
    received = {"received": microseconds(datetime.fromisoformat("2009-04-01"))}

    untold = Case([{**row, "case": 0, "at": microseconds(MONDAY)}], [], [], [])
    beyond = Case([{**row, "case": 1, "at": early, **received}], [], [], [])

    limits, _ = counted([untold, beyond], (program,))

    assert limits.unknown[NO_START] == 1
    assert limits.unknown[NO_CALENDAR] >= 1
