"""Open the log of any system: the kind of file is told by how it begins, not by its name.

Read leniently: bad rows are listed and the rest goes on; what is odd about the file is remarked.
Of every kind a chunk of rows at a time is held in memory, but for workbooks and OCEL in JSON or
XML, which are read whole and therefore may not be too large.
"""

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from hashlib import file_digest
from pathlib import Path
from typing import Protocol

from guiju.formats.logs.batch import Batch, Chunk, LogError, Remark
from guiju.formats.logs.csv_log import CsvLog
from guiju.formats.logs.excel_log import ExcelLog
from guiju.formats.logs.mapping import Mapping, identity
from guiju.formats.logs.ocel_log import OcelLog
from guiju.formats.logs.parquet_log import ParquetLog
from guiju.formats.logs.sqlite_pages import MAGIC
from guiju.formats.logs.stream import head_of
from guiju.formats.logs.translation import Translation
from guiju.formats.logs.xes_log import XesLog

HEAD = 1 << 14
OCEL_XML = re.compile(rb"<(\w+:)?(object|event)(-type)?s[\s/>]")  # XES has none of these


class Kind(Protocol):
    """A file of some kind as a source of rows."""

    columns: dict[str, str]  # name of TOLD → column of the source

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is odd about the file, as far as it was read."""

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """The rows after the first ``skip``."""


class Log:
    """A log file, to be read any number of times."""

    def __init__(self, path: Path, kind: Kind, mapping: Mapping) -> None:
        self.path, self.name = path, path.name
        self._kind, self._mapping = kind, mapping

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of TOLD that it has."""
        return tuple(self._kind.columns)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file, hexadecimal."""
        with self.path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is odd about the file, complete once its batches were read to the end."""
        return self._kind.remarks

    def batches(self, skip: int = 0) -> Iterator[Batch]:
        """Its rows after the first ``skip``, in order.

        Raises LogError where the file breaks off; what came before was given already.
        """
        translation = Translation(self._mapping, self._kind.columns, str(self.path))
        return map(translation.batch, self._kind.chunks(skip))


def open_log(path: Path, mapping: Mapping | None = None) -> Log:
    """Open a log. Raises LogError when it is no log, or has not the columns it should."""
    told = mapping or identity()
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise LogError(str(path), f"打不开({error.strerror})", "检查路径") from None
    if not head:
        raise LogError(str(path), "文件是空的", "重新导出")
    return Log(path, _kind(path, head)(path, told), told)


def _kind(path: Path, head: bytes) -> Callable[[Path, Mapping], Kind]:
    """The reader for a file that begins like this."""
    if head.startswith(b"PAR1"):
        return ParquetLog
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return ExcelLog
    if head.startswith(MAGIC):
        return OcelLog
    start = head_of(path, HEAD)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.decode("utf-16", "ignore").encode()
    start = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return OcelLog
    if start.startswith(b"<"):
        return OcelLog if OCEL_XML.search(start) else XesLog
    return CsvLog
