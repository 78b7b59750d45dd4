"""Lights 亮灯: how a case stands against its two limits.

蓝 blue: running. 黄 yellow: few days of the promised limit are left (the report's three), or
it has passed. 红 red: past the statutory limit. 绿 green: done in time. 灰 grey: the clock
is stopped. The report knows blue, yellow and green; red and grey are our extension. A
light is never stored: it is computed from the record, the calendar and the day.

When lights turn is policy: dated data of a pack, ``Policy``. It also says when cards 牌 are due
and who is reminded when; ``cards`` computes those. Without a policy a light follows the days
that the power itself names, and all five are shown.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from guiju.kernel.acts import State
from guiju.kernel.power import Limits, Step, StepKind
from guiju.kernel.program import Program, open_steps
from guiju.kernel.rules import Certainty, Rule, Unit
from guiju.kernel.scores import Formula
from guiju.kernel.terms import Calendar, CalendarMissing, Clock, due, exclusions, left


class Light(StrEnum):
    """The five lights; colour, word and shape always go together."""

    BLUE = "蓝"
    YELLOW = "黄"
    RED = "红"
    GREEN = "绿"
    GREY = "灰"


class Level(StrEnum):
    """The three levels of a card 牌, the mildest first."""

    WARNING = "预警"
    YELLOW = "黄牌"
    RED = "红牌"


class About(StrEnum):
    """Which limit a card or a reminder is about."""

    PROMISED = "承诺时限"
    STATUTORY = "法定时限"
    STEP = "环节时限"
    STOP = "停止计时"  # the days that the stop was applied for
    SILENCE = "默示"  # a term lapsed, so that the law acted in the office's place


class Whom(StrEnum):
    """Who of a post is reminded."""

    FIRST = "A岗"
    STAND_IN = "B岗"
    LEADER = "岗位负责人"


@dataclass(frozen=True, slots=True)
class CardRule:
    """One row of a policy: a card of this level is due so many days before or after a limit.

    The rule's number is days ahead of the limit for a warning (the light's own, ``reminder``,
    counts the same way), else the days that it may be passed by; without a number, none.
    """

    level: Level
    about: About
    rule: Rule
    is_lead: bool = False  # becomes a lead 线索, too
    kinds: tuple[StepKind, ...] = ()  # of a lapse 默示: steps at which it is the office's


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """One row of a policy: whoever holds the post is reminded so many days ahead of a limit."""

    whom: Whom
    about: About
    rule: Rule


@dataclass(frozen=True, slots=True)
class Appeal:
    """By which power a unit appeals against a card, and how many days it has."""

    power: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy 亮灯发牌办法 of a pack, in force from one day to another (both included)."""

    id: str
    name: str
    source: str
    certainty: Certainty
    yellow: Rule  # so many days before the promised limit the light turns yellow
    cards: tuple[CardRule, ...]
    reminders: tuple[ReminderRule, ...]
    extensions: tuple[Light, ...] = ()  # lights beyond the report's, that this policy shows
    supervision: str = ""  # the code of the power by which a card is followed up
    appeal: Appeal | None = None
    lifted: tuple[str, ...] = ()  # the ends of those two powers by which the card is lifted
    score: Formula | None = None  # how an organ's month is scored
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def begun_from_cards(self) -> frozenset[str]:
        """The codes of the powers whose cases begin from a card, and nowhere else."""
        appeal = self.appeal.power if self.appeal else ""
        return frozenset((self.supervision, appeal)) - {""}

    def holds_on(self, day: date) -> bool:
        """Whether the policy is in force on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


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
    is_breached: bool = False  # past the statutory limit, whatever light the policy shows


def standing(
    program: Program,
    state: State,
    calendar: Calendar,
    today: date,
    policy: Policy | None = None,
) -> Standing:
    """How a case stands on ``today``; without days when the calendar does not reach today."""
    limits = program.power.limits
    if policy is not None:
        limits = replace(limits, reminder=policy.yellow)
    try:
        stands = _of_case(program, state, limits, calendar, today)
    except CalendarMissing as missing:
        return Standing(Light.BLUE, missing=str(missing))
    return stands if policy is None else _within(policy, stands)


def _within(policy: Policy, stands: Standing) -> Standing:
    """A light that the policy does not show is the report's instead: red yellow, grey blue."""
    if stands.light in (Light.RED, Light.GREY) and stands.light not in policy.extensions:
        plain = Light.YELLOW if stands.light is Light.RED else Light.BLUE
        return replace(stands, light=plain)
    return stands


def _of_case(
    program: Program, state: State, limits: Limits, calendar: Calendar, today: date
) -> Standing:
    clock = state.clock
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
    """Days left of a step's own limit, with what stopped or extended the clock meanwhile."""
    since, clock = state.since[step.id].date(), state.clock
    if step.limit is None:
        return None
    stops = tuple(stop for stop in clock.stops if (stop.until or today) > since)
    longer = tuple(each for each in clock.extensions if each.on >= since)
    return left(Clock(since, stops, extensions=longer), step.limit, calendar, today)


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
    is_breached = light is Light.RED
    words = missing or also_missing
    return Standing(light, promised, unit, due_on, statutory_due, words, "", is_breached)


def _due(clock: Clock, rule: Rule, calendar: Calendar) -> tuple[date | None, str]:
    try:
        return due(clock, rule, calendar), ""
    except CalendarMissing as missing:
        return None, str(missing)


def _is_excluded(clock: Clock, calendar: Calendar, today: date) -> bool:
    spans = exclusions(clock, calendar, today)
    return clock.is_stopped and any(first <= today <= last for first, last in spans)
