"""Cases examined: their events against the charts, the calendar and the questions of one case.

Some cases of several buckets go together, as many as fit into memory well: what a query costs
hardly depends on how many cases it looks at. Within such a portion cases are numbered anew.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from guiju.audit.clocks import Silences, clocks_of, line_of, surely_open
from guiju.audit.coding import EPOCH
from guiju.audit.context import Context, context_of
from guiju.audit.deadlines import Count
from guiju.audit.detection import Asking, Detected, detect
from guiju.audit.detector import Scope
from guiju.audit.detectors import DETECTORS
from guiju.audit.effects import Effects
from guiju.audit.engine import Duck
from guiju.audit.events import UNTOLD, Events, Words
from guiju.audit.explanation import DEVIATION, Explained, explained
from guiju.audit.limits import Bucket, limits_of
from guiju.audit.relations import ACROSS, GIVEN, relate, relations_of
from guiju.audit.replay import NO_CHART, Replayed, Tables, replay
from guiju.formats.packs import Pack
from guiju.kernel.behaviour import TooManyStates, behaviour_of
from guiju.kernel.net import Net, compile_net
from guiju.kernel.replay import Code
from guiju.kernel.table import compiled, digest

RECENT = 92  # days; a case without an end and without an event since hardly goes on
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Charts:
    """The charts of a pack ready for replay, for one dictionary of words."""

    pack: Pack
    context: Context
    tables: Tables
    effects: Effects
    count: Count
    hashes: Mapping[str, str]  # power → hash of its chart's table
    too_free: tuple[str, ...]  # powers whose charts no record can be held against

    @classmethod
    def of(cls, pack: Pack, words: Words, first: date, last: date) -> "Charts":
        """The charts of a pack, for a log whose events lie between two days."""
        nets: dict[str, Net] = {}
        hashes, too_free = {}, []
        for power in pack.powers:
            net = compile_net(power)
            try:
                hashes[power.code] = digest(compiled(behaviour_of(net)))
            except TooManyStates:
                too_free.append(power.code)
                continue
            nets[power.code] = net
        tables = Tables({code: behaviour_of(net) for code, net in nets.items()}, words)
        effects = Effects(list(nets.values()), [table.activities for table in tables.charts])
        context = context_of(pack, words, first, last)
        count = Count.of(pack.calendar)
        return cls(pack, context, tables, effects, count, hashes, tuple(too_free))


@dataclass(frozen=True)
class Portion:
    """Some cases of some buckets, numbered through; ``case`` of bucket i begins at bases[i]."""

    events: Events
    buckets: tuple[int, ...]
    bases: tuple[int, ...]

    @classmethod
    def of(cls, parts: Sequence[Events]) -> "Portion":
        """Put the events of several buckets together."""
        bases, base = [], 0
        tables = []
        for part in parts:
            bases.append(base)
            case = part.array("case")
            columns = dict(part.columns) | {"case": pa.array((case + base).astype(np.int32))}
            tables.append(pa.table(columns))
            base += int(case.max(initial=-1)) + 1
        whole = pa.concat_tables(tables).combine_chunks()
        columns = {name: _one(whole[name]) for name in whole.column_names}
        buckets = tuple(part.bucket for part in parts)
        return cls(Events(columns), buckets, tuple(bases))

    def origins(self, case: Numbers) -> tuple[Numbers, Numbers]:
        """Bucket and number there of cases of the portion."""
        at = np.searchsorted(self.bases, case, "right") - 1
        return np.array(self.buckets)[at], case - np.array(self.bases)[at]

    def origin(self, case: int) -> tuple[int, int]:
        """The same of one case."""
        at = bisect_right(self.bases, case) - 1
        return self.buckets[at], case - self.bases[at]


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


@dataclass(frozen=True)
class Examined:
    """What examining a portion has shown, by the buckets' own numbers."""

    detected: Detected
    across: Mapping[str, pa.Table]  # ``relations.ACROSS``
    held: pa.Table  # the events of the cases that may go on
    tally: "Tally"


@dataclass(frozen=True)
class Tally:
    """How much was examined, and what could not be said of it."""

    cases: int = 0
    events: int = 0
    unfit: int = 0  # cases that are no run of their chart so far
    chartless: int = 0  # cases whose power has no chart
    rough: int = 0  # distinct traces that were explained roughly
    unknown: Mapping[str, int] = field(default_factory=dict)  # limits not counted, by reason

    @classmethod
    def of(cls, parts: Iterable["Tally"]) -> "Tally":
        """The sum of several."""
        parts = list(parts)
        return cls(
            sum(each.cases for each in parts),
            sum(each.events for each in parts),
            sum(each.unfit for each in parts),
            sum(each.chartless for each in parts),
            sum(each.rough for each in parts),
            sum((Counter(each.unknown) for each in parts), Counter[str]()),
        )


@dataclass(frozen=True)
class Related:
    """Events held against their charts, as relations (``relations``), before any question."""

    tables: Mapping[str, pa.Table]
    tally: Tally


