"""Object-centric logs in JSON, XML and SQLite, and what in them does not hold together."""

import gzip
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import r4pm
from tests.formats.logs.told import events, mapping_of, rejected, remarks, wall

from guiju.formats.logs import ocel_json, ocel_log, ocel_xml
from guiju.formats.logs.batch import LogError
from guiju.formats.logs.reading import open_log
from guiju.formats.logs.sqlite_pages import SqliteFile

Log = dict[str, Any]
T0 = "1970-01-01T00:00:00Z"


def sound() -> Log:
    """Two cases that share an event, a person, an applicant with a changing attribute."""
    return {
        "objectTypes": [
            {"name": "case", "attributes": [{"name": "district", "type": "string"}]},
            {"name": "person", "attributes": []},
        ],
        "eventTypes": [
            {"name": "accept", "attributes": [{"name": "fee", "type": "integer"}]},
            {"name": "decide", "attributes": []},
        ],
        "objects": [
            {
                "id": "N1",
                "type": "case",
                "attributes": [
                    {"name": "district", "time": T0, "value": "甲"},
                    {"name": "district", "time": "2026-03-02T00:00:00+08:00", "value": "乙"},
                ],
            },
            {"id": "N2", "type": "case"},
            {"id": "person:p1", "type": "person"},
        ],
        "events": [
            {
                "id": "e1",
                "type": "accept",
                "time": "2026-03-01T09:00:00+08:00",
                "attributes": [{"name": "fee", "value": "500"}],
                "relationships": [
                    {"objectId": "N1", "qualifier": "case"},
                    {"objectId": "N2", "qualifier": "case"},
                    {"objectId": "person:p1", "qualifier": "actor"},
                ],
            },
            {
                "id": "e2",
                "type": "decide",
                "time": "2026-03-03T09:00:00+08:00",
                "attributes": [],
                "relationships": [{"objectId": "N1", "qualifier": "case"}],
            },
        ],
    }


def in_json(log: Log, path: Path) -> None:
    path.write_text(json.dumps(log, ensure_ascii=False), "utf-8")


def in_xml(log: Log, path: Path) -> None:
    lines = ["<log>"]
    for tag in ("object", "event"):
        lines.append(f"<{tag}-types>")
        for kind in log[f"{tag}Types"]:
            told = "".join(f'<attribute name="{a["name"]}" type="{a["type"]}"/>'
                           for a in kind["attributes"])  # fmt: skip
            lines.append(f'<{tag}-type name="{kind["name"]}"><attributes>{told}</attributes>')
            lines.append(f"</{tag}-type>")
        lines.append(f"</{tag}-types>")
    for tag in ("object", "event"):
        lines.append(f"<{tag}s>")
        for one in log[f"{tag}s"]:
            own = "".join(f' {key}="{one[key]}"' for key in ("id", "type", "time") if key in one)
            lines.append(f"<{tag}{own}><attributes>")
            for a in one.get("attributes", []):
                time = f' time="{a["time"]}"' if "time" in a else ""
                lines.append(f'<attribute name="{a["name"]}"{time}>{a["value"]}</attribute>')
            lines.append("</attributes><objects>")
            for link in one.get("relationships", []):
                told = f' qualifier="{link["qualifier"]}"' if "qualifier" in link else ""
                lines.append(f'<relationship object-id="{link["objectId"]}"{told}/>')
            lines.append(f"</objects></{tag}>")
        lines.append(f"</{tag}s>")
    path.write_text("".join([*lines, "</log>"]), "utf-8")


def in_sqlite(log: Log, path: Path) -> None:
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as base:
        for of in ("event", "object"):
            base.execute(f'CREATE TABLE "{of}" ("ocel_id" TEXT, "ocel_type" TEXT)')
            base.execute(f"CREATE TABLE {of}_map_type (ocel_type TEXT, ocel_type_map TEXT)")
            for i, kind in enumerate(log[f"{of}Types"]):
                names = [a["name"] for a in kind["attributes"]]
                more = "".join(f', "{name}" TEXT' for name in names)
                base.execute(
                    f"CREATE TABLE {of}_T{i} (ocel_id TEXT, ocel_time TIMESTAMP,"
                    f" ocel_changed_field TEXT{more}, PRIMARY KEY (ocel_id, ocel_time))"
                )
                base.execute(f"INSERT INTO {of}_map_type VALUES (?, ?)", (kind["name"], f"T{i}"))  # noqa: S608
            kinds = [kind["name"] for kind in log[f"{of}Types"]]
            for one in log[f"{of}s"]:
                base.execute(f'INSERT INTO "{of}" VALUES (?, ?)', (one["id"], one["type"]))  # noqa: S608
                if one["type"] in kinds:
                    table = f"{of}_T{kinds.index(one['type'])}"
                    insert(base, table, one, of)
        base.execute("CREATE TABLE event_object (ocel_event_id, ocel_object_id, ocel_qualifier)")
        links = [(e["id"], r["objectId"], r.get("qualifier"))
                 for e in log["events"] for r in e["relationships"]]  # fmt: skip
        base.executemany("INSERT INTO event_object VALUES (?, ?, ?)", links)


