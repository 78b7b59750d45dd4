"""Every system call that could change the disk fails once, in every way.

One *session* is run under strace, which writes down each call that writes, flushes, renames,
cuts, removes or opens for writing below the disk's folder. Then the session is run anew for
each of these calls and each fault: at exactly that call the process is killed, or the call
answers EIO (the disk is broken) or ENOSPC (it is full) without having done anything. What
strace says it injected is held against what was meant, so a run that missed its call is counted
as such. The process lives on after an error, as a server does, and tries the same again; then a
fresh process asks for it once more, and the result is inspected.

A child stops itself before it begins; strace is put on it there, so neither Python's start nor
Django's is traced, and the calls of a session come in the same order each time.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from reliability import product, worker
from reliability.children import Child, Log, ask, together
from reliability.databases import copy
from reliability.inspection import inspect
from reliability.product import Done, Errand
from reliability.run import Cannot, Row, Run

CALLS = (
    *("write", "pwrite64", "pwritev", "fsync", "fdatasync", "sync_file_range", "fallocate"),
    *("rename", "renameat", "renameat2", "ftruncate", "unlink", "unlinkat", "mkdir", "mkdirat"),
    *("link", "linkat", "symlink", "openat"),
)
TRACE = "--trace=" + ",".join(f"?{call}" for call in CALLS)  # ?: where the kernel has it
FAULTS = ("signal=SIGKILL", "error=EIO", "error=ENOSPC")
CONTROLS = 40  # runs of a control, at most: it ends as soon as it has lost something
LINE = re.compile(r"^\d+ +(\w+)\((.*)$")
OPENED_TO_WRITE = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC")
ATTACH_SECONDS_MAX = 10


@dataclass(frozen=True, slots=True)
class Target:
    """Something whose every call is to fail once."""

    name: str
    made: Callable[[Run], Any]  # puts on the disk what every run starts from
    session: Callable[..., None]  # called as session(say, made)
    wrong: Callable[[Log, Any], list[str]]  # what is wrong afterwards; called outside strace
    is_control: bool = False  # made so badly that something must be wrong


def by_commands(
    name: str, made: Callable[[Run], Any], run: list[str], verify: list[str]
) -> Target:
    """A target made of two programs: one to be broken, one that ends with 0 if all is well."""

    def session(say: worker.Say, made: Any) -> None:
        os.execvp(run[0], run)

    def wrong(log: Log, made: Any) -> list[str]:
        done = subprocess.run(verify, capture_output=True, text=True, check=False)
        return [done.stdout + done.stderr] if done.returncode else []

    return Target(name, made, session, wrong)


# ── an act with a document ────────────────────────────────────────────────────────────────────


def _accepted_case(run: Run) -> Errand:
    """A case that is about to be surveyed, so that the next act brings a photo."""
    done: Done = together(worker.open_cases, [("made", 1, 2)])[0].done[-1]
    return Errand(done.number, done.seq, "survey")


def _act(say: worker.Say, errand: Errand) -> None:
    """Store a document, act, index; whatever fails is tried once more. Then hang up."""
    for _ in range(2):
        try:
            worker.attend(say, errand)
            product.index_all()
            say("signed", **(product.signed() or {}))
            break
        except product.ERRORS as error:
            say("error", message=f"{type(error).__name__}: {error}")
    product.hang_up()


def _wrong_act(log: Log, errand: Errand) -> list[str]:
    """What was acknowledged is there; asked for once more, it is there exactly once, whole."""
    report = ask(inspect, log.done, signed=log.signed)
    if not report.is_clean:
        return [*report.lost, *report.inconsistent]
    again = together(worker.insist, [([errand],)])[0]
    if [done.seq for done in again.done] != [errand.seen + 1]:
        return [f"asked for again, it was not done: {again.errors}"]
    report = ask(inspect, log.done + again.done, signed=log.signed)
    return [*report.lost, *report.inconsistent]


def _act_too_soon(say: worker.Say, errand: Errand) -> None:
    """Acknowledge first, act afterwards: what a fault then takes away must be found missing."""
    say("!", **asdict(Done(errand.number, errand.seen + 1, errand.key)))
    _act(say, errand)


TARGETS = (
    Target("upload and act", _accepted_case, _act, _wrong_act),
    Target("acknowledge, then act", _accepted_case, _act_too_soon, _wrong_act, is_control=True),
)
"""Each is broken at all its calls; a target that is two programs is made with ``by_commands``."""


# ── breaking ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Point:
    """The n-th use of a system call by a session."""

    call: str
    nth: int
    on: str  # its arguments, for the reader


@dataclass
class Tally:
    """What has come out so far."""

    runs: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    acknowledged: int = 0
    refused: int = 0


def run(run: Run) -> Iterator[Row]:
    """Break each target at each of its calls."""
    if not shutil.which("strace"):
        raise Cannot("strace is not installed (Debian: strace)")
    for target in TARGETS:
        run.database.fresh()
        made = target.made(run)
        start = run.home / "start"
        shutil.rmtree(start, ignore_errors=True)
        start.mkdir()
        copy(run.database.disk, start)
        points = _points(run, target, made, start)
        jobs = [(point, fault) for point in points for fault in FAULTS]
        most = CONTROLS if target.is_control else run.scale(len(jobs), 16)
        tally = Tally()
        for job in run.chance().sample(jobs, min(len(jobs), most)):
            if not (target.is_control and tally.wrong):
                _break(run, target, made, start, job, tally)
        yield _row(run, target, points, tally)


def _row(run: Run, target: Target, points: list[Point], tally: Tally) -> Row:
    first = [*tally.missed, *tally.wrong]
    counts = Counter(point.call for point in points).most_common()
    calls = ", ".join(f"{count} {call}" for call, count in counts)
    if target.is_control:
        return run.row(
            f"a session made to lose: {target.name}; {tally.runs} runs",
            "> 0 lost, or the test is blind",
            f"{len(tally.wrong)} lost or inconsistent",
            holds=bool(tally.wrong) and not tally.missed,
            part=", control",
        )
    return run.row(
        f"{target.name}: {len(points)} calls that change the disk ({calls}) × killed, EIO, "
        f"ENOSPC: {tally.runs} runs",
        "0 lost, 0 inconsistent, every fault met its call",
        f"{len(tally.wrong)} lost or inconsistent, {len(tally.missed)} faults missed their call"
        f"{f' ({first[0]})' if first else ''}; {tally.acknowledged} acknowledged in spite of the "
        f"fault, {tally.refused} errors told",
        holds=tally.runs > 0 and not first,
    )


def _points(run: Run, target: Target, made: Any, start: Path) -> list[Point]:
    """All calls of a session that change something below the disk's folder."""
    trace, _ = _traced(run, target, made, start)
    points, counts = [], dict.fromkeys(CALLS, 0)
    for line in trace.splitlines():
        found = LINE.match(line)
        if not found or found[1] not in counts:
            continue
        call, rest = found.groups()
        counts[call] += 1
        opens_to_read = call == "openat" and not OPENED_TO_WRITE.search(rest)
        if str(run.database.disk) in rest and not opens_to_read:
            points.append(Point(call, counts[call], rest[:120]))
    if not points:
        raise RuntimeError(f"the session of {target.name} changes nothing:\n{trace[:2_000]}")
    return points


