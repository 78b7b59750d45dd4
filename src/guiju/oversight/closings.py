"""Closings 办结: what the kernel says of each case that has ended, kept to be counted.

A case that has ended does not change any more, nor does its light; so this is worked out once,
by the kernel's ``standing``, and kept in a table of its own. Nothing is true because it stands
there: ``unclosed`` answers what is not in the table yet, computed anew, so a board is as right
with an empty table as with a full one, only slower; and ``rebuild`` throws all away and begins
again. ``tests/oversight/test_boards_closings.py`` holds the table against recomputation.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from guiju.cases.models import Case
from guiju.kernel.acts import state_from_json
from guiju.kernel.cards import in_force
from guiju.kernel.lights import Light, Policy, Standing, standing
from guiju.kernel.rules import Unit
from guiju.kernel.terms import Calendar, used
from guiju.organs.models import Division
from guiju.powers.models import Version
from guiju.powers.policies import policies_held
from guiju.powers.queries import calendar, program
from guiju.record.models import Act

ONE_DAY = timedelta(days=1)
AT_ONCE = 2_000  # cases read and written together


class Closing(models.Model):
    """A closing 办结 of a case: derived from the record, can be thrown away and made again."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, verbose_name="办件")
    version = models.ForeignKey(Version, models.PROTECT, verbose_name="职权版本", db_index=False)
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="区划", db_index=False)
    organ = models.CharField("最后办理的机关", max_length=80, blank=True)
    opened_on = models.DateField("收到日", db_index=True)
    closed_on = models.DateField("办结日", db_index=True)
    light = models.CharField("灯", max_length=1)
    missed_on = models.DateField("超过承诺期限的第一日", null=True)
    breached_on = models.DateField("超过法定期限的第一日", null=True)
    used_percent = models.IntegerField("用去承诺期限的百分数", null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=[f"{name}_on"],
                name=f"closing_{name}",
                condition=models.Q(**{f"{name}_on__isnull": False}),
            )
            for name in ("missed", "breached")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.closed_on} {self.light}"


@dataclass(frozen=True, slots=True)
class Passed:
    """The first days on which a case was past its limits; None where it never was."""

    missed_on: date | None
    breached_on: date | None


def passed(stands: Standing) -> Passed:
    """When a case passed its promised and its statutory limit, as far as it has.

    The step's own limit before the clock begins is neither of the two.
    """
    if stands.step or stands.left is None:
        return Passed(None, None)
    missed = stands.due + ONE_DAY if stands.left < 0 and stands.due else None
    due = stands.statutory_due
    return Passed(missed, due + ONE_DAY if stands.is_breached and due else None)


def unclosed() -> list[Closing]:
    """The closings of ended cases that the table does not hold yet, computed now.

    Two counts tell whether there are any; both are answered from an index.
    """
    if Case.objects.exclude(ended="").count() == Closing.objects.count():
        return []
    return list(_closings(_without_closing()))


def close_books() -> int:
    """Put into the table what is not there yet; answers how many rows.

    What the calendar does not reach stays out until it does. Twice at once does no harm.
    """
    numbers = list(_without_closing().values_list("number", flat=True))
    count = 0
    for at in range(0, len(numbers), AT_ONCE):
        fresh = _closings(Case.objects.filter(number__in=numbers[at : at + AT_ONCE]))
        batch = [each for each in fresh if each.light != Light.BLUE]
        count += len(Closing.objects.bulk_create(batch, ignore_conflicts=True))
    return count


@transaction.atomic
def rebuild() -> int:
    """Throw all closings away and compute them anew; answers how many."""
    Closing.objects.all().delete()
    return close_books()


def recomputed(number: str) -> Closing | None:
    """The closing of a case, computed now; None while it runs."""
    found = Case.objects.exclude(ended="").filter(number=number)
    return next(iter(_closings(found)), None)


def last_organ() -> Subquery:
    """The name of the organ that acted last on a case, of a query over cases."""
    acts = Act.objects.filter(subject=OuterRef("pk")).exclude(organ="").order_by("-seq")
    return Subquery(acts.values("organ")[:1])


def _without_closing() -> QuerySet[Case]:
    stored = Closing.objects.filter(case=OuterRef("pk"))
    return Case.objects.exclude(ended="").filter(~Exists(stored))


def _closings(cases: QuerySet[Case]) -> Iterator[Closing]:
    last_act = Act.objects.filter(subject=OuterRef("pk"), seq=OuterRef("seq"))
    rows = cases.annotate(
        by_organ=last_organ(), closed_at=Subquery(last_act.values("at"))
    ).values_list(
        "number", "version_id", "division_id", "state", "opened_at", "closed_at", "by_organ"
    )
    days, policies = calendar(), policies_held()
    for number, version, division, state, opened_at, closed_at, organ in rows.iterator(AT_ONCE):
        opened_on = timezone.localtime(opened_at).date()
        closed_on = timezone.localtime(closed_at).date() if closed_at else opened_on
        policy = in_force(policies, closed_on)
        stands, percent = _end(version, state, days, closed_on, policy)
        over = passed(stands)
        yield Closing(
            case_id=number,
            version_id=version,
            division_id=division,
            organ=organ or "",
            opened_on=opened_on,
            closed_on=closed_on,
            light=stands.light.value,
            missed_on=over.missed_on,
            breached_on=over.breached_on,
            used_percent=percent,
        )


def _end(
    version: str, text: str, days: Calendar, on: date, policy: Policy | None
) -> tuple[Standing, int | None]:
    """How an ended case stands for good, and how much of the promise it used, in per cent."""
    begun, state = program(version), state_from_json(json.loads(text))
    stands = standing(begun, state, days, on, policy)
    promised = begun.power.limits.promised
    if state.clock.start is None or stands.left is None or not promised.number:
        return stands, None
    unit = promised.unit or Unit.WORKING_DAY
    return stands, 100 * used(state.clock, unit, days, on) // promised.number
