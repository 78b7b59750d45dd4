"""Logs in CSV, workbooks and Parquet."""

import gzip
import zlib
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from pyarrow import parquet
from tests.formats.logs.told import batch, events, mapping_of, rejected, remarks, wall

from guiju.formats.logs import excel_log, parquet_log
from guiju.formats.logs.batch import Batch, LogError
from guiju.formats.logs.csv_log import CsvLog
from guiju.formats.logs.mapping import identity
from guiju.formats.logs.reading import open_log
from guiju.formats.logs.translation import Translation
from guiju.formats.logs.writing import write_parquet

HEADER = "case,step,at\n"
ROW = "N{0},s{0},2026-03-01 09:00:00\n"
Read = Callable[[int], list[Batch]]


def in_csv(folder: Path) -> Read:
    """A text table of 60 rows, some of them bad, read in blocks of some hundred bytes."""
    path = folder / "log.csv"
    bad = {7: "N7,too few\n", 8: "a,b,c,d\n", 30: ",no case,2026-03-01\n", 60: "end\n"}
    lines = [bad.get(i, ROW.format(i)) + "\n" * (i % 9 == 0) for i in range(1, 61)]
    path.write_text(HEADER + "".join(lines), "utf-8")

    def read(skip: int) -> list[Batch]:
        log = CsvLog(path, identity(), 300)
        return list(map(Translation(identity(), log.columns, "").batch, log.chunks(skip)))

    return read


def in_parquet(folder: Path) -> Read:
    """A Parquet file of 60 rows in row groups of 25, read in batches of 10."""
    rows = [{"case": f"N{i}", "step": "s", "at": wall("2026-03-01")} for i in range(60)]
    table = batch(rows)
    path = folder / "log.parquet"
    write_parquet(path, [table.slice(start, 25) for start in (0, 25, 50)])

    def read(skip: int) -> list[Batch]:
        return list(open_log(path).batches(skip))

    return read


@pytest.mark.parametrize("make", [in_csv, in_parquet])
def test_what_was_read_is_passed_over_and_the_rest_is_the_same(
    make: Callable[[Path], Read], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_log, "BATCH_ROWS", 10)
    read = make(tmp_path)
    whole = read(0)

    assert len(whole) > 3
    assert whole[-1].read == 60
    for i, each in enumerate(whole, 1):
        rest = read(each.read)
        assert rows_of(rest) == rows_of(whole[i:])
        assert bad_of(rest) == bad_of(whole[i:])
        assert not rest or rest[-1].read == 60
    assert {each.total == whole[-1].done for each in whole} == {True}


def rows_of(batches: list[Batch]) -> list[object]:
    return list(chain.from_iterable(each.events.to_pylist() for each in batches))


def bad_of(batches: list[Batch]) -> list[object]:
    return list(chain.from_iterable(each.rejected for each in batches))


