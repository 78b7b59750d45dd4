"""What follows a card: its supervision, the appeal of the unit against it, and that it is lifted.

Supervision 督办 and appeal 申诉 are cases along charts of their own, at most one of each for a
card. One that ends as the policy's ``lifted`` says lifts the card, and the score is another.
"""

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from guiju.cases.actions import Applicant, Request, open_case
from guiju.formats.pack_rows import Overseen
from guiju.kernel.lights import Appeal
from guiju.kernel.terms import CalendarMissing, Clock, due
from guiju.organs.models import Post
from guiju.oversight.models import Card
from guiju.oversight.standings import Scope
from guiju.oversight.trail import PROGRAM, Draft, NotAllowed, append, issued
from guiju.powers.policies import policy_on
from guiju.powers.queries import calendar, program, version_in_force


def supervise(card: Card, *, matter: str, by: str, scope: Scope, at: datetime) -> str:
    """Open the supervision of a card; answers its number, again the same. Raises Refused.

    Raises NotAllowed, too.
    """
    policy = policy_on(at.date())
    if not card.case.division_id.startswith(scope.divisions or ("-",)):
        raise NotAllowed("督办由监察岗位发起")
    facts = {"unit": _unit(card), "matter": matter.strip()}
    return _follow(card, "supervision", policy.supervision if policy else "", facts, (by, at))


def appeal(card: Card, *, grounds: str, by: str, scope: Scope, at: datetime) -> str:
    """Appeal against a card, in the name of its organ; answers as ``supervise`` does."""
    policy = policy_on(at.date())
    asked = policy.appeal if policy else None
    if asked is None:
        raise NotAllowed("现行的办法没有写明申诉的职权")
    if card.organ is None or card.organ.name not in scope.organs:
        raise NotAllowed("申诉由被发牌机关的效能监督岗提出")
    last = _last_day(card, asked)
    if last is not None and last < at.date():
        raise NotAllowed(
            f"申诉到{last:%Y年%m月%d日}为止:{asked.rule.name}({asked.rule.citation()})"
        )
    return _follow(card, "appeal", asked.power, {"grounds": grounds.strip()}, (by, at))


@dataclass(frozen=True, slots=True)
class Window:
    """Until when a card may be appealed against; None where the calendar does not reach."""

    last: date | None


def window_of(card: Card, scope: Scope, today: date) -> Window | None:
    """The window in which the reader may appeal against a card; None where he may not."""
    policy = policy_on(today)
    if policy is None or policy.appeal is None or card.cancelled is not None:
        return None
    last = _last_day(card, policy.appeal)
    is_own = card.organ is not None and card.organ.name in scope.organs
    return Window(last) if is_own and (last is None or last >= today) else None


def _last_day(card: Card, asked: Appeal) -> date | None:
    """The last day on which a card may be appealed against; None where the calendar ends."""
    row = next(row for row, _ in issued(card.case_id) if row.seq == card.seq)
    try:
        return due(Clock(timezone.localtime(row.at).date()), asked.rule, calendar())
    except CalendarMissing:
        return None


@transaction.atomic
def _follow(
    card: Card, kind: str, code: str, facts: dict[str, str], by_at: tuple[str, datetime]
) -> str:
    """Open the case by which a card is followed up, once; ``kind`` is the card's column for it."""
    version = version_in_force(code) if code else None
    if version is None:
        raise NotAllowed("现行的办法没有写明这项职权,或者它没有公布")
    card = Card.objects.select_for_update().get(pk=card.pk)
    opened = getattr(card, f"{kind}_id")
    if opened is not None:
        return str(opened)
    if card.cancelled is not None:
        raise NotAllowed("这张牌已经撤销")
    step = program(version.sha256).power.steps[0]
    by, at = by_at
    key = sha256(f"{kind}:{card.case_id}:{card.key}".encode()).hexdigest()
    named = {"card": f"{card.case_id} {card.key}", **facts}
    number = open_case(
        version=version.sha256,
        division=card.case.division_id,
        applicant=Applicant(name="", phone=""),
        request=Request(step.id, step.outcomes[0].id, key, facts=named),
        by=by,
        at=at,
    )
    draft = Draft(kind, f"{kind}:{card.key}", {"card": card.key}, {"case": number})
    append(card.case, draft, by=by, at=at)
    setattr(card, f"{kind}_id", number)
    card.save(update_fields=[kind])
    return number


def lift_all(at: datetime) -> int:
    """Lift every card whose supervision or appeal ended so; answers how many."""
    decided = Q(supervision__ended__gt="") | Q(appeal__ended__gt="")
    rows = Card.objects.filter(decided, cancelled=None).select_related("case")
    return sum(_lift(card, at) for card in list(rows))


def _lift(card: Card, at: datetime) -> bool:
    number = lifted_by(card)
    if number is None:
        return False
    with transaction.atomic():
        card = Card.objects.select_for_update().get(pk=card.pk)
        if card.cancelled is not None:
            return False
        draft = Draft("cancel", f"cancel:{card.key}", {"card": card.key}, {"case": number})
        card.cancelled = append(card.case, draft, by=PROGRAM, at=at)
        card.save(update_fields=["cancelled"])
    return True


def lifted_by(card: Card) -> str | None:
    """The case that lifts a card: how it ended is one of the ends that its policy names."""
    for case in (card.supervision, card.appeal):
        policy = policy_on(timezone.localtime(case.opened_at).date()) if case else None
        if case and policy and case.ended in policy.lifted:
            return str(case.number)
    return None


def _unit(card: Card) -> str:
    """The post that is asked to explain: the one that watches over the organ of the card."""
    post = Post.objects.filter(organ=card.organ, oversees=Overseen.ORGAN).first()
    if post is None:
        raise NotAllowed("这张牌的机关没有效能监督岗,请先在岗位表里设一个")
    return post.name
