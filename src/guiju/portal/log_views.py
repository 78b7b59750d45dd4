"""The published log: a page that explains it, and its files as C2SP tlog-tiles names them.

Files come from the disk alone, never from the database, so that whoever copies the log costs
little and a copy can be served by any web server. A tile never changes, a partial one neither:
once its full one is there it is gone, and clients ask for that.
"""

import json
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guiju.portal.public_keys import named_keys
from guiju.portal.telling import at_told
from guiju.record.shards import Shard, published
from guiju.tlog.tiles import parse_path, read_entry

CHECKPOINT = "checkpoint"
PATH_LENGTH_MAX = 100  # of the largest tree that a checkpoint can tell of it is 40
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
BRIEFLY = "public, max-age=2, must-revalidate"
FOREVER = "public, max-age=31536000, immutable"


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """What the log is, each year's shard with its keys, and how to check it."""
    rows = [_row(shard) for shard in published()]
    second = [each for each in named_keys() if not each.is_log]
    return render(request, "portal/log.html", {"rows": rows, "others": second})


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """All public keys, one a line, as C2SP signed-note writes them."""
    lines = "".join(f"{each.vkey}\n" for each in named_keys())
    return _answer(lines.encode(), TEXT, BRIEFLY)


@require_safe
def file(request: HttpRequest, year: str, path: str) -> HttpResponse:
    """A checkpoint, a tile, a bundle of entries; nothing else can be read here."""
    is_checkpoint = path == CHECKPOINT
    if not is_checkpoint and (len(path) > PATH_LENGTH_MAX or parse_path(path) is None):
        return _missing()
    data = _read(Shard(int(year)).folder, path)
    if data is None:
        return _missing()
    return _answer(data, TEXT, BRIEFLY) if is_checkpoint else _answer(data, BYTES, FOREVER)


def _read(folder: Path, path: str) -> bytes | None:
    """A file in a folder, unless a link leads elsewhere."""
    file = folder.resolve() / path
    try:
        return file.read_bytes() if file.resolve(strict=True) == file else None
    except (OSError, RuntimeError):  # RuntimeError: links in a circle
        return None


def _missing() -> HttpResponse:
    """A plain answer: who asks here is a program, and nothing is looked up for it."""
    answer = _answer("日志里没有这个文件\n".encode(), TEXT, BRIEFLY)
    answer.status_code = 404
    return answer


def _answer(data: bytes, content_type: str, cache_control: str) -> HttpResponse:
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": cache_control,
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(data, content_type=content_type, headers=headers)


def _row(shard: Shard) -> dict[str, object]:
    """A shard as the page tells it."""
    note, size = shard.public()
    return {
        "year": shard.year,
        "origin": shard.origin,
        "size": size,
        "newest": _newest(shard, size),
        "note": note,
        "vkey": shard.verifier.vkey if shard.verifier else "",
    }


def _newest(shard: Shard, size: int) -> str:
    """When the newest entry was made; "" when there is none, or the log is damaged."""
    try:
        return at_told(json.loads(read_entry(shard.read, size - 1, size))["at"]) if size else ""
    except (OSError, ValueError, LookupError):
        return ""
