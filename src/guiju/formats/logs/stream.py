"""A file as a stream of bytes, unpacked where it is gzip, that knows how far it has come.

Two things are refused: a packed file that breaks off (what came before is still given), and one
that grows beyond any log, so that a small file cannot keep the machine busy for days.
"""

import gzip
import io
import zlib
from pathlib import Path

from guiju.formats.logs.batch import LogError

GZIP = b"\x1f\x8b"
FREE = 1 << 28  # bytes that any file may unpack to
RATIO_MAX = 250  # beyond them; real logs pack 20 to 60 times, nothing but zeros 1,030 times


class Stream(io.RawIOBase):
    """The bytes of a file, unpacked. Reading raises LogError when it is cut off or swells."""

    def __init__(self, path: Path, most: int | None = None) -> None:
        self.path, self.total, self.given = path, path.stat().st_size, 0
        self.most = most  # bytes that the reader has room for
        self._file = path.open("rb")
        is_packed = self._file.read(2) == GZIP
        self._file.seek(0)
        self._bytes = gzip.GzipFile(fileobj=self._file) if is_packed else self._file

    @property
    def done(self) -> int:
        """Bytes of the file taken so far, of ``total``."""
        return self.total if self._file.closed else self._file.tell()

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most ``size``; none at the end."""
        try:
            data = self._bytes.read1(size)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            problem = "压缩数据中途断了或已损坏(此前的内容已经读出)"
            raise LogError(str(self.path), problem, "重新取得完整的文件") from None
        self.given += len(data)
        if self.given > FREE + RATIO_MAX * self.done:
            problem = f"解压后超过原来的{RATIO_MAX}倍,不像日志"
            raise LogError(str(self.path), problem, "确认来源;确是日志,就先解压再导入")
        if self.most is not None and self.given > self.most:
            problem = f"解压后超过{self.most >> 20}兆字节"
            raise LogError(str(self.path), problem, "拆成几个文件,或展开成 Parquet")
        return data

    def readall(self) -> bytes:
        """All that is left."""
        return b"".join(iter(lambda: self.read(1 << 20), b""))

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def head_of(path: Path, size: int) -> bytes:
    """The first bytes of a file, unpacked, or what there is of them."""
    found = b""
    with Stream(path) as stream:
        try:
            while len(found) < size and (more := stream.read(size - len(found))):
                found += more
        except LogError:
            if not found:
                raise
    return found
