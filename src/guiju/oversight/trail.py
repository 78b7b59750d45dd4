"""The acts of oversight on a case: written under a subject of their own, and read back.

They stand under ``card:NUMBER`` with keys of their own: the case's acts stay in order, and to
erase a party's data leaves the cards. In the log such an act tells what is due and the pseudonym
of the case, nobody's name; who holds the card or was reminded is committed to.

    kind        told                        people, private
    card        due                         people: who holds the post
    reminder    due                         people: who is reminded
    supervision card (its key)              case: number of the supervision
    appeal      card                        case: number of the appeal
    cancel      card                        case: by the decision in which the card is lifted
    answer      card (a lead)               reason
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from guiju.cases.models import Case
from guiju.cases.queries import trail
from guiju.formats.entries import act_of
from guiju.formats.reader import read
from guiju.kernel import acts
from guiju.kernel.cards import Due
from guiju.powers.queries import program
from guiju.record.entries import Entry
from guiju.record.keys import keys_of, keys_or_new
from guiju.record.models import Act
from guiju.record.writer import write

PREFIX = "card:"
VERDICTS = ("查实", "不成立")  # on a lead
PROGRAM = "guiju"  # who issues and lifts: the program itself


class NotAllowed(Exception):
    """Somebody may not do this, or not any more; in words."""


class Meanwhile(NotAllowed):
    """Another process was faster; once more, and it may be done."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An act of oversight before it has its number."""

    kind: str
    key: str
    told: Mapping[str, Any]
    people: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)
    step: str = ""
    organ: str = ""
    post: str = ""


def append(case: Case, draft: Draft, *, by: str, at: datetime) -> int:
    """Append an act of oversight, in the caller's transaction; answers its number.

    Raises Meanwhile when another process has taken that number.
    """
    subject, begun = f"{PREFIX}{case.number}", program(case.version_id)
    seq = Act.objects.filter(subject=subject).count() + 1
    entry = Entry(
        subject=subject,
        seq=seq,
        kind=draft.kind,
        power=begun.power.code,
        version=case.version_id,
        person=by,
        at=at,
        key=sha256(f"{subject}:{draft.key}".encode()).hexdigest(),
        step=draft.step,
        organ=draft.organ,
        post=draft.post,
        told={"case": keys_of(case.number).pseudonym, **draft.told},
        people=draft.people,
        private=draft.private,
        is_sensitive=begun.power.is_sensitive,
    )
    try:
        write(entry, keys_or_new(subject))
    except IntegrityError:
        raise Meanwhile("刚好有别的事记在这件办件上,请再提交一次") from None
    return seq


def course_of(case: Case) -> list[acts.Act]:
    """The acts of a case as the log tells them, in order."""
    begun, zone = program(case.version_id), timezone.get_current_timezone()
    rows = (row for row in trail(case.number) if row.kind == "act")
    return [act_of(json.loads(row.entry), begun, zone) for row in rows]


def overseen(number: str) -> list[Act]:
    """The acts of oversight on a case, in order."""
    return list(Act.objects.filter(subject=f"{PREFIX}{number}").order_by("seq"))


def told_of(row: Act) -> dict[str, Any]:
    """What an act tells everybody."""
    told = json.loads(row.entry)["told"]
    assert isinstance(told, dict)
    return told


def issued(number: str) -> list[tuple[Act, Due]]:
    """The cards and reminders that were issued on a case, with their acts."""
    rows = ((row, told_of(row)) for row in overseen(number))
    return [(row, read(Due, told["due"])) for row, told in rows if "due" in told]
