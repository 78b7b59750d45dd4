"""The request as our views see it."""

from datetime import datetime

from django.http import HttpRequest


class Request(HttpRequest):
    """A request that carries the moment at which it is handled (set by the site's clock)."""

    moment: datetime
