"""Files that survive a power cut: whole, or as they were before, and never lost with their folder.

Write under a name that nobody else uses, sync, rename, sync the folder. A missing folder is made
only after the one above it is synced, so a folder that is there needs only its own entry
synced: nothing above it can be lost any more, even when another process is just making it.

A process that is killed in between leaves a ``*.half`` file, which no reader ever takes for the
real one. Held against an operating system that refuses: ``tests/record/test_durable.py``.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HALF = ".half"  # how the name of a file ends that is still being written


def write_durably(path: Path, data: bytes) -> None:
    """Write a file so that once this returns it is there with this content, come what may.

    Raises OSError; then the file is what it was before, or already the new one, and nothing
    half written stays.
    """
    _keep_folder(path.parent)
    half = path.with_name(f"{path.name}.{secrets.token_hex(8)}{HALF}")
    try:
        _write_synced(half, data)
        half.rename(path)
        _sync_folder(path.parent)
    except BaseException:  # also an order to end, which comes as an exception
        with suppress(OSError):
            half.unlink()
        raise


@contextmanager
def locked(path: Path, *, blocking: bool = True) -> Iterator[None]:
    """Let one process at a time go on, among those that name the same file on the same machine.

    Without ``blocking``, raises BlockingIOError when another holds it. The lock ends with the
    process that holds it, however it ends; the file stays, as removing it would let two in.
    """
    _keep_folder(path.parent)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if blocking else fcntl.LOCK_NB))
        yield
    finally:
        os.close(file)


def _write_synced(path: Path, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    finally:
        os.close(file)


def _keep_folder(folder: Path) -> None:
    """Make a folder with all above it, each kept before the next."""
    if folder.is_dir():
        with suppress(PermissionError):  # above what is ours, and there before us
            _sync_folder(folder.parent)
        return
    _keep_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
