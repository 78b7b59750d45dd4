"""The sequencer gives every act its index in the log of its year: 0, 1, 2, … without a gap.

It takes the rows that have no index yet (``idx IS NULL``), in the order of their ids. It
never asks for "ids greater than the last": ids are given when a row is inserted, but rows
become visible when they are committed, so a low id may appear after a high one and would
be lost. One sequencer at a time: the database's write lock on SQLite, an advisory lock on
PostgreSQL.

Acts of sensitive powers wait until their day is over, and come in an order drawn by chance.
"""

import secrets
from datetime import date

from django.db import connection, transaction
from django.db.models import Max, Min, Q

from guiju.record.models import Act

LOCK = 7_210_001  # an arbitrary number, the same for all sequencers of one database
BATCH = 1_000


def years() -> range:
    """The years of which there are acts."""
    found = Act.objects.aggregate(first=Min("shard"), last=Max("shard"))
    return range(found["first"], found["last"] + 1) if found["first"] else range(0)


def indexed(shard: int) -> int:
    """How many acts of a year have an index."""
    last = Act.objects.filter(shard=shard).aggregate(last=Max("idx"))["last"]
    return 0 if last is None else last + 1


@transaction.atomic
def sequence(shard: int, today: date) -> int:
    """Index up to ``BATCH`` acts of a year that wait; answers how many there were."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        ripe = Q(held_until__isnull=True) | Q(held_until__lte=today)
        waiting = Act.objects.filter(ripe, shard=shard, idx__isnull=True).order_by("id")
        rows = list(waiting.values_list("id", "held_until")[:BATCH])
        if not rows:
            return 0
        held = [id_ for id_, held_until in rows if held_until]
        secrets.SystemRandom().shuffle(held)
        ids = [id_ for id_, held_until in rows if not held_until] + held
        first = indexed(shard)
        pairs = [(first + i, id_) for i, id_ in enumerate(ids)]
        cursor.executemany("UPDATE record_act SET idx = %s WHERE id = %s", pairs)
        return len(pairs)
