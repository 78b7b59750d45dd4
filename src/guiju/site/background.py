"""What goes on beside the pages: lapsed terms, the log, messages, closings, tidying.

Each part has a pace and, where the work goes on forever, a thread of its own: a mail server that
does not answer, or thousands of lapsed terms, must not keep an act out of the log.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections

from guiju.cases.actions import lapse_all
from guiju.cases.orphans import collect_orphans
from guiju.cases.outbox import deliver
from guiju.oversight.closings import close_books
from guiju.oversight.follow_ups import lift_all
from guiju.oversight.issuing import issue_all
from guiju.record.publisher import advance
from guiju.site import clock

AFTER_FAILURE_SECONDS = 10.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of work: what it does, answering how much, and how long it then pauses."""

    words: str
    work: Callable[[], int]
    seconds: float
    seconds_in_demo: float  # where the clock may be moved, and people wait for what comes of it

    def pause(self, *, failed: bool) -> float:
        """How long to wait before it is done again."""
        seconds = self.seconds_in_demo if clock.is_demo() else self.seconds
        return max(seconds, AFTER_FAILURE_SECONDS) if failed else seconds


def publish() -> int:
    """Publish all acts that wait; 0 when another process is at it."""
    try:
        return advance(clock.now())
    except BlockingIOError:
        return 0


PARTS = (
    Part("记录期限届满", lambda: lapse_all(clock.now()), 60, 1),
    Part("编入日志", publish, 0.5, 0.5),
    Part("发出告知", lambda: deliver(clock.now()), 0.5, 1),
    Part("登记办结", close_books, 60, 5),
    Part("发牌和提醒", lambda: issue_all(clock.now()), 300, 2),
    Part("撤销牌", lambda: lift_all(clock.now()), 60, 2),
    Part("清理无主文件", lambda: collect_orphans(clock.real_now()), 3600, 3600),
)


def round_of_work(parts: tuple[Part, ...] = PARTS) -> dict[str, int | None]:
    """Do every part once; answers how much each did, None where it failed."""
    return {part.words: _done(part) for part in parts}


def start(stop: threading.Event, parts: tuple[Part, ...] = PARTS) -> list[threading.Thread]:
    """Do every part again and again until told to stop, in threads that end with the process."""
    threads = [
        threading.Thread(target=_keep_on, args=(part, stop), name=part.words, daemon=True)
        for part in parts
    ]
    for thread in threads:
        thread.start()
    return threads


def _keep_on(part: Part, stop: threading.Event) -> None:
    while not stop.is_set():
        failed = _done(part) is None
        stop.wait(part.pause(failed=failed))


def _done(part: Part) -> int | None:
    try:
        close_old_connections()
        return part.work()
    except Exception:
        # The work waits in the database and is tried again; stopping would lose more.
        log.exception("background work failed, it is tried again: %s", part.words)
        return None
