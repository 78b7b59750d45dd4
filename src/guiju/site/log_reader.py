"""Reading a published log from wherever it lies: a folder of this machine, or an address."""

from collections.abc import Iterable
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from guiju.record.durable import HALF
from guiju.tlog.tiles import Read

SECONDS = 30
BYTES_MAX = 256 * 65_537  # the largest bundle there can be


def reader_of(place: str) -> tuple[Read, list[str] | None]:
    """How to read the log of one year, and the names of all its files if they can be listed."""
    if place.startswith(("http://", "https://")):
        return _from_address(place.rstrip("/")), None
    folder = Path(place)
    return _from_folder(folder), list(_names(folder))


def _from_folder(folder: Path) -> Read:
    def read(path: str) -> bytes:
        return (folder / path).read_bytes()

    return read


def _names(folder: Path) -> Iterable[str]:
    files = (each for each in folder.rglob("*") if each.is_file())
    return (each.relative_to(folder).as_posix() for each in files if each.suffix != HALF)


def _from_address(address: str) -> Read:
    def read(path: str) -> bytes:
        try:
            with urlopen(f"{address}/{path}", timeout=SECONDS) as answer:  # noqa: S310
                data = answer.read(BYTES_MAX + 1)
        except HTTPError as error:
            if error.code == 404:
                raise FileNotFoundError(path) from None
            raise
        if len(data) > BYTES_MAX:
            raise ValueError("文件太大")
        assert isinstance(data, bytes)
        return data

    return read
