"""Receipts for the applicant: a file for each act of a case, or one printed sheet.

Who asks shows the last four digits of the telephone number each time; no page and no file is kept
by the browser, so a shared computer gives nothing away.
"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

import segno
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from guiju.cases.models import Case
from guiju.cases.queries import Line, trail
from guiju.kernel.power import APPLICANT
from guiju.kernel.program import Program
from guiju.look.requests import Request
from guiju.portal.phone import DIGITS, NotKnown, check_phone
from guiju.portal.telling import at_told
from guiju.powers.queries import program
from guiju.record.keys import Erased, keys_of
from guiju.record.models import Act
from guiju.record.receipts import NotYetPublished, is_published, receipt, told_by
from guiju.tlog import leaf_hash

FILE_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Row:
    """An act on the page of receipts; when it is not published, from which day on it may be."""

    line: Line
    is_ready: bool
    held_until: date | None


@never_cache  # Which says no-store.
@require_http_methods(["GET", "HEAD", "POST"])
def receipts(request: Request, number: str) -> HttpResponse:
    """Ask for the digits, then list the acts with a receipt for each."""
    case = get_object_or_404(Case, number=number)
    context = _about(case)
    if request.method != "POST":
        return render(request, "portal/receipts.html", context)
    try:
        context["digits"] = _believed(request, case)
    except (NotKnown, Erased) as error:
        return render(request, "portal/receipts.html", context | {"problem": error}, status=403)
    begun = program(case.version_id)
    context["rows"] = [_row(act, begun) for act in trail(number)]
    return render(request, "portal/receipts.html", context)


@never_cache
@require_POST
def download(request: Request, number: str, seq: int) -> HttpResponse:
    """The receipt of one act as a file."""
    case = get_object_or_404(Case, number=number)
    try:
        _believed(request, case)
        act = _act(case, seq)
        text = receipt(act, keys_of(number), _withheld(case, act)).text
    except (NotKnown, Erased, NotYetPublished) as error:
        context = _about(case) | {"problem": _why(error)}
        return render(request, "portal/receipts.html", context, status=403)
    name = f"{number}-{seq}.tlog-proof"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(text.encode(), content_type=FILE_TYPE, headers=headers)


@never_cache
@require_POST
def printed(request: Request, number: str, seq: int) -> HttpResponse:
    """The receipt of one act as a sheet of paper, with a code that leads to the check."""
    case = get_object_or_404(Case, number=number)
    try:
        _believed(request, case)
        act = _act(case, seq)
        if not is_published(act):
            raise NotYetPublished(str(act))
    except (NotKnown, Erased, NotYetPublished) as error:
        context = _about(case) | {"problem": _why(error)}
        return render(request, "portal/receipts.html", context, status=403)
    leaf = leaf_hash(act.entry.encode()).hex()
    asked = urlencode({"year": act.shard, "index": act.idx, "leaf": leaf})
    address = request.build_absolute_uri("/verify/")
    code = segno.make(f"{address}?{asked}", error="m", micro=False)
    context = _about(case) | {
        "line": Line.of(act, program(case.version_id)),
        "at": at_told(told_by(act.entry)["at"]),
        "leaf": [leaf[i : i + 8] for i in range(0, len(leaf), 8)],
        "address": address,
        "code": code.svg_inline(scale=3, border=4, svgclass="code", lineclass=None, omitsize=True),
    }
    return render(request, "portal/printed.html", context)


def _about(case: Case) -> dict[str, object]:
    """What every page on receipts tells of a case: also whether there can be any."""
    return {
        "case": case,
        "power": program(case.version_id).power,
        "is_erased": keys_of(case.number).party is None,
        "has_phone": len(case.applicant_phone) >= DIGITS,
    }


def _believed(request: Request, case: Case) -> str:
    """The digits that were typed. Raises NotKnown, and Erased when there is nothing any more."""
    if keys_of(case.number).party is None:
        raise Erased("本件当事人的资料已依法删除,不能再领回执")
    digits = request.POST.get("phone", "")
    check_phone(case, digits, request.moment)
    return digits


def _row(act: Act, begun: Program) -> Row:
    return Row(Line.of(act, begun), is_published(act), act.held_until)


def _withheld(case: Case, act: Act) -> set[str]:
    """What officials noted is opened when the case is over, so that it decides nothing before."""
    return set() if case.ended or act.person == APPLICANT else {"facts"}


def _act(case: Case, seq: int) -> Act:
    act = Act.objects.filter(subject=case.number, seq=seq).first()
    if act is None:
        raise Http404("本件没有这一条")
    return act


def _why(error: Exception) -> str:
    is_early = isinstance(error, NotYetPublished)
    return "这一条还没有公布到日志里,请稍后再来" if is_early else str(error)
