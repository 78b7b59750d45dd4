"""The sequencer gives every act its index in the log: 0, 1, 2, … without a gap.

It takes the rows that have no index yet (``idx IS NULL``), in the order of their ids. It
never asks for "ids greater than the last": ids are given when a row is inserted, but rows
become visible when they are committed, so a low id may appear after a high one and would
be lost. One sequencer at a time: the database's write lock on SQLite, an advisory lock on
PostgreSQL.
"""

from django.db import connection, transaction

from guiju.record.models import Act
from guiju.tlog import root

LOCK = 7_210_001  # an arbitrary number, the same for all sequencers of one database
BATCH = 1_000


@transaction.atomic
def sequence() -> int:
    """Index up to ``BATCH`` acts that wait; answers how many there were."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        waiting = Act.objects.filter(idx__isnull=True).order_by("id")
        ids = list(waiting.values_list("id", flat=True)[:BATCH])
        if not ids:
            return 0
        cursor.execute("SELECT COALESCE(MAX(idx) + 1, 0) FROM record_act")
        first = cursor.fetchone()[0]
        rows = [(first + i, id_) for i, id_ in enumerate(ids)]
        cursor.executemany("UPDATE record_act SET idx = %s WHERE id = %s", rows)
        return len(rows)


def log_root() -> tuple[int, str]:
    """The size of the log and its root hash in hex."""
    leaves = Act.objects.filter(idx__isnull=False).order_by("idx").values_list("leaf", flat=True)
    hashes = [bytes.fromhex(leaf) for leaf in leaves.iterator()]
    return len(hashes), root(hashes).hex()
