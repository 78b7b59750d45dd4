"""Public pages: search, apply with a check of the answers, progress, problems."""

from collections.abc import Iterable
from functools import lru_cache
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from guiju.cases import actions
from guiju.cases.actions import StalePage
from guiju.cases.documents import Unacceptable
from guiju.cases.forms import Unreadable, applicant_from, beside, request_from
from guiju.cases.models import Case
from guiju.cases.queries import lines, view_of
from guiju.kernel.forms import LIST_MARK
from guiju.kernel.power import APPLICANT, Outcome, Step
from guiju.kernel.program import open_to
from guiju.kernel.run import Refusal, Refused
from guiju.look.requests import Request
from guiju.organs.models import Division
from guiju.organs.queries import place
from guiju.portal.phone import NotKnown, check_phone
from guiju.portal.search import Index, index, ranking
from guiju.powers.drawings import drawing_of_case
from guiju.powers.policies import policy_on
from guiju.powers.queries import calendar, current_versions, power, program

INPUT_ERRORS = (Unreadable, Unacceptable, StalePage)
Open = Iterable[tuple[Step, tuple[Outcome, ...]]]


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """One sentence to search with, and the list."""
    query = request.GET.get("q", "").strip()[:100]
    versions = list(current_versions())
    found = [versions[i] for i in ranking(_index(tuple(v.sha256 for v in versions)), query)]
    shown = found if query else versions
    rows = [{"version": version, "power": power(version.sha256)} for version in shown]
    return render(request, "portal/home.html", {"query": query, "rows": rows})


@lru_cache(maxsize=2)
def _index(versions: tuple[str, ...]) -> Index:
    return index(power(version) for version in versions)


@require_http_methods(["GET", "POST"])
def apply(request: Request, code: str) -> HttpResponse:
    """Apply: fill in, check the answers, hand in; a helper may do it for somebody."""
    version = get_object_or_404(current_versions(), code=code)
    shown = power(version.sha256)
    step = shown.steps[0]
    if step.post != APPLICANT:
        raise Http404("这一项由机关依职权办理,不接受申请")
    context = {
        "version": version,
        "power": shown,
        "step": step,
        "places": Division.objects.filter(level="村").order_by("code"),
        "typed": request.POST,
        "key": request.POST.get("key") or uuid4(),
        "is_checking": False,
    }
    if request.method == "GET" or "edit" in request.POST:
        return render(request, "portal/apply.html", context)
    try:
        applicant = applicant_from(request.POST)
        asked_for = request_from(step, request.POST, request.FILES)
        division = get_object_or_404(Division, code=request.POST.get("division") or "-")
        if "confirmed" in request.POST:
            number = actions.open_case(
                version=version.sha256,
                division=division.code,
                applicant=applicant,
                request=asked_for,
                by=APPLICANT,
                at=request.moment,
            )
            return redirect("applied", number=number)
        actions.check_first_act(version=version.sha256, request=asked_for, at=request.moment)
    except Http404:
        context["refusals"] = [Refusal("form", "请选择所在的村(社区)")]
    except Refused as refused:
        context |= {"refusals": refused.refusals, "beside": beside(refused.refusals)}
    except INPUT_ERRORS as error:
        context["refusals"] = [Refusal("form", str(error))]
    else:
        answers = [
            (f.name, LIST_MARK.join(request.POST.getlist(f"f-{f.id}"))) for f in step.fields
        ]
        context |= {"is_checking": True, "answers": answers, "place": place(division.code)}
        return render(request, "portal/apply.html", context)
    return render(request, "portal/apply.html", context, status=422)


@require_GET
def applied(request: HttpRequest, number: str) -> HttpResponse:
    """The number, and what happens next."""
    case = get_object_or_404(Case, number=number)
    return render(request, "portal/applied.html", {"case": case, "power": power(case.version_id)})


@require_GET
def find_case(request: HttpRequest) -> HttpResponse:
    """Find a case by its number."""
    number = request.GET.get("number", "").strip().upper()
    if number and Case.objects.filter(number=number).exists():
        return redirect("progress", number=number)
    context = {"number": number}
    return render(request, "portal/find.html", context, status=404 if number else 200)


@require_http_methods(["GET", "POST"])
def progress(request: Request, number: str) -> HttpResponse:
    """Where a case stands, for everybody; no name is shown. The applicant may act here."""
    case = Case.objects.select_related("division").filter(number=number).first()
    if case is None:
        return render(request, "portal/find.html", {"number": number}, status=404)
    if request.method == "GET":
        return _progress(request, case)
    step = program(case.version_id).steps.get(request.POST.get("step", ""))
    try:
        if step is None or not _is_applicants(step, request.POST.get("outcome", "")):
            raise Unreadable("这一步不由申请人办理")
        check_phone(case, request.POST.get("phone", ""), request.moment)
        actions.perform_act(
            number=number,
            request=request_from(step, request.POST, request.FILES),
            seq=int(request.POST.get("seq") or -1),
            by=APPLICANT,
            at=request.moment,
        )
    except Refused as refused:
        return _progress(request, case, refused.refusals, 422)
    except (*INPUT_ERRORS, NotKnown, ValueError) as error:
        return _progress(request, case, (Refusal("form", str(error)),), 409)
    return redirect("progress", number=number)


def _is_applicants(step: Step, outcome: str) -> bool:
    posts = [each.post or step.post for each in step.outcomes if each.id == outcome]
    return APPLICANT in posts


def _progress(
    request: Request, case: Case, refusals: tuple[Refusal, ...] = (), status: int = 200
) -> HttpResponse:
    case.refresh_from_db()
    today = request.moment.date()
    view = view_of(case, calendar(), today, policy_on(today))
    context = {
        "case": case,
        "view": view,
        "chart": drawing_of_case(view.program, view.state),
        "lines": lines(view),
        "mine": _once(open_to(view.program, view.state, (APPLICANT,))),
        "refusals": refusals,
        "beside": beside(refusals),
        "typed": request.POST,
        "key": uuid4(),
    }
    return render(request, "portal/progress.html", context, status=status)


def _once(open_: Open) -> list[tuple[Step, list[Outcome]]]:
    """What stands at every open branch and takes them all back, such as a withdrawal, once."""
    shown: set[tuple[str, tuple[str, ...]]] = set()
    kept = []
    for step, outcomes in open_:
        new = [each for each in outcomes if (each.id, each.to) not in shown]
        shown |= {(each.id, each.to) for each in outcomes if each.cancels}
        if new:
            kept.append((step, new))
    return kept


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our page, or came too late."""
    message = "为了安全,请回到上一页刷新以后再提交。刚才的提交没有生效。"
    context = {"heading": "页面已过期", "message": message}
    return render(request, "look/problem.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is no such page."""
    context = {"heading": "没有这个页面", "message": "地址可能写错了,或者内容已经撤下。"}
    return render(request, "look/problem.html", context, status=404)
