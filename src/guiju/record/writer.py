"""``write``: append one act, together with what follows from it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from guiju.record.entries import Entry, canonical, entry_text
from guiju.record.keys import Keys
from guiju.record.models import Act

COLUMNS = (
    *("subject", "seq", "kind", "power", "version", "step", "outcome", "organ", "post", "person"),
    *("key", "at", "shard", "held_until", "entry", "people", "private"),
)
INSERT = (
    f"INSERT INTO record_act ({', '.join(COLUMNS)}) "  # noqa: S608 - names from this file
    f"VALUES ({', '.join(['%s'] * len(COLUMNS))})"
)
ONE_DAY = timedelta(days=1)

Statement = tuple[str, Sequence[Any]]  # SQL with %s for each parameter, and the parameters


def write(entry: Entry, keys: Keys, *also: Statement) -> None:
    """Append an act, and do with it what follows from it, all or nothing.

    Raises IntegrityError when the subject has an act with that number already, or when a first
    act with that key was written before. That is what keeps two who act at the same moment
    apart: no row is locked for reading.
    """
    day = timezone.localtime(entry.at).date()
    named = (getattr(entry, name) for name in COLUMNS[:11])
    values = (
        *named,
        connection.ops.adapt_datetimefield_value(entry.at),
        day.year,
        (day + ONE_DAY).isoformat() if entry.is_sensitive else None,
        entry_text(entry, keys),
        canonical({"by": entry.person, **entry.people}),
        canonical(entry.private),
    )
    _together((INSERT, values), *also)


def _together(*statements: Statement) -> None:
    """Execute in one transaction, which PostgreSQL makes of several statements in one message."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            parameters = [each for _, values in statements for each in values]
            cursor.execute(";".join(sql for sql, _ in statements), parameters)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(*statement)


def first_written(key: str) -> Act | None:
    """The first act of a subject that was written with an idempotency key."""
    return Act.objects.filter(key=key, seq=1).first()


def key_of(subject: str, seq: int) -> str | None:
    """The idempotency key with which that act of that subject was written; None: it was not."""
    return Act.objects.filter(subject=subject, seq=seq).values_list("key", flat=True).first()
