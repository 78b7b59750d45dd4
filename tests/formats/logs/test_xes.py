"""Logs in XES as the world writes them: read leniently, what is odd remarked."""

import gzip
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pyarrow import compute
from tests.formats.logs.told import events, ignored, mapping_of, rejected, remarks, wall

from guiju.formats.logs import stream, xes_log, xml_pieces
from guiju.formats.logs.batch import Batch, LogError
from guiju.formats.logs.reading import open_log

DATA = Path(os.environ.get("GUIJU_DATA", "/nonexistent"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="GUIJU_DATA names no folder")
HEAD = (
    '<log xes.version="1849.2016"><extension name="Concept" prefix="concept" uri="c"/>'
    '<extension name="Time" prefix="time" uri="t"/>'
    '<extension name="Lifecycle" prefix="lifecycle" uri="l"/>'
    '<extension name="Org" prefix="org" uri="o"/>'
    '<global scope="event"><string key="concept:name" value="unknown"/></global>'
)


def name(value: str) -> str:
    return f'<string key="concept:name" value="{value}"/>'


def event(step: str = "a", at: str = "2026-03-01T09:00:00+08:00", more: str = "") -> str:
    return f'<event>{name(step)}<date key="time:timestamp" value="{at}"/>{more}</event>'


def xes(folder: Path, *inside: str, head: str = HEAD) -> Path:
    """A log with these traces."""
    path = folder / "log.xes"
    path.write_text(f"{head}{''.join(inside)}</log>", "utf-8")
    return path


def test_events_and_their_traces_make_rows(tmp_path: Path) -> None:
    more = '<string key="org:resource" value="p&amp;1"/>'
    path = xes(
        tmp_path,
        f'<trace>{name("N1")}<string key="渠道" value="窗口"/>{event("a", more=more)}'
        f"{event('b')}</trace>",
        f"<trace>{name('N2')}{event('a')}</trace>",
    )
    mapping = mapping_of(tmp_path, '[columns]\norgan = "case:渠道"\n[values.step]\nb = "end.ok"')

    found = events(path, mapping)

    assert [(r["row"], r["case"], r["step"], r["outcome"]) for r in found] == [
        (1, "N1", "a", None),
        (2, "N1", "end", "ok"),
        (3, "N2", "a", None),
    ]
    assert [(r["person"], r["organ"]) for r in found] == [
        ("p&1", "窗口"),
        (None, "窗口"),
        (None, None),
    ]
    assert {r["at"] for r in found} == {wall("2026-03-01T09:00")}
    assert remarks(path, mapping) == {}
    zone = mapping_of(tmp_path, '[times]\nzone = "UTC"')
    assert {r["at"] for r in events(path, zone)} == {wall("2026-03-01T01:00")}


LIFE = '<string key="lifecycle:transition" value="{}"/>'
NESTED = f'<string key="x" value="1">{name("y")}</string>'
COST = '<float key="cost:total" value="1"/>'
ODD: dict[str, tuple[str, int, list[str]]] = {
    "trace_unnamed": (f"<trace>{event()}{event()}</trace>", 1, ["#1", "#1"]),
    "trace_empty": (f"<trace>{name('N0')}</trace><trace>{name('N1')}{event()}</trace>", 1, ["N1"]),
    "trace_late": (
        f'<trace>{name("N1")}{event()}<string key="x" value=""/>{event()}</trace>',
        1,
        ["N1", "N1"],
    ),
    "event_outside": (f"<trace>{name('N1')}{event()}</trace>{event()}", 1, ["N1"]),
    "lifecycle_left_out": (
        f"<trace>{name('N1')}{event(more=LIFE.format('start'))}"
        f"{event(more=LIFE.format('COMPLETE'))}</trace>",
        1,
        ["N1"],
    ),
    "nested": (
        f"<trace>{name('N1')}{event(more=NESTED)}</trace>",
        1,
        ["N1"],
    ),
    "date_format": (f"<trace>{name('N1')}{event(at='2026-03-01 09:00')}</trace>", 1, ["N1"]),
    "extension_undeclared": (
        f"<trace>{name('N1')}{event(more=COST)}</trace>",
        1,
        ["N1"],
    ),
}


@pytest.mark.parametrize("code", ODD)
def test_what_is_odd_is_remarked_and_read_all_the_same(code: str, tmp_path: Path) -> None:
    inside, count, cases = ODD[code]
    path = xes(tmp_path, inside)

    assert [row["case"] for row in events(path)] == cases
    assert remarks(path) == {code: count}


def test_a_missing_version_and_an_unseen_column_are_remarked(tmp_path: Path) -> None:
    path = xes(tmp_path, f"<trace>{name('N1')}{event()}</trace>", head=HEAD.replace("xes.", "x."))
    mapping = mapping_of(tmp_path, '[columns]\namount = "金额"')

    assert remarks(path, mapping) == {"version_missing": 1, "column_unseen": 1}


def test_which_transitions_are_events_is_chosen(tmp_path: Path) -> None:
    some = [event(step, more=LIFE.format(step)) for step in ("start", "complete", "assign")]
    path = xes(tmp_path, f"<trace>{name('N1')}{''.join(some)}{event('untold')}</trace>")
    started = mapping_of(tmp_path, '[xes]\nlifecycle = ["start"]')
    every = mapping_of(tmp_path, "[xes]\nlifecycle = []")

    assert [(row["row"], row["step"]) for row in events(path)] == [(2, "complete"), (4, "untold")]
    assert ignored(path) == 2
    assert [row["step"] for row in events(path, started)] == ["start", "untold"]
    assert len(events(path, every)) == 4


def test_bad_events_are_rejected_by_their_number(tmp_path: Path) -> None:
    path = xes(
        tmp_path,
        f"<trace>{name('N1')}{event()}{event(at='soon')}<event>{name('b')}</event>{event('')}</trace>",
        event(),
    )

    assert rejected(path) == [
        (2, "时间读不懂:soon"),
        (3, "没有时间"),
        (4, "没有环节"),
        (5, "没有办件编号"),
    ]
    assert len(events(path)) == 1


def many(folder: Path) -> Path:
    """A log of 100 events in traces of three, some left out, some bad."""
    traces, number = [], 0
    for i in range(34):
        inside = ""
        for _ in range(3):
            number += 1
            more = LIFE.format("start") if number % 7 == 0 else ""
            inside += event(f"s{number}", "x" if number % 11 == 0 else "2026-03-01", more)
        traces.append(f"<trace>{name(f'N{i}') if i % 4 else ''}{inside}</trace>")
    return xes(folder, *traces)


def test_what_was_read_is_passed_over_and_the_rest_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xes_log, "BATCH_ROWS", 10)
    monkeypatch.setattr(xml_pieces, "PIECE", 500)
    path = many(tmp_path)
    whole = list(open_log(path).batches())

    def told(batches: list[Batch]) -> tuple[list[object], list[object], int]:
        rows = [row for each in batches for row in each.events.to_pylist()]
        return rows, [r for b in batches for r in b.rejected], sum(b.ignored for b in batches)

    assert len(whole) > 5
    assert whole[-1].read == 102
    assert (whole[-1].done, whole[-1].total) == (path.stat().st_size,) * 2
    for i, each in enumerate(whole, 1):
        assert told(list(open_log(path).batches(each.read))) == told(whole[i:])


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_log_that_breaks_off_gives_what_came_before(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    content = pack(many(tmp_path).read_bytes())
    path = tmp_path / "cut.xes"
    path.write_bytes(content[: len(content) // 2])
    found: list[Batch] = []

    with pytest.raises(LogError, match="此前的内容已经读出"):
        found.extend(open_log(path).batches())
    assert found[-1].read > 10
    assert found[0].events["step"].to_pylist()[0] == "s1"


def test_other_encodings_prefixes_and_byte_marks_are_read(tmp_path: Path) -> None:
    body = f"<trace>{name('办件')}{event('受理')}</trace></log>"
    (tmp_path / "gb.xes").write_bytes(
        ('<?xml version="1.0" encoding="GB18030"?>' + HEAD + body).encode("gb18030")
    )
    (tmp_path / "wide.xes").write_bytes((HEAD + body).encode("utf-16"))
    (tmp_path / "mark.xes").write_bytes((HEAD + body).encode("utf-8-sig"))
    prefixed = (HEAD + body).replace("</", "</x:").replace("<", "<x:").replace("<x:/x:", "</x:")
    (tmp_path / "prefix.xes").write_text(
        prefixed.replace("<x:log", '<x:log xmlns:x="u"', 1), "utf-8"
    )

    for file in sorted(tmp_path.glob("*.xes")):
        assert [(row["case"], row["step"]) for row in events(file)] == [("办件", "受理")], file


def test_what_is_no_log_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    path.write_text("<html><body/></html>", "utf-8")
    with pytest.raises(LogError, match="不是 XES:根元素是 <html>"):
        open_log(path)
    path.write_text("<!-- nothing -->", "utf-8")
    with pytest.raises(LogError, match="没有根元素"):
        open_log(path)
    path.write_text('<?xml version="1.0" encoding="klingon"?><log/>', "utf-8")
    with pytest.raises(LogError, match="没有编码“klingon”"):
        open_log(path)


HOSTILE = {
    "DOCTYPE": '<!DOCTYPE log [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + HEAD + "</log>",
    "嵌套超过200层": HEAD + "<a>" * 300 + "</a>" * 300 + "</log>",
    "第3行不是合格的 XML": HEAD + "\n<trace>\n</event></trace></log>",
}


@pytest.mark.parametrize("problem", HOSTILE)
def test_hostile_xml_is_refused(problem: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    path.write_text(HOSTILE[problem], "utf-8")

    with pytest.raises(LogError, match=problem):
        list(open_log(path).batches())


def test_one_tag_of_megabytes_is_refused(tmp_path: Path) -> None:
    path = xes(tmp_path, f"<trace>{name('x' * (6 << 20))}</trace>")

    with pytest.raises(LogError, match="一个标记超过4兆字节"):
        list(open_log(path).batches())


def test_a_file_that_swells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "FREE", 1 << 20)
    text = HEAD + f"<trace>{name('N1')}{event()}" + " " * (30 << 20) + "</trace></log>"
    path = tmp_path / "bomb.xes.gz"
    path.write_bytes(gzip.compress(text.encode()))

    with pytest.raises(LogError, match="解压后超过原来的250倍"):
        list(open_log(path).batches())


REAL = {  # cases, events, and what is remarked
    "running-example.xes": (6, 42, {"version_missing": 1}),
    "receipt.xes.gz": (1_434, 8_577, {}),
    "env_permit.xes.gz": (1_434, 8_577, {"version_missing": 1}),
    "Road_Traffic_Fine_Management_Process.xes.gz": (150_370, 561_470, {}),
}


@needs_data
@pytest.mark.parametrize("file", REAL)
def test_real_logs_are_read_whole(file: str) -> None:
    log = open_log(DATA / file)
    cases: set[str] = set()
    count = 0

    for each in log.batches():
        assert each.rejected == ()
        cases.update(compute.unique(each.events["case"]).to_pylist())
        count += each.events.num_rows

    assert (len(cases), count) == REAL[file][:2]
    assert {each.code: each.count for each in log.remarks} == REAL[file][2]
