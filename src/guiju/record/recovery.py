"""After the database was restored from an older backup, it must not fork the log.

What was published and is missing from the database is taken back into it: an act that the backup
has without its index gets the index that was published; of an act that it does not have, the
published line is kept as a row that says so. Then an act of its own tells the public about it.
When the database and the published log contradict each other, nothing is signed any more.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date

from guiju.record.entries import CLEAR, Entry
from guiju.record.keys import keys_or_new
from guiju.record.models import Act
from guiju.record.sequencer import indexed
from guiju.record.shards import Shard, Unsignable
from guiju.record.writer import write
from guiju.tlog import TILE_WIDTH
from guiju.tlog.checkpoints import Checkpoint
from guiju.tlog.tiles import bundle_path, decode_bundle, read_entry
from guiju.tlog.verification import findings

LOST = "lost"  # the kind of a row that stands for an act which only the log still has
SHOWN_MAX = 3


def reconcile(shard: Shard, last: Checkpoint, at: datetime) -> int:
    """Take back what was published and the database does not know; answers how many entries.

    Raises Unsignable when database and log contradict each other.
    """
    known = indexed(shard.year)
    if known >= last.size:
        _check_last(shard, last)
        return 0
    return _take_back(shard, known, last, at)


def _check_last(shard: Shard, last: Checkpoint) -> None:
    """The last published entry is the one that the database has in its place."""
    if not last.size:
        return
    found = Act.objects.filter(shard=shard.year, idx=last.size - 1)
    ours = found.values_list("entry", flat=True).first() or ""
    try:
        theirs = read_entry(shard.read, last.size - 1, last.size)
    except (OSError, ValueError) as error:
        raise Unsignable(f"{shard.folder} 里的日志不完整({error}),请从公开副本恢复") from error
    if ours.encode() != theirs:
        raise Unsignable(f"数据库与已公布的日志在{shard.year}年第{last.size - 1}条矛盾,不再签名")


def _take_back(shard: Shard, known: int, last: Checkpoint, at: datetime) -> int:
    checkpoint, found = findings(shard.read, [shard.signer.verifier])
    if found or checkpoint != last:
        shown = ";".join(f"{each.path} {each.wrong}" for each in found[:SHOWN_MAX])
        raise Unsignable(f"{shard.folder} 里的日志不完整或不是最后签的:{shown}")
    with transaction.atomic():
        waiting = {
            act.entry: act for act in Act.objects.filter(shard=shard.year, idx__isnull=True)
        }
        lost = 0
        for index, text in _entries(shard, known, last.size):
            act = waiting.get(text)
            if act is not None:
                Act.objects.filter(pk=act.pk).update(idx=index)
            else:
                _lost(shard, index, text, at).save(force_insert=True)
                lost += 1
        _tell(shard, last.size, lost, at)
    return last.size - known


def _entries(shard: Shard, first: int, size: int) -> Iterator[tuple[int, str]]:
    """The published entries from an index on."""
    for number in range(first // TILE_WIDTH, -(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - number * TILE_WIDTH)
        bundle = decode_bundle(shard.read(bundle_path(number, width)))
        for offset, entry in enumerate(bundle):
            index = number * TILE_WIDTH + offset
            if index >= first:
                yield index, entry.decode()


def _lost(shard: Shard, index: int, text: str, at: datetime) -> Act:
    """A row for an act of which only its published line is left."""
    told: dict[str, Any] = json.loads(text)
    day = parse_date(told["at"]) if len(told["at"]) == len("2026-01-01") else None
    clear = {name: told[name] for name in CLEAR if name not in ("seq", "kind")}
    subject = f"{LOST}:{shard.year}:{index}"
    return Act(
        **clear,
        shard=shard.year,
        idx=index,
        held_until=day,
        subject=subject,
        seq=told["seq"],
        kind=LOST,
        person="",
        at=at if day else datetime.fromisoformat(told["at"]),
        entry=text,
        people="{}",
        private="",
        key=subject,
    )


def _tell(shard: Shard, size: int, lost: int, at: datetime) -> None:
    """An act of the record about itself: the database was behind the log."""
    subject = f"restore:{shard.year}:{size}:{timezone.localtime(at):%Y%m%d%H%M%S}"
    entry = Entry(
        subject=subject,
        seq=1,
        kind="restore",
        power="",
        version="",
        person="guiju",
        at=at,
        key=subject,
        told={"size": size, "lost": lost},
        is_case=False,
    )
    write(entry, keys_or_new(subject))


def lost_acts() -> list[dict[str, Any]]:
    """The published lines of the acts that the database has lost, as they were told."""
    rows = Act.objects.filter(kind=LOST).order_by("shard", "idx").values_list("entry", flat=True)
    return [json.loads(text) for text in rows]
