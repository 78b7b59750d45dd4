"""The one place that reads the wall clock.

Everything else takes the moment as an argument. The demo clock is the real time plus a
number of days that stands in a file: it can be moved forward, never back, so a seven-day
publicity can be shown in a minute and the record stays in order.
"""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from guiju.record.durable import locked, write_durably


def now() -> datetime:
    """The moment, aware, in the city's time zone."""
    return timezone.localtime(timezone.now() + timedelta(days=days_ahead()))


def real_now() -> datetime:
    """The real moment even in a demonstration, to hold against the times of files."""
    return timezone.now()


def is_demo() -> bool:
    """Whether the clock may be moved."""
    return bool(settings.CLOCK_FILE)


def days_ahead() -> int:
    """How many days the demo clock is ahead; 0 for the real time."""
    if not is_demo():
        return 0
    file = Path(settings.CLOCK_FILE)
    return int(file.read_text()) if file.exists() else 0


def move_ahead(days: int, seen: int) -> None:
    """Move the demo clock forward from where it was seen; moved by now, it stays where it is."""
    assert is_demo() and days > 0
    file = Path(settings.CLOCK_FILE)
    with locked(file.with_name(f"{file.name}.lock")):
        if days_ahead() == seen:
            write_durably(file, str(seen + days).encode())
