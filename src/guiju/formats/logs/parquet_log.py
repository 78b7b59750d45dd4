"""Logs in Parquet: only the columns that are asked for are read."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from guiju.formats.logs.batch import BATCH_ROWS, Chunk, LogError, Remark
from guiju.formats.logs.mapping import Mapping
from guiju.formats.logs.translation import columns_of, identical, require

DAMAGED = "重新导出这个文件"


class ParquetLog:
    """A Parquet file as a source of rows."""

    remarks: tuple[Remark, ...] = ()

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self.path = path
        try:
            self.file = parquet.ParquetFile(path)
        except (pa.ArrowException, OSError) as error:
            raise LogError(str(path), f"不是完好的 Parquet 文件({error})", DAMAGED) from None
        names = self.file.schema_arrow.names
        known = {} if mapping.columns.told() else identical(names)
        self.columns = columns_of(mapping, known)
        require(self.columns, names, str(path))

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """The rows after the first ``skip``. Raises LogError where the file is damaged."""
        total = self.file.metadata.num_rows
        names = list(dict.fromkeys(self.columns.values()))
        groups, read = self._after(skip)
        try:
            for batch in self.file.iter_batches(BATCH_ROWS, groups, names, use_threads=False):
                start = max(skip - read, 0)
                read += batch.num_rows
                rest = batch.slice(start)
                if rest.num_rows:
                    rows = np.arange(read - rest.num_rows + 1, read + 1)
                    columns = dict(zip(names, rest.columns, strict=True))
                    yield Chunk(columns, rows, read, read, total)
        except (pa.ArrowException, OSError) as error:
            problem = f"第{read}行以后读不出来({error})"
            raise LogError(str(self.path), problem, DAMAGED) from None

    def _after(self, skip: int) -> tuple[list[int], int]:
        """The row groups from the one that holds row ``skip`` + 1 on, and the rows before it."""
        told, before = self.file.metadata, 0
        for group in range(told.num_row_groups):
            count = told.row_group(group).num_rows
            if before + count > skip:
                return list(range(group, told.num_row_groups)), before
            before += count
        return [], before
