"""Pages of boards: counts, trends, who is yellow or red, and one case on its chart."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from guiju.cases.models import Case
from guiju.cases.queries import lines, view_of
from guiju.look.requests import Request, person_of
from guiju.oversight import graphs
from guiju.oversight.board_choice import Unclear, address, choice_of
from guiju.oversight.board_tables import (
    PERIOD_HEAD,
    TALLY_HEAD,
    csv_file,
    period_cells,
    tally_cells,
)
from guiju.oversight.boards import (
    LEVELS,
    SPANS,
    WAYS,
    Books,
    Choice,
    Period,
    Tally,
    coarse,
    limited,
    narrowed,
    tallies,
    total,
    trend,
    worst_first,
)
from guiju.oversight.closings import last_organ
from guiju.oversight.standings import Places, Scope, Stand, holders, scope_of
from guiju.powers.drawings import drawing_of_case
from guiju.powers.policies import policy_on
from guiju.powers.queries import calendar

BARS_MAX = 25  # more cannot be taken in at a glance; the table has them all
ROWS_MAX = 500  # of a list of cases on a page; the file has them all
WIDE, NARROW = 1140, 350
CASE_HEAD = ("亮灯", "剩余", "单位", "办件编号", "职权", "区划", "机关", "在谁手里", "收到")


@require_safe
def board(request: Request) -> HttpResponse:
    """How cases stand, by organ, power, level or division; to the public in totals."""
    scope, choice, today = _asked(request)
    if isinstance(choice, Unclear):
        return _unclear(request, choice)
    books = Books.open(scope, choice, today)
    rows = tallies(books)
    if request.GET.get("format") == "csv":
        cells = [tally_cells(row) for row in (*rows, total(rows))]
        return csv_file(f"board-{today}", (WAYS[choice.by], *TALLY_HEAD), cells)
    drawn = [row for row in rows if row.running][:BARS_MAX]
    bars = [graphs.Bar(row.label, tuple(row.open.items())) for row in drawn]
    title = f"在办件亮灯,按{WAYS[choice.by]}:{len(drawn)}行,数字见下表"
    within = {row.key: address(narrowed(choice, row.key), today) for row in rows}
    context = {
        **_frame(request, books),
        "rows": [(row, within[row.key], cells_of(row)) for row in rows],
        "total": total(rows),
        "total_cells": cells_of(total(rows)),
        "inks": graphs.INKS.values(),
        "way": WAYS[choice.by],
        "bars_left_out": len([row for row in rows if row.running]) - len(drawn),
        "wide": mark_safe(graphs.bars("wide", title, bars, WIDE)),  # noqa: S308 - our own SVG
        "narrow": mark_safe(graphs.bars("narrow", title, bars, NARROW)),  # noqa: S308
        "coarse": coarse(books) if scope.is_public else (),
    }
    return render(request, "oversight/board.html", context)


def cells_of(row: Tally) -> list[tuple[graphs.Ink, int]]:
    """The counts of open cases by light, with what each light is drawn as."""
    return [(ink, row.open[light]) for light, ink in graphs.INKS.items()]


@require_safe
def trend_page(request: Request) -> HttpResponse:
    """What was received and done, week by week or month by month."""
    scope, choice, today = _asked(request)
    if isinstance(choice, Unclear):
        return _unclear(request, choice)
    books = Books.open(scope, choice, today)
    rows = trend(books)
    if request.GET.get("format") == "csv":
        return csv_file(f"trend-{today}", PERIOD_HEAD, [period_cells(row) for row in rows])
    context = {
        **_frame(request, books),
        "rows": rows[::-1],
        "sparks": _sparks(rows),
        "span": SPANS[choice.span],
        "wide": trend_svg("wide", rows[:-1], choice.span, WIDE),
        "narrow": trend_svg("narrow", rows[:-1], choice.span, NARROW),
    }
    return render(request, "oversight/board_trend.html", context)


def trend_svg(name: str, rows: Sequence[Period], span: str, wide: int, high: int = 240) -> str:
    """The lines of a trend, whose last period is over; ``high`` is of the lines alone."""
    days = [f"{row.first.month}月" if span == "month" else f"{row.first:%-m.%-d}" for row in rows]
    drawn = (
        graphs.Line("收到", tuple(row.received for row in rows)),
        graphs.Line("办结", tuple(row.done for row in rows)),
        graphs.Line("按时", tuple(row.in_time for row in rows)),
        graphs.Line("超承诺", tuple(row.missed for row in rows)),
        graphs.Line("超法定", tuple(row.breached for row in rows)),
    )
    title = f"近{len(rows)}个{SPANS[span]}的收到、办结、按时办结和超时限件数,数字见下表"
    return mark_safe(graphs.trend(name, title, days, drawn, (wide, high)))  # noqa: S308


def _sparks(rows: Sequence[Period]) -> list[tuple[str, int, str]]:
    """The last full period of each count with its course; the current one is not yet over."""
    full = rows[:-1]
    named = {"received": "收到", "done": "办结", "missed": "超承诺", "breached": "超法定"}
    return [
        (
            words,
            getattr(full[-1], name),
            mark_safe(  # noqa: S308 - our own SVG
                graphs.spark(f"spark-{name}", words, [getattr(row, name) for row in full])
            ),
        )
        for name, words in named.items()
    ]


@login_required
@require_safe
def cases(request: Request) -> HttpResponse:
    """Who is yellow or red now, the worst first; or who has one light."""
    scope, choice, today = _asked(request)
    if isinstance(choice, Unclear):
        return _unclear(request, choice)
    if scope.is_public:
        return _refused(request)
    books = Books.open(scope, choice, today)
    found = worst_first(books.stands, choice.light)
    if request.GET.get("format") == "csv":
        hands = holders(found, books.places, today)
        rows = [_case_cells(books, stand, hands[stand.number]) for stand in found]
        return csv_file(f"cases-{today}", CASE_HEAD, rows)
    shown = found[:ROWS_MAX]
    hands = holders(shown, books.places, today)
    context = {
        **_frame(request, books),
        "rows": [
            (stand, books.powers[stand.version], place(books, stand), hands[stand.number])
            for stand in shown
        ],
        "count": len(found),
        "lights": [(light, ink) for light, ink in graphs.INKS.items()],
    }
    return render(request, "oversight/board_cases.html", context)


def place(books: Books, stand: Stand) -> str:
    """The name of the division of a case."""
    return books.places.divisions.get(stand.division, (stand.division, ""))[0]


def _case_cells(books: Books, stand: Stand, hands: list[str]) -> tuple[object, ...]:
    own = stand.standing
    left = "" if own.left is None else own.left
    return (
        own.light.value,
        left,
        own.unit.value if own.unit else "",
        stand.number,
        books.powers[stand.version].name,
        place(books, stand),
        stand.organ,
        "、".join(hands),
        stand.opened_on.isoformat(),
    )


@login_required
@require_safe
def case(request: Request, number: str) -> HttpResponse:
    """One case on its chart, for those who oversee it: what was done, not of whom it is."""
    found = get_object_or_404(Case.objects.select_related("division"), number=number)
    today = request.moment.date()
    places, scope = Places.load(), scope_of(person_of(request), today)
    acted = Case.objects.filter(pk=number).annotate(by_organ=last_organ())
    last = acted.values_list("by_organ", flat=True).first() or ""
    organ = places.organ_for(found.roles, found.division_id) or last
    if not any(scope.allows(found.division_id, each) for each in (organ, last)):
        return _refused(request)
    view = view_of(found, calendar(), today, policy_on(today))
    drawn = drawing_of_case(view.program, view.state)
    context = {
        "case": found,
        "view": view,
        "organ": organ,
        "wide": mark_safe(drawn.wide),  # noqa: S308 - our own SVG
        "narrow": mark_safe(drawn.narrow),  # noqa: S308
        "lines": lines(view),
    }
    return render(request, "oversight/board_case.html", context)


def _asked(request: Request) -> tuple[Scope, Choice | Unclear, date]:
    """Who asks, for what, on which day."""
    today = request.moment.date()
    scope = scope_of(person_of(request), today) if request.user.is_authenticated else Scope()
    try:
        return scope, choice_of(request.GET.dict(), today), today
    except Unclear as unclear:
        return scope, unclear, today


def _unclear(request: Request, unclear: Unclear) -> HttpResponse:
    problem = {"heading": "看不明白这个网址", "message": f"{unclear}。"}
    return render(request, "look/problem.html", problem, status=400)


def _refused(request: Request) -> HttpResponse:
    problem = {
        "heading": "无权查看",
        "message": "逐件查看由监督岗位办理:电子监察、纪检值班看本地方的,部门监督岗看本机关的。"
        f"各地各机关的总数在看板上({reverse('board')}),人人可以看。",
    }
    return render(request, "look/problem.html", problem, status=403)


def _frame(request: Request, books: Books) -> dict[str, object]:
    """What the head of every board needs: the choice, its options, where else to go."""
    choice, today, places = books.choice, books.today, books.places
    powers = {
        known.code: known.name
        for known in books.powers.values()
        if not (books.scope.is_public and known.is_sensitive)
    }
    division = places.divisions.get(choice.division, (choice.division, ""))[0]
    told = {
        "organ": choice.organ,
        "power": powers.get(choice.power, choice.power),
        "level": f"{choice.level}级" * bool(choice.level),
        "division": division,
    }
    return {
        "scope": books.scope,
        "choice": choice,
        "today": today,
        "moment": request.moment,
        "here": address(choice, today),
        "csv": address(choice, today, format="csv"),
        "ways": WAYS,
        "spans": SPANS,
        "levels": LEVELS,
        "powers": sorted(powers.items(), key=lambda item: item[1]),
        "organs": sorted(places.organs),
        "divisions": sorted((code, name) for code, (name, _) in places.divisions.items()),
        "filters": [
            (WAYS[name], words, address(limited(choice, name, ""), today))
            for name, words in told.items()
            if words
        ],
    }
