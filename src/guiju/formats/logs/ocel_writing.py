"""Writes logs in OCEL 2.0 (JSON): cases, officials and applicants are objects.

An object's id begins with its type, so that a pseudonym that stands for an official and for an
applicant remains two. What TOLD knows of an event beyond them are its attributes, under TOLD's
names with the prefix ``guiju``.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from pyarrow import compute

from guiju.formats.logs.rows_out import Row, as_text, rows_of, table_of, text_file
from guiju.formats.logs.schema import TOLD
from guiju.formats.logs.translation import OWN

OBJECTS = ("case", "person", "applicant")
ELSEWHERE = ("row", "case", "step", "at", "person", "applicant")  # no attributes of their own
TYPES = {
    pa.int64(): "integer",
    pa.int32(): "integer",
    pa.bool_(): "boolean",
    pa.timestamp("us"): "time",
}
ATTRIBUTES = {
    field.name: TYPES.get(field.type, "string") for field in TOLD if field.name not in ELSEWHERE
}


def write_ocel(path: Path, batches: Iterable[pa.RecordBatch], zone: str) -> None:
    """Write batches of TOLD whose times are of this zone; packed when the name ends in .gz.

    All rows are held in memory.
    """
    table = table_of(batches)
    steps = compute.unique(table["step"]).to_pylist()
    attributes = [{"name": OWN + name, "type": kind} for name, kind in ATTRIBUTES.items()]
    with text_file(path) as file:
        file.write('{"objectTypes": ')
        file.write(_json([{"name": each, "attributes": []} for each in OBJECTS]))
        file.write(',\n"eventTypes": ')
        file.write(_json([{"name": each, "attributes": attributes} for each in steps]))
        file.write(',\n"objects": [\n')
        file.writelines(_lines(_objects(table)))
        file.write('],\n"events": [\n')
        hours = ZoneInfo(zone)
        file.writelines(_lines(_event(i, row, hours) for i, row in enumerate(rows_of(table), 1)))
        file.write("]}\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(values: Iterator[Any]) -> Iterator[str]:
    """Items of an array, one a line."""
    before = ""
    for each in values:
        yield before + _json(each)
        before = ",\n"
    yield "\n"


def _objects(table: pa.Table) -> Iterator[dict[str, Any]]:
    """All objects; a case is linked to its applicants."""
    applicants: dict[str, dict[str, None]] = {}
    people: dict[str, None] = {}
    for row in rows_of(table.select(["case", "applicant", "person", "present"])):
        told = applicants.setdefault(row["case"], {})
        if row["applicant"]:
            told[row["applicant"]] = None
        named = [row["person"], *(each["person"] for each in row["present"] or ())]
        people.update(dict.fromkeys(each for each in named if each))
    for case, told in applicants.items():
        links = [_link("applicant", each, "applicant") for each in told]
        yield _object("case", case) | {"relationships": links}
    yield from (_object("person", each) for each in people)
    everyone = dict.fromkeys(each for told in applicants.values() for each in told)
    yield from (_object("applicant", each) for each in everyone)


def _object(kind: str, id_: str) -> dict[str, Any]:
    return {"id": f"{kind}:{id_}", "type": kind, "attributes": [], "relationships": []}


def _link(kind: str, id_: str, qualifier: str) -> dict[str, str]:
    return {"objectId": f"{kind}:{id_}", "qualifier": qualifier}


def _event(number: int, row: Row, zone: ZoneInfo) -> dict[str, Any]:
    links = [_link("case", row["case"], "case")]
    if row["person"]:
        links.append(_link("person", row["person"], "actor"))
    present = dict.fromkeys(each["person"] for each in row["present"] or () if each["person"])
    links += [_link("person", each, "present") for each in present]
    if row["applicant"]:
        links.append(_link("applicant", row["applicant"], "applicant"))
    told = {name: row[name] for name in ATTRIBUTES if row[name] is not None}
    return {
        "id": f"e{number}",
        "type": row["step"],
        "time": row["at"].replace(tzinfo=zone).isoformat(),
        "attributes": [{"name": OWN + k, "value": _value(v, zone)} for k, v in told.items()],
        "relationships": links,
    }


def _value(value: Any, zone: ZoneInfo) -> str:
    """A value as text, which is all that the schema allows."""
    match value:
        case datetime():
            return value.replace(tzinfo=zone).isoformat()
        case bool():
            return "true" if value else "false"
    return as_text(value) or ""
