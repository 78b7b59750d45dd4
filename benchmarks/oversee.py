"""What oversight costs at size: taking in, all questions, a day's increment, replay alone, limits.

    .venv/bin/python benchmarks/oversee.py SIMULATED [COPIES]

SIMULATED is a folder that ``guiju simulate`` has written; its cases are copied COPIES times (11 of
the standard year: 2.5 million cases) under other names. All but the last 100,000 events are taken
in and overseen, then these. CPU seconds of this process, all threads; memory is its peak.
"""

import multiprocessing
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
from guiju.audit.oversee import oversee, span_of  # noqa: E402
from guiju.audit.replay import replay  # noqa: E402
from guiju.audit.store import Store  # noqa: E402
from guiju.formats.packs import digest, read_pack  # noqa: E402

LAST = date(2026, 8, 31)
DAY_MORE = 100_000
AT_ONCE = 65_536
TOGETHER = 20_000  # rows of one city before those of the next


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
        status = Path("/proc/self/status").read_text().splitlines()
        peak = next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))
        rate = f"{count / cpu / 1e6:.2f} M {unit}/CPU-s"
        print(f"{words:<34} {count:>12,} {unit:<7} {cpu:7.1f} CPU-s {wall:7.1f} s "
              f"{rate:>22} {peak:>6} MB", flush=True)


def copies(table: pa.Table, number: int) -> Iterator[pa.Table]:
    """The log of so many such cities, in the order of time: other names of cases and people."""
    for start in range(0, len(table), TOGETHER):
        for copy in range(number):
            part = table.slice(start, TOGETHER)
            for name in ("case", "applicant"):
                values = compute.binary_join_element_wise(part[name], str(copy), "/")
                place = table.column_names.index(name)
                part = part.set_column(place, table.schema.field(name), values)
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


def log_of(folder: Path, number: int) -> tuple[pa.Table, int]:
    """The simulated log, and where the day begins that comes last."""
    table = parquet.read_table(folder / "events.parquet")
    return table, len(table) - DAY_MORE // number


def pack_of(folder: Path) -> Path:
    """The pack that was simulated, and not those that it builds on."""
    packs = (each.parent for each in folder.glob("packs/*/people.toml"))
    return next(each for each in packs if (each / "list.toml").exists())


def take_in(folder: Path, number: int, place: Path) -> None:
    """All but the last day, into a new store."""
    (table, cut), clock = log_of(folder, number), Clock()
    store = Store.create(place)
    store.append("all", "a" * 64, lambda _: batches(copies(table.slice(0, cut), number)))
    clock.tell("take in", sum(each.taken for each in store.manifest.sources), "events")


def questions(folder: Path, number: int, place: Path) -> None:
    """Everything examined at once."""
    clock, pack = Clock(), pack_of(folder)
    found = oversee(Store.open(place), read_pack(pack, LAST), digest(pack), LAST)
    count = found.found.num_rows
    clock.tell(f"all questions ({count:,} findings)", found.examined.events, "events")


def replay_alone(folder: Path, number: int, place: Path) -> None:
    """The store read and replayed again and again, until it is 100 million events."""
    store = Store.open(place)
    charts = Charts.of(read_pack(pack_of(folder), LAST), store.words, *span_of(store, LAST))
    events = sum(each.taken for each in store.manifest.sources)
    repeats, clock = max(1, round(100_000_000 / events)), Clock()
    for _ in range(repeats):
        for bucket in range(store.buckets):
            replay(store.events(bucket, columns=("power", "step", "outcome")), charts.tables)
    clock.tell(f"read and replay alone, {repeats} times", repeats * events, "events")


def day_more(folder: Path, number: int, place: Path) -> None:
    """The last day taken in and examined; reading the pack, which is no larger for it, apart."""
    table, cut = log_of(folder, number)
    clock, folder = Clock(), pack_of(folder)
    pack, hashed = read_pack(folder, LAST), digest(folder)
    clock.tell("reading the pack", len(pack.powers), "powers")
    clock = Clock()
    store = Store.open(place)
    store.append("more", "b" * 64, lambda _: batches(copies(table.slice(cut), number)))
    more = oversee(store, pack, hashed, LAST)
    clock.tell(f"a day more, against {more.cases:,} cases", len(table) * number - cut * number, "events")
    print(f"  of these examined anew: {more.examined.cases:,} cases, "
          f"{more.examined.events:,} events")


def main() -> None:
    """Print the table; each part in a process of its own, so that its memory is its own."""
    folder = Path(sys.argv[1])
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 11
    deadlines()
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as place:
        for part in (take_in, questions, replay_alone, day_more):
            process = spawn.Process(target=part, args=(folder, number, Path(place) / "store"))
            process.start()
            process.join()
            if process.exitcode:
                sys.exit(f"{part.__name__} failed")


if __name__ == "__main__":
    main()
