"""Rows of a source in the words of charts; every reason for which one is rejected."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.formats.logs.told import EMPTY, events, ignored, mapping_of, rejected, wall

from guiju.formats.logs.batch import LogError
from guiju.formats.logs.reading import open_log

SOUND = {"case": "N1", "step": "accept", "at": "2026-03-01 09:00"}


def table(folder: Path, *rows: dict[str, Any]) -> Path:
    """A text table with these rows."""
    path = folder / "log.csv"
    names = list(dict.fromkeys(name for row in rows for name in row))
    quoted = [",".join(f'"{row.get(name, "")}"' for name in names) for row in rows]
    path.write_text("\n".join([",".join(names), *quoted]), encoding="utf-8")
    return path


REASONS = [
    ({"case": " "}, "没有办件编号"),
    ({"step": ""}, "没有环节"),
    ({"at": ""}, "没有时间"),
    ({"at": "2026-02-30"}, "时间读不懂:2026-02-30"),
    ({"recorded_at": "明天"}, "录入时间读不懂:明天"),
    ({"fee": "-5"}, "收费金额读不懂(应为不小于零的整分):-5"),
    ({"amount": "1.5"}, "涉及金额读不懂(应为不小于零的整分):1.5"),
    ({"amount": "一百"}, "涉及金额读不懂(应为不小于零的整分):一百"),
    ({"stop_days": "-1"}, "停止计时天数读不懂(应为不小于零的整数):-1"),
    ({"reason": "大概"}, "是否说明理由读不懂:大概"),
    ({"present": "张三/科员/首位"}, "参加人读不懂:张三/科员/首位"),
    ({"items": "[1"}, "材料清单读不懂:[1"),
    ({"evidence": "[1]"}, "文书清单读不懂:[1]"),
    ({"case": "", "at": "x"}, "没有办件编号;时间读不懂:x"),
]


@pytest.mark.parametrize(("change", "reason"), REASONS)
def test_a_bad_row_is_listed_and_the_others_are_taken(
    change: dict[str, str], reason: str, tmp_path: Path
) -> None:
    path = table(tmp_path, SOUND | {each: "" for each in change if each not in SOUND}
                 , SOUND | change, SOUND)  # fmt: skip

    assert rejected(path) == [(2, reason)]
    assert [row["row"] for row in events(path)] == [1, 3]


def test_words_become_words_of_the_chart(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        """
        money = "yuan"
        [columns]
        case = "编号"
        step = "环节"
        at = "时间"
        person = "人员"
        organ = "单位"
        amount = "金额"
        reason = "理由"
        stop_days = "天"
        present = "参加"
        items = "材料"
        [fixed]
        power = "P-1"
        organ = "o-rest"
        [values.step]
        "受理" = "accept"
        "准予" = "decide.granted"
        "核查" = "visit.inspect."
        [values.organ]
        "住建局" = "o-1"
        [values.post]
        "局长" = "principal"
        [values.reason]
        "" = "否"
        "*" = "是"
        [ignore]
        step = ["打印"]
        [times]
        formats = ["%Y年%m月%d日"]
        """,
    )
    row = {"编号": " N1 ", "环节": "受理", "时间": "2026年3月1日"}
    path = table(
        tmp_path,
        row
        | {"人员": "p1", "单位": "住建局", "金额": "¥1,234.50元", "理由": "不合格", "天": "5天"},
        row | {"环节": "准予", "参加": "甲/局长/1;乙", "材料": "申请书; 图纸"},
        row | {"环节": "核查"},
        row | {"环节": "打印"},
        row | {"环节": "归档", "单位": "城管局"},
    )
    base = EMPTY | {"case": "N1", "at": wall("2026-03-01"), "power": "P-1", "reason": False}

    assert ignored(path, mapping) == 1
    assert events(path, mapping) == [
        base
        | {"row": 1, "step": "accept", "person": "p1", "organ": "o-1", "amount": 123450}
        | {"reason": True, "stop_days": 5},
        base
        | {"row": 2, "step": "decide", "outcome": "granted", "organ": "o-rest"}
        | {"items": ["申请书", "图纸"]}
        | {
            "present": [
                {"person": "甲", "post": "principal", "order": 1},
                {"person": "乙", "post": None, "order": 0},
            ]
        },
        base | {"row": 3, "step": "visit.inspect", "organ": "o-rest"},
        base | {"row": 5, "step": "归档", "organ": "城管局"},
    ]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1234.5", 123450),
        ("0.01", 1),
        ("19.99", 1999),
        ("1e3", 100000),
        ("1,000", 100000),
        ("90071992547409.93", 9007199254740993),  # no float holds it
        ("0.005", None),
        ("-1", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e99", None),
        ("99999999999999999999", None),
    ],
)
def test_yuan_are_read_exactly(text: str, fen: int | None, tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, 'money = "yuan"')
    path = table(tmp_path, SOUND | {"amount": text}, SOUND | {"amount": "2"})

    found = {row["row"]: row["amount"] for row in events(path, mapping)}

    assert found == ({1: fen, 2: 200} if fen is not None else {2: 200})


def test_numbers_that_are_typed_already_are_taken(tmp_path: Path) -> None:
    columns = {
        "case": pa.array([1, 2, 3]),
        "step": pa.array(["a", "b", "a"]).dictionary_encode(),
        "at": pa.array([wall("2026-03-01")] * 3, pa.timestamp("ms")),
        "fee": pa.array([19.99, None, float("nan")]),
        "amount": pa.array([5, None, 2**40], pa.uint64()),
        "reason": pa.array([True, None, False]),
        "items": pa.array([["x"], None, []]),
    }
    parquet.write_table(pa.table(columns), tmp_path / "a.parquet")
    mapping = mapping_of(tmp_path, 'money = "yuan"\n[values.items]\nx = "申请书"')

    found = events(tmp_path / "a.parquet", mapping)

    assert [row["case"] for row in found] == ["1", "2", "3"]
    assert [row["fee"] for row in found] == [1999, None, None]
    assert [row["amount"] for row in found] == [500, None, 2**40 * 100]
    assert [row["reason"] for row in found] == [True, None, False]
    assert [row["items"] for row in found] == [["申请书"], None, []]


def test_a_column_that_is_missing_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = table(tmp_path, {"受理编号": "N1", "环节": "a", "时间": "2026-03-01"})
    columns = '[columns]\ncase = "受理编码"\nstep = "环节"\nat = "时间"'

    with pytest.raises(LogError, match="没有列“受理编码”。是不是“受理编号”"):
        open_log(path, mapping_of(tmp_path, columns))
    with pytest.raises(LogError, match=r"不知道哪一列是 case.*源中有:受理编号、环节、时间"):
        open_log(path)


def test_a_column_of_an_impossible_type_is_told(tmp_path: Path) -> None:
    columns = {"case": ["N1"], "step": ["a"], "at": [wall("2026-03-01")]}
    for name, value in (("person", {"id": 1}), ("items", [{"id": 1}]), ("present", ["p"])):
        parquet.write_table(pa.table(columns | {name: [value]}), tmp_path / "a.parquet")

        with pytest.raises(LogError, match=f"读不成 {name}"):
            events(tmp_path / "a.parquet")
