"""The log's indexes and the outbox, followed while many write and commits come out of order.

Twenty writers hold each act back for a random while between its last statement and its commit,
so that on PostgreSQL low ids become visible after high ones. Meanwhile two sequencers give
indexes, one sender sends and is killed now and then, and two observers look on: one that asks at
every moment whether the log has a gap, and one that follows the table the naive way, by ids
greater than the last one seen. The naive one must miss something on PostgreSQL, or the writers
were too tame to show anything. (SQLite has one writer at a time: there it misses nothing. Nor does
it have a queue for its write lock, so with so many who hold it for so long somebody may not get it
within the twenty seconds of the settings; whoever does not asks again, and is counted.)
"""

import email
import email.policy
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from django.db import OperationalError

from reliability import product, worker
from reliability.children import Child, Log, ask
from reliability.inspection import inspect
from reliability.product import Errand
from reliability.run import Row, Run

WRITERS, SEQUENCERS = 20, 2
LENGTH = 6  # acts of a case: once round and withdrawn, so no two of its messages are alike
DELAY_SECONDS = {"SQLite": 0.003, "PostgreSQL": 0.05}  # at most; SQLite makes the others wait
SENDER_SECONDS = (0.05, 0.4)  # until the sender is killed
LINE = b"-" * 79


def run(run: Run) -> Iterator[Row]:
    """Write, index and send at once, then compare."""
    run.database.fresh()
    chance, mail = run.chance(), run.home / "mail"
    mail.mkdir()
    stop = run.home / "stop"
    beside = [Child(_indexing, stop) for _ in range(SEQUENCERS)]
    watching, naive = Child(_watching, stop), Child(_naive, stop)
    cases, delay = run.scale(12, 2), DELAY_SECONDS[run.database.name]
    writers = [Child(_writing, f"{run.seed}-{i}", cases, delay) for i in range(WRITERS)]
    kills = _send_and_kill(writers, stop, mail, chance)
    stop.touch()
    logs = [writer.end() for writer in writers]
    indexed = sum(int(each["count"]) for child in beside for each in child.end().told("indexed"))
    ids, looks, gaps = set(ask(product.ids)), 0, 0
    for told in watching.end().told("looked"):
        looks, gaps = int(told["looks"]), int(told["gaps"])
    followed = {id_ for told in naive.end().told("saw") for id_ in told["ids"]}
    yield _indexes(
        run, logs, indexed, f"in {looks:,} looks {gaps} gaps were seen", is_whole=not gaps
    )
    yield _mails(run, mail, kills)
    if run.database.name == "PostgreSQL":
        yield _control(run, ids, followed)


def _send_and_kill(writers: list[Child], stop: Path, mail: Path, chance: Random) -> int:
    """Keep a sender going, killing it now and then, until all writers are done; how often."""
    kills = 0
    while any(not writer.has_ended() for writer in writers):
        sender = Child(_sending, stop, mail)
        time.sleep(chance.uniform(*SENDER_SECONDS))
        sender.kill()
        kills += 1
    return kills


def _indexes(run: Run, logs: list[Log], indexed: int, watched: str, *, is_whole: bool) -> Row:
    done = [each for log in logs for each in log.done]
    starved = sum(len(log.told("starved")) for log in logs)
    patience = f"; {starved} times 20 s were not enough to get to write" if starved else ""
    report = ask(inspect, done)  # It goes through a last round itself.
    wrong = report.lost + report.inconsistent
    return run.row(
        f"{WRITERS} writers, {len(done):,} acts held back up to "
        f"{1_000 * DELAY_SECONDS[run.database.name]:.0f} ms before the commit, "
        f"{SEQUENCERS} sequencers at once",
        "0 missed, 0 twice, no gap at any moment",
        f"{indexed:,} indexed while they wrote, the rest after; {len(wrong)} missed, twice or "
        f"inconsistent{f' ({wrong[0]})' if wrong else ''}; {watched}{patience}",
        holds=is_whole and not wrong and bool(done) and indexed > 0,
    )


def _mails(run: Run, folder: Path, kills: int) -> Row:
    ask(product.send_all, folder, is_late=True)
    sent = Counter(_bodies(folder))
    written = Counter(ask(product.messages))
    missing, strange = written - sent, set(sent) - set(written)
    twice, waiting = sum((sent - written).values()), ask(product.unsent)
    return run.row(
        f"{sum(written.values()):,} messages, the sender killed {kills} times meanwhile",
        "every one sent; twice at most once for each kill",
        f"{sum(missing.values())} not sent, {waiting} still waiting, {twice} sent twice, "
        f"{len(strange)} never written",
        holds=not (missing or strange or waiting) and twice <= kills,
        part=", outbox",
    )


def _control(run: Run, ids: set[int], followed: set[int]) -> Row:
    missed = len(ids - followed)
    return run.row(
        'the same acts followed by "ids greater than the last"',
        "> 0 missed, or the test is blind",
        f"{missed} of {len(ids):,} missed",
        holds=missed > 0,
        part=", control",
    )


def _writing(say: worker.Say, seed: str, cases: int, delay: float) -> None:
    chance = Random(seed)
    for case in range(cases):
        number = ""
        for seen in range(LENGTH):
            errand = Errand(number, seen, f"{seed}-{case}-{seen}", is_last=seen + 1 == LENGTH)
            number = _patiently(say, errand, chance.uniform(0, delay))
            time.sleep(chance.uniform(0, delay))


def _patiently(say: worker.Say, errand: Errand, delay: float) -> str:
    """Perform an act, asking again with the same key for as long as SQLite's lock is not had."""
    while True:
        try:
            return worker.timed(say, errand, delay).number
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            say("starved")


def _until(stop: Path, work: Callable[[], None], pause: float) -> None:
    """Work again and again, and once more after the end."""
    while not stop.exists():
        work()
        time.sleep(pause)
    work()


def _indexing(say: worker.Say, stop: Path) -> None:
    def work() -> None:
        say("indexed", count=product.index_all())

    _until(stop, work, 0.02)


def _sending(say: worker.Say, stop: Path, folder: Path) -> None:
    _until(stop, lambda: _send(say, folder), 0.01)


def _send(say: worker.Say, folder: Path) -> None:
    say("sent", count=product.send_all(folder))


def _watching(say: worker.Say, stop: Path) -> None:
    """Whether the indexes are 0, 1, 2, … at every moment."""
    looks = gaps = 0

    def work() -> None:
        nonlocal looks, gaps
        count, above = product.index_bounds()
        looks += 1
        gaps += count != above

    _until(stop, work, 0.001)
    say("looked", looks=looks, gaps=gaps)


def _naive(say: worker.Say, stop: Path) -> None:
    last = 0

    def work() -> None:
        nonlocal last
        found = product.ids_after(last)
        if found:
            last = found[-1]
            say("saw", ids=found)

    _until(stop, work, 0.005)


def _bodies(folder: Path) -> Iterator[str]:
    """The texts of all mails in a folder; one that a killed sender left half written is none."""
    for file in folder.glob("*.log"):
        for part in file.read_bytes().split(b"\n" + LINE + b"\n")[:-1]:
            parsed = email.message_from_bytes(part, policy=email.policy.default)
            yield parsed.get_content().rstrip("\n")
