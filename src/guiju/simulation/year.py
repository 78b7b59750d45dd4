"""A year of an invented city: cases as they arrive, some of them with misconduct, and the truth.

Deterministic: the same pack, plan and seed give the same rows. A lawful case is one whose every
act the kernel has performed; misconduct is done to such a case afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import cycle
from random import Random

from guiju.formats.packs import Pack
from guiju.kernel.terms import CalendarMissing
from guiju.simulation.courses import Course, courses, play
from guiju.simulation.misconduct import DEEDS, INVISIBLE
from guiju.simulation.staff import City, staffed
from guiju.simulation.told import Case, told

TRIES = 40
CHAIN = 3  # applications in a row that Z4 sees


@dataclass(frozen=True, slots=True)
class Plan:
    """How much happens, and how much of it is wrong."""

    first: date
    last: date
    cases: int
    misconduct: float = 0.02  # share of the cases
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Truth:
    """What was done: by which detector it should be found, of which case or organ."""

    detector: str
    case: str
    organ: str
    words: str
    leaves_trace: bool = True


class Year:
    """The cases of a plan; ``truth`` is whole when all have been drawn."""

    def __init__(self, pack: Pack, plan: Plan) -> None:
        self.plan, self.chance = plan, Random(plan.seed)  # noqa: S311 - invented cases
        self.courses = courses(pack.powers, pack.calendar)
        self.city: City = replace(staffed(pack, self.courses), last=plan.last)
        self.truth: list[Truth] = []
        self._number = 0
        self._days = self._working_days()
        self._refusals = self._failing()
        self._gap = self._neglected()

    def cases(self) -> Iterator[Case]:
        """All cases, in the order in which they were received, more or less."""
        wrong = round(self.plan.cases * self.plan.misconduct)
        kinds = cycle([*DEEDS, "Z4", "invisible"])
        every = self.plan.cases // wrong if wrong else 0
        for number in range(self.plan.cases):
            if every and number % every == every - 1:
                yield from self._wrong(next(kinds))
            else:
                yield self._lawful()

    def _lawful(self) -> Case:
        while True:
            course = self.chance.choice(self.courses)
            case = self._case(course)
            if case is not None and not self._is_neglected(case):
                return case

    def _case(
        self, course: Course, first: date | None = None, applicant: str = "", place: str = ""
    ) -> Case | None:
        """A lawful case of a course, numbered; None where it does not come about."""
        city, chance = self.city, self.chance
        division = place or chance.choice(city.places[course.power.code])
        on = first or chance.choice(self._days)
        people = city.people(course, division, chance)
        played = play(course, on, people, city.pack.calendar, chance)
        if played is None or played.acts[-1].at.date() > self.plan.last:
            return None
        self._number += 1
        name = f"{course.power.code[-9:-6]}-{self._number:07}"
        return told(city, played, name, applicant or f"申{self._number:07}", division, chance)

    def _wrong(self, kind: str) -> Iterator[Case]:
        """Cases with misconduct of a kind, or a lawful one where there was no occasion for it."""
        if kind == "Z4":
            yield from self._chain()
            return
        for _ in range(TRIES * 5):
            case = self._lawful()
            if kind == "invisible":
                detector = self.chance.choice(sorted(INVISIBLE))
                words = INVISIBLE[detector]
                self.truth.append(Truth(detector, case.rows[0].case, "", words, False))
                yield case
                return
            if self._do(kind, case):
                words = (DEEDS[kind].__doc__ or "").split("\n")[0]
                self.truth.append(Truth(kind, case.rows[0].case, "", words))
                yield case
                return

    def _do(self, kind: str, case: Case) -> bool:
        """Do it to a case; False where there is no occasion, or no time before the log ends."""
        try:
            is_done = DEEDS[kind](case, self.city, self.chance)
        except CalendarMissing:
            return False
        in_time = max(row.at for row in case.rows).date() <= self.plan.last
        return is_done and in_time and not self._is_neglected(case)

    def _chain(self) -> Iterator[Case]:
        """Z4: the same applicant is turned down and comes again, several times."""
        applicant, course = f"申{self._number:07}Z", self.chance.choice(self._refusals)
        place = self.chance.choice(self.city.places[course.power.code])
        on: date | None = self._days[len(self._days) // 3]
        names = []
        for _ in range(CHAIN + 1):
            for _ in range(TRIES):
                case = self._case(course, on, applicant, place)
                if case is not None and not self._is_neglected(case):
                    break
            else:
                return
            on = self.city.pack.calendar.add(case.rows[-1].at.date(), 2)
            names.append(case.rows[0].case)
            yield case
        words = "Z4: turned down and applied again, several times"
        self.truth.append(Truth("Z4", names[1], "", words))  # the first of those that came again

    def _failing(self) -> list[Course]:
        """Courses at whose end an official turns the applicant down."""
        found = []
        for course in self.courses:
            last = course.acts[-1]
            refusals = {end.id for end in course.power.ends if end.is_refusal}
            outcome = course.program.moves[last.step, last.outcome].outcome
            if refusals.intersection(outcome.to) and len(course.acts) < 7:
                found.append(course)
        return found

    def _neglected(self) -> tuple[str, str, str, date] | None:
        """B4: for which duty nothing is done in which month."""
        months = _months(self.plan.first, self.plan.last)
        duties = self.city.pack.duties or ()
        if not self.plan.misconduct or not months or not duties:
            return None
        duty = self.chance.choice(duties)
        month = self.chance.choice(months)
        words = f"B4: no {duty.step} in {month:%Y-%m}"
        self.truth.append(Truth("B4", "", duty.organ, words))
        return duty.power, duty.organ, duty.step, month

    def _is_neglected(self, case: Case) -> bool:
        if self._gap is None:
            return False
        power, organ, step, month = self._gap
        return any(
            (row.power, row.organ, row.step) == (power, organ, step)
            and (row.at.year, row.at.month) == (month.year, month.month)
            for row in case.rows
        )

    def _working_days(self) -> list[date]:
        """Days on which applications come in: early enough to be done before the end."""
        calendar, day, found = self.city.pack.calendar, self.plan.first, []
        while day <= self.plan.last:
            if calendar.is_working(day):
                found.append(day)
            day += timedelta(days=1)
        return found


def _months(first: date, last: date) -> list[date]:
    """The whole months between two days."""
    found, month = [], first.replace(day=1)
    while month <= last:
        after = (month + timedelta(days=32)).replace(day=1)
        if month >= first and after - timedelta(days=1) <= last:
            found.append(month)
        month = after
    return found
