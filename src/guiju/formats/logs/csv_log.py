"""Logs as text tables: CSV after RFC 4180, in any encoding, packed or not.

Row 1 is the first after the header; blank lines are no rows. A row with too few or too many cells
is rejected, the others are taken.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from guiju.formats.logs.batch import Chunk, LogError, Rejected, Remark
from guiju.formats.logs.guarding import unguarded
from guiju.formats.logs.mapping import Mapping
from guiju.formats.logs.stream import Stream, head_of
from guiju.formats.logs.translation import columns_of, identical, require

BLOCK = 1 << 22  # bytes; no row may be longer, and Arrow reads up to 32 of them ahead
HEADER_MAX = 1 << 20
REPLACED = "\ufffd"  # what stands for bytes that are no text


class CsvLog:
    """A text table as a source of rows."""

    remarks: tuple[Remark, ...] = ()

    def __init__(self, path: Path, mapping: Mapping, block: int = BLOCK) -> None:
        self.path, self.csv, self.block = path, mapping.csv, block
        names = self._header()
        known = {} if mapping.columns.told() else identical(names)
        self.columns = columns_of(mapping, known)
        require(self.columns, names, str(path))
        for name, column in self.columns.items():
            if names.count(column) > 1:
                problem = f"列“{column}”出现{names.count(column)}次"
                raise LogError(str(path), problem, "改列名,使它只有一列", f"columns.{name}")

    def _header(self) -> list[str]:
        """The names of the columns."""
        encoding = "utf-8-sig" if self._is_utf8 else self.csv.encoding
        text = head_of(self.path, HEADER_MAX).decode(encoding, "replace")
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=self.csv.delimiter)
        try:
            names = next((row for row in rows if row), [])
        except csv.Error as error:
            raise self._told(str(error)) from None
        if any(REPLACED in name for name in names):
            raise self._not_encoded()
        return names

    @property
    def _is_utf8(self) -> bool:
        return self.csv.encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig")

    def _not_encoded(self) -> LogError:
        problem = f"不能按 {self.csv.encoding} 读"
        mend = '在对照表 [csv] 中写 encoding = "gb18030",或文件的真实编码'
        return LogError(str(self.path), problem, mend, "csv.encoding")

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """The rows after the first ``skip``. Raises LogError where the file cannot be read."""
        bad: list[Any] = []
        last = 0
        with _Calm(Stream(self.path)) as stream:
            for batch, is_last in _with_last(self._batches(stream, bad)):
                numbers, last = _numbered(batch.num_rows, last, bad)
                if is_last and stream.error and not (bad and bad[-1].number - 1 > last):
                    numbers, last = numbers[:-1], last - 1  # half a row
                chunk = self._chunk(batch, numbers, skip, stream.stream)
                rejected = _taken(bad, skip, last)
                if len(chunk.rows) or rejected:
                    yield replace(chunk, read=last, rejected=rejected)
            if stream.error:
                bad = bad[:-1]  # half a row, if there is one left
            if bad and bad[-1].number - 1 > skip:
                last = bad[-1].number - 1
                none = self._none(stream.stream)
                yield replace(none, read=last, rejected=_taken(bad, skip, last))
            if stream.error:
                raise stream.error

    def _batches(self, stream: "_Calm", bad: list[Any]) -> Iterator[pa.RecordBatch]:
        """Batches of rows as text; bad rows are put on the list. Raises LogError."""
        try:
            yield from self._opened(stream, bad)
        except pa.ArrowInvalid as error:
            raise stream.error or self._told(str(error)) from None
        except UnicodeDecodeError:
            raise stream.error or self._not_encoded() from None

    def _opened(self, stream: "_Calm", bad: list[Any]) -> Iterator[pa.RecordBatch]:
        def reject(row: Any) -> str:
            bad.append(row)
            return "skip"

        names = list(dict.fromkeys(self.columns.values()))
        found: Iterator[pa.RecordBatch] = arrow_csv.open_csv(
            stream,
            arrow_csv.ReadOptions(
                use_threads=False,
                block_size=self.block,
                encoding="utf8" if self._is_utf8 else self.csv.encoding,
            ),
            arrow_csv.ParseOptions(
                delimiter=self.csv.delimiter, newlines_in_values=True, invalid_row_handler=reject
            ),
            arrow_csv.ConvertOptions(
                include_columns=names,
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
        return found

    def _chunk(self, batch: pa.RecordBatch, numbers: Any, skip: int, stream: Stream) -> Chunk:
        """The rows of a batch that are not passed over."""
        start = int(np.searchsorted(numbers, skip, side="right"))
        rest = batch.slice(start, len(numbers) - start)
        pairs = zip(rest.schema.names, rest.columns, strict=True)
        columns = {name: unguarded(column) for name, column in pairs}
        return Chunk(columns, numbers[start:], 0, stream.done, stream.total)

    def _none(self, stream: Stream) -> Chunk:
        none = pa.array([], pa.string())
        columns = dict.fromkeys(self.columns.values(), none)
        return Chunk(columns, np.zeros(0, np.int64), 0, stream.done, stream.total)

    def _told(self, words: str) -> LogError:
        if "UTF8" in words:
            return self._not_encoded()
        if "straddling" in words:
            problem = f"有一行超过{self.block >> 20}兆字节"
            return LogError(str(self.path), problem, "多半是引号没有成对,补上引号")
        return LogError(str(self.path), f"不是合格的 CSV({words})", "重新导出为 CSV")


def _numbered(count: int, last: int, bad: list[Any]) -> tuple[Any, int]:
    """The numbers of the next ``count`` rows, and the last of them; bad rows have their own.

    Arrow numbers a bad row from 1, the header included.
    """
    gaps = [row.number - 1 for row in bad if row.number - 1 > last]
    numbers = np.arange(last + 1, last + 1 + count + len(gaps))
    numbers = np.setdiff1d(numbers, gaps, assume_unique=True)[:count]
    return numbers, int(numbers[-1]) if count else last


def _taken(bad: list[Any], skip: int, last: int) -> tuple[Rejected, ...]:
    """The bad rows up to ``last``, taken off the list, but those passed over."""
    found = [row for row in bad if row.number - 1 <= last]
    del bad[: len(found)]
    return tuple(
        Rejected(row.number - 1, f"应有{row.expected_columns}列,这一行有{row.actual_columns}列")
        for row in found
        if row.number - 1 > skip
    )


class _Calm(io.RawIOBase):
    """A stream that ends where it breaks off, and keeps the error for later.

    Arrow reads ahead, and on an error forgets what it had read.
    """

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.error: LogError | None = None

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes; none at the end or where the stream breaks off."""
        try:
            return b"" if self.error else self.stream.read(size)
        except LogError as error:
            self.error = error
            return b""

    def close(self) -> None:
        """Close the stream."""
        self.stream.close()
        super().close()


def _with_last(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[pa.RecordBatch, bool]]:
    """Batches, each with whether it is the last."""
    held = next(batches, None)
    while held is not None:
        following = next(batches, None)
        yield held, following is None
        held = following
