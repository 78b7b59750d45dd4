"""Pages of leads from logs: which there are, what each rests on, and the verdict."""

from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_safe

from guiju.audit.finding import Group
from guiju.kernel.draw import Progress, chart_svg, chart_svg_narrow
from guiju.look.requests import Request, person_of
from guiju.oversight.leads import EVIDENCE, Told, judge, told, visible
from guiju.oversight.standings import scope_of
from guiju.oversight.trail import VERDICTS, NotAllowed
from guiju.powers.queries import program, version_in_force

ON_A_PAGE = 50


@login_required
@require_safe
def leads(request: Request) -> HttpResponse:
    """The leads that the reader's posts let him see; what waits for a verdict first."""
    scope = scope_of(person_of(request), request.moment.date())
    if scope.is_public and not scope.leads:
        problem = {
            "heading": "无权查看",
            "message": "疑点由监察岗位、本机关的效能监督岗、纪检监察值班岗查看。",
        }
        return render(request, "look/problem.html", problem, status=403)
    rows, group = visible(scope), request.GET.get("group", "")
    only_open = request.GET.get("open") == "1"
    if group in list(Group):
        rows = rows.filter(group=group)
    if only_open:
        rows = rows.filter(answered=None)
    context = {
        "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "groups": list(Group),
        "group": group,
        "only_open": only_open,
    }
    return render(request, "oversight/leads.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lead(request: Request, pk: str) -> HttpResponse:
    """One lead: what should have been, what the log tells, on the chart; its verdict."""
    scope = scope_of(person_of(request), request.moment.date())
    found, problem = get_object_or_404(visible(scope), pk=pk), ""
    if request.method == "POST":
        verdict, reason = (request.POST.get(name, "") for name in ("verdict", "reason"))
        by, at = person_of(request), request.moment
        try:
            judge(found, verdict=verdict, reason=reason, by=by, scope=scope, at=at)
            return redirect("lead", pk=pk)
        except NotAllowed as error:
            problem = str(error)
    known = told(found)
    wide, narrow = _charts(known)
    context = {
        "told": known,
        "wide": wide,
        "narrow": narrow,
        "verdicts": VERDICTS,
        "may_judge": found.division.startswith(scope.leads or ("-",)),
        "problem": problem,
        "typed": request.POST,
        "key": uuid4(),
    }
    return render(request, "oversight/lead.html", context, status=422 if problem else 200)


def _charts(known: Told) -> tuple[SafeString, SafeString]:
    """The chart, wide and narrow, with what the log tells; nothing where the power is not ours."""
    version = version_in_force(known.finding.power)
    if version is None or not known.events:
        return SafeString(""), SafeString("")
    power = program(version.sha256).power
    ids = {step.name: step.id for step in power.steps}
    evidence = frozenset(ids[e.step] for e in known.events if e.is_evidence and e.step in ids)
    done = frozenset(ids[e.step] for e in known.events if e.step in ids) - evidence
    progress = Progress(evidence, done, EVIDENCE)
    wide = chart_svg(power, risks=False, progress=progress)
    narrow = chart_svg_narrow(power, risks=False, progress=progress)
    return mark_safe(wide), mark_safe(narrow)  # noqa: S308 - our own SVG
