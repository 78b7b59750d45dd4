"""What every request gets: its moment, and the policy of what a page may load."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from guiju.site import clock as site_clock

Handler = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def clock(get_response: Handler) -> Handler:
    """Give every request the moment at which it is handled, as ``request.moment``."""

    def handle(request: HttpRequest) -> HttpResponse:
        request.moment = site_clock.now()  # type: ignore[attr-defined]
        return get_response(request)

    return handle


def content_security_policy(get_response: Handler) -> Handler:
    """Let pages load nothing but our own files."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return handle


def demo(request: HttpRequest) -> dict[str, object]:
    """Tell the page frame whether this is a demonstration whose clock can be moved."""
    is_demo = site_clock.is_demo()
    moment, ahead = getattr(request, "moment", None), site_clock.days_ahead()
    return {"is_demo": is_demo, "moment": moment, "days_ahead": ahead}
