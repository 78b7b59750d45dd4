"""Documents on disk: named by the SHA-256 of their content, written before they are named.

What may be stored says ``file_content``. A file that no row comes to name, because the act was
refused after all, is collected a day later (``orphans``).
"""

import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from django.conf import settings

from guiju.cases.file_content import ENDINGS, NotAsClaimed, check_content
from guiju.record.durable import write_durably

NAME_MAX = 200


class Unacceptable(ValueError):
    """A file that is too large, or not the picture or PDF it claims to be; nothing is stored."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is safely on disk."""

    kind: str  # what it is evidence of
    name: str
    sha256: str
    size: int


def store(kind: str, name: str, chunks: Iterable[bytes]) -> Stored:
    """Write a file durably under its hash; reads no further than the limit. Raises Unacceptable.

    Raises OSError when it cannot be written; then it is not stored.
    """
    name, data = clean_name(name) or kind, bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > settings.UPLOAD_BYTES_MAX:
            limit = settings.UPLOAD_BYTES_MAX // 1024**2
            raise Unacceptable(f"“{name}”太大:每个文件不超过{limit}兆,请缩小或分成几个再传")
    content = bytes(data)
    del data
    try:
        check_content(content)
    except NotAsClaimed as fault:
        raise Unacceptable(f"“{name}”{fault}") from None
    digest = sha256(content).hexdigest()
    if not _is_there(path_of(digest), len(content)):
        write_durably(path_of(digest), content)
    return Stored(kind, name, digest, len(content))


def path_of(digest: str) -> Path:
    """Where the file with a hash lies."""
    return Path(settings.MEDIA_ROOT) / digest[:2] / digest


def clean_name(name: str) -> str:
    """A file's name without folders, controls and marks that turn the writing round; may be ""."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip(" .")
    ending = PurePosixPath(plain).suffix[:10]
    return plain if len(plain) <= NAME_MAX else plain[: NAME_MAX - len(ending)] + ending


def name_to_serve(name: str, content_type: str) -> str:
    """A name whose ending says what the file is, so that no program takes it for another."""
    endings = ENDINGS.get(content_type, (".bin",))
    is_told = name.lower().endswith(endings)
    return name if is_told else f"{name}{endings[0]}"


def _is_there(path: Path, size: int) -> bool:
    """Whether the content is stored already; if so, it counts as stored just now.

    The collector of orphans looks at that time again after it took a file aside: whichever
    comes first, the file is kept, or is not there and is written anew.
    """
    try:
        os.utime(path)
        return path.stat().st_size == size
    except FileNotFoundError:
        return False
