"""When nothing can be written: a page that says so, and keeps what was typed.

A full disk, a database that is locked or gone: the act is one transaction, so nothing of it has
happened. The page says that, with 503 and when to try again, and carries the form along: sent
again, it has the same key, so it cannot happen twice. The page asks no database.
Reading goes on wherever it can.
"""

import errno
import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.template.loader import render_to_string

RETRY_SECONDS = 30
REFUSED_BY_SYSTEM = frozenset(
    getattr(errno, name)
    for name in ("ENOSPC", "EDQUOT", "EIO", "EROFS", "EMFILE", "ENFILE", "ENOMEM", "EACCES")
)
SQLITE = "SQLite"  # which has no states, and runs in the process itself
CARRIED_BYTES_MAX = 1_000_000
Handler = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger(__name__)


class Trouble:
    """Answers what the system refuses while a form is read or a view works."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read the form here, since its files go to disk, and no view could answer for that."""
        try:
            _ = request.method == "POST" and request.POST
        except OSError as error:
            if isinstance(error, UnreadablePostError):  # whoever sent it is gone
                return self.get_response(request)
            if error.errno not in REFUSED_BY_SYSTEM:
                raise
            log.exception("a form could not be received")
            return trouble_page(request, error, is_readable=False)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for a view; None lets any other error take its course."""
        if not is_trouble(error):
            return None
        log.exception("%s %s could not be done", request.method, request.path)
        return trouble_page(request, error)


def is_trouble(error: BaseException | None) -> bool:
    """Whether an error is the system's, and passes by itself or when somebody makes room."""
    if isinstance(error, OSError) and not isinstance(error, UnreadablePostError):
        return error.errno in REFUSED_BY_SYSTEM
    return isinstance(error, OperationalError | InterfaceError)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for any error outside a view, and for those that are ours."""
    error = sys.exc_info()[1]
    if is_trouble(error):
        return trouble_page(request, error, is_readable=False)
    context = {
        "heading": "系统出错了",
        "message": "错误已经记入运行日志。请返回上一页再试;还不行,请打电话或到窗口办理。",
    }
    return HttpResponse(render_to_string("look/problem.html", context), status=500)


def trouble_page(
    request: HttpRequest, error: BaseException | None, *, is_readable: bool = True
) -> HttpResponse:
    """What the person sees: that nothing happened, or that it is not certain, and what to do."""
    if hasattr(request, "session"):
        request.session.modified = False  # it could not be stored either
    is_post = request.method == "POST"
    carried = _carried(request) if is_post and is_readable else []
    context = {
        "is_post": is_post,
        "is_certain": is_certain(error),
        "has_files": is_post and is_readable and bool(request.FILES),
        "path": request.get_full_path(),
        "carried": carried,
    }
    response = HttpResponse(render_to_string("look/trouble.html", context), status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    return response


def is_certain(error: BaseException | None) -> bool:
    """Whether nothing has happened for certain.

    When the connection breaks, the database may have kept the act and only its answer is lost.
    """
    state = getattr(error.__cause__, "sqlstate", SQLITE) if error else SQLITE
    is_told = bool(state) and not state.startswith(("08", "57P"))  # by PostgreSQL, still alive
    return is_told and not isinstance(error, InterfaceError)


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    """The form as it was sent, to be sent again; nothing where it holds files or a password."""
    if request.FILES or "password" in request.POST:
        return []
    pairs = [(name, value) for name, values in request.POST.lists() for value in values]
    size = sum(len(name) + len(value) for name, value in pairs)
    return pairs if size <= CARRIED_BYTES_MAX else []
