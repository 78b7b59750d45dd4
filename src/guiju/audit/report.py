"""What came of ``oversee`` as plain values: for JSON, and for a page that people read."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from guiju.audit.detector import Detector
from guiju.audit.detectors import DETECTORS
from guiju.audit.events import NEVER
from guiju.audit.finding import Finding, Group
from guiju.audit.kept import FOUND, PLACE, findings
from guiju.audit.oversee import Overseen
from guiju.audit.store import Store

EPOCH = datetime.fromisoformat("1970-01-01")  # logs tell wall-clock times


@dataclass(frozen=True, slots=True)
class Asked:
    """A detector in the report: what it asks, how much it found, what it could not see."""

    id: str
    group: Group
    name: str
    question: str
    count: int
    is_asked: bool  # False: no part of it could be asked of this log
    unseen: tuple[str, ...]  # by part, in words


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it is shown beside a finding."""

    row: int
    source: str
    at: datetime
    recorded_at: datetime | None
    step: str
    outcome: str
    person: str
    is_evidence: bool


def asked(overseen: Overseen) -> list[Asked]:
    """All detectors, in their order."""
    counts = Counter(overseen.found["detector"].to_pylist())
    return [_asked(each, counts[each.id], overseen) for each in DETECTORS]


def _asked(detector: Detector, count: int, overseen: Overseen) -> Asked:
    rows = [row for row in overseen.checked if row.detector == detector.id]
    unseen = [(row.part, row.why_not or row.unseen) for row in rows]
    words = tuple(f"{part}:{why}" for part, why in unseen if why)
    question = (_first_line(detector) or detector.name).rstrip("。")
    is_asked = not rows or not all(row.why_not for row in rows)
    return Asked(detector.id, detector.group, detector.name, question, count, is_asked, words)


def _first_line(detector: Detector) -> str:
    """The public wording: the first line of the detector's module."""
    module = __import__(detector.parts[0].words.__module__, fromlist=["__doc__"])
    return (module.__doc__ or "").strip().split("\n")[0]


def first_findings(overseen: Overseen, id_: str, most: int) -> list[tuple[Finding, int, int]]:
    """The first findings of a detector, each with the bucket and number of its case."""
    mask = np.asarray(overseen.found["detector"].to_numpy(zero_copy_only=False) == id_)
    some = overseen.found.filter(pa.array(mask)).slice(0, most)
    places = (some[name].to_pylist() for name in PLACE)
    return list(zip(findings(some), *places, strict=True))


def story(store: Store, bucket: int, number: int, rows: Sequence[int]) -> list[Told]:
    """The events of a case, in order; those that a finding names are marked."""
    events = store.events(bucket, np.array([number]))
    names = ("row", "at", "recorded_at", "step", "outcome", "person")
    told = pa.table({name: events.columns[name] for name in names})
    return [
        Told(
            store.source_of(row["row"])[1],
            store.source_of(row["row"])[0],
            _moment(row["at"]),
            None if row["recorded_at"] == NEVER else _moment(row["recorded_at"]),
            store.words.text(row["step"]),
            store.words.text(row["outcome"]),
            store.words.text(row["person"]),
            is_evidence=row["row"] in rows,
        )
        for row in told.to_pylist()
    ]


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def as_json(overseen: Overseen, store: Store, on: date) -> Iterator[tuple[str, Any]]:
    """The members of the report as JSON; ``findings`` last, as an iterator of objects."""
    sources = [asdict(each) for each in store.manifest.sources]
    yield "day", on.isoformat()
    yield "sources", [{k: s[k] for k in ("name", "sha256", "taken", "rejected")} for s in sources]
    yield "cases", overseen.cases
    yield "events", overseen.events
    yield "examined", {"cases": overseen.examined.cases, "events": overseen.examined.events}
    yield "unfit", overseen.examined.unfit
    yield "chartless", overseen.examined.chartless
    yield "uncounted_limits", dict(overseen.examined.unknown)
    yield "chart_hashes", dict(overseen.hashes)
    yield "charts_too_free", list(overseen.too_free)
    yield "detectors", [asdict(each) for each in asked(overseen)]
    names = [name for name in FOUND.names if name not in PLACE]
    yield "findings", _findings(overseen, store, names)


def _findings(overseen: Overseen, store: Store, names: list[str]) -> Iterator[dict[str, Any]]:
    for batch in overseen.found.select(names).to_batches(10_000):
        for row in batch.to_pylist():
            places = [store.source_of(each) for each in row["rows"]]
            evidence = [{"source": source, "row": number} for source, number in places]
            yield {**row, "day": row["day"].isoformat(), "rows": evidence}