def insert(base: sqlite3.Connection, table: str, one: dict[str, Any], of: str) -> None:
    attributes = one.get("attributes", [])
    if of == "event":
        base.execute(f"INSERT INTO {table} (ocel_id, ocel_time) VALUES (?, ?)",  # noqa: S608
                     (one["id"], one["time"]))  # fmt: skip
        for a in attributes:
            base.execute(f'UPDATE {table} SET "{a["name"]}" = ? WHERE ocel_id = ?',  # noqa: S608
                         (a["value"], one["id"]))  # fmt: skip
    for a in attributes if of == "object" else ():
        base.execute(
            f'INSERT INTO {table} (ocel_id, ocel_time, ocel_changed_field, "{a["name"]}")'  # noqa: S608
            " VALUES (?, ?, ?, ?)",
            (one["id"], a["time"], None if a["time"] == T0 else a["name"], a["value"]),
        )


WRITE: dict[str, Callable[[Log, Path], None]] = {
    "json": in_json,
    "xml": in_xml,
    "sqlite": in_sqlite,
}


@pytest.fixture(params=WRITE)
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Log], Path]:
    """What writes a log in one of the three forms."""

    def written(log: Log) -> Path:
        path = tmp_path / f"log.{request.param}"
        WRITE[request.param](log, path)
        return path

    return written


def test_an_event_is_a_row_in_each_of_its_cases(
    write: Callable[[Log], Path], tmp_path: Path
) -> None:
    mapping = mapping_of(tmp_path, '[columns]\nfee = "fee"\norgan = "case:district"')
    path = write(sound())

    found = events(path, mapping)

    assert [(r["row"], r["case"], r["step"], r["person"], r["fee"]) for r in found] == [
        (1, "N1", "accept", "p1", 500),
        (2, "N2", "accept", "p1", 500),
        (3, "N1", "decide", None, None),
    ]
    assert [r["organ"] for r in found] == ["甲", None, "乙"]  # as the case was by then
    assert found[0]["at"] == wall("2026-03-01T09:00")
    assert remarks(path, mapping) == {}
    assert [r["row"] for r in events(path, mapping, skip=1)] == [2, 3]


def broken(code: str) -> Log:
    """The sound log with one thing that does not hold."""
    log = sound()
    first = log["events"][0]
    match code:
        case "object_missing":
            first["relationships"].append({"objectId": "N9", "qualifier": "case"})
        case "type_undeclared":
            log["objects"].append({"id": "o1", "type": "organ"})
        case "attribute_undeclared":
            del log["eventTypes"][0]["attributes"][0]
        case "id_repeated":
            log["objects"].append({"id": "N1", "type": "case"})
        case "qualifier_missing":
            del first["relationships"][0]["qualifier"]
        case "several":
            log["objects"].append({"id": "p2", "type": "person"})
            first["relationships"].append({"objectId": "p2", "qualifier": "actor"})
        case "malformed":
            del log["events"][1]["time"]
    return log


CODES = ["object_missing", "type_undeclared", "id_repeated", "qualifier_missing"]


@pytest.mark.parametrize("code", CODES)
def test_what_does_not_hold_is_remarked(code: str, write: Callable[[Log], Path]) -> None:
    path = write(broken(code))

    assert remarks(path) == {code: 1}
    assert len(events(path)) == 3


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize("code", ["attribute_undeclared", "malformed", "several"])
def test_what_a_table_could_not_say_is_remarked(code: str, form: str, tmp_path: Path) -> None:
    WRITE[form](broken(code), tmp_path / "log")

    expected = 2 if code == "several" else 1  # the event is a row in two cases
    assert remarks(tmp_path / "log") == {code: expected}


def test_an_event_without_a_case_is_rejected(write: Callable[[Log], Path]) -> None:
    log = sound()
    log["events"][1]["relationships"] = []

    path = write(log)

    assert rejected(path) == [(3, "没有办件编号")]
    assert len(events(path)) == 2


def test_a_case_type_that_is_not_there_is_told(
    write: Callable[[Log], Path], tmp_path: Path
) -> None:
    with pytest.raises(LogError, match=r"没有类型为“matter”的对象.*有:case、person"):
        open_log(write(sound()), mapping_of(tmp_path, '[ocel]\ncase = "matter"'))