def test_rows_of_another_length_are_rejected_by_their_number(tmp_path: Path) -> None:
    whole = in_csv(tmp_path)(0)

    assert [(each.row, each.reason) for each in bad_of(whole)] == [  # type: ignore[attr-defined]
        (7, "应有3列,这一行有2列"),
        (8, "应有3列,这一行有4列"),
        (30, "没有办件编号"),
        (60, "应有3列,这一行有1列"),
    ]
    numbers = [row["row"] for row in rows_of(whole)]  # type: ignore[index]
    assert numbers == [i for i in range(1, 61) if i not in (7, 8, 30, 60)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_any_encoding_is_read(
    encoding: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    text = '编号,环节,时间\n"办件\n一",受理,2026-03-01\n'
    (tmp_path / "log.txt").write_bytes(pack(text.encode(encoding)))
    columns = '[columns]\ncase = "编号"\nstep = "环节"\nat = "时间"\n'
    mapping = mapping_of(tmp_path, columns + f'[csv]\nencoding = "{encoding}"')

    (found,) = events(tmp_path / "log.txt", mapping)

    assert (found["case"], found["step"]) == ("办件\n一", "受理")


def test_a_wrong_encoding_is_told_with_the_key(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes((HEADER + "办,受,2026-03-01\n").encode("gb18030"))
    (tmp_path / "b.csv").write_bytes("case,step,at,编号\n1,2,3,4\n".encode("gb18030"))

    for name in ("a.csv", "b.csv"):
        with pytest.raises(LogError, match='encoding = "gb18030"') as caught:
            events(tmp_path / name)
        assert caught.value.key == "csv.encoding"


def test_a_quote_that_is_never_closed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ROW.format(1) + '"N2' + ROW.format(2) * 100, "utf-8")
    log = CsvLog(path, identity(), 200)

    with pytest.raises(LogError, match="引号没有成对"):
        list(log.chunks(0))


def test_other_delimiters_and_columns_that_repeat(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("case;step;at;x;x\nN;a;2026-03-01;1;2\n", "utf-8")
    mapping = mapping_of(tmp_path, '[csv]\ndelimiter = ";"')

    assert len(events(path, mapping)) == 1
    twice = '[csv]\ndelimiter = ";"\n[columns]\ncase = "x"\nstep = "step"\nat = "at"'
    with pytest.raises(LogError, match="列“x”出现2次"):
        open_log(path, mapping_of(tmp_path, twice))


def test_a_table_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    text = HEADER + "".join(ROW.format(i) for i in range(200_000))
    packed = gzip.compress(text.encode())
    half = packed[: len(packed) // 2]
    (tmp_path / "a.csv.gz").write_bytes(half)
    whole_rows = zlib.decompressobj(31).decompress(half).count(b"\n") - 1
    log = open_log(tmp_path / "a.csv.gz")
    found: list[Batch] = []

    with pytest.raises(LogError, match="中途断了"):
        found.extend(log.batches())
    assert found[-1].read == whole_rows > 50_000
    assert sum(each.events.num_rows for each in found) == whole_rows
    assert bad_of(found) == []


@pytest.mark.parametrize("half", ["N2,s2", "N2,s2,2026-03-01 09", ""])
def test_half_a_row_where_a_table_breaks_off_is_no_row(half: str, tmp_path: Path) -> None:
    packer = zlib.compressobj(wbits=31)
    text = HEADER + ROW.format(0) + ROW.format(1) + half
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packer.compress(text.encode()) + packer.flush(zlib.Z_SYNC_FLUSH))
    found: list[Batch] = []

    with pytest.raises(LogError, match="中途断了"):
        found.extend(open_log(path).batches())

    # Where it breaks off between two rows nobody knows that the last one is whole.
    assert [row["case"] for row in rows_of(found)] == ["N0", "N1"][: 2 if half else 1]  # type: ignore[index]
    assert bad_of(found) == []


def workbook(folder: Path) -> Path:
    """A workbook with two sheets and cells of every kind."""
    book = openpyxl.Workbook()
    book.create_sheet("办件")
    sheet = book["办件"]
    sheet.append(["编号", "环节", "时间", "金额", "理由"])
    sheet.append(["N1", "受理", wall("2026-03-01T09:30"), 19.99, True])
    sheet.append([1024, "受理", "2026年3月2日", 0.1 + 0.2, None])
    sheet.append([])
    sheet.append([140400202603010001.0, "受理", wall("2026-03-03"), "1,000", "否"])
    sheet.append([None, "受理", "someday", "x", "?"])
    book.save(folder / "log.xlsx")
    return folder / "log.xlsx"


MAPPING = """
money = "yuan"
[columns]
case = "编号"
step = "环节"
at = "时间"
amount = "金额"
reason = "理由"
[times]
formats = ["iso", "%Y年%m月%d日"]
[sheet]
name = "办件"
"""


def test_a_workbook_is_read_as_people_see_it(tmp_path: Path) -> None:
    path, mapping = workbook(tmp_path), mapping_of(tmp_path, MAPPING)

    found = events(path, mapping)

    assert [row["case"] for row in found] == ["N1", "1024", "140400202603010000"]
    assert [row["at"].day for row in found] == [1, 2, 3]
    assert [row["amount"] for row in found] == [1999, 30, 100000]
    assert [row["reason"] for row in found] == [True, None, False]
    assert rejected(path, mapping) == [
        (
            4,
            "没有办件编号;时间读不懂:someday;是否说明理由读不懂:?;"
            "涉及金额读不懂(应为不小于零的整分):x",
        )
    ]
    assert remarks(path, mapping) == {"digits_lost": 1}
    assert [row["row"] for row in events(path, mapping, skip=1)] == [2, 3]


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    path = workbook(tmp_path)

    with pytest.raises(LogError, match="没有工作表“其他”。有:Sheet、办件"):
        open_log(path, mapping_of(tmp_path, '[sheet]\nname = "其他"'))


def test_a_sheet_that_spans_all_cells_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "case", "far away"  # type: ignore[index]
    book.save(tmp_path / "far.xlsx")

    with pytest.raises(LogError, match="占了超过50000000格"):
        open_log(tmp_path / "far.xlsx")


def test_a_workbook_that_swells_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel_log, "BYTES_MAX", 1 << 20)
    with ZipFile(tmp_path / "bomb.xlsx", "w", ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", bytes(1 << 21))

    with pytest.raises(LogError, match="解压后超过1兆字节"):
        open_log(tmp_path / "bomb.xlsx")


def test_files_that_are_damaged_or_nothing_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(path, [batch([{"case": "N", "step": "s", "at": wall("2026-03-01")}])])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(LogError, match="不是完好的 Parquet"):
        open_log(path)
    (tmp_path / "a.xlsx").write_bytes(workbook(tmp_path).read_bytes()[:3000])
    with pytest.raises(LogError, match="不是完好的工作簿"):
        open_log(tmp_path / "a.xlsx")
    (tmp_path / "empty").touch()
    with pytest.raises(LogError, match="文件是空的"):
        open_log(tmp_path / "empty")
    with pytest.raises(LogError, match="打不开"):
        open_log(tmp_path / "none.csv")


def test_a_log_has_the_name_size_and_hash_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(HEADER.encode())

    log = open_log(path)

    assert (log.name, log.size) == ("a.csv", len(HEADER))
    assert log.sha256 == "fb580df9e778117d2843ab8c8c702b43f3cf5d408c68fca9d44df7c180968401"
    assert list(log.batches()) == []


def test_parquet_reads_only_the_columns_it_needs(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_parquet(path, [batch([{"case": "N", "step": "s", "at": wall("2026-03-01")}])])
    columns = '[columns]\ncase = "case"\nstep = "step"\nat = "at"'

    (chunk,) = parquet_log.ParquetLog(path, mapping_of(tmp_path, columns)).chunks(0)

    assert list(chunk.columns) == ["case", "step", "at"]
    assert parquet.read_metadata(path).num_columns > 3
