"""Object-centric logs (OCEL 2.0 in JSON, XML or SQLite) as rows: one for each event of a case.

Cases are the objects of one type, which the mapping names. An event with several of them is a row
in each; one with none is rejected. Columns:

    ocel:case, ocel:type, ocel:time, ocel:id     the case, type, time and id of the event
    object:TYPE, object:TYPE:QUALIFIER           the first such object of the event
    case:NAME                                    an attribute of the case, as it was by then
    anything else                                an attribute of the event

An id that begins with its own type and a colon is told without them.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from guiju.formats.logs.batch import BATCH_ROWS, Chunk, LogError, Remark
from guiju.formats.logs.mapping import Mapping
from guiju.formats.logs.ocel import BYTES_MAX, WORDS, Event, Ocel, Thing, remarks
from guiju.formats.logs.ocel_json import read_json
from guiju.formats.logs.ocel_sqlite import read_sqlite
from guiju.formats.logs.ocel_xml import read_xml
from guiju.formats.logs.sqlite_pages import MAGIC
from guiju.formats.logs.stream import head_of
from guiju.formats.logs.times import ISO, wall_times
from guiju.formats.logs.translation import columns_of, with_own

CASE = "ocel:case"
KNOWN = with_own(
    {
        "case": CASE,
        "step": "ocel:type",
        "at": "ocel:time",
        "person": "object:person:actor",
        "applicant": "object:applicant",
    }
)
ALWAYS, NEVER = map(datetime.fromisoformat, ("0001-01-01", "9999-12-31"))
LISTS = ("items", "evidence", "present")


class OcelLog:
    """An object-centric log as a source of rows; it is read whole."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        if path.stat().st_size > BYTES_MAX:
            problem = f"超过{BYTES_MAX >> 20}兆字节"
            raise LogError(str(path), problem, "拆成几个文件,或展开成 Parquet")
        log = _read(path)
        self.types = {each.type for each in log.things}
        if mapping.ocel.case not in self.types:
            problem = f"没有类型为“{mapping.ocel.case}”的对象"
            mend = f"在对照表 [ocel] 中写 case = …;有:{'、'.join(sorted(self.types))}"
            raise LogError(str(path), problem, mend, "ocel.case")
        self.log, self.case_type, self._several = log, mapping.ocel.case, 0
        self.columns = columns_of(mapping, KNOWN)
        self.things: dict[str, Thing] = {}
        for each in log.things:
            self.things.setdefault(each.id, each)
        self._history = _History(log)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What does not hold together."""
        several = Remark("several", WORDS["several"], self._several)
        return (*remarks(self.log), *((several,) if self._several else ()))

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """The rows after the first ``skip``."""
        pairs = [(event, case) for event in self.log.events for case in self._cases(event)]
        self._several = 0
        for read in range(skip, len(pairs), BATCH_ROWS):
            some = pairs[read : read + BATCH_ROWS]
            columns = {
                column: pa.array([self._cell(name, column, *each) for each in some], pa.string())
                for name, column in self.columns.items()
            }
            upto = read + len(some)
            yield Chunk(columns, np.arange(read + 1, upto + 1), upto, upto, len(pairs))

    def _cases(self, event: Event) -> list[Thing | None]:
        """The cases of an event; one that is None when it has none."""
        found = [self.things[i] for i, _ in event.links if i in self.things]
        cases = {each.id: each for each in found if each.type == self.case_type}
        return list(cases.values()) or [None]

    def _cell(self, name: str, column: str, event: Event, case: Thing | None) -> str | None:
        match column.split(":", 2):
            case ["ocel", "case"]:
                return _id(case) if case else None
            case ["ocel", "type" | "time" | "id"]:
                return str(getattr(event, column.removeprefix("ocel:")))
            case ["object", kind, *qualifier]:
                return self._objects(name, event, kind, qualifier)
            case ["case", _, *_]:
                key = column.removeprefix("case:")
                return self._history.value(case.id, key, event.time) if case else None
        return event.attributes.get(column)

    def _objects(self, name: str, event: Event, kind: str, qualifier: list[str]) -> str | None:
        """Objects of an event: all as JSON for a list, else the first."""
        found = [
            _id(self.things[id_])
            for id_, said in event.links
            if id_ in self.things
            and self.things[id_].type == kind
            and (not qualifier or said == qualifier[0])
        ]
        if name in LISTS:
            told = [[each] for each in found] if name == "present" else found
            return json.dumps(told, ensure_ascii=False)
        self._several += len(set(found)) > 1
        return found[0] if found else None


def _read(path: Path) -> Ocel:
    head = head_of(path, 64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(MAGIC):
        return read_sqlite(path)
    return read_json(path) if head.startswith(b"{") else read_xml(path)


def _id(thing: Thing) -> str:
    return thing.id.removeprefix(f"{thing.type}:")


class _History:
    """Values of objects' attributes through time."""

    def __init__(self, log: Ocel) -> None:
        self.values: dict[tuple[str, str], list[tuple[datetime, str]]] = {}
        texts = {each.time for each in log.events}
        texts |= {time for thing in log.things for _, time, _ in thing.attributes}
        known = pa.array(sorted(texts), pa.string())
        instants = wall_times(known, (ISO,), "UTC").to_pylist()
        self.instants = dict(zip(known.to_pylist(), instants, strict=True))
        for thing in log.things:
            for name, time, value in thing.attributes:
                since = self.instants[time] or ALWAYS
                self.values.setdefault((thing.id, name), []).append((since, value))
        for each in self.values.values():
            each.sort(key=lambda pair: pair[0])

    def value(self, id_: str, name: str, time: str) -> str | None:
        """The last value that an attribute had been given by then."""
        told = self.values.get((id_, name), [])
        until = self.instants[time] or NEVER
        return next((value for since, value in reversed(told) if since <= until), None)
