"""Pages for staff: the inbox, a case on one page, acting on it, its documents."""

import logging
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from guiju.cases import actions
from guiju.cases.actions import StalePage
from guiju.cases.documents import Unacceptable, name_to_serve, path_of
from guiju.cases.file_content import PDF, content_type
from guiju.cases.forms import Unreadable, applicant_from, beside, request_from
from guiju.cases.models import Case, Document
from guiju.cases.outbox import undelivered
from guiju.cases.queries import View, attendance, inbox, lines, needs, party, told_facts, view_of
from guiju.kernel.power import APPLICANT, Outcome, Step
from guiju.kernel.program import open_to
from guiju.kernel.run import Refusal, Refused
from guiju.look.requests import Request, person_of
from guiju.organs.models import Division
from guiju.organs.queries import posts_of
from guiju.powers.drafting import is_editor
from guiju.powers.drawings import drawing_of_case
from guiju.powers.models import Version
from guiju.powers.policies import policy_on
from guiju.powers.queries import calendar, current_versions, program

log = logging.getLogger(__name__)
INPUT_ERRORS = (Unreadable, Unacceptable, StalePage)
BLOCKING = frozenset({"post", "distinct", "publicity_days", "silence"})  # no input can cure these


@login_required
@require_GET
def inbox_page(request: Request) -> HttpResponse:
    """What waits for whoever is logged in, the most urgent first."""
    today = request.moment.date()
    person = person_of(request)
    posts = posts_of(person, today)
    context = {
        "rows": inbox(person, today),
        "posts": posts,
        "openable": _openable(request),
        "may_draft": is_editor(person, request.moment),
    }
    return render(request, "cases/inbox.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def case_page(request: Request, number: str) -> HttpResponse:
    """One case on one page; a POST performs one act on it."""
    case = get_object_or_404(Case.objects.select_related("division"), number=number)
    if not _may_see(request, case):
        problem = {
            "heading": "无权查看",
            "message": "本件不归您的岗位办理。公开的进度可以在“查办件”里看。",
        }
        return render(request, "look/problem.html", problem, status=403)
    if request.method == "GET":
        return _show(request, case)
    begun = program(case.version_id)
    step = begun.steps.get(request.POST.get("step", ""))
    if step is None:
        return _show(request, case, (Refusal("form", "没有这个环节,请刷新页面"),), 400)
    try:
        asked_for = request_from(step, request.POST, request.FILES)
        seq = int(request.POST.get("seq", "-1"))
        by = person_of(request)
        actions.perform_act(number=number, request=asked_for, seq=seq, by=by, at=request.moment)
    except Refused as refused:
        return _show(request, case, refused.refusals, 422)
    except (*INPUT_ERRORS, ValueError) as error:
        return _show(request, case, (Refusal("form", str(error)),), 409)
    messages.success(request, f"已办理“{step.name}”,并告知{party(begun)}。")
    return redirect("staff-case", number=number)


@login_required
@require_http_methods(["GET", "POST"])
def open_page(request: Request, code: str) -> HttpResponse:
    """Open a case that an organ begins by itself, such as a penalty."""
    version = get_object_or_404(current_versions(), code=code)
    if version not in _openable(request):
        problem = {"heading": "无权办理", "message": "您的岗位不办理这一项的第一个环节。"}
        return render(request, "look/problem.html", problem, status=403)
    begun, person = program(version.sha256), person_of(request)
    step = begun.power.steps[0]
    held = posts_of(person, request.moment.date())
    own = next(a.post.organ.division_id for a in held if a.post.role == step.post)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        try:
            number = actions.open_case(
                version=version.sha256,
                division=_division(request),
                applicant=applicant_from(request.POST),
                request=request_from(step, request.POST, request.FILES),
                by=person,
                at=request.moment,
            )
            return redirect("staff-case", number=number)
        except Refused as refused:
            refusals = refused.refusals
        except INPUT_ERRORS as error:
            refusals = (Refusal("form", str(error)),)
    context = {
        "version": version,
        "step": step,
        "divisions": Division.objects.filter(code__startswith=own).order_by("code"),
        "refusals": refusals,
        "beside": beside(refusals),
        "key": uuid4(),
        "needs": needs(begun, step, step.outcomes, (own, person), request.moment.date()),
        "typed": request.POST,
    }
    return render(request, "cases/open.html", context, status=422 if refusals else 200)


@login_required
@require_GET
def document(request: Request, number: str, pk: int) -> HttpResponse | FileResponse:
    """A document of a case, for those who may see the case; a picture or PDF, as checked."""
    found = get_object_or_404(Document.objects.select_related("case"), pk=pk, case_id=number)
    if not _may_see(request, found.case):
        return HttpResponse("无权查看", status=403)
    try:
        file = path_of(found.sha256).open("rb")
    except FileNotFoundError:
        log.error("document %s of case %s is not on disk: %s", pk, number, found.sha256)
        return render(request, "look/problem.html", LOST, status=500)
    kind = content_type(file.read(16))
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=not kind,
        filename=name_to_serve(found.name, kind),
        content_type=kind or "application/octet-stream",
        headers=HARMLESS | {"Content-Security-Policy": POLICIES.get(kind, SANDBOX)},
    )


