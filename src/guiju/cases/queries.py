"""Reads about cases: the inbox of a person, what a step needs, where a case stands."""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import ClassVar

from django.db.models import Q

from guiju.cases.actions import state_of
from guiju.cases.forms import evidence_kinds, parts_asked, posts_present
from guiju.cases.models import Case
from guiju.cases.trace import act_told
from guiju.kernel import acts
from guiju.kernel.acts import State
from guiju.kernel.controls.collective import VOTES
from guiju.kernel.controls.one_notice import OneNotice
from guiju.kernel.controls.recusal import RELATIONS
from guiju.kernel.lights import Policy, Standing, standing, step_left
from guiju.kernel.power import APPLICANT, Field, FieldKind, Outcome, Power, Step
from guiju.kernel.power import posts_of as posts_of_step
from guiju.kernel.program import Program, asked, open_steps, open_to, posts_for
from guiju.kernel.rules import yuan
from guiju.kernel.terms import Calendar, CalendarMissing
from guiju.organs.mandate import Holding
from guiju.organs.queries import holdings_in, names_of, posts_of
from guiju.powers.policies import policy_on
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
class Seat:
    """Somebody who may take part in an act, and what is asked of them."""

    RELATIONS: ClassVar = RELATIONS
    VOTES: ClassVar = VOTES
    held: Holding
    post: str  # in words
    parts: list[str]  # fields of a Person
    is_own: bool  # of whoever acts, who takes part anyway

    @property
    def key(self) -> str:
        """How the form names it."""
        return f"{self.held.person}|{self.held.role}"


@dataclass(frozen=True, slots=True)
class Need:
    """What one outcome of a step needs, for its form."""

    outcome: Outcome
    fields: tuple[Field, ...]
    controls: list[tuple[str, object]]  # words and rule
    evidence: list[str]
    people: list[Seat]
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


@dataclass(frozen=True, slots=True)
class Meeting:
    """Those who took part in one act, in the order in which they spoke."""

    line: Line
    people: list[tuple[str, str, acts.Person]]  # name, post in words, what was said of them


def _posts(view: View, step: Step) -> tuple[str, ...]:
    """The posts that a step waits for now."""
    own = [o for o in step.outcomes if not (o.aside or o.after)]
    posts = (p for o in own for p in posts_for(view.program, view.state, step, o))
    return tuple(dict.fromkeys(posts))


def view_of(case: Case, days: Calendar, today: date, policy: Policy | None) -> View:
    """A case as pages show it."""
    begun, state = program(case.version_id), state_of(case)
    stands = standing(begun, state, days, today, policy)
    return View(case, begun, state, stands, open_steps(begun, state))


def inbox(person: str, today: date) -> list[Row]:
    """What waits for a person's posts, the most urgent first."""
    held = [(a.post.role, a.post.organ.division_id) for a in posts_of(person, today)]
    if not held:
        return []
    at_posts = (Q(roles__contains=f"|{role}|", division__code__startswith=d) for role, d in held)
    found = Case.objects.filter(reduce(or_, at_posts), ended="").select_related("division")
    days, policy, rows = calendar(), policy_on(today), []
    for case in found:
        view = view_of(case, days, today, policy)
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
    wanted = set(posts_of_step(step)).union(*(posts_present(step, o) for o in outcomes))
    known = holdings_in(sorted(wanted), division, today)
    return [_need(begun, step, outcome, known, person) for outcome in outcomes]


def party(begun: Program) -> str:
    """What the person is called whom a case is about: 当事人 where nobody applies."""
    return "申请人" if APPLICANT in begun.names else "当事人"


def attendance(view: View) -> list[Meeting]:
    """Who took part in which act and what was said of them; for staff who may see the case."""
    told = [(row, act_told(row).everyone()) for row in trail(view.case.number)]
    names = names_of({each.id for _, there in told for each in there})
    return [
        Meeting(
            Line.of(row, view.program),
            [
                (names.get(each.id, each.id), view.program.names[each.post], each)
                for each in sorted(there, key=lambda each: each.order)
            ],
        )
        for row, there in told
        if len(there) > 1 or any(each.relation for each in there)
    ]


def trail(number: str) -> list[Act]:
    """The acts of a case, in order."""
    return list(Act.objects.filter(subject=number).order_by("seq"))


def lines(view: View) -> list[Line]:
    """The acts of a case in words."""
    return [Line.of(act, view.program) for act in trail(view.case.number)]


def _need(begun: Program, step: Step, outcome: Outcome, known: list[Holding], person: str) -> Need:
    controls = asked(step.controls, outcome)
    others = [held for held in known if held.person != person]
    return Need(
        outcome=outcome,
        fields=asked(step.fields, outcome),
        controls=[(control.words(begun.names), control.rule) for control in controls],
        evidence=evidence_kinds(step, outcome),
        people=_seats(begun, step, outcome, known, person),
        branches=[(id_, begun.names[id_]) for id_ in outcome.to] if outcome.choose else [],
        assignees=[h for h in others if h.role == step.post] if outcome.assigns else [],
        has_items=any(isinstance(control, OneNotice) for control in controls),
    )


def _seats(
    begun: Program, step: Step, outcome: Outcome, known: list[Holding], person: str
) -> list[Seat]:
    """Who may take part: whoever acts first, if asked anything, then by the order of posts."""
    signers = step.several.posts if step.several else (step.post,)
    acting = (outcome.post,) if outcome.post else signers
    mine = {held.role: held for held in known if held.person == person}
    own = [mine[role] for role in acting if role in mine][:1]
    wanted = posts_present(step, outcome)
    others = [held for held in known if held.person != person and held.role in wanted]
    order = [post.id for post in begun.power.posts]
    seats = {
        (held.person, held.role): Seat(
            held,
            begun.names[held.role],
            parts_asked(step, outcome, held.role),
            held.person == person,
        )
        for held in own + sorted(others, key=lambda held: order.index(held.role))
    }
    return [seat for seat in seats.values() if seat.parts or not seat.is_own]


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
        told.update({id_: value for id_, value in act_told(act).facts.items() if id_ in fields})
    money = FieldKind.MONEY
    return [
        (fields[id_].name, yuan(int(value)) if fields[id_].kind is money else value)
        for id_, value in told.items()
        if value
    ]
