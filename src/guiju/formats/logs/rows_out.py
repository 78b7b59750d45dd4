"""What all writers share: a file is there whole or not at all; rows by case; lists as text."""

import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pyarrow as pa
from pyarrow import compute

from guiju.formats.logs.schema import TOLD

Row = dict[str, Any]
AT_ONCE = 10_000
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside ``path`` to write to; it takes its place when all went well."""
    beside = path.with_name(f"{path.name}.part")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def text_file(path: Path) -> Iterator[TextIO]:
    """A text file in UTF-8, packed when its name ends in .gz: the same bytes each time."""
    with replacing(path) as beside, beside.open("wb") as raw:
        if path.suffix == ".gz":
            with (
                gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed,
                io.TextIOWrapper(packed, "utf-8", newline="\n") as file,
            ):
                yield file
        else:
            with io.TextIOWrapper(raw, "utf-8", newline="\n") as file:
                yield file


def table_of(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """All batches as one table."""
    return pa.Table.from_batches(batches, TOLD)


def by_case(batches: Iterable[pa.RecordBatch]) -> pa.Table:
    """All rows, those of a case together and by ``row``, cases in the order of appearance."""
    table = table_of(batches).combine_chunks()
    case = compute.dictionary_encode(table["case"]).combine_chunks().indices.to_numpy()
    return table.take(pa.array(np.lexsort((table["row"].to_numpy(), case))))


def rows_of(table: pa.Table) -> Iterator[Row]:
    """The rows of a table, some of them at a time in memory."""
    for batch in table.to_batches(AT_ONCE):
        yield from batch.to_pylist()


def as_text(value: Any) -> str | None:
    """Lists as JSON, people as [person, post, order]."""
    if not isinstance(value, list):
        return None if value is None else str(value)
    plain = [[*each.values()] if isinstance(each, dict) else each for each in value]
    return json.dumps(plain, ensure_ascii=False)