# A browser shows a lone picture with a style of its own. Browsers of some years ago show no PDF at
# all in a sandbox; so there it is left out: what a PDF could run, file_content refuses.
FRAMELESS = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
SANDBOX = f"{FRAMELESS}; sandbox"
POLICIES = {PDF: f"{FRAMELESS}; object-src 'self'"}
HARMLESS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
LOST = {
    "heading": "材料打不开",
    "message": "这份材料的文件在服务器上找不到了,已经记入运行日志。请告诉系统管理员,从备份取回。",
}


def _show(
    request: Request, case: Case, refusals: tuple[Refusal, ...] = (), status: int = 200
) -> HttpResponse:
    case.refresh_from_db()
    today, person = request.moment.date(), person_of(request)
    view = view_of(case, calendar(), today, policy_on(today))
    mine = {a.post.role for a in posts_of(person, today)}
    chosen = open_to(view.program, view.state, mine)
    forms = [_form(request, view, step, outcomes, refusals) for step, outcomes in chosen]
    context = {
        "view": view,
        "case": case,
        "party": party(view.program),
        "forms": forms,
        "others": [step for step in view.steps if step not in [mine for mine, _ in chosen]],
        "chart": drawing_of_case(view.program, view.state).narrow,
        "lines": lines(view),
        "meetings": attendance(view),
        "facts": told_facts(case.number, view.program),
        "documents": Document.objects.filter(case=case).order_by("seq", "id"),
        "undelivered": undelivered(case.number),
        "refusals": refusals,
        "typed": request.POST,
        "key": uuid4(),
    }
    return render(request, "cases/case.html", context, status=status)


def _form(
    request: Request,
    view: View,
    step: Step,
    outcomes: tuple[Outcome, ...],
    refusals: tuple[Refusal, ...],
) -> dict[str, object]:
    person, at = person_of(request), request.moment
    tried = request.POST.get("step"), request.POST.get("outcome")
    rows = []
    place = view.case.division_id, person
    for need in needs(view.program, step, outcomes, place, at.date()):
        trial = actions.Request(step=step.id, outcome=need.outcome.id, key="")
        found = actions.objections(view.case, trial, by=person, at=at)
        blocked = [each for each in found if each.kind in BLOCKING]
        told = beside(refusals) if (step.id, need.outcome.id) == tried else {}
        rows.append({"need": need, "blocked": blocked, "beside": told})
    return {"step": step, "rows": rows}


def _openable(request: Request) -> list[Version]:
    """The powers whose first step belongs to a post of whoever is logged in.

    Not those whose cases begin from a card: without one, nothing would follow from them.
    """
    today = request.moment.date()
    policy, roles = policy_on(today), {a.post.role for a in posts_of(person_of(request), today)}
    others = current_versions().exclude(code__in=policy.begun_from_cards if policy else ())
    firsts = ((v, program(v.sha256).power.steps[0].post) for v in others)
    return [version for version, post in firsts if post in roles and post != APPLICANT]


def _division(request: Request) -> str:
    code = request.POST.get("division", "")
    if not Division.objects.filter(code=code).exists():
        raise Unreadable("请选择所在地")
    return code


def _may_see(request: Request, case: Case) -> bool:
    """Whether a post of the person is on the chart of the case, for its division."""
    posts = {post.id for post in program(case.version_id).power.posts}
    held = posts_of(person_of(request), request.moment.date())
    return any(
        a.post.role in posts and case.division_id.startswith(a.post.organ.division_id)
        for a in held
    )
