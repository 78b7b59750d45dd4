"""A performed case as rows of a log: what a department's own system would have written down."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from guiju.kernel.acts import Act
from guiju.kernel.controls.amount_ceiling import AmountCeiling
from guiju.kernel.controls.certified import Certified
from guiju.kernel.power import APPLICANT, FieldKind
from guiju.kernel.program import asked
from guiju.simulation.courses import Played, certificate_of
from guiju.simulation.staff import City

ENTRY_MINUTES = 40  # within which an act is entered


@dataclass(slots=True)
class Row:
    """One event; the fields are the columns of ``formats.logs.schema``, but for row numbers."""

    case: str
    power: str
    step: str
    outcome: str
    at: datetime
    recorded_at: datetime
    received: datetime
    division: str
    applicant: str
    organ: str | None = None
    post: str | None = None
    person: str | None = None
    present: list[dict[str, object]] = field(default_factory=list)
    certificate: str | None = None
    reason: bool | None = None
    items: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    fee: int | None = None
    amount: int | None = None
    stop_days: int | None = None

    def later(self, by: timedelta) -> None:
        """Move it in time."""
        self.at += by
        self.recorded_at += by

    def copy(self) -> "Row":
        """The same, apart."""
        twin = replace(self)
        twin.items, twin.evidence = list(self.items), list(self.evidence)
        twin.present = [dict(each) for each in self.present]
        return twin


@dataclass(slots=True)
class Case:
    """A case as it is told, and as the kernel has performed it."""

    played: Played
    division: str
    rows: list[Row]


def told(
    city: City, played: Played, name: str, applicant: str, division: str, chance: Random
) -> Case:
    """The rows of a case."""
    rows = [_row(city, played, act, division, chance) for act in played.acts]
    for row in rows:
        row.case, row.applicant = name, applicant
    fee = city.fees.get(played.course.power.code)
    first = next((row for row in rows if row.post != APPLICANT), None)
    if first is not None and fee is not None:
        first.fee = fee
    return Case(played, division, rows)


def _row(city: City, played: Played, act: Act, division: str, chance: Random) -> Row:
    program = played.course.program
    move = program.moves[act.step, act.outcome]
    at = act.at.replace(tzinfo=None)
    row = Row(
        case="",
        power=program.power.code,
        step=act.step,
        outcome=act.outcome,
        at=at,
        recorded_at=at + timedelta(minutes=chance.randrange(ENTRY_MINUTES)),
        received=played.received.replace(tzinfo=None),
        division=division,
        applicant="",
        post=act.post,
        evidence=list(act.evidence),
        reason=bool(act.reason),
    )
    if act.post != APPLICANT:
        row.organ, row.person = city.posts[act.post, division].organ, act.by
        row.present = [
            {"person": p.id, "post": p.post, "order": p.order or None} for p in act.present
        ]
        controls = asked(move.step.controls, move.outcome)
        papers = [c for c in controls if isinstance(c, Certified) and c.post == act.post]
        row.certificate = certificate_of(act.by) if papers else None
        known = [material.name for material in program.power.materials]
        row.items = chance.sample(known, min(len(act.items), len(known)))
        ceilings = [c.field for c in controls if isinstance(c, AmountCeiling)]
        row.amount = _sum(act, ceilings, played)
    days = act.facts.get(move.outcome.stop_days, "") if move.outcome.stop_days else ""
    row.stop_days = int(days) if days else None
    return row


def _sum(act: Act, ceilings: list[str], played: Played) -> int | None:
    """The sum that is decided on: that of a ceiling's field, else the first there is."""
    fields = played.course.program.fields
    money = [n for n in act.facts if n in fields and fields[n].kind is FieldKind.MONEY]
    for name in (*ceilings, *money):
        if act.facts.get(name):
            return int(act.facts[name])
    return None
