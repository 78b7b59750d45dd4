"""Spark says what this machine alone says, to the last id: a local cluster of two workers.

``./dev spark`` runs this; without pyspark and Java there is nothing to test.
"""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from tests.kernel.charts import PACKS

from guiju.audit.oversee import Overseen, oversee
from guiju.audit.spark import oversee_on_spark, session
from guiju.audit.store import Store
from guiju.formats.logs.reading import open_log
from guiju.formats.packs import digest, read_pack, stack
from guiju.simulation.writing import write_log, write_packs
from guiju.simulation.year import Plan, Year

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytest.importorskip("pyspark", reason="./dev spark has it")
CITY = PACKS / "changzhi"
PLAN = Plan(date(2026, 1, 1), date(2026, 8, 31), 1200, 0.25, 3)
WORKERS = "local-cluster[2,1,1024]"  # workers, cores and megabytes of each; processes of their own


@pytest.fixture(scope="module")
def cluster() -> Iterator["SparkSession"]:
    with session(WORKERS) as started:
        yield started


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small year with much misconduct, taken into a store of five buckets, one of them empty."""
    folder = tmp_path_factory.mktemp("year")
    made = Year(read_pack(CITY, PLAN.last), PLAN)
    write_log(folder / "events.parquet", made.cases())
    write_packs(folder / "packs", CITY, [p for p in stack(CITY) if p != CITY], made.city.pack)
    store = Store.create(folder / "store", 5)
    log = open_log(folder / "events.parquet")
    store.append(log.name, log.sha256, log.batches)
    return folder


def embedded(folder: Path, store: Store) -> Overseen:
    own = folder / "packs" / "changzhi"
    return oversee(store, read_pack(own, PLAN.last), digest(own), PLAN.last)


def test_a_cluster_finds_what_one_machine_finds(
    cluster: "SparkSession", year: Path, tmp_path: Path
):
    shutil.copytree(year / "store", tmp_path / "store")
    store = Store.open(tmp_path / "store")

    found = oversee_on_spark(cluster, store, year / "packs" / "changzhi", PLAN.last)

    golden = embedded(year, Store.open(year / "store"))
    assert len({each.detector for each in golden.findings}) >= 24
    assert found.findings == golden.findings
    assert sorted(map(repr, found.checked)) == sorted(map(repr, golden.checked))
    assert found.examined == golden.examined
    assert found.hashes == golden.hashes
    assert not (tmp_path / "store" / "spark").exists()
    again = embedded(year, Store.open(tmp_path / "store"))
    assert again.examined.cases == 0, "what the cluster has kept, one machine goes on from"
    assert again.findings == golden.findings


def test_the_work_is_done_by_both_workers(cluster: "SparkSession"):
    def where(batches):
        for batch in batches:  # every executor has a folder of its own
            place = pa.array([str(Path.cwd())] * len(batch))
            yield pa.RecordBatch.from_arrays([place], ["place"])

    rows = cluster.range(64, numPartitions=16).mapInArrow(where, "place string").collect()

    assert len({row["place"] for row in rows}) == 2
