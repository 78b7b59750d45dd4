"""Receipts: what a person needs to prove, without us, what was done in their case.

A ``.tlog-proof`` file whose extra part is JSON: the entry as published, and the groups of fields
that are opened to whoever holds the receipt, each with its key.

    {"entry": "…", "opened": {"facts": {"key": "…64 hex digits…", "text": "{…}"}}}

``text`` is the group's canonical JSON: HMAC-SHA256 under the key gives what the entry commits to.
"""

import hmac
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from guiju.record.entries import canonical
from guiju.record.keys import Keys
from guiju.record.models import Act
from guiju.record.shards import Shard
from guiju.tlog.notes import BadNote
from guiju.tlog.proofs import inclusion_proof
from guiju.tlog.receipts import Receipt
from guiju.tlog.tiles import stored_nodes

KEY = re.compile("[0-9a-f]{64}")  # all keys are of one length, as HMAC pads short ones


class NotYetPublished(LookupError):
    """The act is not in a published checkpoint yet."""


def receipt(act: Act, keys: Keys, withheld: Collection[str] = ()) -> Receipt:
    """The receipt of one act, for whom it is about: all is opened but the names of officials.

    And but the groups ``withheld``. Raises NotYetPublished.
    """
    shard = Shard(act.shard)
    note, size = shard.public()
    if act.idx is None or act.idx >= size:
        raise NotYetPublished(str(act))
    opened = {
        group: {"key": keys.of(act.seq, group).hex(), "text": canonical(value)}
        for group, value in json.loads(act.private or "{}").items()
        if group not in withheld
    }
    proof = inclusion_proof(stored_nodes(shard.read, size), act.idx, size)
    extra = canonical({"entry": act.entry, "opened": opened})
    return Receipt(act.idx, tuple(proof), note, extra.encode())


def is_published(act: Act) -> bool:
    """Whether there is a receipt of an act."""
    return act.idx is not None and act.idx < Shard(act.shard).public()[1]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a receipt tells besides its proof: the entry, and the groups of fields it opens."""

    entry: str
    told: Mapping[str, Any]
    opened: Mapping[str, tuple[bytes, str]]  # key and text

    def is_opened(self, group: str) -> bool:
        """Whether a group is what the entry commits to."""
        key, text = self.opened[group]
        found = hmac.digest(key, text.encode(), "sha256").hex()
        return bool(self.told["committed"].get(group) == found)


def contents(receipt: Receipt) -> Contents:
    """The contents of a receipt; nothing in them is checked yet. Raises BadNote."""
    try:
        extra = json.loads(receipt.extra)
        entry = extra["entry"]
        opened = {
            group: (bytes.fromhex(each["key"]), each["text"])
            for group, each in extra["opened"].items()
            if KEY.fullmatch(each["key"])
        }
        is_whole = len(opened) == len(extra["opened"])
        told = told_by(entry)
        _ = [text.encode() for text in (entry, *(text for _, text in opened.values()))]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise BadNote("回执里没有条目,或者条目读不懂") from None
    if not is_whole:
        raise BadNote("回执里打开的内容写法不对")
    return Contents(entry, told, opened)


def told_by(entry: str) -> dict[str, Any]:
    """What an entry of the log tells. Raises ValueError."""
    told = json.loads(entry)
    if not isinstance(told, dict) or not isinstance(told.get("committed"), dict):
        raise ValueError("不是本系统的条目")
    return told
