"""Workers are killed, and on PostgreSQL the whole server, at moments that nobody chose.

Two workers share the database, and a third process publishes the log; each is killed with SIGKILL
after a random time. What a killed worker had asked for without an answer is asked for again with
the same key by its successor, as a clerk does who saw no answer: it must be there exactly once,
whether or not it was written the first time. The inspection after each kill covers everything
since the database was new, and every checkpoint that was signed since.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from reliability import product, worker
from reliability.children import Child, Log, ask
from reliability.databases import Postgres
from reliability.inspection import inspect
from reliability.product import Done, Errand
from reliability.run import Row, Run

WORKERS = 2
PROCESSES = WORKERS + 1  # with the one that publishes
ROUNDS_PER_DATABASE = 10
SECONDS = (0.01, 0.4)  # until the next kill
LENGTH = 12  # acts of a case, at most


@dataclass
class Tally:
    """What has come out so far."""

    kills: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    written: int = 0  # of those unanswered: before they were asked for again
    lost: list[str] = field(default_factory=list)
    inconsistent: list[str] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)  # on the database of the moment
    signed: list[dict[str, Any]] = field(default_factory=list)  # checkpoints, likewise
    checkpoints: int = 0
    again: list[Errand] = field(default_factory=list)  # to be asked for again
    errors: list[str] = field(default_factory=list)  # that workers met while they lived

    def take(self, log: Log, share: list[Errand]) -> None:
        """Count what a worker had said before it died, of whose share something may be left."""
        was = log.told("was")
        begun = {done.key for done in log.done} | {errand.key for errand in log.open_errands}
        self.acknowledged += len(log.done)
        self.unanswered += len(was)
        self.written += sum(bool(each["is_written"]) for each in was)
        self.done += log.done
        self.again += log.open_errands
        self.again += [each for each in share if each.key not in begun]
        self.errors += log.errors
        self.signed += log.signed
        self.checkpoints += len(log.signed)

    def came(self, what: str) -> str:
        """In words."""
        return (
            f"{len(self.lost)} of {self.acknowledged:,} acknowledged acts lost, "
            f"{len(self.inconsistent)} inconsistent; {self.unanswered} {what} asked for again, "
            f"of which {self.written} had been written: each is there once; "
            f"{self.checkpoints:,} checkpoints signed, all hold"
        )


def run(run: Run) -> Iterator[Row]:
    """Kill workers; on PostgreSQL then the server."""
    chance = run.chance()
    yield _row(run, _killed_workers(run, chance), "workers", "")
    if isinstance(run.database, Postgres):
        yield _row(run, _killed_servers(run, chance), "servers", ", server")


def _row(run: Run, tally: Tally, what: str, part: str) -> Row:
    wrong = [*tally.lost, *tally.inconsistent, *([] if part else tally.errors)]
    return run.row(
        f"{tally.kills} {what} killed with SIGKILL, fsync on",
        "0 lost, 0 inconsistent, no request done twice",
        tally.came("requests") + (f" ({wrong[0]})" if wrong else ""),
        holds=bool(tally.acknowledged) and not wrong,
        part=part,
    )


def _killed_workers(run: Run, chance: Random) -> Tally:
    tally = Tally()
    for round_ in range(run.scale(201, 12) // PROCESSES):
        if round_ % ROUNDS_PER_DATABASE == 0:
            _settle(tally)
            run.database.fresh()
        workers = [*_workers(tally, f"{run.seed}-{round_}"), (Child(worker.publish), [])]
        for (child, share), seconds in zip(workers, _moments(chance), strict=True):
            time.sleep(seconds)
            tally.take(child.kill(), share)
            tally.kills += 1
        _inspect(tally)
    _settle(tally)
    return tally


def _killed_servers(run: Run, chance: Random) -> Tally:
    tally = Tally()
    run.database.fresh()
    for round_ in range(run.scale(20, 2)):
        workers = _workers(tally, f"{run.seed}-server-{round_}")
        workers.append((Child(worker.publish), []))
        time.sleep(sum(_moments(chance)))
        run.database.kill()
        for child, share in workers:
            tally.take(child.end(), share)
        tally.kills += 1
        run.database.start()
        _inspect(tally)
    _settle(tally)
    return tally


def _moments(chance: Random) -> list[float]:
    return [chance.uniform(*SECONDS) for _ in range(PROCESSES)]


def _workers(tally: Tally, seed: str) -> list[tuple[Child, list[Errand]]]:
    """Start workers, the first of whom begins with what the dead had asked for."""
    shares = [tally.again, *[[]] * (WORKERS - 1)]
    tally.again = []
    return [
        (Child(worker.work, f"{seed}-{number}", LENGTH, share), share)
        for number, share in enumerate(shares)
    ]


def _inspect(tally: Tally) -> None:
    keys = [each.key for each in tally.again]
    report = ask(inspect, tally.done, in_flight=keys, signed=tally.signed)
    tally.lost += report.lost
    tally.inconsistent += report.inconsistent


def _settle(tally: Tally) -> None:
    """Ask once more for what is still unanswered, look at everything, and begin anew."""
    if tally.done or tally.again:
        again, tally.again = tally.again, []
        tally.take(Child(_only, again).end(), again)
        if tally.again:
            tally.inconsistent.append(f"could not be asked for again: {tally.again}")
        _inspect(tally)
        tally.done, tally.again, tally.signed = [], [], []


def _only(say: worker.Say, again: list[Errand]) -> None:
    for errand in again:
        say("was", key=errand.key, is_written=product.is_written(errand.key))
        worker.attend(say, errand)
