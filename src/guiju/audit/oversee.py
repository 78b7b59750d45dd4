"""``oversee``: all cases of a store held against the charts of a pack; findings out.

Cases are examined in portions (``examination``). What detectors ask across cases, of
resubmissions, duties and outliers, they ask at the end, of a few columns kept of every case.

What was found of a case stays with its bucket (``kept``). The next time only cases with new
events are examined anew, and those that still run when the day has moved; so day by day gives
what at once gives, to the last id. Another pack, or other questions, and all is examined anew.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from hashlib import sha256

import numpy as np
import pyarrow as pa

from guiju.audit import kept
from guiju.audit.context import Context
from guiju.audit.detection import Asking, Checked, Detected, detect
from guiju.audit.detector import Scope, day_of
from guiju.audit.detectors import DETECTORS
from guiju.audit.engine import Duck
from guiju.audit.events import CODED, Events, in_order
from guiju.audit.examination import Charts, Examined, Tally, examine, portions
from guiju.audit.feeds import Feeds
from guiju.audit.finding import Finding
from guiju.audit.relations import across
from guiju.audit.store import EVERY_ROW, Store
from guiju.formats.packs import Pack

PORTION = 500_000  # events examined at once
AHEAD = 2  # buckets are read meanwhile
NONE = np.zeros(0, np.int64)
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
    examined: Tally  # this time
    hashes: Mapping[str, str] = field(default_factory=dict)  # power → hash of its chart's table
    too_free: tuple[str, ...] = ()  # powers whose charts no record can be held against

    @cached_property
    def found(self) -> pa.Table:
        """All findings, of ``kept.FOUND``; read when first asked for, before the next run."""
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
    run = Run(store, pack, digest, today)
    for portion in portions(_events(run, progress), PORTION):
        asking = Asking(run.charts.context, run.feeds, today, run.name())
        run.take(examine(portion, run.charts, asking))
    return run.end(_across(run))


class Run:
    """A store being overseen: what was kept, the charts, and what this time has shown so far."""

    def __init__(self, store: Store, pack: Pack, digest: str, today: date) -> None:
        self.store, self.today = store, today
        self.known = kept.Kept(store)
        self.charts = Charts.of(pack, store.words, *span_of(store, today))
        self.feeds = Feeds.of(store.manifest.sources)
        asked = _questions(self.charts.context, self.feeds)
        self.digest = sha256(f"{digest} {asked}".encode()).hexdigest()
        self.is_anew = False
        if self.known.state.digest != self.digest:
            self.begin_anew()
        self.taken: list[Tally] = []
        self.checked: list[Checked] = []

    def begin_anew(self) -> None:
        """Nothing that was kept holds any more."""
        self.is_anew = True
        self.known.begin_anew()

    def take(self, examined: Examined) -> None:
        """Keep what examining some cases has shown."""
        kase = examined.across["kase"].select(["bucket", "case", "is_running", *CASE])
        piece = {"kase": kase, "found": kept.told(examined.detected)}
        self.known.put({**piece, "done": examined.across["done"], "held": examined.held})
        self.taken.append(examined.tally)
        self.checked += examined.detected.checked

    def name(self) -> Callable[[int, int], str]:
        """The name of a case, from its bucket and its number there; read when asked for."""
        names: dict[int, pa.Array] = {}

        def name(bucket: int, case: int) -> str:
            if bucket not in names:
                names[bucket] = self.store.case_names(bucket)
            return str(names[bucket][case].as_py())

        return name

    def end(self, together: Detected) -> Overseen:
        """Commit; ``together`` is what was found across all cases."""
        store, manifest, tally = self.store, self.store.manifest, Tally.of(self.taken)
        before = self.known.state.checked
        alone = _summed(self.checked) or tuple(c for c in before if c.detector in OF_ONE_CASE)
        checked = (*alone, *together.checked)
        last_row = max((each.first + each.read for each in manifest.sources), default=0)
        state = kept.State(self.digest, last_row, self.today.isoformat(), (), checked)
        self.known.commit(state)
        return Overseen(
            self.known,
            kept.told(together),
            checked,
            sum(store.case_count(bucket) for bucket in range(store.buckets)),
            sum(each.taken for each in manifest.sources),
            tally,
            self.charts.hashes,
            self.charts.too_free,
        )


def _questions(context: Context, feeds: Feeds) -> str:
    """All queries, and which of them can be asked: when that changes, all is examined anew."""
    parts = [part for detector in DETECTORS for part in detector.parts]
    met = [context.is_met(where) for part in parts for _, where in part.meets]
    told = sorted((columns, sorted(told)) for columns, told in feeds.systems.items())
    return " ".join((*(part.sql for part in parts), f"{met} {told}"))


def _events(run: Run, progress: Progress) -> Iterator[Events]:
    """The events of the cases to be examined, bucket by bucket."""
    store = run.store
    anew = partial(store.events, cases=None, columns=columns_of(store))
    read = anew if run.is_anew else _Again(run).events
    with ThreadPoolExecutor(AHEAD) as threads:  # Reads on while what was read is examined.
        waiting: deque[Future[Events]] = deque()
        for bucket in range(store.buckets + AHEAD):
            if bucket < store.buckets:
                waiting.append(threads.submit(read, bucket))
            if bucket >= AHEAD:
                progress(bucket - AHEAD, store.buckets)
                yield waiting.popleft().result()
    progress(store.buckets, store.buckets)


class _Again:
    """What is to be examined of a store that was examined before."""

    def __init__(self, run: Run) -> None:
        self.store, self.known, self.row = run.store, run.known, run.known.state.row
        self.columns = list(dict.fromkeys(("case", "at", "row", *columns_of(run.store))))
        is_same_day = run.known.state.day == run.today.isoformat()
        self.running = {} if is_same_day else run.known.running()
        self.held = run.known.held(self.columns)

    def events(self, bucket: int) -> Events:
        """All events of the cases with new ones, and of those that another day tells more of."""
        new = self.store.events(bucket, None, self.columns, (self.row + 1, EVERY_ROW[1]))
        cases = np.union1d(new.array("case"), self.running.get(bucket, NONE))
        parts = [pa.table(dict(new.columns))]
        held = self.held.get(bucket)
        if held is not None:
            is_asked = np.isin(held["case"].to_numpy(), cases)
            parts.append(held.filter(pa.array(is_asked)).cast(parts[0].schema))
            cases = np.setdiff1d(cases, held["case"].to_numpy())
        cases = self.known.among(bucket, cases)
        if len(cases):
            old = self.store.events(bucket, cases, self.columns, (0, self.row))
            parts.append(pa.table(dict(old.columns)))
        whole = in_order(pa.concat_tables(parts))
        return Events({name: whole[name].combine_chunks() for name in self.columns}, bucket)


def span_of(store: Store, today: date) -> tuple[date, date]:
    """The first and the last day of the events of a store; no day after this one."""
    first, last = (day_of(each // DAY) for each in (store.manifest.first, store.manifest.last))
    return first, min(last, today)


def columns_of(store: Store) -> list[str]:
    """The columns of events that something is known of."""
    columns = ["power", "step", "outcome", *store.manifest.told]
    return [name for name in CODED.names if name in columns]


def _across(run: Run) -> Detected:
    """What is asked of all cases together."""
    if not run.known.pieces:
        return Detected((), ())
    with Duck() as duck:
        across(duck, run.charts.context, run.known.cases(), run.known.table("done"))
        asking = Asking(run.charts.context, run.feeds, run.today, run.name())
        return detect(duck, DETECTORS, asking, Scope.STORE)


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
