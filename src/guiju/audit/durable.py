"""Files that survive a power cut: the old one or the new one, never half of one."""

import os
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

GROUP_ROWS = 16_384  # of a file are read together; who looks for some cases passes most over


def write_table(path: Path, table: pa.Table, compression: str = "zstd") -> None:
    """Write a table as Parquet, in groups of ``GROUP_ROWS`` with the least and most of each."""
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".new")
    parquet.write_table(table, temporary, row_group_size=GROUP_ROWS, compression=compression)
    _settle(temporary, path)


def write_mapped(path: Path, table: pa.Table) -> None:
    """Write a table as an Arrow file, for ``read_mapped``."""
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".new")
    with pa.ipc.new_file(temporary, table.schema) as file:
        file.write_table(table.combine_chunks())
    _settle(temporary, path)


def read_mapped(path: Path) -> pa.Table:
    """A table whose columns lie in the file; what replaces it does not change what was read."""
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def write(path: Path, content: bytes) -> None:
    """Write a file."""
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_bytes(content)
    _settle(temporary, path)


def _settle(temporary: Path, path: Path) -> None:
    """Give a written file its name, so that a power cut leaves the old one or the new one."""
    for each in (temporary, None, path.parent):
        if each is None:
            temporary.replace(path)
            continue
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
