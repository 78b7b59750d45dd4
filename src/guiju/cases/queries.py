"""Reads about cases: the inbox of a person, what a step needs, where a case stands."""

import json
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q

from guiju.cases.actions import state_of
from guiju.cases.forms import evidence_kinds
from guiju.cases.models import Case
from guiju.kernel.acts import State
from guiju.kernel.controls.one_notice import OneNotice
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.lights import Standing, standing, step_left
from guiju.kernel.power import Field, FieldKind, Outcome, Power, Step
from guiju.kernel.program import Program, asked, open_steps, open_to, posts_for
from guiju.kernel.rules import yuan
from guiju.kernel.terms import Calendar, CalendarMissing
from guiju.organs.mandate import Holding
from guiju.organs.queries import holdings_in, posts_of
from guiju.powers.queries import calendar, program
from guiju.record.models import Act


@dataclass(frozen=True, slots=True)
class View:
    """A case with all that a page says about it."""

    case: Case
    program: Program
    state: State
    standing: Standing
    steps: tuple[Step, ...]

    @property
    def power(self) -> Power:
        """The power, in the version of the case."""
        return self.program.power

    @property
    def waiting(self) -> list[tuple[str, str]]:
        """What is to be done now, and by which post, in words."""
        names = self.program.names
        return [
            (step.name, "、".join(names.get(post, post) for post in _posts(self, step)))
            for step in self.steps
        ]

    @property
    def end_name(self) -> str:
        """How the case ended, in words."""
        return next((end.name for end in self.power.ends if end.id == self.state.ended), "")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the inbox."""

    view: View
    mine: tuple[Step, ...]
    left: int | None  # days left of whichever limit is nearer, the step's or the case's

    @property
    def overdue(self) -> int:
        """Days past the limit."""
        return -(self.left or 0)


@dataclass(frozen=True, slots=True)
class Need:
    """What one outcome of a step needs, for its form."""

    outcome: Outcome
    fields: tuple[Field, ...]
    controls: list[tuple[str, object]]  # words and rule
    evidence: list[str]
    people: list[Holding]
    branches: list[tuple[str, str]]  # of which those that apply are chosen
    assignees: list[Holding]  # one of whom it is handed over to
    has_items: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One act as pages tell it: no person, the post and what was done."""

    act: Act
    what: str

    @classmethod
    def of(cls, act: Act, begun: Program) -> "Line":
        """The act in the words of the version it happened under."""
        move = begun.moves[act.step, act.outcome]
        return cls(act, f"{move.step.name}:{move.outcome.name}")


def _posts(view: View, step: Step) -> tuple[str, ...]:
    """The posts that a step waits for now."""
    own = [o for o in step.outcomes if not (o.aside or o.after)]
    posts = (p for o in own for p in posts_for(view.program, view.state, step, o))
    return tuple(dict.fromkeys(posts))


def view_of(case: Case, days: Calendar, today: date) -> View:
    """A case as pages show it."""
    begun, state = program(case.version_id), state_of(case)
    stands = standing(begun, state, days, today)
    return View(case, begun, state, stands, open_steps(begun, state))


def inbox(person: str, today: date) -> list[Row]:
    """What waits for a person's posts, the most urgent first."""
    held = [(a.post.role, a.post.organ.division_id) for a in posts_of(person, today)]
    if not held:
        return []
    at_posts = (Q(roles__contains=f"|{role}|", division__code__startswith=d) for role, d in held)
    found = Case.objects.filter(reduce(or_, at_posts), ended="").select_related("division")
    days, rows = calendar(), []
    for case in found:
        view = view_of(case, days, today)
        roles = {role for role, d in held if case.division_id.startswith(d)}
        mine = tuple(step for step, _ in open_to(view.program, view.state, roles))
        lefts = [_step_left(step, view.state, days, today) for step in mine]
        known = [left for left in (*lefts, view.standing.left) if left is not None]
        rows.append(Row(view, mine, min(known, default=None)))
    return sorted(rows, key=lambda row: (row.left is None, row.left, row.view.case.opened_at))


def needs(
    begun: Program, step: Step, outcomes: tuple[Outcome, ...], place: tuple[str, str], today: date
) -> list[Need]:
    """What these outcomes of a step need, with the people who could take part.

    ``place`` is the case's division, and the person who asks.
    """
    division, person = place
    controls = [control for control in step.controls if isinstance(control, PersonsMin)]
    posts = sorted({step.post, *(control.post for control in controls)})
    known = [held for held in holdings_in(posts, division, today) if held.person != person]
    return [_need(begun, step, outcome, known) for outcome in outcomes]


def trail(number: str) -> list[Act]:
    """The acts of a case, in order."""
    return list(Act.objects.filter(subject=number).order_by("seq"))


def lines(view: View) -> list[Line]:
    """The acts of a case in words."""
    return [Line.of(act, view.program) for act in trail(view.case.number)]


def _need(begun: Program, step: Step, outcome: Outcome, known: list[Holding]) -> Need:
    controls = asked(step.controls, outcome)
    posts = {control.post for control in controls if isinstance(control, PersonsMin)}
    return Need(
        outcome=outcome,
        fields=asked(step.fields, outcome),
        controls=[(control.words(begun.names), control.rule) for control in controls],
        evidence=evidence_kinds(step, outcome),
        people=[held for held in known if held.role in posts],
        branches=[(id_, begun.names[id_]) for id_ in outcome.to] if outcome.choose else [],
        assignees=[h for h in known if h.role == step.post] if outcome.assigns else [],
        has_items=any(isinstance(control, OneNotice) for control in controls),
    )


def _step_left(step: Step, state: State, days: Calendar, today: date) -> int | None:
    try:
        return step_left(step, state, days, today)
    except CalendarMissing:
        return None


def told_facts(number: str, begun: Program) -> list[tuple[str, str]]:
    """The form fields filled in so far, in words; for staff who may see the case."""
    fields = {f.id: f for step in begun.power.steps for f in step.fields}
    told: dict[str, str] = {}
    for act in trail(number):
        facts = {**json.loads(act.public).get("facts", {}), **json.loads(act.private)["facts"]}
        told.update({id_: value for id_, value in facts.items() if id_ in fields})
    money = FieldKind.MONEY
    return [
        (fields[id_].name, yuan(int(value)) if fields[id_].kind is money else value)
        for id_, value in told.items()
        if value
    ]
