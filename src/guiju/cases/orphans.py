"""Orphans: stored files that no document names, because the act they came with was refused.

A file is collected a day after it was last stored, without a lock that uploads would wait for:
it is taken aside first, and put back if it was stored again or named in the meantime. Whoever
stores the same content after that finds it missing and writes it anew. What a collector that was
killed left aside is put back by the next.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from guiju.cases.models import Document
from guiju.record.durable import HALF, locked

AGE_MIN = timedelta(hours=24)  # far longer than any request takes
ASIDE = ".aside"
AT_ONCE = 500
FILES_MAX, SHARE_MAX = 100, 0.5  # with more orphans than both, the database is not the right one
log = logging.getLogger(__name__)


def collect_orphans(at: datetime) -> int:
    """Remove the files that no document names; answers how many.

    ``at`` is the real moment, never that of a demonstration, as it is held against the times that
    the file system gives. While another process collects, nothing is done.
    """
    root, before = Path(settings.MEDIA_ROOT), (at - AGE_MIN).timestamp()
    if not root.is_dir():
        return 0
    try:
        with locked(root / ".collecting", blocking=False):
            _tidy(root, before)
            return _collect(root, before)
    except BlockingIOError:
        return 0


def _tidy(root: Path, before: float) -> None:
    """Finish what killed processes left: put back what is aside, remove what is half written."""
    for file in _files(root):
        if file.name.endswith(ASIDE):
            _put_back(file)
        elif file.name.endswith(HALF) and _is_old(file, before):
            file.unlink(missing_ok=True)


def _collect(root: Path, before: float) -> int:
    whole = [file for file in _files(root) if len(file.name) == 64]
    old = [file for file in whole if _is_old(file, before)]
    orphans = [
        file
        for begin in range(0, len(old), AT_ONCE)
        for file in _unnamed(old[begin : begin + AT_ONCE])
    ]
    if len(orphans) > max(FILES_MAX, SHARE_MAX * len(whole)):
        told = "%d of %d files are named by no document: is this the database they belong to?"
        log.error(told, len(orphans), len(whole))
        return 0
    return sum(_collected(file, before) for file in orphans)


def _files(root: Path) -> Iterator[Path]:
    for folder in sorted(root.glob("??")):
        yield from sorted(folder.iterdir())


def _is_old(file: Path, before: float) -> bool:
    try:
        return file.stat().st_mtime < before
    except FileNotFoundError:  # written to the end meanwhile
        return False


def _unnamed(files: list[Path]) -> list[Path]:
    names = [file.name for file in files]
    named = set(Document.objects.filter(sha256__in=names).values_list("sha256", flat=True))
    return [file for file in files if file.name not in named]


def _collected(file: Path, before: float) -> bool:
    """Take a file aside, look again, and remove it or put it back; whether it is gone."""
    aside = file.with_name(file.name + ASIDE)
    file.rename(aside)
    is_wanted = True
    try:
        is_named = Document.objects.filter(sha256=file.name).exists()
        is_wanted = is_named or aside.stat().st_mtime >= before
    finally:
        if is_wanted:
            _put_back(aside)
        else:
            aside.unlink()
    return not is_wanted


def _put_back(aside: Path) -> None:
    """Give a file its name again; if it was written anew in the meantime, it is the same."""
    aside.rename(aside.with_name(aside.name.removesuffix(ASIDE)))
