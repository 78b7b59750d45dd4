"""What one act costs; see README.md beside this file for the command and for what is compared.

Prints a table for the database that DATABASE_URL names (SQLite without it). Contestants take
turns in every round, so that a busy moment of the machine meets them all; what is printed is
the median over the rounds, and the median of the ratios within each round.
"""

import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
os.environ.setdefault("GUIJU_VAR", tempfile.mkdtemp(prefix="guiju-bench-"))

import django  # noqa: E402

django.setup()

import psycopg  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks import peers  # noqa: E402
from guiju.cases import actions  # noqa: E402
from guiju.formats.packs import read_pack  # noqa: E402
from guiju.kernel.acts import Act  # noqa: E402
from guiju.kernel.power import APPLICANT, Outcome, Power, Step, StepKind  # noqa: E402
from guiju.kernel.program import compile_power  # noqa: E402
from guiju.kernel.run import perform, start  # noqa: E402
from guiju.organs.actions import load_organs  # noqa: E402
from guiju.organs.models import Person  # noqa: E402
from guiju.powers.actions import load_powers, publish_power  # noqa: E402

AT = datetime(2026, 9, 7, 1, tzinfo=UTC)
CLERK, ROLE, VILLAGE = "hbz-window", "town_window", "神下村"
ROUNDS, CASES, WRITERS = 11, 12, 8
STEPS = peers.STEPS
STATE, ROW = 500, 1_100  # characters: about the sizes of a case's state and of an act's row
IS_SQLITE = connection.vendor == "sqlite"


def ten_steps(model: Power) -> Power:
    """A chart of ten steps of one post after the application; the first one can be repeated."""
    limit = model.steps[1].limit
    steps = [model.steps[0]]
    steps[0] = Step("s0", "s0", StepKind.APPLY, APPLICANT, (Outcome("go", "go", ("s1",)),))
    for i in range(1, STEPS + 1):
        after = f"s{i + 1}" if i < STEPS else model.ends[0].id
        again = (Outcome("again", "again", ("s1",)),) if i == 1 else ()
        outcomes = (Outcome("go", "go", (after,)), *again)
        kind = StepKind.REVIEW
        steps.append(Step(f"s{i}", f"s{i}", kind, ROLE, outcomes, limit=limit, documents=("d",)))
    values = {f: getattr(model, f) for f in model.__dataclass_fields__}
    return Power(**{**values, "code": "bench", "steps": tuple(steps), "examples": ()})


def prepare() -> str:
    """Migrate, load the sample city, publish the ten steps; the version's hash."""
    from guiju.organs.models import Division  # noqa: F401, PLC0415

    call_command("migrate", verbosity=0)
    pack = read_pack(ROOT / "src/guiju/packs/changzhi", date(2026, 9, 1))
    load_organs(pack)
    load_powers(pack=pack, by="bench", at=AT)
    model = next(power for power in pack.powers if power.name == "临时救助")
    version = publish_power(power=ten_steps(model), calendar=pack.calendar, by="bench", at=AT)
    peers.spiff_prepare()
    with raw_connection() as raw:
        raw.execute("CREATE TABLE IF NOT EXISTS raw_case (id TEXT PRIMARY KEY, state TEXT)")
        raw.execute(f"CREATE TABLE IF NOT EXISTS raw_act (id {SERIAL}, entry TEXT)")
    from guiju.powers.models import Version  # noqa: PLC0415

    return version.sha256 if version else Version.objects.get(code="bench").sha256


SERIAL = "INTEGER PRIMARY KEY" if IS_SQLITE else "BIGSERIAL PRIMARY KEY"
MARK = "?" if IS_SQLITE else "%s"


def raw_connection():  # noqa: ANN201
    """The driver's own connection to the same database, with the same durability."""
    if not IS_SQLITE:
        return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    raw = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=20)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    return raw


