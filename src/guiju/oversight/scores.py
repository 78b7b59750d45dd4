"""Scores by organ and month, counted from cards and ended cases; open data to count them again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guiju.formats.reader import plain
from guiju.kernel.lights import Level, Policy
from guiju.kernel.scores import score, words
from guiju.look.requests import Request
from guiju.organs.models import Organ
from guiju.oversight.board_tables import csv_file
from guiju.oversight.closings import Closing
from guiju.oversight.models import Card
from guiju.powers.policies import policy_on

HEAD = ("机关", "月份", "办结", *Level, "得分")
MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Month:
    """The score of one organ in one month, with what it was counted from."""

    organ: str
    month: date
    handled: int
    cards: Counter[str]
    score: int  # in hundredths of a point

    @property
    def words(self) -> str:
        """The score as it is written."""
        return words(self.score)

    @property
    def counts(self) -> list[tuple[str, int]]:
        """The levels with their cards, in order."""
        return [(level.value, self.cards[level]) for level in Level]


def _policy(month: date) -> Policy | None:
    """The policy that counts on the last day of a month."""
    return policy_on(_end(month) - timedelta(days=1))


def scores(month: date) -> Iterator[Month]:
    """The score of every organ that ended cases or was given cards in a month, by name."""
    policy = _policy(month)
    if policy is None or policy.score is None:
        return
    span = Q(day__gte=month, day__lt=_end(month))
    counts: dict[str, Counter[str]] = {}
    rows = Card.objects.filter(span, organ__isnull=False, cancelled__isnull=True).order_by()
    for name, level, count in rows.values_list("organ__name", "level").annotate(Count("pk")):
        counts.setdefault(name, Counter())[level] += count
    ended = Closing.objects.filter(closed_on__gte=month, closed_on__lt=_end(month)).order_by()
    handled = dict(ended.values_list("organ").annotate(Count("pk")))
    known = set(Organ.objects.values_list("name", flat=True))
    for name in sorted(known & (counts.keys() | handled.keys())):
        cards = counts.get(name, Counter())
        number = handled.get(name, 0)
        yield Month(name, month, number, cards, score(policy.score, cards, number))


def _end(month: date) -> date:
    """The first day of the next month."""
    return (month + timedelta(days=32)).replace(day=1)


@require_safe
def page(request: Request) -> HttpResponse:
    """The scores of a month, with their formula; as a table, as open data."""
    month = _month(request)
    policy, rows = _policy(month), list(scores(month))
    formula = policy.score if policy else None
    if request.GET.get("format") == "csv":
        cells = [
            (r.organ, f"{month:%Y-%m}", r.handled, *(n for _, n in r.counts), r.words)
            for r in rows
        ]
        return csv_file(f"scores-{month:%Y-%m}", HEAD, cells)
    if request.GET.get("format") == "json":
        told = {"month": f"{month:%Y-%m}", "formula": plain(formula) if formula else None}
        return JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    first = request.moment.date().replace(day=1)
    months = [first]
    while len(months) < MONTHS_SHOWN:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    context = {
        "rows": rows,
        "formula": formula,
        "appeal": policy.appeal if policy else None,
        "deductions": [(d.level, words(d.points)) for d in formula.deductions] if formula else [],
        "month": month,
        "months": months,
        "levels": list(Level),
        "is_over": _end(month) <= request.moment.date(),
    }
    return render(request, "oversight/scores.html", context)


def _month(request: Request) -> date:
    told = request.GET.get("month", "")
    if not told:
        return request.moment.date().replace(day=1)
    try:
        return date.fromisoformat(f"{told}-01")
    except ValueError:
        raise Http404 from None
