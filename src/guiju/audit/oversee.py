"""``oversee``: all cases of a store held against the charts of a pack; findings out.

Cases are examined in portions (``examination``). What detectors ask across cases, of
resubmissions, duties and outliers, they ask at the end, of a few columns kept of every case.

What was found of a case stays with its bucket (``kept``). The next time only cases with new
events are examined anew, and those that still run when the day has moved; so day by day gives
what at once gives, to the last id. Another pack, or other questions, and all is examined anew.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256

import duckdb
import numpy as np
import pyarrow as pa

from guiju.audit import kept
from guiju.audit.detection import Asking, Checked, Detected, detect
from guiju.audit.detector import Scope, day_of
from guiju.audit.detectors import DETECTORS
from guiju.audit.events import CODED, Events
from guiju.audit.examination import Charts, Examined, Numbers, examine, portions
from guiju.audit.finding import Finding
from guiju.audit.relations import across
from guiju.audit.store import Store
from guiju.formats.packs import Pack

PORTION = 500_000  # events examined at once
DAY = 86_400_000_000  # microseconds
OF_ONE_CASE = frozenset(each.id for each in DETECTORS if each.scope is Scope.BUCKET)
Progress = Callable[[int, int], None]  # buckets done, buckets in all


CASE = (
    *("power", "organ", "applicant", "first_day", "first_row", "last_day", "ended_day"),
    *("ended_row", "ended_step", "ended_outcome", "ended_n", "is_failure", "is_late"),
)
"""What questions across cases look at, of each case."""


@dataclass(frozen=True)
class Overseen:
    """Findings by detector, day and id; what was asked; how much was examined this time."""

    known: kept.Kept
    across: pa.Table  # what was found across cases
    checked: tuple[Checked, ...]  # counts are of what was examined this time
    cases: int  # in the store
    events: int
    examined_cases: int
    examined_events: int
    unfit: int  # of the cases examined, those that are no run of their chart so far
    rough: int  # distinct traces that were explained roughly
    unknown: Mapping[str, int]  # limits that could not be counted, by reason
    hashes: Mapping[str, str] = field(default_factory=dict)  # power → hash of its chart's table
    too_free: tuple[str, ...] = ()  # powers whose charts no record can be held against

    @cached_property
    def found(self) -> pa.Table:
        """All findings, of ``kept.FOUND``."""
        alone = [self.known.table("found")] if self.known.pieces else []
        order = [("detector", "ascending"), ("day", "ascending"), ("id", "ascending")]
        return pa.concat_tables([self.across, *alone]).sort_by(order)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings one by one."""
        return kept.findings(self.found)


def oversee(
    store: Store, pack: Pack, digest: str, today: date, progress: Progress = lambda *_: None
) -> Overseen:
    """Examine what has not been examined yet. ``digest`` is the pack's (``packs.digest``)."""
    known = kept.Kept(store)
    digest = sha256(f"{digest} {_questions()}".encode()).hexdigest()
    is_anew = known.state.digest != digest
    if is_anew:
        known.begin_anew()
    manifest = store.manifest
    span = (day_of(each // DAY) for each in (manifest.first, manifest.last))
    charts = Charts.of(pack, store.words, *span)
    told, examined = frozenset(manifest.told), list[Examined]()
    for portion in portions(_events(store, known, today, progress, is_anew=is_anew), PORTION):
        names = {bucket: store.case_names(bucket) for bucket in portion.buckets}
        examined.append(examine(portion, charts, told, names, today))
        last = examined[-1]
        kase = last.across["kase"].select(["bucket", "case", "is_running", *CASE])
        known.put(kase, last.detected, last.across["done"])
    alone = _summed(row for each in examined for row in each.detected.checked)
    alone = alone or tuple(row for row in known.state.checked if row.detector in OF_ONE_CASE)
    together = _across(store, known, charts, told, today)
    checked = (*alone, *together.checked)
    last_row = max((each.first + each.read for each in manifest.sources), default=0)
    known.commit(kept.State(digest, last_row, today.isoformat(), (), checked))
    return Overseen(
        known,
        kept.told(together),
        checked,
        sum(store.case_count(bucket) for bucket in range(store.buckets)),
        sum(each.taken for each in manifest.sources),
        sum(each.cases for each in examined),
        sum(each.events for each in examined),
        sum(each.unfit for each in examined),
        sum(each.rough for each in examined),
        sum((Counter(each.unknown) for each in examined), Counter[str]()),
        charts.hashes,
        charts.too_free,
    )


def _questions() -> str:
    """All queries as one text: when one changes, everything is examined anew."""
    return " ".join(part.sql for detector in DETECTORS for part in detector.parts)


def _events(
    store: Store, known: kept.Kept, today: date, progress: Progress, *, is_anew: bool
) -> Iterator[Events]:
    """The events of the cases to be examined, bucket by bucket."""
    columns = ["power", "step", "outcome", *store.manifest.told]
    columns = [name for name in CODED.names if name in columns]
    is_same_day = is_anew or known.state.day == today.isoformat()
    running = {} if is_same_day else known.running()
    none = np.zeros(0, np.int64)
    for bucket in range(store.buckets):
        progress(bucket, store.buckets)
        cases: Numbers | None = None
        if not is_anew:
            new = store.cases_since(bucket, known.state.row)
            cases = np.union1d(new, running.get(bucket, none))
            if not len(cases):
                continue
        yield store.events(bucket, cases, columns)
    progress(store.buckets, store.buckets)


def _across(
    store: Store, known: kept.Kept, charts: Charts, told: frozenset[str], today: date
) -> Detected:
    """What is asked of all cases together."""
    if not known.pieces:
        return Detected((), ())
    names: dict[int, pa.Array] = {}

    def name(bucket: int, case: int) -> str:
        if bucket not in names:
            names[bucket] = store.case_names(bucket)
        return str(names[bucket][case].as_py())

    tables = {"kase": [known.table("kase", CASE)], "done": [known.table("done")]}
    with duckdb.connect() as connection:
        across(connection, charts.context, tables)
        asking = Asking(charts.context, told, today, name)
        return detect(connection, DETECTORS, asking, Scope.STORE)


def _summed(rows: Iterable[Checked]) -> tuple[Checked, ...]:
    """The table of what was asked, summed over portions: asked of one is asked."""
    whole: dict[tuple[str, str, str], Checked] = {}
    for row in rows:
        key = (row.detector, row.name, row.part)
        before = whole.get(key, row)
        if before is row:
            whole[key] = row
            continue
        why_not = row.why_not and before.why_not
        blind = Counter(dict(before.blind)) + Counter(dict(row.blind))
        count = before.count + row.count
        whole[key] = Checked(*key, why_not, count, tuple(blind.items()))
    return tuple(whole.values())