def open_case(version: str) -> str:
    """A new case of ours, at its first step of ten."""
    from guiju.organs.models import Division  # noqa: PLC0415

    code = Division.objects.get(name=VILLAGE).code
    request = actions.Request("s0", "go", str(uuid4()))
    who = actions.Applicant("某人", "13800000000")
    return actions.open_case(
        version=version, division=code, applicant=who, request=request, by=APPLICANT, at=AT
    )


def our_act(number: str, seq: int, step: str, outcome: str = "go") -> None:
    """One act through the public entrance of the room."""
    request = actions.Request(step, outcome, str(uuid4()))
    actions.perform_act(number=number, request=request, seq=seq, by=CLERK, at=AT)


def raw_acts(raw: object, id_: str) -> None:
    """Ten transactions of one UPDATE and one INSERT.

    Every state differs from the one before: SQLite writes no page that did not change.
    """
    for i in range(STEPS):
        state, row = f"{i}".ljust(STATE, "s"), f"{i}".ljust(ROW, "r")
        raw.execute("BEGIN IMMEDIATE" if IS_SQLITE else "BEGIN")  # type: ignore[attr-defined]
        raw.execute(f"UPDATE raw_case SET state = {MARK} WHERE id = {MARK}", (state, id_))  # type: ignore[attr-defined]  # noqa: S608
        raw.execute(f"INSERT INTO raw_act (entry) VALUES ({MARK})", (row,))  # type: ignore[attr-defined]  # noqa: S608
        raw.execute("COMMIT")  # type: ignore[attr-defined]


def contestants(version: str, mark: str) -> dict[str, Callable[[int], float]]:
    """For each, a function that prepares n cases and answers the seconds an act of them takes."""
    raw, clerk = raw_connection(), Person.objects.get(pk=CLERK)

    def timed(work: list[Callable[[], None]]) -> float:
        began = time.perf_counter()
        for each in work:
            each()
        return (time.perf_counter() - began) / (len(work) * STEPS)

    def raw_round(n: int) -> float:
        ids = [f"{mark}{uuid4()}" for _ in range(n)]
        for id_ in ids:
            raw.execute(f"INSERT INTO raw_case VALUES ({MARK}, '')", (id_,))  # noqa: S608
        return timed([lambda id_=id_: raw_acts(raw, id_) for id_ in ids])  # type: ignore[misc]

    def our_round(n: int) -> float:
        def whole(number: str) -> None:
            for i in range(1, STEPS + 1):
                our_act(number, i, f"s{i}")

        numbers = [open_case(version) for _ in range(n)]
        return timed([lambda x=x: whole(x) for x in numbers])  # type: ignore[misc]

    def viewflow_round(n: int) -> float:
        def whole(pk: int) -> None:
            for _ in range(STEPS):
                peers.viewflow_act(pk, clerk)

        pks = [peers.viewflow_start() for _ in range(n)]
        return timed([lambda x=x: whole(x) for x in pks])  # type: ignore[misc]

    def spiff_round(n: int) -> float:
        def whole(id_: str) -> None:
            for _ in range(STEPS):
                peers.spiff_act(id_)

        ids = [peers.spiff_start(f"{mark}{uuid4()}") for _ in range(n)]
        return timed([lambda x=x: whole(x) for x in ids])  # type: ignore[misc]

    return {"raw": raw_round, "guiju": our_round, "viewflow": viewflow_round, "Spiff": spiff_round}


def one_writer(version: str) -> None:
    """The table with one writer."""
    rounds: dict[str, list[float]] = {}
    known = contestants(version, "one")
    for each in known.values():
        each(2)
    for _ in range(ROUNDS):
        for name, run in known.items():
            rounds.setdefault(name, []).append(run(CASES if name in ("raw", "guiju") else 3))
    tell("one writer", rounds)


