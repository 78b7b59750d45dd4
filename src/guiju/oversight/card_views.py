"""Pages of cards: which there are, how one came about, supervision, and the verdict on a lead."""

from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from guiju.kernel.lights import Level
from guiju.kernel.run import Refused
from guiju.look.requests import Request, person_of
from guiju.oversight.cards import computed, judge, visible
from guiju.oversight.follow_ups import appeal, supervise, window_of
from guiju.oversight.models import Card, Reminder
from guiju.oversight.standings import Scope, scope_of
from guiju.oversight.trail import VERDICTS, NotAllowed
from guiju.powers.queries import program

ON_A_PAGE = 50


@login_required
@require_safe
def cards(request: Request) -> HttpResponse:
    """The cards that the reader's posts let him see, the latest first."""
    scope = _scope(request)
    if scope.is_public and not scope.leads:
        return _refused(request)
    rows, level = visible(scope), request.GET.get("level", "")
    only_leads = request.GET.get("leads") == "1"
    if level in list(Level):
        rows = rows.filter(level=level)
    if only_leads:
        rows = rows.filter(is_lead=True)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [(card, program(card.case.version_id).power.name) for card in page]
    context = {
        "page": page,
        "rows": shown,
        "levels": list(Level),
        "level": level,
        "only_leads": only_leads,
        "scope": scope,
    }
    return render(request, "oversight/cards.html", context)


@login_required
@require_safe
def reminders(request: Request) -> HttpResponse:
    """What the reader was reminded of, of cases that still run; the nearest limit first."""
    mine = Reminder.objects.filter(people__contains=f"|{person_of(request)}|", case__ended="")
    rows = mine.select_related("case").order_by("limit_day", "case_id", "day")
    last = {row.case_id + row.about + row.step: row for row in rows}
    shown = [(row, program(row.case.version_id).power.name) for row in last.values()]
    return render(request, "oversight/reminders.html", {"rows": shown})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: Request, pk: int) -> HttpResponse:
    """One card: how it was computed, and what is done about it."""
    scope = _scope(request)
    found = get_object_or_404(visible(scope), pk=pk)
    problem = ""
    if request.method == "POST":
        try:
            return _done(request, found, scope)
        except (NotAllowed, Refused) as error:
            problem = str(error)
            found = get_object_or_404(visible(scope), pk=pk)
    context = {
        "computed": computed(found),
        "card": found,
        "power": program(found.case.version_id).power,
        "verdicts": VERDICTS,
        "may_judge": found.is_lead and found.case.division_id.startswith(scope.leads or ("-",)),
        "may_supervise": found.case.division_id.startswith(scope.divisions or ("-",)),
        "window": window_of(found, scope, request.moment.date()),
        "problem": problem,
        "typed": request.POST,
        "key": uuid4(),
    }
    return render(request, "oversight/card.html", context, status=422 if problem else 200)


def _done(request: Request, found: Card, scope: Scope) -> HttpResponse:
    """Do what the form asks. Raises NotAllowed, Refused."""
    typed, by, at = request.POST, person_of(request), request.moment
    match typed.get("do"):
        case "supervise":
            matter = typed.get("matter", "")
            number = supervise(found, matter=matter, by=by, scope=scope, at=at)
        case "appeal":
            grounds = typed.get("grounds", "")
            number = appeal(found, grounds=grounds, by=by, scope=scope, at=at)
        case _:
            verdict, reason = (typed.get(name, "") for name in ("verdict", "reason"))
            judge(found, verdict=verdict, reason=reason, by=by, scope=scope, at=at)
            return redirect("card", pk=found.pk)
    return redirect("staff-case", number=number)


def _scope(request: Request) -> Scope:
    return scope_of(person_of(request), request.moment.date())


def _refused(request: Request) -> HttpResponse:
    problem = {
        "heading": "无权查看",
        "message": "牌和线索由监察岗位、本机关的效能监督岗、纪检监察值班岗查看。",
    }
    return render(request, "look/problem.html", problem, status=403)
