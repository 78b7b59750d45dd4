"""All addresses: the public ones, the list, staff, and the demo's clock."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from guiju.site import clock

AHEAD = re.compile("[0-9]{1,6}")
DAYS_AT_ONCE = (1, 7)


@require_POST
def advance(request: HttpRequest) -> HttpResponse:
    """Move the demo clock forward; there is no such address outside a demonstration.

    The page says where it saw the clock, so the same form sent twice moves it once.
    """
    days, seen = request.POST.get("days", ""), request.POST.get("ahead", "")
    if not clock.is_demo() or days not in map(str, DAYS_AT_ONCE) or not AHEAD.fullmatch(seen):
        raise Http404
    clock.move_ahead(int(days), int(seen))
    back = request.POST.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if is_ours else "/")


handler404 = "guiju.portal.views.not_found"
handler500 = "guiju.site.trouble.server_error"
urlpatterns = [
    path("powers/", include("guiju.powers.urls")),
    path("staff/drafts/", include("guiju.powers.draft_urls")),
    path("staff/", include("guiju.cases.urls")),
    path("", include("guiju.oversight.board_urls")),
    path("demo/advance/", advance),
    path("", include("guiju.portal.urls")),
]
