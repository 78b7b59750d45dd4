"""Pages for everybody: the figures of the city, and the screen in the hall."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from guiju.look.requests import Request
from guiju.oversight import graphs
from guiju.oversight.board_tables import csv_file
from guiju.oversight.board_views import cells_of, trend_svg
from guiju.oversight.boards import Books, Choice, tallies, total, trend
from guiju.oversight.figures import figures
from guiju.oversight.standings import Scope
from guiju.powers.queries import program
from guiju.record.models import Act

FIGURE_HEAD = ("类", "数字", "值", "怎样算出", "名单")
ORGANS_SHOWN, POWERS_SHOWN, ACTS_SHOWN = 6, 5, 6
SLOW_DAYS = 90  # powers are compared by what was done in so many days
ORGANS_WIDE, TREND_SIZE = 510, (570, 186)  # the screen enlarges drawings, and their letters


@require_safe
def figures_page(request: Request) -> HttpResponse:
    """Each figure of the city, how it is computed, and the way to its list."""
    rows = figures(request.moment.date())
    if request.GET.get("format") == "csv":
        cells = [(row.group, row.name, row.value, row.how, row.link) for row in rows]
        return csv_file(f"figures-{request.moment:%Y-%m-%d}", FIGURE_HEAD, cells)
    return render(request, "oversight/board_figures.html", {"figures": rows})


@dataclass(frozen=True, slots=True)
class Told:
    """An act as the screen tells it: no person, no case."""

    at: str
    power: str
    what: str
    organ: str


@require_safe
def screen(request: Request) -> HttpResponse:
    """The screen in the hall: 1920 × 1080, totals only, made to be read from five metres.

    It loads itself anew every minute; ``?still=1`` holds it, for slow readers (WCAG 2.2.1).
    """
    today = request.moment.date()
    books = Books.open(Scope(), Choice(today, today), today)
    rows = tallies(books)
    whole, running = total(rows), [row for row in rows if row.running]
    bars = [graphs.Bar(r.label, tuple(r.open.items())) for r in running[:ORGANS_SHOWN]]
    title = "各机关在办件亮灯"
    weeks = trend(books)[:-1]  # the current week is not over, its lines would fall for no reason
    context = {
        "total": whole,
        "lights": cells_of(whole),
        "organs": mark_safe(graphs.bars("organs", title, bars, ORGANS_WIDE)),  # noqa: S308
        "organs_left_out": len(running) - len(bars),
        "trend": trend_svg("trend", weeks, "week", *TREND_SIZE),
        "weeks": len(weeks),
        "slowest": _slowest(books),
        "acts": _last_acts(books),
        "moment": request.moment,
        "is_still": "still" in request.GET,
    }
    return render(request, "oversight/board_screen.html", context)


def _slowest(books: Books) -> list[tuple[str, int, int]]:
    """Powers by how much of the promise they use on the average: name, per cent, cases."""
    since = books.today - timedelta(days=SLOW_DAYS)
    found = books.closings().filter(closed_on__gte=since, used_percent__isnull=False).order_by()
    rows = list(found.values_list("version_id").annotate(Avg("used_percent"), Count("pk")))
    rows += [
        (each.version_id, each.used_percent, 1)
        for each in books.fresh
        if each.used_percent is not None and each.closed_on >= since
    ]
    sums: dict[str, tuple[float, int]] = {}
    for version, average, count in rows:
        name = books.powers[version].name
        before = sums.get(name, (0.0, 0))
        sums[name] = before[0] + average * count, before[1] + count
    averages = [(name, round(sum_ / count), count) for name, (sum_, count) in sums.items()]
    return sorted(averages, key=lambda row: (-row[1], row[0]))[:POWERS_SHOWN]


def _last_acts(books: Books) -> list[Told]:
    """The last acts of cases, none of a sensitive power."""
    shown = [sha256 for sha256, known in books.powers.items() if not known.is_sensitive]
    told = []
    for act in Act.objects.filter(kind="act", version__in=shown).order_by("-id")[:ACTS_SHOWN]:
        begun = program(act.version)
        move = begun.moves[act.step, act.outcome]
        at = timezone.localtime(act.at)
        what = f"{move.step.name}:{move.outcome.name}"
        told.append(Told(f"{at:%H:%M}", begun.power.name, what, act.organ or act.post))
    return told
