"""What goes on beside the pages: lapsed terms, publishing acts in the log, messages."""

import logging
import threading
import time

from django.db import close_old_connections

from guiju.cases.actions import lapse_all
from guiju.cases.outbox import deliver
from guiju.record.publisher import advance
from guiju.site import clock

PAUSE_SECONDS = 1.0
log = logging.getLogger(__name__)


def round_of_work() -> tuple[int, int]:
    """Record lapsed terms, publish all acts, send all messages that wait; answers the last two."""
    lapse_all(clock.now())
    return publish(), deliver(clock.now())


def publish() -> int:
    """Publish all acts that wait; 0 when another process is at it."""
    try:
        return advance(clock.now())
    except BlockingIOError:
        return 0


def start() -> threading.Thread:
    """Do a round every second, in a thread that ends with the process."""
    thread = threading.Thread(target=_forever, name="background", daemon=True)
    thread.start()
    return thread


def _forever() -> None:
    while True:
        close_old_connections()
        try:
            round_of_work()
        except Exception:
            # The work waits in the database and is tried again; stopping would lose more.
            log.exception("a round of background work failed; it is tried again")
        time.sleep(PAUSE_SECONDS)
