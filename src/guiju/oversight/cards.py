"""Cards as staff see them: those that their posts let them see, how they came about, the verdict.

Whoever holds a card cannot take it back; a lead cannot be deleted by anybody. What is done about
one is an act of oversight beside it, under a name and with reasons.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from guiju.kernel.cards import Due
from guiju.kernel.power import Power
from guiju.organs.models import Person
from guiju.oversight.models import Card
from guiju.oversight.standings import Scope
from guiju.oversight.trail import VERDICTS, Draft, NotAllowed, append, issued, overseen, told_of
from guiju.powers.policies import policy_on
from guiju.powers.queries import program


@dataclass(frozen=True, slots=True)
class Computed:
    """A card with what it was computed from."""

    card: Card
    issued: Due
    rule: str  # in words, with its source
    limit: str
    verdict: dict[str, str] | None  # of a lead: how, by whom, when, why


def visible(scope: Scope) -> QuerySet[Card]:
    """The cards that a scope lets somebody see, the latest first."""
    allowed = Q(pk__in=())
    for code in scope.divisions:
        allowed |= Q(case__division__code__startswith=code)
    for name in scope.organs:
        allowed |= Q(organ__name=name)
    for code in scope.leads:
        allowed |= Q(case__division__code__startswith=code, is_lead=True)
    rows = Card.objects.filter(allowed).select_related("case", "organ", "supervision")
    return rows.order_by("-day", "-id")


def computed(card: Card) -> Computed:
    """How a card came about, from the record."""
    told = next(told for row, told in issued(card.case_id) if row.seq == card.seq)
    begun = program(card.case.version_id)
    policy = policy_on(card.day)
    rules = [row.rule for row in policy.cards] if policy else []
    rule = next((each for each in rules if each.id == told.rule), None)
    return Computed(
        card,
        told,
        f"{rule.name}({rule.citation()})" if rule else told.rule,
        limit_of(begun.power, told),
        _verdict(card),
    )


def limit_of(shown: Power, told: Due) -> str:
    """The limit that a card is about, in words, with its source."""
    steps = {step.id: step for step in shown.steps}
    rules = {"承诺时限": shown.limits.promised, "法定时限": shown.limits.statutory}
    step = steps.get(told.step)
    rule = rules.get(told.about) or (step.limit if step else None)
    return f"{rule.words()}({rule.source})" if rule else ""


@transaction.atomic
def judge(card: Card, *, verdict: str, reason: str, by: str, scope: Scope, at: datetime) -> None:
    """Judge a lead, once: a named person, with reasons. Raises NotAllowed.

    The same again by the same person is harmless.
    """
    card = Card.objects.select_for_update().get(pk=card.pk)
    if not card.is_lead or verdict not in VERDICTS:
        raise NotAllowed("只有线索要作判断,判断只有查实和不成立两种")
    if not reason.strip():
        raise NotAllowed("作判断要写明理由")
    if not card.case.division_id.startswith(scope.leads or ("-",)):
        raise NotAllowed("线索由本地方的纪检监察值班岗判断")
    known = _verdict(card)
    if known is not None:
        same = {"verdict": verdict, "person": by, "reason": reason.strip()}
        if {name: known[name] for name in same} == same:
            return
        raise NotAllowed("这条线索已经有人判断")
    told = {"card": card.key, "verdict": verdict}
    draft = Draft("answer", f"answer:{card.key}", told, private={"reason": reason.strip()})
    card.answered = append(card.case, draft, by=by, at=at)
    card.save(update_fields=["answered"])


def _verdict(card: Card) -> dict[str, str] | None:
    if card.answered is None:
        return None
    row = next(each for each in overseen(card.case_id) if each.seq == card.answered)
    name = Person.objects.get(pk=row.person).name
    day = timezone.localtime(row.at).date().isoformat()
    reason = json.loads(row.private)["reason"] if row.private else ""
    told = {"verdict": told_of(row)["verdict"], "person": row.person, "reason": reason}
    return told | {"by": name, "at": day}
