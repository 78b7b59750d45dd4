"""What oversight costs at size: taking in, all questions, a day's increment, replay alone, limits.

    .venv/bin/python benchmarks/oversee.py SIMULATED [COPIES]

SIMULATED is a folder that ``guiju simulate`` has written; its cases are copied COPIES times (11 of
the standard year: 2.5 million cases) under other names. All but the last 100,000 events are taken
in and overseen, then these. CPU seconds of this process, all threads; memory is its peak.
"""

import resource
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa
from pyarrow import compute, parquet

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.kernel.charts import CALENDAR  # noqa: E402

from guiju.audit.deadlines import EPOCH, Count, Stops, Terms  # noqa: E402
from guiju.audit.examination import Charts  # noqa: E402
from guiju.audit.oversee import oversee  # noqa: E402
from guiju.audit.replay import replay  # noqa: E402
from guiju.audit.store import Store  # noqa: E402
from guiju.formats.packs import digest, read_pack  # noqa: E402

LAST = date(2026, 8, 31)
DAY_MORE = 100_000
AT_ONCE = 65_536


@dataclass
class Rows:
    """A batch as readers give them."""

    events: pa.RecordBatch
    read: int
    rejected: tuple[object, ...] = ()


class Clock:
    """Prints what something cost."""

    def __init__(self) -> None:
        self.began = process_time(), perf_counter()

    def tell(self, words: str, count: int, unit: str) -> None:
        """CPU and wall seconds since the clock was made, and how much a CPU second did."""
        cpu, wall = process_time() - self.began[0], perf_counter() - self.began[1]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        rate = f"{count / cpu / 1e6:.2f} M {unit}/CPU-s"
        print(f"{words:<34} {count:>12,} {unit:<7} {cpu:7.1f} CPU-s {wall:7.1f} s "
              f"{rate:>22} {peak:>6} MB", flush=True)


def copies(table: pa.Table, number: int) -> Iterator[pa.Table]:
    """The log again and again under other names of cases and applicants."""
    for copy in range(number):
        names = {n: compute.binary_join_element_wise(table[n], str(copy), "/")
                 for n in ("case", "applicant")}
        part = table
        for name, values in names.items():
            part = part.set_column(table.column_names.index(name), table.schema.field(name), values)
        yield part


def batches(parts: Iterator[pa.Table]) -> Iterator[Rows]:
    """Rows as a reader gives them, numbered."""
    read = 0
    for part in parts:
        for batch in part.to_batches(200_000):
            rows = pa.array(np.arange(read + 1, read + 1 + len(batch)))
            read += len(batch)
            columns = [rows, *batch.columns[1:]]
            yield Rows(pa.RecordBatch.from_arrays(columns, schema=batch.schema), read)


def deadlines(cases: int = 5_000_000) -> None:
    """Due day and days left of many terms, one in five of them stopped; some counted by hand."""
    count, chance = Count.of(CALENDAR), np.random.default_rng(1)
    first = CALENDAR.first.toordinal() - EPOCH
    start = (first + chance.integers(0, 3_600, cases)).astype(np.float32)
    length = chance.integers(1, 60, cases).astype(np.float32)
    on = start + chance.integers(0, 90, cases).astype(np.float32)
    wrong, clock = 0, Clock()
    for begin in range(0, cases, AT_ONCE):
        part = slice(begin, begin + AT_ONCE)
        of = np.arange(0, len(start[part]), 5)
        since = start[part][of] + 3
        stops = Stops(of, since, since + 10, np.full(len(of), 5, np.float32))
        terms = Terms(count, start[part], length[part], True, stops)
        terms.left(on[part], terms.due())
    clock.tell("deadlines, a fifth with stops", cases, "cases")
    few = 20_000
    terms = Terms(count, start[:few], length[:few], True, Stops.none())
    for at, due in enumerate(terms.due()):
        day, need = date.fromordinal(int(start[at]) + EPOCH), int(length[at])
        while need:
            day += timedelta(days=1)
            if day.year > 2026:
                break
            need -= CALENDAR.is_working(day)
        by_hand = np.nan if need else day.toordinal() - EPOCH
        wrong += not (due == by_hand or (np.isnan(due) and np.isnan(by_hand)))
    print(f"  against counting day by day: {wrong} of {few:,} differ")


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1])
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 11
    deadlines()
    table = parquet.read_table(folder / "events.parquet")
    pack_folder = next(p.parent for p in folder.glob("packs/*/people.toml") if (p.parent / "list.toml").exists())
    pack, hashed = read_pack(pack_folder, LAST), digest(pack_folder)
    share = DAY_MORE // number
    cut = len(table) - share
    with tempfile.TemporaryDirectory() as place:
        store = Store.create(Path(place) / "store")
        clock = Clock()
        store.append("all", "a" * 64, lambda _: batches(copies(table.slice(0, cut), number)))
        events = sum(each.taken for each in store.manifest.sources)
        clock.tell("take in", events, "events")
        clock = Clock()
        found = oversee(store, pack, hashed, LAST)
        clock.tell(f"all questions ({found.found.num_rows:,} findings)", events, "events")
        cases = found.cases
        del found
        charts = Charts.of(pack, store.words, date(2026, 1, 1), LAST)
        repeats = max(1, round(100_000_000 / events))
        clock = Clock()
        for _ in range(repeats):
            for bucket in range(store.buckets):
                replay(store.events(bucket, columns=("power", "step", "outcome")), charts.tables)
        clock.tell(f"read and replay alone, {repeats} times", repeats * events, "events")
        clock = Clock()
        store = Store.open(store.folder)
        store.append("more", "b" * 64, lambda _: batches(copies(table.slice(cut), number)))
        more = oversee(store, read_pack(pack_folder, LAST), hashed, LAST)
        clock.tell(f"a day more, against {cases:,} cases", share * number, "events")
        print(f"  of these examined anew: {more.examined.cases:,} cases, "
              f"{more.examined.events:,} events")


if __name__ == "__main__":
    main()