def related(events: Events, charts: Charts, today: date) -> Related:
    """The kernel of oversight: replay, explanations, clocks and limits of some cases."""
    replayed = replay(events, charts.tables)
    deviating = explained(events, replayed, charts.tables, whole=False)
    silences = _silences(events, replayed, deviating, charts)
    line = line_of(events, replayed, charts.effects, silences)
    is_open = surely_open(replayed, charts.tables, charts.effects)
    clocks = clocks_of(line, charts.effects, charts.count, is_open)
    bucket = Bucket(events, line, clocks, replayed.chart)
    words = charts.tables.words
    limits = limits_of(bucket, charts.effects, words, charts.count, (today - EPOCH).days)
    is_early = np.isin(np.flatnonzero(line.by_silence), clocks.early)
    deviation = _deviation(events, deviating, is_early)
    given = {name: getattr(limits, name) for name in ("clock", "stop", "extension")}
    given["deviation"] = deviation
    tally = Tally(
        len(events.starts) - 1,
        len(events),
        int((~deviating.fits & (replayed.chart != NO_CHART)).sum()),
        int((replayed.chart == NO_CHART).sum()),
        deviating.rough,
        limits.unknown,
    )
    return Related(relations_of(events, charts.context, given), tally)


def examine(portion: Portion, charts: Charts, asking: Asking) -> Examined:
    """Examine a portion; ``asking`` knows cases by their buckets' own numbers."""
    known = related(portion.events, charts, asking.today)

    def name(_: int, case: int) -> str:
        return asking.case_name(*portion.origin(case))

    with Duck() as duck:
        relate(duck, known.tables, charts.context)
        own = replace(asking, case_name=name)
        detected = detect(duck, DETECTORS, own, Scope.BUCKET)
        across = {each: duck.table(f"FROM {each}") for each in ACROSS}
    places = tuple(portion.origin(case) for _, case in detected.places)
    return Examined(
        replace(detected, places=places),
        across | {"kase": _numbered(across["kase"], portion)},
        _numbered(_held(portion.events, across["kase"], asking.today), portion),
        known.tally,
    )


def _held(events: Events, kase: pa.Table, today: date) -> pa.Table:
    """The events of the cases that may go on: they run, or had no end and events lately."""
    own = {name: kase[name].to_numpy() for name in ("case", "is_running", "ended_day", "last_day")}
    is_recent = own["last_day"] > (today - EPOCH).days - RECENT
    goes_on = (own["is_running"] == 1) | (own["ended_day"] == UNTOLD) & is_recent
    case = events.array("case")
    is_held = np.zeros(int(case.max(initial=0)) + 1, np.bool_)
    is_held[own["case"][goes_on]] = True
    bucket = pa.array(np.zeros(len(events), np.int32))
    return pa.table({"bucket": bucket, **events.columns}).filter(pa.array(is_held[case]))


def _numbered(table: pa.Table, portion: Portion) -> pa.Table:
    """Rows of cases under the buckets' own numbers."""
    bucket, case = portion.origins(table["case"].to_numpy())
    columns = {"bucket": bucket, "case": case}
    for name, values in columns.items():
        at = table.column_names.index(name)
        table = table.set_column(at, name, pa.array(values.astype(np.int32)))
    return table


def _silences(
    events: Events, replayed: Replayed, deviating: Explained, charts: Charts
) -> Silences:
    """What silence is said to have brought about, as activities of the charts."""
    rows = _by_silence(deviating)
    if not rows.num_rows:
        return Silences.none()
    numbers = events.array("case")[events.starts[:-1]]
    case = np.searchsorted(numbers, rows["case"].to_numpy())
    text = charts.tables.words.text
    does = []
    for chart, step, outcome in zip(
        replayed.chart[case].tolist(),
        *(rows[n].to_pylist() for n in ("step", "outcome")),
        strict=True,
    ):
        number = charts.tables.charts[chart].number_of[text(step), text(outcome)]
        does.append(charts.effects.base[chart] + number)
    return Silences(case, rows["n"].to_numpy().astype(np.int64), np.array(does, np.int32))


def _by_silence(deviating: Explained) -> pa.Table:
    found = deviating.deviations
    found = found.filter(pa.array(found["code"].to_numpy() == Code.BY_SILENCE))
    return found.sort_by([("case", "ascending"), ("n", "ascending")])


def _deviation(events: Events, deviating: Explained, is_early: npt.NDArray[np.bool_]) -> pa.Table:
    """The relation: without what silence lawfully did; what came too early was skipped."""
    found, silent = deviating.deviations, _by_silence(deviating)
    others = found.filter(pa.array(found["code"].to_numpy() != Code.BY_SILENCE))
    early = silent.filter(pa.array(is_early))
    code = pa.array(np.full(early.num_rows, Code.SKIPPED, np.int8))
    early = early.set_column(DEVIATION.names.index("code"), DEVIATION.field("code"), code)
    whole = pa.concat_tables([others, early])
    bucket = pa.array(np.full(whole.num_rows, events.bucket, np.int32))
    whole = whole.append_column("bucket", bucket)
    return whole.select(GIVEN["deviation"].names)


def portions(parts: Iterator[Events], most: int) -> Iterator[Portion]:
    """Put events of buckets together until there are enough; none for no events."""
    waiting: list[Events] = []
    size = 0
    for part in parts:
        if not len(part):
            continue
        waiting.append(part)
        size += len(part)
        if size >= most:
            yield Portion.of(waiting)
            waiting, size = [], 0
    if waiting:
        yield Portion.of(waiting)
