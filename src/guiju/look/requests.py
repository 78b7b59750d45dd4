"""The request as our views see it."""

from datetime import datetime

from django.http import HttpRequest


class Request(HttpRequest):
    """A request that carries the moment at which it is handled (set by the site's clock)."""

    moment: datetime


def person_of(request: HttpRequest) -> str:
    """The id of whoever is logged in; only asked behind ``login_required``."""
    assert request.user.is_authenticated
    return str(request.user.pk)
