"""OCEL 2.0 in SQLite."""

from collections import defaultdict
from pathlib import Path
from typing import Any

from guiju.formats.logs.batch import LogError
from guiju.formats.logs.ocel import Event, Link, Ocel, Thing, Types
from guiju.formats.logs.sqlite_pages import SqliteFile

TABLES = ("event", "object", "event_object", "event_map_type", "object_map_type")
OWN = ("ocel_id", "ocel_time", "ocel_changed_field")


def read_sqlite(path: Path) -> Ocel:
    """Read a log. Raises LogError."""
    file = SqliteFile(path)
    missing = [name for name in TABLES if name not in file.tables]
    if missing:
        problem = f"不是 OCEL 2.0:没有表 {'、'.join(missing)}"
        raise LogError(str(path), problem, "导出为 OCEL 2.0 的 SQLite")
    log = Ocel()
    log.event_types, of_events = _told(file, "event")
    log.object_types, of_things = _told(file, "object")
    between = _links(file, "event_object", "ocel_event_id", "ocel_object_id")
    for row in file.rows("event"):
        id_, kind = _text(row.get("ocel_id")), _text(row.get("ocel_type"))
        rows = of_events.get((kind, id_), [])
        if len(rows) != 1:
            log.malformed += 1
            continue
        values = {name: _text(v) for name, v in rows[0].items() if name not in OWN and v != ""}
        told = {name: value for name, value in values.items() if value}
        time = _text(rows[0].get("ocel_time"))
        log.events.append(Event(id_, kind, time, told, between.get(id_, [])))
    for row in file.rows("object"):
        id_, kind = _text(row.get("ocel_id")), _text(row.get("ocel_type"))
        history = [each for told in of_things.get((kind, id_), []) for each in _values(told)]
        log.things.append(Thing(id_, kind, history))
    return log


def _told(file: SqliteFile, of: str) -> tuple[Types, dict[tuple[str, str], list[dict[str, Any]]]]:
    """The types of events or objects with their attributes, and the rows of each one."""
    types: Types = {}
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for told in file.rows(f"{of}_map_type"):
        kind, table = _text(told.get("ocel_type")), f"{of}_{_text(told.get('ocel_type_map'))}"
        if table not in file.tables:
            continue
        types[kind] = set()
        for row in file.rows(table):
            types[kind] |= row.keys() - set(OWN)
            rows[kind, _text(row.get("ocel_id"))].append(row)
    return types, rows


def _values(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What a row of an object says: of all its attributes, or of the one that changed."""
    changed = _text(row.get("ocel_changed_field"))
    names = [changed] if changed else [name for name in row if name not in OWN]
    time = _text(row.get("ocel_time"))
    return [(name, time, _text(row[name])) for name in names if row.get(name) is not None]


def _links(file: SqliteFile, table: str, source: str, target: str) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = defaultdict(list)
    for row in file.rows(table):
        qualifier = _text(row.get("ocel_qualifier")) or None
        found[_text(row.get(source))].append((_text(row.get(target)), qualifier))
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)
