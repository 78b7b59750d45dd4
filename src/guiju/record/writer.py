"""``write``: append one act, together with what follows from it.

The leaf of an act is canonical JSON of its public part, and of its private part only a
commitment: HMAC-SHA256 with 32 random bytes that belong to this act alone. Whoever has the
key can prove what was written; without the key it tells nothing, and when key and private
part are erased the leaf stays valid.
"""

import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from guiju.record.models import Act
from guiju.tlog import leaf_hash

SCHEMA = 1
ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
COLUMNS = (
    *("subject", "seq", "kind", "power", "version", "step", "outcome", "organ", "post"),
    *("person", "at", "public", "private", "salt", "key", "leaf"),
)
INSERT = (
    f"INSERT INTO record_act ({', '.join(COLUMNS)}) "  # noqa: S608 - names from this file
    f"VALUES ({', '.join(['%s'] * len(COLUMNS))})"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written: the public part is published, the private part is only committed to."""

    subject: str
    seq: int
    kind: str
    power: str
    version: str
    person: str
    at: datetime
    key: str
    step: str = ""
    outcome: str = ""
    organ: str = ""
    post: str = ""
    public: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)


Statement = tuple[str, Sequence[Any]]  # SQL with %s for each parameter, and the parameters


def write(entry: Entry, *also: Statement) -> str:
    """Append an act, and do with it what follows from it, all or nothing; answers the leaf hash.

    Raises IntegrityError when the subject has an act with that number already, or when a first
    act with that key was written before. That is what keeps two who act at the same moment
    apart: no row is locked for reading.
    """
    salt = secrets.token_hex(32)
    public, private = canonical(entry.public), canonical(entry.private)
    leaf = leaf_of(entry, public, commitment(salt, private))
    at = connection.ops.adapt_datetimefield_value(entry.at)
    named = (getattr(entry, name) for name in COLUMNS[:10])
    _together((INSERT, (*named, at, public, private, salt, entry.key, leaf)), *also)
    return leaf


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


def is_intact(act: Act) -> bool:
    """Whether a stored row still is what its leaf says."""
    names = (name for name in Entry.__dataclass_fields__ if name not in ("public", "private"))
    entry = Entry(**{name: getattr(act, name) for name in names})
    return act.leaf == leaf_of(entry, act.public, commitment(act.salt, act.private))


def leaf_of(entry: Entry, public: str, committed: str) -> str:
    """The leaf hash over the canonical JSON of the public part and the commitment."""
    leaf = {
        "schema": SCHEMA,
        "subject": entry.subject,
        "seq": entry.seq,
        "kind": entry.kind,
        "power": entry.power,
        "version": entry.version,
        "step": entry.step,
        "outcome": entry.outcome,
        "organ": entry.organ,
        "post": entry.post,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "public": public,
        "private": committed,
    }
    return leaf_hash(canonical(leaf).encode()).hex()


def commitment(salt: str, private: str) -> str:
    """HMAC-SHA256 of the private part under the act's own key, in hex."""
    return hmac.digest(bytes.fromhex(salt), private.encode(), "sha256").hex()


def canonical(value: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spaces; the values hold no floats, so it is unique."""
    return ENCODER.encode(value)
