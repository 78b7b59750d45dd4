"""What an act leaves in the log: one line of canonical JSON that tells the public what was done,
in which power and post, and tells nothing of a person.

    {"at": "2026-09-07T01:00:00Z", "committed": {"facts": "5c1f…", "people": "09aa…"},
     "kind": "act", "organ": "…", "outcome": "accept", "post": "…", "power": "…", "schema":
     "guiju/act@1", "seq": 2, "step": "accept", "subject": "7d40…", "told": {"present": []},
     "version": "…"}

- The subject is a pseudonym of the case, so that its acts can be followed without its number.
- What is not for the public stands there as a commitment for each group of fields: HMAC-SHA256
  of the group's canonical JSON, with a key that belongs to this group of this act alone (see
  ``keys``). Whoever is given key and group can prove what was written; to everybody else it tells
  nothing, not even to those who guess: a bare hash of an identity number is found in minutes.
- Of a sensitive power the time is the day, and the acts of a day enter the log together on the
  next one, in no order: in a village, "assistance, 14:32" is a person.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Protocol

from django.utils import timezone

from guiju.record.keys import Keys

SCHEMA = "guiju/act@1"
PEOPLE = "people"  # the group that tells which official acted; it outlives the party's data
ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Entry:
    """An act as a room above writes it.

    ``told`` is published as it stands; ``people`` and the groups of ``private`` are committed to.
    An act of a case is told under a pseudonym, anything else under its own subject.
    """

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
    told: Mapping[str, Any] = field(default_factory=dict)
    people: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)
    is_case: bool = True
    is_sensitive: bool = False


class Row(Protocol):
    """A stored act, as far as its entry tells of it."""

    subject: str
    seq: int
    kind: str
    power: str
    version: str
    step: str
    outcome: str
    organ: str
    post: str
    person: str
    at: datetime
    held_until: date | None
    entry: str
    people: str
    private: str


CLEAR = ("seq", "kind", "power", "version", "step", "outcome", "organ", "post")


def entry_text(entry: Entry, keys: Keys) -> str:
    """The line of the log for an act, at most 65,535 bytes of UTF-8."""
    people = {"by": entry.person, **entry.people}
    return canonical(
        {
            "schema": SCHEMA,
            **{name: getattr(entry, name) for name in CLEAR},
            "subject": keys.pseudonym if entry.is_case else entry.subject,
            "at": moment(entry.at, is_sensitive=entry.is_sensitive),
            "told": entry.told,
            "committed": {
                group: keys.commitment(entry.seq, group, canonical(value))
                for group, value in {PEOPLE: people, **entry.private}.items()
            },
        }
    )


def is_intact(row: Row, keys: Keys) -> bool:
    """Whether a stored row still is what its entry says, as far as its data is not erased."""
    told = json.loads(row.entry)
    told_at = moment(row.at, is_sensitive=row.held_until is not None)
    subject = row.subject if row.subject == told["subject"] else keys.pseudonym
    is_clear = all(getattr(row, name) == told[name] for name in CLEAR)
    if not is_clear or (told["at"], told["subject"]) != (told_at, subject):
        return False
    groups = {PEOPLE: json.loads(row.people), **json.loads(row.private or "{}")}
    if groups[PEOPLE]["by"] != row.person:
        return False
    is_erased = not row.private
    if not is_erased and set(groups) != set(told["committed"]):
        return False
    return all(
        keys.commitment(row.seq, group, canonical(value)) == told["committed"].get(group)
        for group, value in groups.items()
    )


def moment(at: datetime, *, is_sensitive: bool) -> str:
    """A time as the log tells it: UTC to the microsecond, or the day in the city's time."""
    if is_sensitive:
        return timezone.localtime(at).date().isoformat()
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def canonical(value: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spaces; the values hold no floats, so it is unique."""
    return ENCODER.encode(value)
