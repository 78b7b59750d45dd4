"""Documents on disk: named by the SHA-256 of their content, written before they are named.

The type is told by the first bytes, never by the name. Only kinds that cannot run in a
browser are taken.
"""

import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings

KINDS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"%PDF-": "application/pdf",
}


class Unacceptable(ValueError):
    """A file that is too large, empty, or not a picture or PDF; nothing is stored."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is safely on disk."""

    kind: str  # what it is evidence of
    name: str
    sha256: str
    size: int


def content_type(head: bytes) -> str:
    """The type that the first bytes tell, or ""."""
    return next((kind for magic, kind in KINDS.items() if head.startswith(magic)), "")


def store(kind: str, name: str, chunks: Iterable[bytes]) -> Stored:
    """Write a file durably under its hash. Raises Unacceptable."""
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > settings.UPLOAD_BYTES_MAX:
            limit = settings.UPLOAD_BYTES_MAX // 1024**2
            raise Unacceptable(f"“{name}”太大:每个文件不超过{limit}兆")
    if not content_type(bytes(data[:16])):
        raise Unacceptable(f"“{name}”不是照片或PDF:只收 JPG、PNG、PDF")
    digest = sha256(data).hexdigest()
    path = path_of(digest)
    if not path.exists():
        _write(path, bytes(data))
    return Stored(kind, name[:200], digest, len(data))


def path_of(digest: str) -> Path:
    """Where the file with a hash lies."""
    return Path(settings.MEDIA_ROOT) / digest[:2] / digest


def _write(path: Path, data: bytes) -> None:
    """Write, sync, rename, sync the folder: the file is whole or it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with half.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
