"""Looks at a database that was just mistreated and says everything that is wrong with it.

It trusts nothing that it can work out: states are replayed through the kernel from the acts
alone, leaves are hashed anew, documents are read and hashed. That it finds what is wrong is
shown by ``tests/test_reliability.py``, which damages a sound database in one way after another.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import Error

from reliability import product
from reliability.product import ActSeen, Done, Seen


@dataclass(frozen=True, slots=True)
class Report:
    """What is wrong: acknowledged acts that are not there, and everything else."""

    lost: list[str]
    inconsistent: list[str]
    acts: int  # of cases, that are there
    is_unreadable: bool = False  # the database did not even answer

    @property
    def is_clean(self) -> bool:
        """Whether nothing at all is wrong."""
        return not (self.lost or self.inconsistent)


def inspect(
    acknowledged: Iterable[Done],
    *,
    in_flight: Iterable[str] = (),
    signed: Iterable[dict[str, Any]] = (),
    may_write: bool = True,
) -> Report:
    """Look at everything. ``in_flight``: keys that were sent again, so must be there once.

    ``signed``: checkpoints of the log that the public may have seen. A round of the publisher goes
    first, unless the disk is so full that nothing can be written.
    """
    try:
        product.await_quiet()
        inconsistent = _unsigned() if may_write else []
        inconsistent += product.structure_faults() + product.log_faults(signed)
        seen = product.seen()
    except Error as error:
        return Report(
            [f"{done}: unreadable" for done in acknowledged],
            [f"unreadable: {type(error).__name__}: {error}"],
            0,
            is_unreadable=True,
        )
    acknowledged = list(acknowledged)
    lost = list(_lost(seen, acknowledged))
    keys = [*(each.key for each in acknowledged), *in_flight]
    inconsistent += _inconsistent(seen, keys, is_indexed=may_write)
    return Report(lost, inconsistent, sum(each.is_of_case for each in seen.acts))


def _unsigned() -> list[str]:
    """Let the log be published; why it cannot be continued, if it cannot."""
    try:
        product.index_all()
    except product.Unsignable as error:
        return [f"nothing is signed any more: {error}"]
    return []


def _lost(seen: Seen, acknowledged: list[Done]) -> Iterator[str]:
    acts = {(each.subject, each.seq): each for each in seen.acts}
    for done in acknowledged:
        act = acts.get((done.number, done.seq))
        if act is None or act.key != done.key:
            yield f"{done.number}#{done.seq} was acknowledged for {done.key} and is not there"
        elif done.sha256 and done.sha256 not in {digest for _, digest in act.documents}:
            yield f"{done.number}#{done.seq} has lost the document {done.sha256}"


def _inconsistent(seen: Seen, keys: list[str], *, is_indexed: bool) -> list[str]:
    of_cases = [each for each in seen.acts if each.is_of_case]
    return [
        *_broken_leaves(seen.acts),
        *(_gapped_indexes(seen.acts) if is_indexed else ()),
        *_twice(of_cases, keys),
        *_gapped_cases(seen, of_cases),
        *_wrong_states(seen),
        *_stray_rows(seen, of_cases),
        *_broken_documents(seen),
    ]


def _broken_leaves(acts: list[ActSeen]) -> Iterator[str]:
    yield from (
        f"{a.subject}#{a.seq}: the leaf is of another row" for a in acts if not a.is_intact
    )


def _gapped_indexes(acts: list[ActSeen]) -> Iterator[str]:
    indexes = sorted(-1 if act.idx is None else act.idx for act in acts)
    if indexes != list(range(len(acts))):
        odd = [idx for expected, idx in enumerate(indexes) if idx != expected]
        yield f"indexes of the log are not 0…{len(acts) - 1}: the first odd one is {odd[0]}"


def _twice(acts: list[ActSeen], keys: list[str]) -> Iterator[str]:
    counts = Counter(act.key for act in acts)
    yield from (f"key {key} made {counts[key]} acts" for key in set(keys) if counts[key] > 1)


def _gapped_cases(seen: Seen, acts: list[ActSeen]) -> Iterator[str]:
    numbers: dict[str, list[int]] = {case.number: [] for case in seen.cases}
    for act in acts:
        if act.subject not in numbers:
            yield f"{act.subject}#{act.seq}: an act of no case"
        numbers.setdefault(act.subject, []).append(act.seq)
    counted = {case.number: case.seq for case in seen.cases}
    for number, there in numbers.items():
        if not there:
            yield f"{number}: a case without an act"
        if there != list(range(1, len(there) + 1)):
            yield f"{number}: its acts are not 1…{len(there)}: {there}"
        if number in counted and counted[number] != len(there):
            yield f"{number}: says {counted[number]} acts, has {len(there)}"


def _wrong_states(seen: Seen) -> Iterator[str]:
    for case in seen.cases:
        if case.state != case.replayed:
            yield f"{case.number}: its state is not where its acts lead: {case.replayed[:200]}"


def _stray_rows(seen: Seen, acts: list[ActSeen]) -> Iterator[str]:
    """Each act of a case that is told has one message, and the documents that it names."""
    told = {case.number for case in seen.cases if case.is_told}
    expected = Counter((act.subject, act.seq) for act in acts if act.subject in told)
    yield from _differences("message", expected, Counter(seen.messages))
    named = Counter((a.subject, a.seq, kind, of) for a in acts for kind, of in a.documents)
    kept = Counter((number, seq, kind, of) for number, seq, kind, of, _ in seen.documents)
    yield from _differences("document", named, kept)


def _differences(what: str, expected: Counter[Any], there: Counter[Any]) -> Iterator[str]:
    yield from (f"{what} missing: {each}" for each in expected - there)
    yield from (f"{what} too much: {each}" for each in there - expected)


def _broken_documents(seen: Seen) -> Iterator[str]:
    for number, seq, _, digest, size in seen.documents:
        file = product.file_of(digest)
        data = file.read_bytes() if file.exists() else None
        if data is None:
            yield f"{number}#{seq}: the document {digest} is not on disk"
        elif sha256(data).hexdigest() != digest or len(data) != size:
            yield f"{number}#{seq}: the document {digest} is not whole on disk"
