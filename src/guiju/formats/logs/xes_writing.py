"""Writes logs in XES, valid against the schema of IEEE 1849-2016.

Standard extensions carry what they have a key for; the rest has the prefix ``guiju``. Times have
no zone, as in TOLD; money is in fen.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pyarrow as pa

from guiju.formats.logs.batch import LogError
from guiju.formats.logs.rows_out import UNWRITABLE, Row, as_text, by_case, rows_of, text_file
from guiju.formats.logs.schema import TOLD
from guiju.formats.logs.translation import OWN
from guiju.formats.logs.xes_log import CASE, KNOWN

STANDARD = {
    "Concept": "concept",
    "Time": "time",
    "Organizational": "org",
    "Lifecycle": "lifecycle",
}
TAGS = {pa.int64(): "int", pa.int32(): "int", pa.bool_(): "boolean", pa.timestamp("us"): "date"}
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="">
"""
GLOBALS = """\t<global scope="trace">
\t\t<string key="concept:name" value=""/>
\t</global>
\t<global scope="event">
\t\t<string key="concept:name" value=""/>
\t\t<date key="time:timestamp" value="1970-01-01T00:00:00"/>
\t\t<string key="lifecycle:transition" value="complete"/>
\t</global>
\t<classifier name="step" scope="event" keys="concept:name"/>
"""


def write_xes(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    """Write batches of TOLD, packed when the name ends in .gz. Raises LogError.

    All rows are held in memory, for a case must stand together.
    """
    table = by_case(batches)
    with text_file(path) as file:
        file.write(HEAD)
        for name, prefix in STANDARD.items():
            uri = f"http://www.xes-standard.org/{prefix}.xesext"
            file.write(f'\t<extension name="{name}" prefix="{prefix}" uri="{uri}"/>\n')
        file.write(f'\t<extension name="Guiju" prefix="{OWN[:-1]}" uri="urn:guiju:xes"/>\n')
        file.write(GLOBALS)
        for case, rows in groupby(rows_of(table), key=lambda row: row["case"]):
            file.write(f"\t<trace>\n\t\t{_attribute('string', 'concept:name', case, path)}\n")
            for row in rows:
                file.write("\t\t<event>\n")
                file.writelines(f"\t\t\t{each}\n" for each in _attributes(row, path))
                file.write("\t\t</event>\n")
            file.write("\t</trace>\n")
        file.write("</log>\n")


def _attributes(row: Row, path: Path) -> Iterator[str]:
    """The attributes of an event."""
    yield '<string key="lifecycle:transition" value="complete"/>'
    for field in TOLD:
        key, value = KNOWN.get(field.name, CASE), row[field.name]
        if value is None or key.startswith(CASE):
            continue
        yield _attribute(TAGS.get(field.type, "string"), key, value, path)


def _attribute(tag: str, key: str, value: Any, path: Path) -> str:
    match tag:
        case "date":
            text = value.isoformat()
        case "boolean":
            text = "true" if value else "false"
        case _:
            text = as_text(value) or ""
    bad = UNWRITABLE.search(text)
    if bad:
        problem = f"“{text[: bad.start()][-20:]}”之后有 XML 不能写的字符 U+{ord(bad.group()):04X}"
        raise LogError(str(path), problem, "删去这个字符,或写成 Parquet")
    return f'<{tag} key="{key}" value={quoteattr(text, IN_VALUE)}/>'


IN_VALUE = {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
