"""How large an area the cells of a sheet span, before a reader makes room for all of it.

Two cells in opposite corners of a sheet span 17,000,000,000 cells; a reader that holds the area
as a table would end the process. Read piece by piece from the XML of the sheets (ECMA-376,
§18.3.1.4).
"""

import re
import zipfile

CELL = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
PIECE = 1 << 20
OVERLAP = 256


def cells_spanned(book: zipfile.ZipFile) -> int:
    """The cells in the area of the widest sheet; 0 when the book has no sheets in XML."""
    return max(
        (_spanned(book, each) for each in book.namelist() if SHEET.fullmatch(each)), default=0
    )


def _spanned(book: zipfile.ZipFile, name: str) -> int:
    rows = columns = 0
    tail = b""
    with book.open(name) as sheet:
        while piece := sheet.read(PIECE):
            for letters, digits in set(CELL.findall(tail + piece)):
                rows = max(rows, int(digits))
                columns = max(columns, _number(letters))
            tail = piece[-OVERLAP:]
    return rows * columns


def _number(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for each in letters:
        number = number * 26 + each - 64
    return number
