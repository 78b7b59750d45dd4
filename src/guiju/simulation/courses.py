"""Courses: how a case of a power may lawfully run, taken from the examples in the power's file.

An example that ends its case in time, act by act as the chart and the controls ask, is a course.
A case follows one with other people, on other days, with other sums; and the kernel performs
every act of it, so what it refuses never becomes a case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from random import Random

from guiju.kernel.acts import Act, Person
from guiju.kernel.examples import CITY_TIME, act_of
from guiju.kernel.lights import step_left
from guiju.kernel.power import APPLICANT, LAW, Example, FieldKind, Power
from guiju.kernel.program import Program, compile_power
from guiju.kernel.run import Refused, perform, start
from guiju.kernel.terms import Calendar, left

FIRST_HOUR, LAST_HOUR = 9, 17


@dataclass(frozen=True, slots=True)
class Course:
    """A power's example as a pattern: its acts, and the working days between them."""

    program: Program
    acts: tuple[Act, ...]
    gaps: tuple[int, ...]  # working days before each act

    @property
    def power(self) -> Power:
        """The power that it is a course of."""
        return self.program.power

    def roles(self) -> dict[tuple[str, str], None]:
        """Everybody who takes part, as name and post of the example, in order."""
        people = ((p.id, p.post) for act in self.acts for p in act.everyone())
        return dict.fromkeys(each for each in people if each[1] not in (APPLICANT, LAW))


@dataclass(frozen=True, slots=True)
class Played:
    """A case that the kernel has performed from start to end."""

    course: Course
    received: datetime
    acts: tuple[Act, ...]


def courses(powers: tuple[Power, ...], calendar: Calendar) -> tuple[Course, ...]:
    """All lawful courses to an end that the examples of these powers show."""
    found = []
    for power in powers:
        program = compile_power(power)
        acts = (_acts(program, example, calendar) for example in power.examples)
        found += [Course(program, each, _gaps(each, calendar)) for each in acts if each]
    return tuple(found)


def _acts(program: Program, example: Example, calendar: Calendar) -> tuple[Act, ...]:
    """The acts of an example; none where it is refused, late, left open, or the law acts."""
    told = (*example.given, example.when)
    state = start(program, datetime.combine(told[0].on, time(9), CITY_TIME))
    acts = []
    for each in told:
        act = act_of(program, state, each, calendar)
        if act.by == LAW or example.then.refused:
            return ()
        state = perform(program, state, act, lambda: calendar)
        acts.append(act)
    return tuple(acts) if state.ended else ()


def _gaps(acts: tuple[Act, ...], calendar: Calendar) -> tuple[int, ...]:
    days = [act.at.date() for act in acts]
    spans = (calendar.between(a, b) - int(calendar.is_working(a)) for a, b in pairwise(days))
    return (0, *(max(span, 0) for span in spans))


def play(
    course: Course,
    first: date,
    people: Mapping[tuple[str, str], str],
    calendar: Calendar,
    chance: Random,
) -> Played | None:
    """Perform a course from a day on with these people; None where the kernel refuses it.

    A case that would miss a limit is none either.
    """
    program = course.program
    at = _moment(first, chance)
    received = at
    state, acts = start(program, at), []
    facts = dict[str, str]()
    for pattern, gap in zip(course.acts, course.gaps, strict=True):
        at = _later(at, gap, calendar, chance)
        act = _as(pattern, at, people, _sums(pattern, program, facts, chance))
        step = program.moves[act.step, act.outcome].step
        spare = step_left(step, state, calendar, at.date())
        if spare is not None and spare < 0 and step.post != APPLICANT:
            return None
        try:
            state = perform(program, state, act, lambda: calendar)
        except Refused:
            return None
        acts.append(act)
    if (
        state.clock.start
        and left(state.clock, program.power.limits.promised, calendar, at.date()) < 0
    ):
        return None
    return Played(course, received, tuple(acts)) if state.ended else None


def _moment(day: date, chance: Random) -> datetime:
    hour = chance.randrange(FIRST_HOUR, LAST_HOUR)
    return datetime.combine(day, time(hour, chance.randrange(60)), CITY_TIME)


def _later(at: datetime, gap: int, calendar: Calendar, chance: Random) -> datetime:
    """So many working days later; on the same day some minutes later."""
    if gap == 0:
        return at + timedelta(minutes=chance.randrange(2, 15))
    return _moment(calendar.add(at.date(), gap), chance)


def _as(
    pattern: Act, at: datetime, people: Mapping[tuple[str, str], str], facts: Mapping[str, str]
) -> Act:
    """The act of a pattern as other people do it."""

    def who(name: str, post: str) -> str:
        return people.get((name, post), name)

    present = tuple(
        replace(each, id=who(each.id, each.post), certificate=_paper(each, people))
        for each in pattern.present
    )
    return replace(
        pattern,
        at=at,
        by=who(pattern.by, pattern.post),
        present=present,
        facts=facts,
        assignee=who(pattern.assignee, pattern.post) if pattern.assignee else "",
    )


def _paper(person: Person, people: Mapping[tuple[str, str], str]) -> str:
    """The number of the certificate that somebody shows, where the pattern shows one."""
    holder = people.get((person.id, person.post), person.id)
    return certificate_of(holder) if person.certificate else ""


def certificate_of(person: str) -> str:
    """The number of a person's certificate."""
    return f"证-{person}"


def _sums(
    pattern: Act, program: Program, before: dict[str, str], chance: Random
) -> Mapping[str, str]:
    """The facts of a pattern with its sums a little smaller; of one case always the same."""
    facts = dict(pattern.facts)
    for name, value in facts.items():
        field = program.fields.get(name)
        if field is not None and field.kind is FieldKind.MONEY and value:
            share = before.setdefault("share", str(chance.randrange(90, 101)))
            facts[name] = str(int(value) * int(share) // 100)
    return facts
