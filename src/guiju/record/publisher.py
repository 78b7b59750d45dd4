"""Publishing the log: acts get their index, tiles are written, a checkpoint is signed.

The order makes a crash at any moment harmless: indexes are committed in the database; tiles and
bundles, which follow from them alone, are written and synced; the new checkpoint is signed and
kept apart (``Shard.signed``) if that is still where it was; only then the public one is replaced.
What a crash left undone, the next round does. One publisher at a time, held by a file lock.
"""

import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from guiju.record.durable import locked, write_durably
from guiju.record.models import Act
from guiju.record.recovery import reconcile
from guiju.record.sequencer import indexed, sequence, years
from guiju.record.shards import Shard, Unsignable, publish_key
from guiju.record.witnesses import cosigned
from guiju.tlog import TILE_WIDTH
from guiju.tlog.checkpoints import Checkpoint
from guiju.tlog.notes import sign_note
from guiju.tlog.tiles import EMPTY, Edge, append, read_edge

BATCH = 4_096
CHECKPOINT = "checkpoint"


def advance(at: datetime) -> int:
    """Index and publish all acts that wait; answers how many were published.

    Raises Unsignable when what was signed before cannot be continued; BlockingIOError when
    another process is publishing.
    """
    done = 0
    with locked(Path(settings.SIGNED_ROOT) / "lock", blocking=False):
        for year in years():
            shard = Shard(year)
            publish_key(shard)
            last = _begun(shard)
            _mend_public(shard)
            reconcile(shard, last, at)
            while sequence(year, timezone.localtime(at).date()):
                pass
            new = _publish(shard, last)
            while new.size > last.size:
                done += new.size - last.size
                last, new = new, _publish(shard, new)
    return done


def _begun(shard: Shard) -> Checkpoint:
    """What was signed last; for a year that begins, an empty log is signed first.

    So a shard of which acts are indexed always has a checkpoint, and where it is missing, the
    folder of checkpoints was lost: then nothing may be signed. Raises Unsignable.
    """
    last = shard.last_signed()
    if last is not None:
        return last
    is_first = not any(Path(settings.SIGNED_ROOT).glob("[0-9]*"))
    was_published = (shard.folder / CHECKPOINT).exists() or indexed(shard.year)
    if was_published or (is_first and Act.objects.filter(idx__isnull=False).exists()):
        raise Unsignable(
            f"找不到 {shard.signed}:上次签的检查点丢了,再签可能与已公布的日志矛盾。"
            f"请找到最新的公开副本,运行 guiju log adopt 目录或网址"
        )
    return _sign(shard, EMPTY)


def _publish(shard: Shard, last: Checkpoint) -> Checkpoint:
    """Publish one batch; answers the new checkpoint, or the last one when nothing waits."""
    edge = continued(shard, last)
    waiting = Act.objects.filter(shard=shard.year, idx__gte=last.size).order_by("idx")
    rows = list(waiting.values_list("idx", "entry")[:BATCH])
    if [idx for idx, _ in rows] != list(range(last.size, last.size + len(rows))):
        raise Unsignable(f"数据库里{shard.year}年第{last.size}条以后的序号不连续,不再签名")
    entries = [text.encode() for _, text in rows]
    if not entries:
        return last
    new, files = append(edge, entries)
    for path, data in files:
        write_durably(shard.folder / path, data)
    signed = _sign(shard, new)
    for path, _ in files:
        if not path.rpartition("/")[0].endswith(".p"):  # it is full now
            shutil.rmtree(shard.folder / f"{path}.p", ignore_errors=True)
    return signed


def continued(shard: Shard, last: Checkpoint) -> Edge:
    """The edge of the published tree, which must be what was signed. Raises Unsignable."""
    try:
        edge = read_edge(shard.read, last.size)
    except (OSError, ValueError) as error:
        raise Unsignable(f"{shard.folder} 里的日志不完整({error}),请从公开副本恢复") from error
    if edge.root() != last.root:
        raise Unsignable(f"{shard.folder} 里的日志与签过的检查点不一致,请从公开副本恢复")
    return edge


def _sign(shard: Shard, edge: Edge) -> Checkpoint:
    """Sign, keep apart, publish."""
    checkpoint = Checkpoint(shard.origin, edge.size, edge.root())
    note = sign_note(checkpoint.text, *shard.signers)
    write_durably(shard.signed, note.encode())
    write_durably(shard.folder / CHECKPOINT, cosigned(shard, note).encode())
    return checkpoint


def _mend_public(shard: Shard) -> None:
    """Publish what was signed, if a crash came between the two."""
    signed, public = shard.signed.read_bytes(), b""
    with suppress(FileNotFoundError):
        public = (shard.folder / CHECKPOINT).read_bytes()
    if not public.startswith(signed):  # cosignatures follow
        write_durably(shard.folder / CHECKPOINT, cosigned(shard, signed.decode()).encode())


assert TILE_WIDTH <= BATCH
