"""Going on from a published copy of the log, after the last signed checkpoint was lost.

A person decides this, as it is the one step at which a log could be forked: if the copy is not the
newest there is, what was published after it will contradict what is signed from now on.
"""

from guiju.record.durable import write_durably
from guiju.record.shards import Shard, Unsignable
from guiju.tlog import tile_paths
from guiju.tlog.tiles import Read, bundle_paths
from guiju.tlog.verification import check_extends, findings

CHECKPOINT = "checkpoint"


def adopt(shard: Shard, read: Read) -> int:
    """Verify a copy, take its files, and let it count as what was signed last; answers its size.

    Raises Unsignable when the copy is not whole, not signed by this log's key, or behind what
    this machine knows to be signed.
    """
    verifiers = [shard.signer.verifier]
    checkpoint, found = findings(read, verifiers)
    if checkpoint is None or found:
        raise Unsignable(f"这份副本不完整:{';'.join(map(str, found[:3]))}")
    if checkpoint.origin != shard.origin:
        raise Unsignable(f"这份副本是 {checkpoint.origin},不是 {shard.origin}")
    last = shard.last_signed()
    if last is not None and not check_extends(read, last, checkpoint):
        raise Unsignable(f"这份副本不是从签过的第{last.size}条接着写的,不能采用")
    for path in [*tile_paths(checkpoint.size), *bundle_paths(checkpoint.size)]:
        try:
            _keep(shard, path, read(path))
        except FileNotFoundError:  # a partial one, and the full one has taken its place
            full = path.partition(".p/")[0]
            _keep(shard, full, read(full))
    note = read(CHECKPOINT)
    write_durably(shard.signed, note)
    write_durably(shard.folder / CHECKPOINT, note)
    return checkpoint.size


def _keep(shard: Shard, path: str, data: bytes) -> None:
    target = shard.folder / path
    if not target.exists() or target.read_bytes() != data:
        write_durably(target, data)
