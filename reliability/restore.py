"""The database goes back to an older backup, and the log must not.

While workers act and a publisher signs, backups are made. Then each is restored in turn, in any
order, over what there is then, as an operator does after a mishap; the published log and the last
signed checkpoint are where they were. After each the publisher goes on, people act, and new
checkpoints are signed. Whoever has kept any checkpoint that was ever signed must find that the log
is still its continuation, and every published entry must be known to the database again. What was
not in the backup is otherwise lost, and is counted: that much is lost at most.

SQLite: ``guiju backup`` and ``guiju restore``. PostgreSQL: ``pg_dump`` and ``pg_restore``.

Two things are shown beside it. Where the last signed checkpoints are lost too, nothing is signed.
And the control: where somebody puts them back from the backup as well, the log is forked, which
the public then sees.
"""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from reliability import product, worker
from reliability.children import Child, Log, ask
from reliability.inspection import Report, inspect
from reliability.product import Done
from reliability.run import Row, Run

WORKERS = 2
LENGTH = 12
SECONDS = (0.2, 0.6)  # between two backups, and of work after a restore


@dataclass
class Tally:
    """What has come out so far."""

    signed: list[dict[str, Any]] = field(default_factory=list)
    restores: int = 0
    taken_back: int = 0  # entries that only the log still had
    acts: int = 0  # acknowledged between backup and restore, and gone
    wrong: list[str] = field(default_factory=list)


def run(run: Run) -> Iterator[Row]:
    """Back up, restore, restore, restore."""
    run.database.fresh()
    chance, tally = run.chance(), Tally()
    backups, done = _backups(run, chance, tally)
    for backup in chance.sample(backups, len(backups)):
        _restore(run, backup, chance, tally, done)
    first = f" ({tally.wrong[0]})" if tally.wrong else ""
    yield run.row(
        f"{tally.restores} restores from backups made while {WORKERS} workers acted, each "
        f"followed by more acts; {len(tally.signed):,} checkpoints signed in all",
        "0 forked checkpoints signed, 0 inconsistent",
        f"{len(tally.wrong)} forked or inconsistent{first}; "
        f"{tally.taken_back:,} published entries taken back into the database",
        holds=bool(tally.signed) and tally.taken_back > 0 and not tally.wrong,
    )
    yield _without_checkpoints(run)
    yield _control(run, backups[0], tally)


def _backups(run: Run, chance: Random, tally: Tally) -> tuple[list[Path], list[Done]]:
    """Work, and back up now and then; the checkpoints signed meanwhile go into the tally."""
    children = [Child(worker.work, f"{run.seed}-{i}", LENGTH) for i in range(WORKERS)]
    publisher = Child(worker.publish)
    backups = []
    for number in range(run.scale(20, 3)):
        time.sleep(chance.uniform(*SECONDS))
        backup = run.home / f"backup-{number}"
        ask(product.back_up, backup)
        backups.append(backup)
    time.sleep(SECONDS[1])
    logs = [child.kill() for child in (*children, publisher)]
    tally.signed += [each for log in logs for each in log.signed]
    return backups, [done for log in logs for done in log.done]


def _restore(run: Run, backup: Path, chance: Random, tally: Tally, done: list[Done]) -> None:
    ask(product.restore, backup)
    before = ask(product.lost_rows)
    log = _work_on(run, f"{run.seed}-{backup.name}", chance)
    tally.restores += 1
    tally.signed += log.signed
    tally.wrong += log.errors
    report: Report = ask(inspect, log.done, signed=tally.signed)
    tally.wrong += [*report.lost, *report.inconsistent]
    tally.taken_back += ask(product.lost_rows) - before


def _work_on(run: Run, seed: str, chance: Random) -> Log:
    children = [Child(worker.publish), Child(worker.work, seed, LENGTH)]
    time.sleep(chance.uniform(*SECONDS))
    logs = [child.kill() for child in reversed(children)]
    return Log(
        done=[done for log in logs for done in log.done],
        errors=[each for log in logs for each in log.errors],
        others=[each for log in logs for each in log.others],
    )


def _without_checkpoints(run: Run) -> Row:
    """Nothing is signed where nobody knows any more what was signed last."""
    folder = ask(product.signed_folder)
    away = run.home / "away"
    shutil.move(folder, away)
    told = ask(product.why_unsigned)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.move(away, folder)
    is_refused = "guiju log adopt" in told
    came = "refused, and the mend is named" if is_refused else told or "a checkpoint was signed"
    return run.row(
        "the last signed checkpoints are lost",
        "nothing is signed until somebody decides",
        came,
        holds=is_refused,
        part=", no checkpoints",
    )


def _control(run: Run, backup: Path, tally: Tally) -> Row:
    """Everything goes back in time, the last signed checkpoints too."""
    ask(product.restore, backup)
    ask(product.forget_what_was_signed, backup)
    log = _work_on(run, f"{run.seed}-control", run.chance())
    report: Report = ask(inspect, [], signed=[*tally.signed, *log.signed])
    forked = [each for each in report.inconsistent if "was signed" in each]
    return run.row(
        "log and last signed checkpoints restored from the backup as well",
        "> 0 forked, or the test is blind",
        f"{len(forked)} checkpoints that the log no longer continues",
        holds=bool(forked),
        part=", control",
    )
