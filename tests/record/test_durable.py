"""Files that survive: every system call may fail, and what is there is old or new, never torn."""

import errno
import multiprocessing
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guiju.record.durable import locked, write_durably

OLD, NEW = b"old " * 1000, b"new " * 3000
CALLS = ("open", "write", "fsync", "rename", "mkdir")


def failing(nth: int, name: str, number: int) -> Callable[..., Any]:
    """A system call that fails the nth time, and works before and after."""
    real, left = getattr(os, name), [nth]

    def call(*args: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(number, os.strerror(number))
        return real(*args, **named)

    return call


def count(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> dict[str, int]:
    """How often each system call is made."""
    made = dict.fromkeys(CALLS, 0)
    with monkeypatch.context() as patch:
        for name in CALLS:
            real = getattr(os, name)

            def call(*args: Any, _real: Any = real, _name: str = name, **named: Any) -> Any:
                made[_name] += 1
                return _real(*args, **named)

            patch.setattr(os, name, call)
        act()
    return made


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("before", [None, OLD])
def test_whichever_call_fails_the_file_is_old_or_new_and_nothing_else_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes | None, number: int
):
    def prepared(name: str) -> Path:
        path = tmp_path / name / "a" / "b" / "target"
        if before is not None:
            write_durably(path, before)
        return path

    first = prepared("count")
    made = count(monkeypatch, lambda: write_durably(first, NEW))
    assert made["write"] and made["rename"] and made["fsync"] >= 2
    tried = 0
    for name in CALLS:
        for nth in range(1, made[name] + 1):
            path = prepared(f"{name}{nth}")
            with monkeypatch.context() as patch:
                patch.setattr(os, name, failing(nth, name, number))
                with pytest.raises(OSError, match=os.strerror(number)):
                    write_durably(path, NEW)
            tried += 1
            files = [each for each in (tmp_path / f"{name}{nth}").rglob("*") if each.is_file()]
            assert files in ([], [path]), (name, nth)
            assert (path.read_bytes() if files else None) in (before, NEW), (name, nth)
            write_durably(path, NEW)  # afterwards all is well
            assert path.read_bytes() == NEW
    assert tried == sum(made.values())


def test_a_call_that_writes_little_at_a_time_writes_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, data: real(file, data[:7]))

    write_durably(tmp_path / "x", NEW)
    write_durably(tmp_path / "empty", b"")

    assert (tmp_path / "x").read_bytes() == NEW
    assert (tmp_path / "empty").read_bytes() == b""


def test_a_new_folder_is_synced_into_the_one_above_before_anything_is_put_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    told: list[tuple[str, str]] = []
    mkdir, fsync, rename = os.mkdir, os.fsync, os.rename

    def note(what: str, path: Any) -> None:
        told.append((what, os.path.relpath(path, tmp_path)))

    def synced(file: int) -> None:
        if stat.S_ISDIR(os.fstat(file).st_mode):
            note("sync", Path(f"/proc/self/fd/{file}").readlink())
        fsync(file)

    monkeypatch.setattr(os, "mkdir", lambda path, *rest: (mkdir(path, *rest), note("make", path)))
    monkeypatch.setattr(os, "rename", lambda a, b: (rename(a, b), note("rename", b)))
    monkeypatch.setattr(os, "fsync", synced)

    write_durably(tmp_path / "top" / "a" / "b" / "x", NEW)

    assert told[-8:] == [
        ("make", "top"),
        ("sync", "."),
        ("make", "top/a"),
        ("sync", "top"),
        ("make", "top/a/b"),
        ("sync", "top/a"),
        ("rename", "top/a/b/x"),
        ("sync", "top/a/b"),
    ]


def _hold(path: Path, ready: Any) -> None:
    with locked(path):
        ready.set()
        signal.pause()


def test_one_process_at_a_time_and_a_killed_one_holds_nothing(tmp_path: Path):
    path, context = tmp_path / "new" / "lock", multiprocessing.get_context("spawn")
    ready = context.Event()
    other = context.Process(target=_hold, args=(path, ready))
    other.start()
    try:
        assert ready.wait(30)
        with pytest.raises(BlockingIOError), locked(path, blocking=False):
            pass
    finally:
        other.kill()
        other.join()

    with locked(path, blocking=False):
        pass
    with locked(path):
        pass
