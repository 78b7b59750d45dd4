"""Receipts: what a person needs to prove, without us, what was done in their case.

A ``.tlog-proof`` file whose extra part is JSON: the entry as published, and the groups of fields
that are opened to whoever holds the receipt, each with its key.

    {"entry": "…", "opened": {"facts": {"key": "…64 hex digits…", "text": "{…}"}}}

``text`` is the group's canonical JSON: HMAC-SHA256 under the key gives what the entry commits to.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guiju.record.entries import canonical
from guiju.record.keys import SIZE, Keys
from guiju.record.models import Act
from guiju.record.shards import Shard
from guiju.tlog.checkpoints import Checkpoint, parse_checkpoint
from guiju.tlog.notes import BadNote, Verifier
from guiju.tlog.proofs import inclusion_proof
from guiju.tlog.receipts import Receipt, check, parse_receipt
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


@dataclass(frozen=True, slots=True)
class Proven:
    """What a receipt proves: the entry, its place in the signed log, the groups opened."""

    index: int
    checkpoint: Checkpoint
    entry: Mapping[str, Any]
    groups: Mapping[str, Any]


def proven(text: str, verifiers: Sequence[Verifier]) -> Proven:
    """Check a receipt offline. Raises BadNote, which says what does not hold."""
    parsed = parse_receipt(text)
    try:
        extra = json.loads(parsed.extra)
        line, opened = extra["entry"], dict(extra["opened"])
        entry = json.loads(line)
        committed = dict(entry["committed"])
    except (ValueError, KeyError, TypeError):
        raise BadNote("回执里没有看得懂的条目") from None
    checkpoint = check(parsed, line.encode(), verifiers)
    return Proven(
        parsed.index,
        checkpoint,
        entry,
        {group: _opened(group, part, committed) for group, part in opened.items()},
    )


def _opened(group: str, part: Mapping[str, str], committed: Mapping[str, str]) -> object:
    """The content of one group, if it is what the entry commits to. Raises BadNote."""
    try:
        key, text = bytes.fromhex(part["key"]), part["text"]
        digest = hmac.digest(key, text.encode(), "sha256").hex()
        value: object = json.loads(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadNote(f"回执里“{group}”部分看不懂") from None
    if len(key) != SIZE or digest != committed.get(group):
        raise BadNote(f"回执里“{group}”部分与日志中的承诺值不符:内容被改动过")
    return value
