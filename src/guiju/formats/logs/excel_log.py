"""Logs in a workbook (xlsx, xlsb, xls, ods): the first row of the sheet names the columns.

Row 1 is the first after it; rows without any cell are no rows. Cells become text as people see
them, numbers with the 15 digits that a spreadsheet keeps.
"""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from guiju.formats.logs.batch import BATCH_ROWS, Chunk, LogError, Remark
from guiju.formats.logs.mapping import Mapping
from guiju.formats.logs.sheet_size import cells_spanned
from guiju.formats.logs.translation import columns_of, identical, require

BYTES_MAX = 1 << 30  # unpacked; a sheet has at most 1,048,576 rows
CELLS_MAX = 50_000_000
DIGITS = 10**15  # numbers from here on have lost their last digits


class ExcelLog:
    """A sheet as a source of rows; it is read whole."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self.path, self.wanted, self._lost = path, mapping.sheet.name, 0
        _bounded(path)
        try:
            self.book = CalamineWorkbook.from_path(str(path))
        except (CalamineError, OSError, ValueError) as error:
            raise LogError(str(path), f"不是完好的工作簿({error})", "重新另存") from None
        names = self.book.sheet_names
        if not names or (self.wanted and self.wanted not in names):
            problem = f"没有工作表“{self.wanted}”" if names else "没有工作表"
            mend = f"有:{'、'.join(names)}"
            raise LogError(str(path), problem, mend, "sheet.name")
        header = [_shown(cell) for cell in next(self._rows(), [])]
        known = {} if mapping.columns.told() else identical(header)
        self.columns = columns_of(mapping, known)
        require(self.columns, header, str(path))
        for name, column in self.columns.items():
            if header.count(column) > 1:
                problem = f"列“{column}”出现{header.count(column)}次"
                raise LogError(str(path), problem, "改列名,使它只有一列", f"columns.{name}")
        self.places = {column: header.index(column) for column in self.columns.values()}

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Numbers that are too long for a spreadsheet."""
        words = "数字超过15位,表格软件已丢失末位,编号应以文本存放"
        return (Remark("digits_lost", words, self._lost),) if self._lost else ()

    def _rows(self) -> Iterator[list[Any]]:
        """The rows that have some cell, the header first."""
        try:
            sheet = self.book.get_sheet_by_name(self.wanted or self.book.sheet_names[0])
        except CalamineError as error:
            raise LogError(str(self.path), f"工作表读不出来({error})", "重新另存") from None
        return (row for row in sheet.iter_rows() if any(cell != "" for cell in row))

    def chunks(self, skip: int) -> Iterator[Chunk]:
        """The rows after the first ``skip``."""
        self._lost = 0
        rows, waiting = list(self._rows())[1:], []
        for read in range(0, len(rows), BATCH_ROWS):
            waiting = rows[read : read + BATCH_ROWS]
            start = min(max(skip - read, 0), len(waiting))
            upto = read + len(waiting)
            columns = {
                name: pa.array([self._cell(row[place]) for row in waiting[start:]], pa.string())
                for name, place in self.places.items()
            }
            if upto > skip:
                numbers = np.arange(read + start + 1, upto + 1)
                yield Chunk(columns, numbers, upto, upto, len(rows))

    def _cell(self, cell: Any) -> str | None:
        if isinstance(cell, float) and abs(cell) >= DIGITS:
            self._lost += 1
        return _shown(cell) or None


def _shown(cell: Any) -> str:
    """A cell as text."""
    match cell:
        case bool():
            return "是" if cell else "否"
        case float():
            return str(int(cell)) if cell == int(cell) else format(cell, ".15g")
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return str(cell).strip()


def _bounded(path: Path) -> None:
    """Refuse a workbook that unpacks to more than memory holds. Raises LogError."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as whole:
        if sum(each.file_size for each in whole.infolist()) > BYTES_MAX:
            problem = f"解压后超过{BYTES_MAX >> 20}兆字节"
            raise LogError(str(path), problem, "另存为 CSV,或拆成几个文件")
        if cells_spanned(whole) > CELLS_MAX:
            problem = f"工作表占了超过{CELLS_MAX}格"
            raise LogError(str(path), problem, "删去表格外的零星格子,或另存为 CSV")
