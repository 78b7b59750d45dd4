"""The disk fills up under the database and the documents, and is given space again.

Everything lies on a small tmpfs. A ballast file leaves little room; workers act until nothing
goes any more, again and again. What fails must fail with an error that says so, and leave nothing
half done; whoever only reads must be served. When the ballast is taken away, everything that had
failed is asked for again with its key and must go through, without any repair by hand.

One thing is PostgreSQL's own: when it is the write-ahead log that finds no room, the server gives
up. Then nobody is served until there is space, which is counted apart, and it is started again, as
a service manager does.
"""

import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from reliability import disks, product, worker
from reliability.children import ask, together
from reliability.databases import Postgres
from reliability.disks import mounted
from reliability.inspection import inspect
from reliability.product import Done, Errand
from reliability.run import Row, Run

DISK_MB = {"SQLite": 48, "PostgreSQL": 256}
WORKERS, LENGTH = 4, 12
ERRORS_IN_A_ROW = 12  # then a worker believes that the disk is full
NO_SERVER = re.compile("connection|recovery mode|starting up|shutting down")
CLEAR = re.compile(r"disk is full|No space left on device|Check free disk space")
PIECE_BYTES = 1 << 20
LEFT_BYTES = (200_000, 4_000_000)  # that the ballast leaves


@dataclass
class Tally:
    """What has come out so far."""

    rounds: int = 0
    unread: int = 0  # rounds in which nobody could read, although the server was up
    given_up: int = 0  # rounds in which the server gave up
    unclear: list[str] = field(default_factory=list)  # errors that do not say what is the matter
    done: list[Done] = field(default_factory=list)
    full: Counter[str] = field(default_factory=Counter)  # errors while the disk was full
    after: list[str] = field(default_factory=list)  # errors although there was space again
    wrong: list[str] = field(default_factory=list)


def run(run: Run) -> Iterator[Row]:
    """Fill the disk several times over; the workers find it full at another place each time."""
    disks.may_mount()
    size = f"size={DISK_MB[run.database.name]}M,mode=755"
    tally, chance = Tally(), run.chance()
    with mounted("none", run.database.disk, "-t", "tmpfs", "-o", size):
        run.database.fresh()
        while tally.rounds < run.scale(8, 1):
            tally.rounds += 1
            _fill_and_free(run, tally, chance.randint(*LEFT_BYTES))
        left = ask(product.half_files)
        run.database.stop()
    yield _row(run, tally, left)


def _row(run: Run, tally: Tally, left: int) -> Row:
    gave_up = f", the server gave up {tally.given_up} times" if tally.given_up else ""
    told = "; ".join(f"{count} × {what}" for what, count in tally.full.most_common(4))
    return run.row(
        f"a disk of {DISK_MB[run.database.name]} MB filled {tally.rounds} times, {WORKERS} "
        f"workers, {len(tally.done):,} acts acknowledged",
        "nothing lost or half done, every error says why, reads go on while there is a server; "
        "given space, acts go on",
        f"{len(tally.wrong)} lost or inconsistent{_first(tally.wrong)}; errors: {told}; "
        f"{len(tally.unclear)} unclear{_first(tally.unclear)}; reads went on "
        f"{tally.rounds - tally.unread - tally.given_up} of {tally.rounds} times{gave_up}; given "
        f"space, {len(tally.after)} errors{_first(tally.after)}; {left} half files left behind",
        holds=bool(tally.full)
        and not (tally.wrong or tally.unclear or tally.unread or tally.after),
    )


def _fill_and_free(run: Run, tally: Tally, left: int) -> None:
    """Fill, act until nothing goes, read, free, ask for the rest again."""
    ballast = run.database.disk / "ballast"
    _fill(ballast, left)
    seeds = [(f"{run.seed}-{tally.rounds}-{i}", run.database.name) for i in range(WORKERS)]
    logs = together(_act_until_full, seeds)
    tally.done += [done for log in logs for done in log.done]
    errors = [each for log in logs for each in log.errors]
    tally.full.update(_in_short(each) for each in errors)
    is_gone = any(NO_SERVER.search(each) for each in errors)  # it may be back by now
    gave_up = isinstance(run.database, Postgres) and (is_gone or not run.database.answers())
    tally.given_up += gave_up
    if not gave_up:
        tally.unclear += [each for each in errors if not CLEAR.search(each)]
        gave_up = _read(tally)
        tally.given_up += gave_up
    ballast.unlink()
    if gave_up:
        run.database.stop()
        run.database.start()
    again = [errand for log in logs for errand in log.open_errands]
    after = together(worker.insist, [(again,)])[0]
    tally.done += after.done
    tally.after += after.errors
    report = ask(inspect, tally.done)
    tally.wrong += [*report.lost, *report.inconsistent]


def _read(tally: Tally) -> bool:
    """Look at everything while the disk is full; whether the server gave up meanwhile."""
    report = ask(inspect, tally.done, may_write=False)
    if report.is_unreadable:
        gave_up = bool(NO_SERVER.search(report.inconsistent[0]))
        tally.unread += not gave_up
        return gave_up
    tally.wrong += [*report.lost, *report.inconsistent]
    return False


def _fill(ballast: Path, left: int) -> None:
    """Write until only so much is left."""
    with ballast.open("wb") as file:
        while (free := shutil.disk_usage(ballast.parent).free) > left:
            file.write(bytes(min(free - left, PIECE_BYTES)))
            file.flush()


def _act_until_full(say: worker.Say, seed: str, database: str) -> None:
    """Act; ask again for what failed; give up after so many errors in a row."""
    chance, count, errors = Random(seed), 0, 0
    number, seen, last = "", 0, 0
    while errors < ERRORS_IN_A_ROW:
        if seen == last:
            number, seen, last = "", 0, chance.randint(4, LENGTH)
        errand = Errand(number, seen, f"{seed}-{count}", is_last=seen + 1 == last)
        try:
            done = worker.attend(say, errand)
            number, seen, count, errors = done.number, done.seq, count + 1, 0
        except product.ERRORS as error:
            say("error", message=f"{type(error).__name__}: {error}")
            product.next_page()
            errors += 1
            time.sleep(chance.uniform(0, 0.02))


def _in_short(error: str) -> str:
    """Without paths, places and hints, so that those of one kind are counted together."""
    message = re.sub(r"\S*/\S*", "…", " ".join(error.split()))
    return re.sub(r" HINT:.*| at block \d+.*", "", message)[:100]


def _first(found: list[str]) -> str:
    return f" ({found[0]})" if found else ""