def _break(
    run: Run, target: Target, made: Any, start: Path, job: tuple[Point, str], tally: Tally
) -> None:
    point, fault = job
    inject = f"--inject={point.call}:{fault}:when={point.nth}"
    trace, log = _traced(run, target, made, start, inject)
    words = f"{fault} at {point.call} #{point.nth} ({point.on})"
    tally.runs += 1
    if not _was_met(trace, fault, str(run.database.disk)):
        tally.missed.append(words)
    tally.acknowledged += len(log.done)
    tally.refused += len(log.errors)
    tally.wrong += [f"{words}: {each}" for each in target.wrong(log, made)]


def _was_met(trace: str, fault: str, disk: str) -> bool:
    """Whether strace says that the fault happened, and on the disk."""
    if fault.startswith("signal"):
        calls = [line for line in trace.splitlines() if LINE.match(line)]
        return "+++ killed by SIGKILL +++" in trace and disk in calls[-1]
    return any("(INJECTED)" in line and disk in line for line in trace.splitlines())


def _traced(run: Run, target: Target, made: Any, start: Path, *options: str) -> tuple[str, Log]:
    """A session from the start under strace; what strace saw, and what the session said."""
    run.database.stop()
    shutil.rmtree(run.database.disk)
    run.database.disk.mkdir()
    copy(start, run.database.disk)
    output = run.home / "strace"
    output.unlink(missing_ok=True)
    child = Child(target.session, made, stop_first=True)
    _await_stop(child.pid)
    strace = subprocess.Popen(
        ["strace", "-f", "-y", "-s", "0", "-o", output, TRACE, *options, "-p", str(child.pid)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _await_tracer(child.pid, strace)
        os.kill(child.pid, signal.SIGCONT)
        log = child.end()
    finally:
        if not child.has_ended():
            os.kill(child.pid, signal.SIGKILL)
        strace.communicate(timeout=ATTACH_SECONDS_MAX)
    return output.read_text(errors="replace"), log


def _await_stop(pid: int) -> None:
    """Wait until the child has stopped itself: continued before that, it would never go on."""
    status = Path(f"/proc/{pid}/status")
    until = time.monotonic() + ATTACH_SECONDS_MAX
    while "T (stopped)" not in status.read_text():
        if time.monotonic() > until:
            raise RuntimeError("the session did not stop itself")
        time.sleep(0.002)


def _await_tracer(pid: int, strace: "subprocess.Popen[str]") -> None:
    status = Path(f"/proc/{pid}/status")
    until = time.monotonic() + ATTACH_SECONDS_MAX
    while "TracerPid:\t0\n" in status.read_text() or "T (stopped)" in status.read_text():
        if strace.poll() is not None or time.monotonic() > until:
            said = strace.communicate()[1] if strace.poll() is not None else "it did not attach"
            raise Cannot(f"strace may not look into other processes here: {said.strip()[:200]}")
        time.sleep(0.002)
