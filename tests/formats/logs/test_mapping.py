"""Mapping files: what they may say, and how their errors are told."""

from pathlib import Path

import pytest
from tests.formats.logs.told import mapping_of

from guiju.formats.logs.batch import LogError
from guiju.formats.logs.mapping import Unit, identity, read_mapping

WRONG = {
    "columns.cas": ('[columns]\ncas = "x"', "是不是“case”"),
    "values.stp": ('[values.stp]\na = "b"', "是不是“step”"),
    "money": ('money = "dollar"', "可选:fen、yuan"),
    "times.zone": ('[times]\nzone = "Mars/Base"', "没有时区“Mars/Base”"),
    "times.formats[0]": ('[times]\nformats = ["%Y-%q"]', "不是时间的写法"),
    "times.formats[1]": ('[times]\nformats = ["iso", "%H:%M"]', "至少要有年月日"),
    "times.formats": ("[times]\nformats = []", "一种写法也没有"),
    "csv.encoding": ('[csv]\nencoding = "gb99"', "没有编码“gb99”"),
    "csv.delimiter": ('[csv]\ndelimiter = "||"', "一个 ASCII 字符"),
    "csv.list_separator": ('[csv]\nlist_separator = ""', "不能为空"),
    "values.reason.x": ('[values.reason]\nx = "也许"', "写“是”或“否”"),
    "values.step.x": ('[values.step]\nx = ".granted"', "没有写环节"),
    "ignore.step": ("[ignore]\nstep = 5", "应为列表"),
}


@pytest.mark.parametrize("key", WRONG)
def test_an_error_names_file_key_and_mend(key: str, tmp_path: Path) -> None:
    text, mend = WRONG[key]

    with pytest.raises(LogError, match=mend) as caught:
        mapping_of(tmp_path, text)

    assert caught.value.key == key
    assert str(tmp_path / "mapping.toml") in str(caught.value)


def test_what_is_no_mapping_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="没有这个文件"):
        read_mapping(tmp_path / "none.toml")
    with pytest.raises(LogError, match=r"TOML 写法有误.*line 2"):
        mapping_of(tmp_path, "\n[columns\n")
    (tmp_path / "gb.toml").write_bytes("note = '对照'".encode("gb18030"))
    with pytest.raises(LogError, match="另存为 UTF-8"):
        read_mapping(tmp_path / "gb.toml")


def test_an_empty_file_is_the_identity(tmp_path: Path) -> None:
    assert mapping_of(tmp_path, "") == identity()


def test_the_example_of_the_format_is_read(tmp_path: Path) -> None:
    doc = read_mapping.__globals__["__doc__"]
    lines = [line[4:] for line in doc.splitlines() if line.startswith("    ")]

    mapping = mapping_of(tmp_path, "\n".join(lines))

    assert mapping.money is Unit.YUAN
    assert mapping.columns.told() == {"case": "受理编号", "step": "环节名称", "at": "办理时间"}
    assert mapping.values.step["准予"] == "decide.granted"
    assert mapping.times.zone == "Asia/Shanghai"
