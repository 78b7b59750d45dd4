"""The policies of lights and cards, as the record holds them.

A pack's policies are published whole, in an act of the subject ``lights``, so that the log alone
tells what held when. They count from the morning after: what was decided today binds nobody
yesterday, whatever ``valid_from`` says.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from guiju.formats.reader import plain, read
from guiju.kernel.cards import Held, in_force
from guiju.kernel.lights import Policy
from guiju.record.entries import Entry, canonical
from guiju.record.keys import keys_or_new
from guiju.record.models import Act
from guiju.record.writer import write

SUBJECT, KIND = "lights", "policy"
ONE_DAY = timedelta(days=1)


@transaction.atomic
def publish_policies(policies: Sequence[Policy], *, by: str, at: datetime) -> bool:
    """Publish all policies of a pack; False when the record says the same already."""
    rows = Act.objects.filter(subject=SUBJECT).order_by("-seq")
    told = {"policies": [plain(each) for each in policies]}
    digest = sha256(canonical(told).encode()).hexdigest()
    last = rows.first()
    if last is None and not policies:
        return False
    if last is not None and last.version == digest:
        return False
    seq = (last.seq if last else 0) + 1
    entry = Entry(
        subject=SUBJECT,
        seq=seq,
        kind=KIND,
        power="",
        version=digest,
        person=by,
        at=at,
        key=f"{KIND}:{seq}",
        told=told,
        is_case=False,
    )
    write(entry, keys_or_new(SUBJECT))
    return True


def policies_held() -> tuple[Held, ...]:
    """The policies with the mornings on which they count, in order."""
    rows = Act.objects.filter(subject=SUBJECT, kind=KIND).order_by("seq")
    return _held(tuple(rows.values_list("entry", "at")))


def policy_on(day: date) -> Policy | None:
    """The policy that counts on a morning, if any."""
    return in_force(policies_held(), day)


@lru_cache(maxsize=4)
def _held(rows: tuple[tuple[str, datetime], ...]) -> tuple[Held, ...]:
    firsts = [timezone.localtime(at).date() + ONE_DAY for _, at in rows]
    found: list[Held] = []
    ends = [*firsts[1:], None] if firsts else []
    for (entry, _), first, end in zip(rows, firsts, ends, strict=True):
        until = None if end is None else end - ONE_DAY
        for data in json.loads(entry)["told"]["policies"]:
            policy = read(Policy, data)
            begins = max(first, policy.valid_from or first)
            lasts = [day for day in (until, policy.valid_to) if day is not None]
            last = min(lasts, default=None)
            if last is None or begins <= last:
                found.append(Held(policy, begins, last))
    return tuple(found)
