"""The tables of an SQLite file, read page by page, after sqlite.org/fileformat2.html.

No database is opened: a file of a stranger is data, and nothing in it, such as a view or a
trigger, is run. Only ordinary tables are read.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from guiju.formats.logs.batch import LogError

MAGIC = b"SQLite format 3\0"
ENCODINGS = {1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
LEAF, INTERIOR = 0x0D, 0x05
WHOLE = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # serial type → bytes of a whole number
NAME = re.compile(r"""\s*(?:"((?:[^"]|"")*)"|\[([^\]]*)\]|`([^`]*)`|'([^']*)'|(\w+))""")
QUOTES = {'"': '"', "'": "'", "`": "`", "[": "]"}
NO_COLUMN = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")


class SqliteFile:
    """A file with its tables by name. Raises LogError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data = path.read_bytes()
        if len(self.data) < 512 or not self.data.startswith(MAGIC):
            raise self._broken("不是 SQLite 文件")
        beside = path.with_name(path.name + "-wal")
        if beside.exists() and beside.stat().st_size:
            raise LogError(str(path), "还有没写完的内容在 -wal 文件里", "先关闭写它的程序")
        self.size = int.from_bytes(self.data[16:18], "big")
        self.size = 65536 if self.size == 1 else self.size
        self.usable = self.size - self.data[20]
        encoding = ENCODINGS.get(int.from_bytes(self.data[56:60], "big") or 1)
        if self.size < 512 or self.usable < 480 or encoding is None:
            raise self._broken("SQLite 文件头损坏")
        self.encoding = encoding
        self.tables = {
            str(name): (int(root), str(sql))
            for kind, name, _, root, sql in self._rows(1)
            if kind == "table"
        }

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """The rows of a table by the names of its columns."""
        root, sql = self.tables[table]
        if re.search(r"WITHOUT\s+ROWID[^)]*$", sql, re.IGNORECASE):
            raise LogError(str(self.path), f"表 {table} 是 WITHOUT ROWID", "按标准的建表语句导出")
        names = columns_of(sql)
        for row in self._rows(root):
            yield dict(zip(names, row, strict=False))

    def _rows(self, root: int) -> Iterator[list[Any]]:
        """The rows of the b-tree that begins on a page, in the order of their ids."""
        try:
            yield from self._walk(root)
        except (IndexError, struct.error, UnicodeDecodeError, ValueError) as error:
            if isinstance(error, LogError):
                raise
            raise self._broken("SQLite 文件损坏或不完整") from None

    def _walk(self, root: int) -> Iterator[list[Any]]:
        todo, seen = [root], set[int]()
        while todo:
            number = todo.pop()
            if number in seen or number < 1:
                raise self._broken("SQLite 文件损坏:页互相指向")
            seen.add(number)
            base = (number - 1) * self.size
            start = base + (100 if number == 1 else 0)
            kind, count = self.data[start], int.from_bytes(self._bytes(start + 3, 2), "big")
            cells = start + (12 if kind == INTERIOR else 8)
            places = struct.unpack(f">{count}H", self._bytes(cells, 2 * count))
            if kind == LEAF:
                yield from (self._record(base + place) for place in places)
            elif kind == INTERIOR:
                below = [self._number(base + place) for place in places]
                todo += reversed([*below, self._number(start + 8)])
            else:
                raise self._broken("SQLite 文件损坏")

    def _record(self, place: int) -> list[Any]:
        """The values of a cell of a leaf."""
        length, place = _varint(self.data, place)
        _, place = _varint(self.data, place)
        payload = self._payload(length, place)
        end, at = _varint(payload, 0)
        kinds = []
        while at < end:
            kind, at = _varint(payload, at)
            kinds.append(kind)
        values = []
        for kind in kinds:
            value, at = self._value(kind, payload, at)
            values.append(value)
        return values

    def _payload(self, length: int, place: int) -> bytes:
        """A payload with what overflows from its page."""
        most, least = self.usable - 35, (self.usable - 12) * 32 // 255 - 23
        if length <= most:
            return self._bytes(place, length)
        local = least + (length - least) % (self.usable - 4)
        local = local if local <= most else least
        if length > len(self.data):
            raise self._broken("SQLite 文件损坏")
        parts, left, page = [self._bytes(place, local)], length - local, place + local
        following = self._number(page)
        while left > 0:
            start = (following - 1) * self.size
            parts.append(self._bytes(start + 4, min(left, self.usable - 4)))
            left -= self.usable - 4
            following = self._number(start)
        return b"".join(parts)

    def _value(self, kind: int, payload: bytes, at: int) -> tuple[Any, int]:
        if kind in WHOLE:
            end = at + WHOLE[kind]
            return int.from_bytes(payload[at:end], "big", signed=True), end
        if kind == 7:
            return struct.unpack(">d", payload[at : at + 8])[0], at + 8
        if kind >= 12:
            end = at + (kind - 12) // 2
            raw = payload[at:end]
            return (raw.decode(self.encoding) if kind % 2 else raw), end
        return {0: None, 8: 0, 9: 1}[kind] if kind in (0, 8, 9) else None, at

    def _bytes(self, start: int, count: int) -> bytes:
        found = self.data[start : start + count]
        if start < 0 or len(found) < count:
            raise self._broken("SQLite 文件不完整")
        return found

    def _number(self, place: int) -> int:
        return int.from_bytes(self._bytes(place, 4), "big")

    def _broken(self, problem: str) -> LogError:
        return LogError(str(self.path), problem, "重新取得完整的文件")


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """A number of one to nine bytes, and the place after it."""
    value = 0
    for step in range(8):
        byte = data[place + step]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + step + 1
    return value << 8 | data[place + 8], place + 9


def columns_of(sql: str) -> list[str]:
    """The names of the columns in a CREATE TABLE statement."""
    found, depth, start, quote = [], 0, 0, ""
    for i, sign in enumerate(sql):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in QUOTES:
            quote = QUOTES[sign]
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if depth == (sign == "("):  # the outermost ones
                found.append(sql[start:i])
                start = i + 1
        elif sign == "," and depth == 1:
            found.append(sql[start:i])
            start = i + 1
    return [name for each in found[1:] if (name := _name(each))]


def _name(column: str) -> str:
    """The name of a column from its definition; empty for a constraint."""
    told = NAME.match(column)
    if not told:
        return ""
    is_bare = told.group(5) is not None
    name = next(each for each in told.groups() if each is not None).replace('""', '"')
    return "" if is_bare and name.upper() in NO_COLUMN else name
