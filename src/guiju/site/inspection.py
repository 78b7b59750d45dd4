"""Whether what this installation holds agrees with itself and with the log that it published."""

from collections.abc import Iterator
from hashlib import sha256

from django.db import connection

from guiju.cases.documents import path_of
from guiju.cases.models import Document
from guiju.record.entries import is_intact
from guiju.record.keys import keys_of
from guiju.record.models import Act
from guiju.record.recovery import LOST
from guiju.record.sequencer import indexed, years
from guiju.record.shards import Shard
from guiju.site.log_reader import reader_of
from guiju.tlog import TILE_WIDTH
from guiju.tlog.tiles import read_bundle
from guiju.tlog.verification import findings as log_findings


def findings() -> Iterator[str]:
    """All that is wrong, in words; nothing: it holds. Reads everything, so it takes its time."""
    yield from _database()
    for year in years():
        yield from _log(Shard(year))
    yield from _acts()
    yield from _documents()


def _database() -> Iterator[str]:
    """What the database says of its own pages, and references that lead nowhere."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            said = [row[0] for row in cursor.fetchall()]
        yield from (f"数据库损坏:{each}" for each in said if each != "ok")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_key_check")
            broken = cursor.fetchall()
        yield from (f"数据库里 {row[0]} 第{row[1]}行指向不存在的 {row[2]}" for row in broken)


def _log(shard: Shard) -> Iterator[str]:
    """The published files, and every indexed act against the entry in its place."""
    known = indexed(shard.year)
    if not (shard.folder / "checkpoint").exists():
        if known:
            yield f"{shard.year}年的日志不在 {shard.folder}"
        return
    read, names = reader_of(str(shard.folder))
    checkpoint, found = log_findings(read, [shard.signer.verifier], names)
    yield from (f"{shard.year}年的日志 {each}" for each in found)
    if checkpoint is None or found:
        return
    if known < checkpoint.size:
        yield f"{shard.year}年的日志已公布{checkpoint.size}条,数据库里只有{known}条"
    rows = Act.objects.filter(shard=shard.year, idx__lt=checkpoint.size).order_by("idx")
    entries: list[bytes] = []
    for idx, text in rows.values_list("idx", "entry").iterator():
        number, offset = divmod(idx or 0, TILE_WIDTH)
        if offset == 0 or not entries:
            width = min(TILE_WIDTH, checkpoint.size - number * TILE_WIDTH)
            entries = read_bundle(read, number, width)
        if entries[offset] != text.encode():
            yield f"{shard.year}年第{idx}条与已公布的不一致"


def _acts() -> Iterator[str]:
    """Every row against its own entry, and the acts of every case against its count."""
    keys = None
    subject, seq = "", 0
    for act in Act.objects.exclude(kind=LOST).order_by("subject", "seq").iterator():
        if act.subject != subject:
            subject, seq = act.subject, 0
            keys = keys_of(subject.removeprefix("erase:"))
        seq += 1
        if act.seq != seq:
            yield f"{subject}的痕迹不连续:应为第{seq}条,却是第{act.seq}条"
            seq = act.seq
        assert keys is not None
        if not is_intact(act, keys):
            yield f"{subject}第{act.seq}条被改动过"
    with connection.cursor() as cursor:
        cursor.execute(UNEQUAL)  # one statement sees one moment, also while others work
        rows = cursor.fetchall()
    yield from (f"办件{number}记着{count}步,痕迹有{acts or 0}条" for number, count, acts in rows)


UNEQUAL = """
SELECT c.number, c.seq, MAX(a.seq)
FROM cases_case c LEFT JOIN record_act a ON a.subject = c.number
GROUP BY c.number, c.seq HAVING c.seq <> COALESCE(MAX(a.seq), 0)"""


def _documents() -> Iterator[str]:
    """Every file that a row names is there and is what it was."""
    digests = Document.objects.exclude(sha256="").values_list("sha256", flat=True).distinct()
    for digest in digests.iterator():
        path = path_of(digest)
        if not path.exists():
            yield f"缺少材料文件 {digest}"
        elif sha256(path.read_bytes()).hexdigest() != digest:
            yield f"材料文件 {digest} 的内容变了"
