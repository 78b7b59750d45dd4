"""Receipts: what a person needs to prove, without us, what was done in their case.

A ``.tlog-proof`` file whose extra part is JSON: the entry as published, and the groups of fields
that are opened to whoever holds the receipt, each with its key.

    {"entry": "…", "opened": {"facts": {"key": "…64 hex digits…", "text": "{…}"}}}

``text`` is the group's canonical JSON: HMAC-SHA256 under the key gives what the entry commits to.
"""

import json

from guiju.record.entries import canonical
from guiju.record.keys import Keys
from guiju.record.models import Act
from guiju.record.shards import Shard
from guiju.tlog.checkpoints import parse_checkpoint
from guiju.tlog.proofs import inclusion_proof
from guiju.tlog.receipts import Receipt
from guiju.tlog.tiles import stored_nodes


class NotYetPublished(LookupError):
    """The act is not in a published checkpoint yet."""


def receipt(act: Act, keys: Keys) -> Receipt:
    """The receipt of one act, for whom it is about: all is opened but the names of officials.

    Raises NotYetPublished.
    """
    shard = Shard(act.shard)
    try:
        note = shard.read("checkpoint").decode()
    except FileNotFoundError:
        raise NotYetPublished(str(act)) from None
    size = parse_checkpoint(note.rpartition("\n\n")[0] + "\n").size
    if act.idx is None or act.idx >= size:
        raise NotYetPublished(str(act))
    opened = {
        group: {"key": keys.of(act.seq, group).hex(), "text": canonical(value)}
        for group, value in json.loads(act.private or "{}").items()
    }
    proof = inclusion_proof(stored_nodes(shard.read, size), act.idx, size)
    extra = canonical({"entry": act.entry, "opened": opened})
    return Receipt(act.idx, tuple(proof), note, extra.encode())
