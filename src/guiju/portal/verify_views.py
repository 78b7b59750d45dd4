"""Verifying receipts, printed papers, documents: in the browser, or here without JavaScript."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from guiju.portal.public_keys import named_keys
from guiju.portal.verdicts import Verdict, of_document, of_paper, of_receipt
from guiju.portal.words import SAID, WORDS
from guiju.record.shards import published

BYTES_MAX = (
    2_000_000  # of a form, below what Django puts into a file; a receipt has a few thousand
)
FILES_MAX = 50
YEAR, INDEX, LEAF = re.compile("[0-9]{4}"), re.compile("[0-9]{1,15}"), re.compile("[0-9a-f]{64}")


@csrf_exempt  # Nothing is changed, for anybody; and so a large body is refused unread.
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The page with its three ways, and the server's verdict when it is asked for one."""
    typed = {
        key: "".join(request.GET.get(key, "").split()).lower() for key in ("year", "index", "leaf")
    }
    problem, verdicts = "", list[Verdict]()
    if request.method == "POST":
        problem, verdicts = _of_files(request)
    elif any(typed.values()):
        problem, verdicts = _of_paper(**typed)
    context = {
        "problem": problem,
        "verdicts": verdicts,
        "typed": typed,
        "words": WORDS,
        "keys": [each.vkey for each in named_keys()],
        "years": [shard.year for shard in published()],
    }
    response = render(request, "portal/verify.html", context, status=422 if problem else 200)
    response["Cache-Control"] = "no-store"
    return response


def _of_paper(year: str, index: str, leaf: str) -> tuple[str, list[Verdict]]:
    """The problem with what was typed, or the verdict on it."""
    if not (YEAR.fullmatch(year) and INDEX.fullmatch(index) and LEAF.fullmatch(leaf)):
        return SAID["not_numbers"], []
    return "", [of_paper(int(year), int(index), leaf)]


def _of_files(request: HttpRequest) -> tuple[str, list[Verdict]]:
    """The problem with what was sent, or the verdicts on the receipts and on a document's hash."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > BYTES_MAX:
        return SAID["file_too_big"].format(limit="2MB"), []
    files = request.FILES.getlist("receipt")
    if not files:
        return SAID["no_file"], []
    verdicts = [of_receipt(str(each.name), each.read()) for each in files[:FILES_MAX]]
    digest = request.POST.get("document", "").strip().lower()
    return "", [*verdicts, *([of_document(digest, verdicts)] if digest else [])]
