"""Issuing: what ``kernel.cards.dues`` says there must be is written as acts, once each.

Harmless to run twice or to kill: each act has its number within its subject and each card its
key, and the day up to which a case was examined is written with them.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from guiju.cases.actions import lapse
from guiju.cases.models import Case, Message
from guiju.formats.reader import plain
from guiju.kernel.cards import Due, Held, Kind, dues, moments
from guiju.kernel.terms import Calendar
from guiju.organs.models import Organ, Person
from guiju.oversight.models import Card, Examined, Reminder
from guiju.oversight.people import holders, organ_of, reminded
from guiju.oversight.trail import PROGRAM, Draft, Meanwhile, append, course_of, issued
from guiju.powers.policies import policies_held
from guiju.powers.queries import calendar, program


def issue_all(at: datetime) -> int:
    """Issue what is due on every case that was not examined this morning; answers how much."""
    today, days, policies = at.date(), calendar(), policies_held()
    if not policies:
        return 0
    numbers = (
        Case.objects.filter(seq__gt=0)
        .exclude(Q(examined__is_done=True) | Q(examined__day__gte=today))
        .order_by("number")
        .values_list("number", flat=True)
    )
    return sum(issue(number, at, days, policies) for number in list(numbers))


def issue(number: str, at: datetime, days: Calendar, policies: Sequence[Held]) -> int:
    """Issue what is due on one case up to this morning; answers how much.

    What the law has done meanwhile is recorded first, as it may be what the case was late for.
    0 when another process is at the same case.
    """
    lapse(number=number, at=at)
    case = Case.objects.select_related("division").get(number=number)
    begun, acts = program(case.version_id), course_of(case)
    must = dues(begun, acts, days, policies, at.date())
    is_done = bool(case.ended) and moments(begun, acts)[-1].first <= at.date()
    try:
        with transaction.atomic():
            done = {each.key for _, each in issued(number)}
            missing = [each for each in must if each.key not in done]
            _write(case, missing, at)
            values = {"day": at.date(), "is_done": is_done}
            Examined.objects.update_or_create(case=case, defaults=values)
    except Meanwhile:
        return 0
    return len(missing)


def _write(case: Case, missing: Iterable[Due], at: datetime) -> None:
    names = program(case.version_id).names
    for each in missing:
        place, today = case.division_id, at.date()
        organ, is_card = organ_of(each.posts, place), each.kind is Kind.CARD
        people = holders(each.posts, place, today) if is_card else reminded(each, place, today)
        draft = Draft(
            kind=each.kind,
            key=each.key,
            told={"due": plain(each)},
            people={"people": people},
            step=each.step,
            organ=organ.name if organ else "",
            post="、".join(names.get(post, post) for post in each.posts)[:80],
        )
        seq = append(case, draft, by=PROGRAM, at=at)
        if is_card:
            _list(case, seq, each, organ)
        else:
            _remind(case, seq, each, people, at)


def _list(case: Case, seq: int, card: Due, organ: Organ | None) -> None:
    assert card.level
    Card.objects.create(
        case=case,
        seq=seq,
        key=card.key,
        level=card.level,
        about=card.about,
        step=program(case.version_id).names.get(card.step, ""),
        posts=f"|{'|'.join(card.posts)}|",
        organ=organ,
        day=card.day,
        limit_day=card.limit_day,
        is_lead=card.is_lead,
    )


def _remind(case: Case, seq: int, reminder: Due, people: list[str], at: datetime) -> None:
    """Mark the inboxes of those reminded, and put a message in the outbox for each address."""
    assert reminder.whom
    names = program(case.version_id).names
    Reminder.objects.create(
        case=case,
        seq=seq,
        key=reminder.key,
        whom=reminder.whom,
        about=reminder.about,
        step=names.get(reminder.step, ""),
        role=reminder.posts[0],
        people=f"|{'|'.join(people)}|",
        day=reminder.day,
        limit_day=reminder.limit_day,
    )
    addresses = Person.objects.filter(pk__in=people).exclude(email="").values_list("email")
    for (address,) in addresses:
        body = letter(case, reminder, names.get(reminder.step, ""))
        Message.objects.create(case=case, seq=case.seq, address=address, body=body, created_at=at)


def letter(case: Case, reminder: Due, step: str) -> str:
    """What whoever is reminded is told; no party's name is in it."""
    what = f"环节“{step}”" if step else "本件"
    ends = _day(reminder.limit_day)
    return f"【办理提醒】办件{case.number}:{what}的{reminder.about}到{ends}为止,请及时办理。"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
