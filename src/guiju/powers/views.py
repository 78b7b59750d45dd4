"""Public pages of the list: all powers, one power's guide, one version of it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from guiju.kernel.power import APPLICANT
from guiju.kernel.table import digest, told
from guiju.powers.drawings import drawings
from guiju.powers.models import CalendarYear, Version
from guiju.powers.queries import current_versions, list_text, power, program, table


@require_safe
def power_list(request: HttpRequest) -> HttpResponse:
    """The list of powers in force, by category."""
    return render(request, "powers/list.html", {"versions": current_versions()})


@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of a power in force."""
    return _guide(request, get_object_or_404(current_versions(), code=code))


@require_safe
def version(request: HttpRequest, sha256: str) -> HttpResponse:
    """The guide as one version told it: a permanent link."""
    return _guide(request, get_object_or_404(Version, sha256=sha256))


@require_safe
def chart(request: HttpRequest, sha256: str, kind: str) -> HttpResponse:
    """One chart of a version as a file: ``flow.svg`` or ``risk.svg``."""
    found = get_object_or_404(Version, sha256=sha256)
    drawn = drawings(found.sha256)
    files = {"flow": drawn.flow, "risk": drawn.risk}
    if kind not in files:
        raise Http404("只有 flow.svg 和 risk.svg")
    return HttpResponse(files[kind], content_type="image/svg+xml")


@require_safe
def list_file(request: HttpRequest) -> HttpResponse:
    """The list in force, byte for byte as the log names it by its SHA-256."""
    return _published(list_text(), "no-cache")


@require_safe
def version_file(request: HttpRequest, sha256: str) -> HttpResponse:
    """A version of a power, byte for byte as the log names it."""
    text = get_object_or_404(Version, sha256=sha256).text
    return _published(text, "public, max-age=31536000, immutable")


@require_safe
def table_file(request: HttpRequest, sha256: str) -> HttpResponse:
    """The table by which records are held against a version; its SHA-256 is on the page."""
    found = get_object_or_404(Version, sha256=sha256)
    return _published(told(table(found.sha256)), "public, max-age=31536000, immutable")


@require_safe
def calendar_file(request: HttpRequest, year: int) -> HttpResponse:
    """The arrangement of a year, byte for byte as the log names it."""
    return _published(get_object_or_404(CalendarYear, year=year).text, "no-cache")


def _published(text: str, cache_control: str) -> HttpResponse:
    """A file for everybody, also for the pages of others."""
    headers = {"Cache-Control": cache_control, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(text.encode(), content_type="application/json", headers=headers)


def _guide(request: HttpRequest, found: Version) -> HttpResponse:
    shown = power(found.sha256)
    names = program(found.sha256).names
    context = {
        "version": found,
        "power": shown,
        "drawings": drawings(found.sha256),
        "table": digest(table(found.sha256)),
        "steps": [
            {
                "step": step,
                "post": shown.post_name(step.post),
                "controls": [(each.words(names), each.rule) for each in step.controls],
            }
            for step in shown.steps
        ],
        "can_apply": shown.steps[0].post == APPLICANT and found.retired_at is None,
        "saved_percent": saved_percent(
            shown.limits.promised.number, shown.limits.statutory.number
        ),
    }
    return render(request, "powers/guide.html", context)


def saved_percent(promised: int, statutory: int) -> int:
    """By how many per cent the promise is shorter than the law's limit, rounded down."""
    return 100 * (statutory - promised) // statutory
