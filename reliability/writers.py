"""Many at once: processes that act on cases of their own and on shared ones; and clients that
send the same forms again and again.

A page that somebody opened before another acted is refused by the product (it is *stale*), and
opened anew, as a clerk would. Nobody is to see the database's own troubles: no "database is
locked", no error but that refusal.
"""

import statistics
import time
from collections.abc import Iterator
from random import Random

from django.db import Error

from reliability import product, worker
from reliability.children import ask, together
from reliability.inspection import inspect
from reliability.product import Done, Errand
from reliability.run import Row, Run

PROCESSES, CLIENTS = 8, 16
SHARED = 4  # cases that all processes act on


def run(run: Run) -> Iterator[Row]:
    """Crowd the database, then send forms many times over."""
    run.database.fresh()
    yield _crowd(run)
    yield _same_forms(run)


def _crowd(run: Run) -> Row:
    acts = run.scale(500, 40)
    opened = together(worker.open_cases, [(f"{run.seed}-shared", SHARED)])[0].done
    shared = [done.number for done in opened]
    jobs = [(f"{run.seed}-{i}", shared, acts) for i in range(PROCESSES)]
    begun = time.monotonic()
    logs = together(_act_here_and_there, jobs)
    seconds = time.monotonic() - begun
    done = [each for log in logs for each in log.done]
    errors = [each for log in logs for each in log.errors]
    stale = sum(len(log.told("stale")) for log in logs)
    report = ask(inspect, opened + done)
    milliseconds = sorted(1_000 * each for log in logs for each in log.seconds)
    percentiles = statistics.quantiles(milliseconds, n=100)
    return run.row(
        f"{PROCESSES} processes × {acts} acts, half on cases of their own, half on "
        f"{SHARED} shared ones",
        f"{PROCESSES * acts:,} acts, no error, 0 lost updates",
        f"{len(done):,} acts, {len(errors)} errors{_first(errors)}, {len(report.lost)} lost, "
        f"{len(report.inconsistent)} inconsistent{_first(report.inconsistent)}; {stale:,} stale "
        f"pages told so; p50 {percentiles[49]:.1f} ms, p99 {percentiles[98]:.0f} ms, "
        f"max {milliseconds[-1]:.0f} ms, {len(done) / seconds:.0f} acts/s",
        holds=report.is_clean and not errors and len(done) == PROCESSES * acts,
    )


def _act_here_and_there(say: worker.Say, seed: str, shared: list[str], acts: int) -> None:
    """By turns the next act of a case of one's own, and of a shared one."""
    chance = Random(seed)
    mine = Done("", 0, "")
    for i in range(acts):
        key = f"{seed}-{i}"
        if i % 2 == 0:
            mine = _insisting(say, Errand(mine.number, mine.seq, key)) or mine
            continue
        number = chance.choice(shared)
        while not _insisting(say, Errand(number, product.acts_of(number), key)):
            say("stale")


def _insisting(say: worker.Say, errand: Errand) -> Done | None:
    """Perform an act; None when somebody else was faster, or the database had its troubles."""
    try:
        return worker.timed(say, errand)
    except product.STALE:
        return None
    except Error as error:
        say("error", message=f"{type(error).__name__}: {error}")
        return None


def _same_forms(run: Run) -> Row:
    """Half of the forms open a case, half act on one; every client sends all of them."""
    forms = 50
    opened = together(worker.open_cases, [(f"{run.seed}-same", forms // 2)])[0].done
    before = ask(inspect, opened).acts
    errands = [Errand("", 0, f"{run.seed}-form-{i}") for i in range(forms // 2)]
    errands += [Errand(done.number, 1, f"{run.seed}-act-{done.number}") for done in opened]
    logs = together(_send_all, [(f"{run.seed}-{i}", errands) for i in range(CLIENTS)])
    report = ask(inspect, [each for log in logs for each in log.done])
    answers = {each.key: set[tuple[str, int]]() for each in errands}
    for log in logs:
        for done in log.done:
            answers[done.key].add((done.number, done.seq))
    new, sent = report.acts - before, sum(len(log.done) for log in logs)
    differing = sum(len(each) != 1 for each in answers.values())
    errors = [each for log in logs for each in log.errors]
    return run.row(
        f"{CLIENTS} clients × {forms} forms with the same keys, each in an order of its own",
        f"{forms} acts, every answer the same, no error",
        f"{sent} answers, {new} acts, {differing} keys with answers that differ, "
        f"{len(errors)} errors{_first(errors)}, {len(report.inconsistent)} inconsistent",
        holds=new == forms
        and not (differing or errors)
        and report.is_clean
        and sent == CLIENTS * forms,
        part=", same keys",
    )


def _send_all(say: worker.Say, seed: str, errands: list[Errand]) -> None:
    mixed = list(errands)
    Random(seed).shuffle(mixed)
    worker.insist(say, mixed)


def _first(found: list[str]) -> str:
    return f" ({found[0]})" if found else ""
