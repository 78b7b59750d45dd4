"""``oversee`` on Apache Spark: the same kernel for each bucket, the same questions in its words.

Workers read the store and the pack from storage that all of them see, and hold one bucket after
the other against the charts (``examination.related``, by ``mapInArrow``); what comes of it they
write as relations, Parquet, into a folder beside the store's. Detectors then ask Spark, which
has these relations as views; sqlglot puts their SQL into its words. Everything is examined anew,
and what is found is kept as ``oversee`` keeps it: the next day more can be done on one machine.

Needs ``guiju[spark]`` and Java. A day more is seldom worth a cluster; docs/scale.md says when.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow import parquet

from guiju.audit.detection import Asking, detect
from guiju.audit.detector import Scope
from guiju.audit.detectors import DETECTORS
from guiju.audit.engine import Answer
from guiju.audit.events import CODED
from guiju.audit.examination import Charts, Examined, Tally, related
from guiju.audit.oversee import Overseen, Run, columns_of, span_of
from guiju.audit.relations import ACROSS, DONE
from guiju.audit.store import Store
from guiju.formats.packs import digest, read_pack

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

TOLD = "bucket int, tally string"  # what a worker answers of a bucket
FOLDER = "spark"  # in the store; gone when the run is over


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker needs to know; paths as all machines see them."""

    store: str
    pack: str
    today: date

    def relation(self, name: str) -> Path:
        """The folder of a relation, with a file for each bucket."""
        return Path(self.store) / FOLDER / name


class Sparkling:
    """Spark as an engine: relations are views, queries are put into its words."""

    def __init__(self, session: "SparkSession") -> None:
        self.session = session

    def put(self, name: str, folder: Path) -> None:
        """Make a view of Parquet files; small ones are kept at hand."""
        self.session.read.parquet(folder.as_uri()).createOrReplaceTempView(name)

    def frame(self, sql: str) -> "DataFrame":
        """A query, put into Spark's words and not yet asked."""
        import sqlglot  # noqa: PLC0415 - only who has a cluster has it

        (words,) = sqlglot.transpile(sql, read="duckdb", write="spark")
        return self.session.sql(words)

    def ask(self, sql: str) -> Answer:
        """All rows that a query answers."""
        frame = self.frame(sql)
        return Answer(tuple(frame.columns), [tuple(row) for row in frame.collect()])


class SparkError(Exception):
    """There is no Spark to be had, in words."""


@contextmanager
def session(master: str) -> Iterator["SparkSession"]:
    """A session on a cluster, ended afterwards; ``master`` is its address. Raises SparkError."""
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415 - who has no cluster has none
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise SparkError("没有装 Spark:pip install guiju[spark],另要 Java 17") from error
    try:
        started = SparkSession.builder.master(master).appName("guiju oversee").getOrCreate()
    except PySparkException as error:
        raise SparkError(f"连不上 Spark({master}),或者没有 Java:{error}") from error
    started.sparkContext.setLogLevel("ERROR")
    try:
        yield started
    finally:
        started.stop()


def oversee_on_spark(
    session: "SparkSession", store: Store, pack_folder: Path, today: date
) -> Overseen:
    """Examine a whole store on a cluster; the same findings as ``oversee``, to the last id."""
    work = Work(str(store.folder.resolve()), str(pack_folder.resolve()), today)
    rmtree(work.relation(""), ignore_errors=True)
    run = Run(store, read_pack(pack_folder, today), digest(pack_folder), today)
    run.begin_anew()
    tallies = _kernel_everywhere(session, work, store.buckets)
    engine = Sparkling(session)
    context = run.charts.context
    for name, table in context.tables.items():
        write(work.relation(name) / "whole.parquet", table)
    for folder in work.relation("").iterdir():
        engine.put(folder.name, folder)
    engine.frame(DONE).createOrReplaceTempView("done")
    asking = Asking(context, run.feeds, today, run.name())
    alone = detect(engine, DETECTORS, asking, Scope.BUCKET)
    together = detect(engine, DETECTORS, asking, Scope.STORE)
    across = {name: session.table(name).toArrow() for name in ACROSS}
    none = CODED.empty_table().append_column("bucket", pa.array([], pa.int32()))
    run.take(Examined(alone, across, none, Tally.of(tallies)))
    rmtree(work.relation(""))
    return run.end(together)


def _kernel_everywhere(session: "SparkSession", work: Work, buckets: int) -> list[Tally]:
    """Let workers make the relations of all buckets; a task for each bucket."""

    def kernel(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for bucket in batch["id"].to_pylist():
                told = json.dumps(asdict(_kernel(work, bucket)))
                rows = [pa.array([bucket], pa.int32()), pa.array([told])]
                yield pa.RecordBatch.from_arrays(rows, ["bucket", "tally"])

    rows = session.range(buckets, numPartitions=buckets).mapInArrow(kernel, TOLD).collect()
    return [Tally(**json.loads(row["tally"])) for row in rows]


def _kernel(work: Work, bucket: int) -> Tally:
    """One bucket on a worker: its relations written, a file of each."""
    store, charts = _ready(work)
    done = related(store.events(bucket, None, columns_of(store)), charts, work.today)
    for name, table in done.tables.items():
        write(work.relation(name) / f"{bucket}.parquet", table)
    return done.tally


@lru_cache(maxsize=1)
def _ready(work: Work) -> tuple[Store, Charts]:
    """Store and charts, made once in each of a worker's processes."""
    store = Store.open(Path(work.store))
    pack = read_pack(Path(work.pack), work.today)
    return store, Charts.of(pack, store.words, *span_of(store, work.today))


def write(path: Path, table: pa.Table) -> None:
    """A file of a relation; a task that is tried again writes the same once more."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    parquet.write_table(table, part, compression="lz4")
    part.replace(path)
