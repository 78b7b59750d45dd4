"""What our writers write, our readers read; and others find it valid."""

import csv
import json
import os
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import r4pm
from hypothesis import given, settings
from lxml import etree
from tests.formats.logs.told import ROWS, batch, events, remarks, wall

from guiju.formats.logs.batch import LogError
from guiju.formats.logs.mapping import Mapping
from guiju.formats.logs.writing import write_csv, write_ocel, write_parquet, write_xes

DATA = Path(os.environ.get("GUIJU_DATA", "/nonexistent"))
XSD = DATA / "xes-ieee-1849-2016.xsd"
SCHEMA = DATA / "schema_ocel2.json"
ZONE = "Asia/Shanghai"
Rows = list[dict[str, Any]]
WHOLE = {
    "case": "办件1",
    "power": "P-1",
    "step": "decide",
    "outcome": "granted",
    "at": wall("2026-03-01T09:30:00.250000"),
    "recorded_at": wall("2026-03-01T10:00"),
    "organ": "o1",
    "post": "首席",
    "person": "张三",
    "present": [{"person": "李四", "post": "科员", "order": 1}],
    "certificate": "号-7",
    "reason": True,
    "items": ["申请书", "图纸;一"],
    "evidence": [],
    "fee": 100,
    "amount": 123456,
    "stop_days": 5,
    "applicant": "张三",
    "division": "140400",
}
BARE = {"case": "办件2", "step": "accept", "at": wall("2026-03-02")}


def again(rows: Rows, name: str) -> Rows:
    """Rows, written and read."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        match path.suffixes[0]:
            case ".csv":
                write_csv(path, [batch(rows)])
            case ".parquet":
                write_parquet(path, [batch(rows)])
            case ".xes":
                write_xes(path, [batch(rows)])
            case _:
                write_ocel(path, [batch(rows)], ZONE)
        return events(path)


@given(ROWS)
@settings(max_examples=12)
@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.json"])
def test_every_row_comes_back(name: str, rows: Rows) -> None:
    assert again(rows, name) == batch(rows).to_pylist()


@given(ROWS)
@settings(max_examples=12)
@pytest.mark.parametrize("name", ["a.xes", "a.xes.gz"])
def test_every_row_comes_back_from_xes_case_by_case(name: str, rows: Rows) -> None:
    first = {row["case"]: i for i, row in reversed(list(enumerate(rows)))}
    by_case = sorted(rows, key=lambda row: first[row["case"]])

    assert again(rows, name) == batch(by_case).to_pylist()


def test_an_odd_case_name_at_the_next_batch_is_the_same_case(tmp_path: Path) -> None:
    write_xes(tmp_path / "a.xes", [batch([WHOLE]), batch([BARE]), batch([WHOLE])])

    assert [row["case"] for row in events(tmp_path / "a.xes")] == ["办件1", "办件1", "办件2"]


@pytest.mark.skipif(not XSD.exists(), reason="GUIJU_DATA has no schema of XES")
@given(ROWS)
@settings(max_examples=8)
def test_xes_is_valid(rows: Rows) -> None:
    schema = etree.XMLSchema(etree.parse(XSD))
    with TemporaryDirectory() as folder:
        write_xes(Path(folder) / "a.xes", [batch([WHOLE, *rows])])
        found = etree.parse(Path(folder) / "a.xes")

    schema.validate(found)
    assert [str(each) for each in schema.error_log] == []


def test_others_read_our_xes(tmp_path: Path) -> None:
    write_xes(tmp_path / "a.xes", [batch([WHOLE, BARE])])

    table, _ = r4pm.df.import_xes(str(tmp_path / "a.xes"))

    assert table["case:concept:name"].to_list() == ["办件1", "办件2"]
    assert table["concept:name"].to_list() == ["decide", "accept"]
    assert table["guiju:amount"].to_list() == [123456, None]


def test_others_read_our_ocel(tmp_path: Path) -> None:
    write_ocel(tmp_path / "a.json", [batch([WHOLE, BARE])], ZONE)

    found = r4pm.df.import_ocel_json(str(tmp_path / "a.json"))

    assert found["events"].shape[0] == 2
    assert sorted(found["objects"]["ocel:oid"].to_list()) == [
        "applicant:张三", "case:办件1", "case:办件2", "person:张三", "person:李四",
    ]  # fmt: skip
    assert remarks(tmp_path / "a.json") == {}


@pytest.mark.skipif(not SCHEMA.exists(), reason="GUIJU_DATA has no schema of OCEL")
def test_ocel_is_valid(tmp_path: Path) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    write_ocel(tmp_path / "a.json", [batch([WHOLE, BARE])], ZONE)
    found = json.loads((tmp_path / "a.json").read_text("utf-8"))

    assert list(faults(found, schema)) == []
    found["events"][0]["attributes"][0]["value"] = 1
    assert list(faults(found, schema)) == ["$.events[0].attributes[0].value"]


def faults(value: Any, schema: dict[str, Any], where: str = "$") -> list[str]:
    """Where a value is not as a JSON schema of objects, arrays and strings asks."""
    kind = {"object": dict, "array": list, "string": str}[schema["type"]]
    if not isinstance(value, kind):
        return [where]
    if schema.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        return [where]
    if isinstance(value, list):
        found = [faults(each, schema["items"], f"{where}[{i}]") for i, each in enumerate(value)]
    elif isinstance(value, dict):
        missing = [f"{where}.{key}" for key in schema["required"] if key not in value]
        known = schema["properties"]
        inner = [faults(v, known[k], f"{where}.{k}") for k, v in value.items() if k in known]
        found = [missing, *inner]
    else:
        found = []
    return [each for some in found for each in some]


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    risky = ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "''-1", "a=1"]
    rows = [BARE | {"case": each} for each in risky]
    write_csv(tmp_path / "a.csv", [batch(rows)])

    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [row["case"] for row in csv.DictReader(file)]

    assert [each[0] for each in cells] == ["'"] * 6 + ["a"]
    assert [row["case"] for row in events(tmp_path / "a.csv")] == risky


def test_what_xml_cannot_hold_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(LogError, match=r"U\+0001"):
        write_xes(tmp_path / "a.xes", [batch([BARE | {"step": "坏\x01"}])])

    assert list(tmp_path.iterdir()) == []


def test_an_official_and_an_applicant_of_one_name_remain_two(tmp_path: Path) -> None:
    write_ocel(tmp_path / "a.json", [batch([WHOLE])], ZONE)

    (found,) = events(tmp_path / "a.json", Mapping())

    assert (found["person"], found["applicant"]) == ("张三", "张三")


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xes.gz", "b.xes.gz"):
        write_xes(tmp_path / name, [batch([WHOLE, BARE])])

    assert (tmp_path / "a.xes.gz").read_bytes() == (tmp_path / "b.xes.gz").read_bytes()
    assert (tmp_path / "a.xes.gz").read_bytes()[4:8] == bytes(4)  # gzip would tell the hour


def test_no_rows_make_an_empty_log(tmp_path: Path) -> None:
    for write, name in ((write_csv, "a.csv"), (write_parquet, "a.parquet"), (write_xes, "a.xes")):
        write(tmp_path / name, [])
        assert events(tmp_path / name) == []
