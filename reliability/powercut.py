"""The power goes while acts are written: a real ext4 on a real block device, taken away.

The database and the documents lie on an ext4 in an image file, the image on an XFS. There are
two ways of cutting, and each cut begins with a fresh copy of the same image:

*copy*: the image is copied by reference, which XFS does at one moment while the worker writes on.
What the kernel still held in memory is not in the copy, what it had handed to the device is.

*forget*: the XFS is told to stop at once and to forget what it was not asked to flush. The image
then holds what an honest device with a volatile cache may hold at worst: all that was flushed,
and of the rest hardly anything.

Then the image is mounted (ext4 replays its journal), the database recovers as it does after any
start, and everything that was acknowledged before the cut must be there.

Controls, each of which must lose something: a database told not to wait for the disk
(``synchronous=NORMAL``, ``synchronous_commit=off``), cut by *copy*; and the product as it is on an
ext4 told not to flush the device (``nobarrier``), cut by *forget*. A control stops as soon as it
has lost something.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random

from reliability import disks, product, worker
from reliability.children import Child, Log, ask
from reliability.disks import mounted
from reliability.inspection import inspect
from reliability.run import Row, Run

SECONDS_MAX = 2.0  # from the first acts to the cut, so that SQLite's checkpoints are met too
SECONDS_MAX_SHORT = 0.5
FIRST_SECONDS_MAX = 30
LENGTH = 12  # acts of a case, at most
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Way:
    """How to cut, and what to weaken."""

    part: str
    words: str
    forgets: bool
    is_control: bool
    mount: tuple[str, ...] = ("-o", "loop")
    server: tuple[str, ...] = ()  # options of PostgreSQL
    work: Callable[..., None] = worker.work


@dataclass
class Tally:
    """What has come out so far."""

    cuts: int = 0
    acknowledged: int = 0
    checkpoints: int = 0  # signed and told
    lost: list[str] = field(default_factory=list)
    worst: int = 0
    inconsistent: list[str] = field(default_factory=list)


def _weak_work(say: worker.Say, seed: str, length: int) -> None:
    product.weaken()
    worker.work(say, seed, length)


def ways(run: Run) -> list[tuple[Way, int]]:
    """All ways, and how many cuts each."""
    is_sqlite = run.database.name == "SQLite"
    full = 40 if is_sqlite else 30
    weak = "synchronous=NORMAL" if is_sqlite else "synchronous_commit=off"
    controls = run.scale(12, 8)
    return [
        (Way(", copy", "cut by copying", forgets=False, is_control=False), run.scale(full, 2)),
        (Way(", forget", "cut by forgetting", forgets=True, is_control=False), run.scale(full, 2)),
        (
            Way(
                *(", copy, control", f"{weak}, cut by copying"),
                forgets=False,
                is_control=True,
                server=() if is_sqlite else (weak,),
                work=_weak_work if is_sqlite else worker.work,
            ),
            controls,
        ),
        (
            Way(
                *(", forget, control", "ext4 without barriers, cut by forgetting"),
                forgets=True,
                is_control=True,
                mount=("-o", "loop,nobarrier"),
            ),
            controls,
        ),
    ]


def run(run: Run) -> Iterator[Row]:
    """Cut in all ways."""
    disks.may_mount("mkfs.xfs", "mkfs.ext4")
    image, host = run.home / "host.img", run.home / "host"
    disks.make_host(image)
    with mounted(image, host, "-o", "loop"):
        disks.make_disk(host / "base.img")
        with mounted(host / "base.img", run.database.disk, "-o", "loop"):
            run.database.fresh()
            run.database.stop()
    for way, cuts in ways(run):
        yield _row(run, way, _cut_often(run, way, cuts))


def _row(run: Run, way: Way, tally: Tally) -> Row:
    wrong = [*tally.lost, *tally.inconsistent]
    first = f" ({wrong[0]})" if wrong and not way.is_control else ""
    return run.row(
        f"{way.words}: {tally.cuts} cuts of real ext4, {WORKERS} workers",
        "> 0 lost, or the test is blind" if way.is_control else "0 lost, 0 inconsistent",
        f"{len(tally.lost)} of {tally.acknowledged:,} acknowledged acts lost (worst cut "
        f"{tally.worst}), {len(tally.inconsistent)} inconsistent{first}; "
        f"{tally.checkpoints:,} checkpoints of the log signed before",
        holds=bool(tally.lost) if way.is_control else bool(tally.acknowledged) and not wrong,
        part=way.part,
    )


def _cut_often(run: Run, way: Way, cuts: int) -> Tally:
    chance, tally = Random(f"{run.seed}-{way.words}"), Tally()
    while tally.cuts < cuts and not (way.is_control and tally.lost):
        _cut(run, way, tally, chance)
    return tally


def _cut(run: Run, way: Way, tally: Tally, chance: Random) -> None:
    host, disk = run.home / "host", run.database.disk
    log = _until_the_cut(run, way, f"{run.seed}-{way.words}-{tally.cuts}", chance)
    after = "disk.img" if way.forgets else "cut.img"
    with mounted(run.home / "host.img", host, "-o", "loop"):
        with mounted(host / after, disk, "-o", "loop"):
            run.database.start()
            report = ask(inspect, log.done, signed=log.signed)
            run.database.stop()
        (host / after).unlink()
    tally.cuts += 1
    tally.acknowledged += len(log.done)
    tally.checkpoints += len(log.signed)
    tally.lost += report.lost
    tally.worst = max(tally.worst, len(report.lost))
    tally.inconsistent += report.inconsistent


def _until_the_cut(run: Run, way: Way, seed: str, chance: Random) -> Log:
    """Work on a fresh copy until the power goes; what had been acknowledged by then."""
    host, image, disk = run.home / "host", run.home / "host.img", run.database.disk
    with ExitStack() as there:
        there.enter_context(mounted(image, host, "-o", "loop"))
        disks.copy_by_reference(host / "base.img", host / "disk.img")
        disks.shell("sync", "-f", host)  # The test's own copy is no part of what is cut.
        there.enter_context(mounted(host / "disk.img", disk, *way.mount))
        there.callback(run.database.kill)
        run.database.start(*way.server)
        children = [Child(way.work, f"{seed}-{i}", LENGTH) for i in range(WORKERS)]
        publisher = Child(worker.publish)
        for child in (*children, publisher):
            there.callback(child.kill)
        _await_acts(children)
        time.sleep(chance.uniform(0, SECONDS_MAX_SHORT if run.is_short else SECONDS_MAX))
        log = _together([*children, publisher])  # Acknowledged for certain before the cut.
        if way.forgets:
            disks.shut_down(host)
        else:
            disks.copy_by_reference(host / "disk.img", host / "cut.img")
    return log


def _together(children: list[Child]) -> Log:
    logs = [child.drain() for child in children]
    return Log(
        done=[done for log in logs for done in log.done],
        others=[each for log in logs for each in log.others],
    )


def _await_acts(children: list[Child]) -> None:
    until = time.monotonic() + FIRST_SECONDS_MAX
    while not all(child.drain().done for child in children):
        if time.monotonic() > until or any(child.has_ended() for child in children):
            raise RuntimeError("a worker did nothing")
        time.sleep(0.01)
