"""Asking witnesses for their cosignatures over a new checkpoint (C2SP tlog-witness).

A witness signs only what extends what it signed before, so with its line the log could not have
shown this checkpoint to one and another to somebody else. Witnesses are named in a policy file.
One that does not answer is left alone for a minute; the log goes on without it.
"""

import logging
import time
from functools import lru_cache
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from django.conf import settings

from guiju.record.shards import Shard
from guiju.tlog.checkpoints import Checkpoint, claimed_checkpoint
from guiju.tlog.notes import BadNote, Verifier, open_note, parse_note
from guiju.tlog.policy import Policy, parse_policy
from guiju.tlog.proofs import consistency_proof
from guiju.tlog.tiles import stored_nodes
from guiju.tlog.witness import Demand

SECONDS = 3
PAUSE_SECONDS = 60
ANSWER_BYTES_MAX = 65_536
log = logging.getLogger(__name__)
_sizes: dict[tuple[str, str], int] = {}  # what a witness signed last, as far as we know
_resting: dict[str, float] = {}  # until when a witness is left alone


def cosigned(shard: Shard, note: str) -> str:
    """The note with a line of every witness that answers; its tree is already written."""
    if not settings.LOG_WITNESSES:
        return note
    checkpoint = claimed_checkpoint(note)
    for verifier, url in _policy(settings.LOG_WITNESSES).witnesses.values():
        if url and _resting.get(url, 0) < time.monotonic():
            try:
                note += _asked(shard, note, checkpoint, verifier, url)
            except (OSError, URLError, BadNote, ValueError) as error:
                _resting[url] = time.monotonic() + PAUSE_SECONDS
                log.warning("witness %s did not sign: %s", url, error)
    return note


def witness_keys() -> list[Verifier]:
    """The public keys of the witnesses that the log asks."""
    if not settings.LOG_WITNESSES:
        return []
    return [verifier for verifier, _ in _policy(settings.LOG_WITNESSES).witnesses.values()]


@lru_cache(maxsize=1)
def _policy(file: str) -> Policy:
    return parse_policy(Path(file).read_text(encoding="utf-8"))


def _asked(shard: Shard, note: str, new: Checkpoint, verifier: Verifier, url: str) -> str:
    """The line of one witness; asked once more when it has signed another size than we thought."""
    known = url, shard.origin
    status, body = _post(url, _demand(shard, note, _sizes.get(known, 0), new))
    if status == 409 and int(body) <= new.size:
        _sizes[known] = int(body)
        status, body = _post(url, _demand(shard, note, int(body), new))
    if status != 200:
        raise BadNote(f"HTTP {status} {body[:200]}")
    text, _ = parse_note(note)
    line = open_note(f"{text}\n{body}", [verifier]).lines  # and nothing else that it may say
    _sizes[known] = new.size
    return line


def _demand(shard: Shard, note: str, old: int, new: Checkpoint) -> str:
    proof: list[bytes] = []
    if 0 < old < new.size:
        proof = consistency_proof(stored_nodes(shard.read, new.size), old, new.size)
    return Demand(old, tuple(proof), note).text


def _post(url: str, body: str) -> tuple[int, str]:
    if not url.startswith(("https://", "http://")):
        raise ValueError(f"{url} 不是网址")
    request = Request(f"{url.rstrip('/')}/add-checkpoint", body.encode())  # noqa: S310
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
            return answer.status, answer.read(ANSWER_BYTES_MAX).decode()
    except HTTPError as error:
        return error.code, error.read(ANSWER_BYTES_MAX).decode()
