"""Strict writers of logs: CSV, Parquet, XES, OCEL. A file is there whole or not at all."""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
from pyarrow import compute, csv, parquet

from guiju.formats.logs.guarding import guarded
from guiju.formats.logs.ocel_writing import write_ocel
from guiju.formats.logs.rows_out import as_text, replacing
from guiju.formats.logs.schema import TOLD
from guiju.formats.logs.xes_writing import write_xes

__all__ = ["write_csv", "write_ocel", "write_parquet", "write_xes"]
BOM = b"\xef\xbb\xbf"  # without it spreadsheets take UTF-8 for something else
NAMES = TOLD.names[1:]


def write_parquet(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    """Write batches of TOLD as they are."""
    with (
        replacing(path) as beside,
        parquet.ParquetWriter(beside, TOLD, compression="zstd") as file,
    ):
        for batch in batches:
            file.write_batch(batch)


def write_csv(path: Path, batches: Iterable[pa.RecordBatch]) -> None:
    """Write batches of TOLD as RFC 4180 in UTF-8, money in fen, lists as JSON.

    Cells that a spreadsheet would run are guarded; our own reader takes the guard away.
    """
    schema = pa.schema([(name, pa.string()) for name in NAMES])
    with replacing(path) as beside, beside.open("wb") as raw:
        raw.write(BOM)
        with csv.CSVWriter(raw, schema) as file:
            for batch in batches:
                columns = [guarded(_cells(batch[name])) for name in NAMES]
                file.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))


def _cells(column: pa.Array) -> pa.Array:
    """A column as the text of its cells."""
    if pa.types.is_boolean(column.type):
        return compute.if_else(column, "是", "否")
    if pa.types.is_list(column.type):
        return pa.array([as_text(each) for each in column.to_pylist()], pa.string())
    return column.cast(pa.string())
