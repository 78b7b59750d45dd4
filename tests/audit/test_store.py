"""The store: what goes in comes out, in order; nothing twice, nothing lost, whatever happens."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from guiju.audit import store as stores
from guiju.audit.events import NEVER, UNTOLD
from guiju.audit.store import Store, StoreError
from guiju.formats.logs.schema import TOLD

DAY = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - logs tell wall-clock times


@dataclass
class Row:
    row: int
    reason: str


@dataclass
class Rows:
    """A batch as readers give them."""

    events: pa.RecordBatch
    read: int
    rejected: list[Row] = field(default_factory=list)


def batch(rows: list[dict[str, object]], read: int, *rejected: Row) -> Rows:
    columns = {f.name: [row.get(f.name) for row in rows] for f in TOLD}
    return Rows(pa.RecordBatch.from_pydict(columns, TOLD), read, list(rejected))


def log(count: int, cases: int = 7, seed: int = 1) -> list[dict[str, object]]:
    chance = random.Random(seed)
    return [
        {
            "row": number,
            "case": f"案{chance.randrange(cases)}",
            "power": "p",
            "step": chance.choice(["accept", "decide"]),
            "at": DAY + timedelta(minutes=chance.randrange(count)),
        }
        for number in range(1, count + 1)
    ]


def batches(rows: list[dict[str, object]], size: int, skip: int = 0) -> Iterator[Rows]:
    for start in range(skip, len(rows), size):
        part = rows[start : start + size]
        yield batch(part, start + len(part))


def told(store: Store) -> list[tuple[object, ...]]:
    """All events in words, by case, time and row."""
    found = []
    for bucket in range(store.buckets):
        events = store.events(bucket)
        names = store.case_names(bucket)
        rows = pa.table(dict(events.columns)).to_pylist()
        keys = [(row["case"], row["at"], row["row"]) for row in rows]
        assert keys == sorted(keys)
        found += [
            (names[r["case"]].as_py(), r["at"], r["row"], store.words.text(r["step"]))
            for r in rows
        ]
    return sorted(found)


def expected(rows: list[dict[str, object]], first: int = 0) -> list[tuple[object, ...]]:
    epoch = datetime(1970, 1, 1)  # noqa: DTZ001 - as above
    return sorted(
        (r["case"], (r["at"] - epoch) // timedelta(microseconds=1), r["row"] + first, r["step"])
        for r in rows
    )


def test_what_goes_in_comes_out_whatever_the_parts(tmp_path: Path, monkeypatch) -> None:
    rows = log(500)
    monkeypatch.setattr(stores, "PART_ROWS", 100)
    store = Store.create(tmp_path / "s", 4)
    taken = store.append("a.csv", "aa", lambda skip: batches(rows, 30, skip))
    assert (taken.source.taken, taken.source.parts, taken.source.is_whole) == (500, 5, True)
    assert told(store) == told(Store.open(tmp_path / "s")) == expected(rows)
    assert not list((tmp_path / "s").glob("*/raw-*"))


def test_every_column_is_kept(tmp_path: Path) -> None:
    row = {
        "row": 1,
        "case": "案",
        "step": "visit",
        "at": DAY,
        "recorded_at": DAY + timedelta(hours=1),
        "person": "zhang",
        "present": [{"person": "li", "post": "witness", "order": 2}],
        "reason": True,
        "items": ["身份证", "户口簿"],
        "evidence": ["照片"],
        "fee": 1050,
        "applicant": "甲",
    }
    store = Store.create(tmp_path / "s", 1)
    store.append(
        "a", "aa", lambda skip: [batch([row, {"row": 2, "case": "案", "step": "x", "at": DAY}], 2)]
    )
    first, second = pa.table(dict(store.events(0).columns)).to_pylist()
    text = store.words.text
    assert [(text(p["person"]), text(p["post"]), p["order"]) for p in first["present"]] == [
        ("li", "witness", 2)
    ]
    assert [text(code) for code in first["items"]] == ["身份证", "户口簿"]
    assert (first["reason"], first["fee"], first["recorded_at"] - first["at"]) == (
        1,
        1050,
        3_600_000_000,
    )
    assert (second["reason"], second["fee"], second["recorded_at"]) == (UNTOLD, UNTOLD, NEVER)
    assert (second["person"], second["applicant"], second["present"], second["items"]) == (
        0,
        0,
        [],
        [],
    )
    words = "applicant evidence fee items named order person present reason recorded_at step"
    assert store.manifest.told == set(words.split())


def test_the_same_log_is_not_taken_twice(tmp_path: Path) -> None:
    rows = log(50)
    store = Store.create(tmp_path / "s", 2)
    store.append("a", "aa", lambda skip: batches(rows, 20, skip))
    again = store.append("b", "aa", lambda skip: pytest.fail("asked for a known log"))
    assert again.is_known and told(store) == expected(rows)


def test_later_logs_are_sorted_in_and_merged(tmp_path: Path) -> None:
    store, whole = Store.create(tmp_path / "s", 2), []
    for i in range(9):
        rows = log(40, seed=i)
        first = 40 * i
        store.append(f"{i}.csv", f"{i}", lambda skip, rows=rows: batches(rows, 20, skip))
        whole += expected(rows, first)
        assert told(store) == sorted(whole)
    assert max(len(files) for files in store.manifest.files.values()) <= stores.FILES_MAX
    assert store.source_of(1) == ("0.csv", 1) and store.source_of(360) == ("8.csv", 40)
    later = {b: store.events(b, None, ["step"], (321, 10**9)).array("case") for b in range(2)}
    new = {store.case_names(b)[c].as_py() for b, cases in later.items() for c in cases}
    assert new == {row["case"] for row in log(40, seed=8)}


def test_only_the_cases_and_columns_that_are_asked_for(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "s", 1)
    store.append("a", "aa", lambda skip: batches(log(200), 50, skip))
    last = store.events(0, None, ["power"], (199, 200))
    assert sorted(last.array("row").tolist()) == [199, 200]
    asked = set(last.array("case").tolist())
    some = store.events(0, np.array([*asked]), ["power"])
    assert set(some.columns) == {"case", "at", "row", "power"}
    assert set(some.array("case").tolist()) == asked
    assert set(store.events(0, np.array([*asked]), [], (1, 50)).array("row").tolist()) == {
        row for row in some.array("row").tolist() if row <= 50
    }


def test_rows_that_could_not_be_read_are_kept_with_their_reasons(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "s", 1)
    store.append(
        "a", "aa", lambda skip: [batch(log(1), 3, Row(2, "时间“昨天”看不懂"), Row(3, "没有环节"))]
    )
    assert list(store.rejected()) == [("a", 2, "时间“昨天”看不懂"), ("a", 3, "没有环节")]


def test_what_is_no_store_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="不是事件库"):
        Store.open(tmp_path)
    (tmp_path / "x").write_text("x")
    with pytest.raises(StoreError, match="已经有东西"):
        Store.create(tmp_path)


KILLED = """
import sys
from pathlib import Path
from guiju.audit import store as stores
from tests.audit.test_store import batches, log
stores.PART_ROWS = 200
store = stores.Store.open(Path(sys.argv[1]))
print("begun", flush=True)
store.append("a", "aa", lambda skip: batches(log(20_000, 300), 50, skip))
"""


def test_killed_at_any_moment_it_goes_on(tmp_path: Path) -> None:
    folder, chance = tmp_path / "s", random.Random(5)
    Store.create(folder, 3)
    command = [sys.executable, "-c", KILLED, str(folder)]
    kills = 0
    while True:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
        assert process.stdout is not None
        process.stdout.readline()
        if kills < 4:
            time.sleep(chance.uniform(0.05, 0.6))
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        if process.wait() == 0:
            break
    rows = log(20_000, 300)
    assert told(Store.open(folder)) == expected(rows)
    assert Store.open(folder).append("a", "aa", lambda skip: []).is_known
