"""What the public checks us by: the record of a case."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from guiju.cases.models import Case
from guiju.cases.queries import trail
from guiju.powers.queries import program
from guiju.record.entries import is_intact
from guiju.record.keys import keys_of
from guiju.record.models import Act
from guiju.record.shards import Shard
from guiju.tlog import TILE_WIDTH, leaf_hash
from guiju.tlog.tiles import bundle_path, read_entry


@require_GET
def record(request: HttpRequest, number: str) -> HttpResponse:
    """Every act of a case with its place in the log, and whether the row is intact."""
    case = get_object_or_404(Case, number=number)
    acts = trail(number)
    begun = program(case.version_id)
    keys = keys_of(number)
    sizes = {year: Shard(year).public()[1] for year in {act.shard for act in acts}}
    rows = [
        {
            "act": act,
            "words": begun.moves[act.step, act.outcome],
            "leaf": leaf_hash(act.entry.encode()).hex(),
            "is_intact": is_intact(act, keys) and _is_as_published(act, sizes[act.shard]),
            "is_published": _is_published(act, sizes[act.shard]),
            "bundle": _bundle(act, sizes[act.shard]),
        }
        for act in acts
    ]
    context = {
        "case": case,
        "power": begun.power,
        "rows": rows,
        "pseudonym": keys.pseudonym,
        "is_gap_free": [act.seq for act in acts] == list(range(1, len(acts) + 1)),
    }
    return render(request, "portal/record.html", context)


def _is_published(act: Act, size: int) -> bool:
    return act.idx is not None and act.idx < size


def _bundle(act: Act, size: int) -> str:
    """The address of the file in which the log tells of an act; "" while it does not."""
    if act.idx is None or act.idx >= size:
        return ""
    number = act.idx // TILE_WIDTH
    width = min(TILE_WIDTH, size - number * TILE_WIDTH)
    return reverse("log-file", args=[act.shard, bundle_path(number, width)])


def _is_as_published(act: Act, size: int) -> bool:
    """Whether the log tells of the act what the database tells; true while it tells nothing."""
    if act.idx is None or act.idx >= size:
        return True
    return read_entry(Shard(act.shard).read, act.idx, size) == act.entry.encode()
