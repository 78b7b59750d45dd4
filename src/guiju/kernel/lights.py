"""Lights 亮灯: how a case stands against its two limits.

蓝 blue: running. 黄 yellow: few days of the promised limit are left (the report's three), or
it has passed. 红 red: past the statutory limit. 绿 green: done in time. 灰 grey: the clock
is stopped. The report knows blue, yellow and green; red and grey are our extension. A
light is never stored: it is computed from the record, the calendar and the day.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from guiju.kernel.acts import State
from guiju.kernel.power import Limits, Step
from guiju.kernel.program import Program, open_steps
from guiju.kernel.rules import Rule, Unit
from guiju.kernel.terms import Calendar, CalendarMissing, Clock, due, exclusions, left


class Light(StrEnum):
    """The five lights; colour, word and shape always go together."""

    BLUE = "蓝"
    YELLOW = "黄"
    RED = "红"
    GREEN = "绿"
    GREY = "灰"


@dataclass(frozen=True, slots=True)
class Standing:
    """A case's light, and what it was computed from; ``left`` may be negative."""

    light: Light
    left: int | None = None  # days left of the limit that decides, in ``unit``
    unit: Unit | None = None
    due: date | None = None  # the promised limit's last day, when the calendar reaches it
    statutory_due: date | None = None
    missing: str = ""  # why a due day is not known, in words
    step: str = ""  # before the case's clock begins: the step whose own limit this is about


def standing(program: Program, state: State, calendar: Calendar, today: date) -> Standing:
    """How a case stands on ``today``; without days when the calendar does not reach today."""
    try:
        return _of_case(program, state, calendar, today)
    except CalendarMissing as missing:
        return Standing(Light.BLUE, missing=str(missing))


def _of_case(program: Program, state: State, calendar: Calendar, today: date) -> Standing:
    clock, limits = state.clock, program.power.limits
    if clock.start is None:
        if state.ended:
            return Standing(Light.GREEN)
        terms = [(s, s.limit) for s in open_steps(program, state) if s.limit is not None]
        before = []
        for step, own in terms:
            since = Clock(state.since[step.id].date())
            stands = _standing(since, Limits(own, own, limits.reminder), calendar, today)
            before.append(replace(stands, step=step.name))
        return min(before, key=lambda s: s.left or 0, default=Standing(Light.BLUE))
    return _standing(clock, limits, calendar, today)


def step_left(step: Step, state: State, calendar: Calendar, today: date) -> int | None:
    """Days left of a step's own limit, stops of the case's clock left out."""
    since = state.since[step.id].date()
    if step.limit is None:
        return None
    stops = tuple(stop for stop in state.clock.stops if (stop.until or today) > since)
    return left(Clock(since, stops), step.limit, calendar, today)


def _standing(clock: Clock, limits: Limits, calendar: Calendar, today: date) -> Standing:
    promised = left(clock, limits.promised, calendar, today)
    statutory = left(clock, limits.statutory, calendar, today)
    due_on, missing = _due(clock, limits.promised, calendar)
    statutory_due, also_missing = _due(clock, limits.statutory, calendar)
    light = Light.BLUE
    if statutory < 0:
        light = Light.RED
    elif promised < 0:
        light = Light.YELLOW
    elif clock.end is not None:
        light = Light.GREEN
    elif _is_excluded(clock, calendar, today):
        light = Light.GREY
    elif promised <= limits.reminder.number:
        light = Light.YELLOW
    unit = limits.promised.unit
    return Standing(light, promised, unit, due_on, statutory_due, missing or also_missing)


def _due(clock: Clock, rule: Rule, calendar: Calendar) -> tuple[date | None, str]:
    try:
        return due(clock, rule, calendar), ""
    except CalendarMissing as missing:
        return None, str(missing)


def _is_excluded(clock: Clock, calendar: Calendar, today: date) -> bool:
    spans = exclusions(clock, calendar, today)
    return clock.is_stopped and any(first <= today <= last for first, last in spans)
