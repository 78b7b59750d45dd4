"""Processes that share nothing with us but a pipe, started in milliseconds.

Django takes most of a second to start, and a thorough suite starts thousands of processes. So
the process of a test sets up Django once and never opens the database itself; each worker and
each inspection is a fork of it, which finds the modules loaded, and is as fresh as any process
in what matters here: it has no connection, no file open, no transaction.
"""

import fcntl
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reliability import worker
from reliability.product import Done, Errand

PIPE_BYTES = 1 << 20  # What a child says fits into it whole, so it never waits for a reader.
READ_BYTES = 1 << 16


@dataclass
class Log:
    """What a child has said so far."""

    done: list[Done] = field(default_factory=list)
    open_errands: list[Errand] = field(default_factory=list)  # asked for, not acknowledged
    errors: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    others: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @classmethod
    def of(cls, text: bytes) -> "Log":
        """Read the lines of a child."""
        log = cls()
        under_way: dict[str, Errand] = {}
        for mark, told in worker.heard(text):
            match mark:
                case "?":
                    under_way[told["key"]] = Errand(**told)
                case "!":
                    log.seconds.append(told.pop("seconds", 0.0))
                    log.done.append(Done(**told))
                    under_way.pop(told["key"], None)
                case "error":
                    log.errors.append(told["message"])
                case _:
                    log.others.append((mark, told))
        log.open_errands = list(under_way.values())
        return log

    @property
    def signed(self) -> list[dict[str, Any]]:
        """The checkpoints of the log that it told of."""
        return self.told("signed")

    def told(self, mark: str) -> list[dict[str, Any]]:
        """What was said under a mark of its own."""
        return [told for each, told in self.others if each == mark]


class Child:
    """A forked process; ``function(say, …)`` runs in it, then it ends."""

    status: int | None  # how it ended

    def __init__(
        self, function: Callable[..., None], *args: Any, stop_first: bool = False
    ) -> None:
        self._text, self.status = b"", None
        self._reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if not self.pid:
            os.close(self._reader)
            _live(function, writer, args, stop_first=stop_first)
        os.close(writer)
        os.set_blocking(self._reader, False)

    def drain(self) -> Log:
        """What it has said up to this moment."""
        while True:
            try:
                piece = os.read(self._reader, READ_BYTES)
            except BlockingIOError:
                break
            if not piece:
                break
            self._text += piece
        return Log.of(self._text)

    def kill(self) -> Log:
        """Kill it as a failing machine would, without a word; what it had said."""
        if not self.has_ended():
            os.kill(self.pid, signal.SIGKILL)
        return self.end()

    def end(self) -> Log:
        """Wait for its end; what it had said. Raises RuntimeError if it broke down by itself."""
        if self.status is None:
            _, status = os.waitpid(self.pid, 0)
            self.status = os.waitstatus_to_exitcode(status)
        log = self.drain()
        os.close(self._reader)
        if (self.status or 0) > 0:
            raise RuntimeError("a process broke down; what it said of that stands above")
        return log

    def has_ended(self) -> bool:
        """Whether it is over, by itself or by others."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None


def _live(
    function: Callable[..., None], writer: int, args: tuple[Any, ...], *, stop_first: bool
) -> None:
    """The whole life of a child; it never comes back."""
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if stop_first:
            os.kill(os.getpid(), signal.SIGSTOP)
        function(worker.saying(writer), *args)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def ask(function: Callable[..., Any], *args: Any, **named: Any) -> Any:
    """What a function answers in a process of its own. Raises what it raises."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        _answer(function, writer, args, named)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    if not text:
        raise RuntimeError(f"{function.__name__} died without an answer")
    is_good, answer = pickle.loads(text)  # noqa: S301 - from ourselves
    if not is_good:
        raise RuntimeError(f"{function.__name__}: {answer}")
    return answer


def _answer(
    function: Callable[..., Any], writer: int, args: tuple[Any, ...], named: dict[str, Any]
) -> None:
    try:
        text = pickle.dumps((True, function(*args, **named)))
    except BaseException:
        text = pickle.dumps((False, traceback.format_exc()))
    with os.fdopen(writer, "wb") as pipe:
        pipe.write(text)
    os._exit(0)


def together(function: Callable[..., None], jobs: list[tuple[Any, ...]]) -> list[Log]:
    """Run a function in one process for each job, all at once; what each said."""
    children = [Child(function, *job) for job in jobs]
    return [child.end() for child in children]