def eight_writers(version: str) -> None:
    """The table with eight writers, each a process with cases of its own."""
    rounds: dict[str, list[float]] = {}
    for _ in range(5):
        for name in ("raw", "guiju", "viewflow", "Spiff"):
            n = "12" if name in ("raw", "guiju") else "2"
            command = [sys.executable, __file__, "writer", name, version, n]
            writers = [
                subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
                for _ in range(WRITERS)
            ]
            for each in writers:
                assert each.stdout
                each.stdout.readline()  # ready
            for each in writers:
                each.stdin.write("go\n")  # type: ignore[union-attr]
                each.stdin.flush()  # type: ignore[union-attr]
            spans = [tuple(map(float, each.communicate()[0].split())) for each in writers]
            whole = max(end for _, end in spans) - min(begin for begin, _ in spans)
            rounds.setdefault(name, []).append(whole / (WRITERS * int(n) * STEPS))
    tell("eight writers", rounds)


def writer(name: str, version: str, n: str) -> None:
    """One of the eight: say ready, wait, run, print when its acts began and ended."""
    run = contestants(version, f"{os.getpid()}-")[name]
    run(1)
    print("ready", flush=True)
    sys.stdin.readline()
    seconds = run(int(n)) * int(n) * STEPS
    end = time.time()
    print(end - seconds, end)


def tell(title: str, rounds: dict[str, list[float]]) -> None:
    """Print acts a second, and each contestant's time as a ratio to raw and to ours."""
    print(f"\n{connection.vendor}, {title}: median of {len(rounds['raw'])} rounds")
    print(f"{'':10}{'acts/s':>10}{'ms/act':>10}{'× raw':>10}{'× guiju':>10}")
    for name, seconds in rounds.items():
        middle = statistics.median(seconds)
        to_raw = statistics.median(s / r for s, r in zip(seconds, rounds["raw"], strict=True))
        to_us = statistics.median(s / g for s, g in zip(seconds, rounds["guiju"], strict=True))
        print(f"{name:10}{1 / middle:10.0f}{middle * 1e3:10.2f}{to_raw:10.2f}{to_us:10.2f}")


def long_case(version: str) -> None:
    """The four-hundredth act of a case against the first."""
    ratios = []
    for _ in range(5):
        number, seconds = open_case(version), []
        for seq in range(1, 401):
            began = time.perf_counter()
            our_act(number, seq, "s1", "again")
            seconds.append(time.perf_counter() - began)
        ratios.append(statistics.median(seconds[-40:]) / statistics.median(seconds[:40]))
    print(f"\nacts 361–400 of a case cost {statistics.median(ratios):.2f} × acts 1–40 (medians)")


def statements(version: str) -> None:
    """How many statements one act takes, and in how many messages they go to the database."""
    number = open_case(version)
    with CaptureQueriesContext(connection) as queries:
        our_act(number, 1, "s1")
    sent = [q["sql"] for q in queries]
    own = sum(len(re.findall(r"(?:^|;)\s*(?:SELECT|INSERT|UPDATE)", sql)) for sql in sent)
    print(f"\none act: {own} statements in {len(sent)} messages, BEGIN and COMMIT among them")


def kernel_only(model: Power) -> None:
    """``perform`` alone, in microseconds."""
    program = compile_power(ten_steps(model))
    state = start(program, AT)
    acts = [Act("s0", "go", APPLICANT, APPLICANT, AT)]
    acts += [Act(f"s{i}", "go", CLERK, ROLE, AT) for i in range(1, STEPS + 1)]
    best = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        for _ in range(300):
            at = state
            for act in acts:
                at = perform(program, at, act)
        best.append((time.perf_counter() - began) / (300 * len(acts)))
    print(f"\nkernel perform alone, ten steps: {statistics.median(best) * 1e6:.1f} µs an act")


def main() -> None:
    """Everything, for one database."""
    version = prepare()
    transaction.get_connection()
    statements(version)
    one_writer(version)
    eight_writers(version)
    long_case(version)
    pack = read_pack(ROOT / "src/guiju/packs/changzhi", date(2026, 9, 1))
    kernel_only(next(power for power in pack.powers if power.name == "临时救助"))


if __name__ == "__main__":
    writer(*sys.argv[2:]) if sys.argv[1:2] == ["writer"] else main()
