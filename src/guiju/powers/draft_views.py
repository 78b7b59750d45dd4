"""Pages of list editors: the drafts, and one draft as a table with its chart beside it.

Every address that takes a form saves it first and judges it afterwards. So a draft that does
not fit, a stale page or a failing drawing costs no word.
"""

import json
import re
from collections.abc import Callable
from functools import partial, wraps
from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guiju.kernel.draw import chart_svg
from guiju.look.requests import Request, person_of
from guiju.organs.queries import roles
from guiju.powers import drafting
from guiju.powers.assessment import Assessment, Surroundings, assess
from guiju.powers.draft_form import Data, data_from
from guiju.powers.draft_rows import NoSuchRow, operated, shown
from guiju.powers.drafting import NotAnEditor, StaleDraft, UnfitCode, Words, is_editor
from guiju.powers.models import Draft
from guiju.powers.queries import calendar, current_versions, drafts, power, version_in_force
from guiju.record.entries import canonical

KEY = re.compile(r"[0-9a-f-]{36}")
SAVED = "X-Draft-Revision"  # tells the page that its words arrived, and under which number
View = Callable[..., HttpResponse]


def for_editors(view: View) -> View:
    """Let a view answer list editors only."""

    @login_required
    @wraps(view)
    def checked(request: Request, *args: object, **parts: object) -> HttpResponse:
        try:
            if is_editor(person_of(request), request.moment):
                return view(request, *args, **parts)
        except NotAnEditor:  # the post ended while the form was on its way
            pass
        problem = {"heading": "无权起草", "message": "只有职权清单编辑岗可以起草和修改清单。"}
        return render(request, "look/problem.html", problem, status=403)

    return checked


@for_editors
@require_http_methods(["GET", "POST"])
def draft_list(request: Request) -> HttpResponse:
    """All drafts; a POST begins one, from a version in force or from nothing."""
    problem = ""
    if request.method == "POST":
        code = request.POST.get("code", "").strip()
        name = request.POST.get("name", "").strip()
        base = version_in_force(code)
        try:
            if not KEY.fullmatch(key := request.POST.get("key", "")):
                raise UnfitCode("表单已失效,请再按一次")
            begun = drafting.start_draft(
                code=code,
                title=name or (base.name if base else code),
                base=base,
                key=key,
                by=person_of(request),
                at=request.moment,
            )
            return redirect("draft", pk=begun.pk)
        except UnfitCode as error:
            problem = str(error)
    context = {
        "drafts": drafts().filter(discarded_at__isnull=True),
        "discarded": drafts().filter(discarded_at__isnull=False),
        "versions": current_versions(),
        "problem": problem,
        "key": uuid4(),
        "typed": request.POST,
    }
    return render(request, "powers/drafts.html", context, status=422 if problem else 200)


@for_editors
@require_http_methods(["GET", "POST"])
def draft_page(request: Request, pk: int) -> HttpResponse:
    """One draft; a POST saves it and then does what its button says."""
    draft = get_object_or_404(drafts(), pk=pk)
    if request.method == "GET":
        return _page(request, draft, json.loads(draft.text))
    data, words = _typed(request, draft)
    operation = request.POST.get("op", "save")
    if operation == "branch":
        begun = drafting.branch_draft(
            draft=pk, words=words, by=person_of(request), at=request.moment
        )
        return redirect("draft", pk=begun.pk)
    try:
        place = _saved(request, draft, data, words, operation)
    except StaleDraft as stale:
        return _page(request, drafts().get(pk=stale.draft.pk), data, words, is_stale=True)
    except NoSuchRow as error:
        problem = {"heading": "没有这一行", "message": f"{error}。您写的都已保存,请回到草稿。"}
        return render(request, "look/problem.html", problem, status=400)
    return redirect(f"{reverse('draft', args=[pk])}?at={place}#{place or 'preview'}")


@for_editors
@require_POST
def draft_preview(request: Request, pk: int) -> HttpResponse:
    """Save what was typed, and answer what is to be said of it, as a part of the page."""
    draft = get_object_or_404(drafts(), pk=pk)
    data, words = _typed(request, draft)
    try:
        saved = drafting.save_draft(
            draft=pk, words=words, by=person_of(request), at=request.moment
        )
    except StaleDraft as stale:
        context: dict[str, object] = {"draft": drafts().get(pk=pk)}
        return _answer(request, "powers/draft_stale.html", context, stale.draft, 409)
    context = {"draft": saved, "assessment": _assessed(request, saved, data)}
    return _answer(request, "powers/draft_preview.html", context, saved)


@for_editors
@require_GET
def draft_chart(request: Request, pk: int) -> HttpResponse:
    """The wide chart of a draft as a file, when it can be drawn."""
    draft = get_object_or_404(drafts(), pk=pk)
    drawn = _assessed(request, draft, json.loads(draft.text)).power
    if drawn is None:
        problem = {"heading": "还画不出图", "message": "请先按草稿页上的提示改到各部分对得上。"}
        return render(request, "look/problem.html", problem, status=404)
    return HttpResponse(chart_svg(drawn, risks=True), content_type="image/svg+xml")


@for_editors
@require_POST
def draft_discard(request: Request, pk: int) -> HttpResponse:
    """Set a draft aside, or take it up again."""
    get_object_or_404(drafts(), pk=pk)
    back = request.POST.get("back") == "1"
    drafting.discard_draft(draft=pk, by=person_of(request), at=request.moment, back=back)
    return redirect("draft-list")


def _saved(request: Request, draft: Draft, data: Data, words: Words, operation: str) -> str:
    """Save the words and do the operation, at once; answers the input where the work goes on."""
    save = partial(
        drafting.save_draft,
        draft=draft.pk,
        words=words,
        by=person_of(request),
        at=request.moment,
    )
    if " " not in operation:
        save(undoes=operation == "undo")
        return ""
    try:
        changed, place = operated(data, operation)
    except NoSuchRow:
        save()
        raise
    save(moved=canonical(changed))
    return place


def _typed(request: Request, draft: Draft) -> tuple[Data, Words]:
    """What the form says."""
    posted = request.POST
    data = data_from(posted, draft.code)
    title = posted.get("title", "").replace("\0", "").strip() or draft.title
    revision, count = (_number(posted.get(key, "")) for key in ("revision", "count"))
    return data, Words(canonical(data), title, revision, posted.get("page", "")[:36], count)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1


def _assessed(request: Request, draft: Draft, data: Data) -> Assessment:
    current = version_in_force(draft.code)
    in_force = power(current.sha256) if current else None
    on = request.moment.date()
    return assess(data, Surroundings(on, calendar(), in_force, frozenset(roles())))


def _page(
    request: Request,
    draft: Draft,
    data: Data,
    words: Words | None = None,
    *,
    is_stale: bool = False,
) -> HttpResponse:
    current = version_in_force(draft.code)
    context = {
        "draft": draft,
        "title": words.title if words else draft.title,
        "revision": words.revision if words else draft.revision,
        "is_stale": is_stale,
        "is_outrun": bool(draft.base and current and draft.base_id != current.sha256),
        "in_force": current,
        "page": uuid4(),
        "at": request.GET.get("at", ""),
        "assessment": _assessed(request, draft, data),
        **shown(data, roles()),
    }
    return _answer(request, "powers/draft.html", context, draft, 409 if is_stale else 200)


def _answer(
    request: Request, template: str, context: dict[str, object], draft: Draft, status: int = 200
) -> HttpResponse:
    response = render(request, template, context, status=status)
    response.headers[SAVED] = str(draft.revision)
    response.headers["Cache-Control"] = "no-store"
    return response