def test_others_logs_are_read(tmp_path: Path) -> None:
    in_json(sound(), tmp_path / "a.json")
    theirs = r4pm.df.import_ocel_json(str(tmp_path / "a.json"))
    mapping = mapping_of(tmp_path, '[columns]\nfee = "fee"\norgan = "case:district"')

    for name in ("b.json", "b.xml"):
        r4pm.df.export_ocel(theirs, str(tmp_path / name))
        found = events(tmp_path / name, mapping)
        assert [(r["case"], r["step"], r["fee"], r["organ"]) for r in found] == [
            ("N1", "accept", 500, "甲"),
            ("N2", "accept", 500, None),
            ("N1", "decide", None, "乙"),
        ]


NOT_OCEL = [
    (b'{"ocel:events": {}}', "没有 eventTypes、objectTypes、events、objects"),
    (b'{"events": [', "第1行不是合格的 JSON"),
    (b'{"a":' + b"[" * 200_000, "嵌套太深"),
    (b"<log><objects>", "不是合格的 XML"),
    (b"SQLite format 3\0", "不是 SQLite 文件"),
]


@pytest.mark.parametrize(("content", "problem"), NOT_OCEL)
def test_what_is_no_ocel_is_told(content: bytes, problem: str, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(content)

    with pytest.raises(LogError, match=problem):
        open_log(tmp_path / "log")


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_log_that_is_too_large_for_memory_is_refused(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (ocel_json, ocel_xml):
        monkeypatch.setattr(module, "BYTES_MAX", 1 << 20)
    WRITE[form](sound(), tmp_path / "log")
    content = (tmp_path / "log").read_bytes()
    (tmp_path / "log").write_bytes(gzip.compress(content[:-6] + b" " * (1 << 20) + content[-6:]))

    with pytest.raises(LogError, match=r"解压后超过1兆字节.*拆成几个文件"):
        open_log(tmp_path / "log")
    monkeypatch.setattr(ocel_log, "BYTES_MAX", 100)
    with pytest.raises(LogError, match="拆成几个文件"):
        open_log(tmp_path / "log")


def test_sqlite_is_read_as_its_own_library_reads_it(tmp_path: Path) -> None:
    rows = [
        (i, "字" * (i * 37 % 6000), i * 7919**3 % 2**63 - 2**62, i / 7, None, bytes(i % 50), i % 2)
        for i in range(2_000)
    ]
    for size, encoding in ((512, "UTF-8"), (4096, "UTF-16le"), (65536, "UTF-16be")):
        path = tmp_path / f"{size}.sqlite"
        with sqlite3.connect(path) as base:
            base.execute(f"PRAGMA page_size = {size}")
            base.execute(f"PRAGMA encoding = '{encoding}'")
            base.execute(
                'CREATE TABLE "t ""q"" (1)" (id INTEGER, [a b] TEXT, `c,d` INT DEFAULT (1+1),'
                ' e REAL, f, g BLOB, "primary" INT, UNIQUE (id), CHECK (id > -1))'
            )
            base.executemany('INSERT INTO "t ""q"" (1)" VALUES (?,?,?,?,?,?,?)', rows)
        base.close()

        found = list(SqliteFile(path).rows('t "q" (1)'))

        assert list(found[0]) == ["id", "a b", "c,d", "e", "f", "g", "primary"]
        assert [tuple(row.values()) for row in found] == rows


def test_a_damaged_sqlite_file_is_told_and_never_endless(tmp_path: Path) -> None:
    in_sqlite(sound(), tmp_path / "a.sqlite")
    whole = (tmp_path / "a.sqlite").read_bytes()
    path = tmp_path / "b.sqlite"
    told = 0

    heads = [page + i for page in range(0, len(whole), 4096) for i in (0, 3, 4, 8, 9, 10, 11)]
    for place in heads[7:]:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            list(open_log(path).batches())
        except LogError:
            told += 1
    assert told > 10


def test_pages_that_point_at_each_other_are_no_endless_table(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA page_size = 512")
        base.execute("CREATE TABLE t (a TEXT)")
        base.executemany("INSERT INTO t VALUES (?)", [("x" * 100,) for _ in range(50)])
    base.close()
    content = bytearray(path.read_bytes())
    root = SqliteFile(path).tables["t"][0]
    place = (root - 1) * 512 + 8  # the page after the last one
    content[place : place + 4] = root.to_bytes(4, "big")
    path.write_bytes(content)

    with pytest.raises(LogError, match="页互相指向"):
        list(SqliteFile(path).rows("t"))
