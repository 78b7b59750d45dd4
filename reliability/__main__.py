"""./dev reliability [--short] [--seed N] [NAMES…]: run the tests of this folder, print a table.

Each test runs on each of its databases in a process of its own. Ends with 1 when something does
not hold. As root, everything happens in a mount and process namespace of its own: whatever is
mounted or started vanishes with this process, even when it is killed.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.postgres import binaries, owner

from reliability import databases, disks
from reliability.run import Row

SQLITE, BOTH = ("sqlite",), ("sqlite", "postgres")
TESTS = {  # A test is a module of this name with ``run``; here it says on which databases.
    "kill": BOTH,
    "faults": SQLITE,
    "powercut": BOTH,
    "diskfull": BOTH,
    "writers": BOTH,
    "sequencer": BOTH,
    "restore": BOTH,
    "privacy": SQLITE,
    "log": SQLITE,
}
LONGEST = 3_600  # seconds that one test on one database may take


def main() -> None:
    """Run, print, judge."""
    asked = arguments()
    go_into_own_namespaces()
    for each in (signal.SIGINT, signal.SIGTERM):  # The first process of a namespace dies of none.
        signal.signal(each, lambda number, _: sys.exit(128 + number))
    begun = time.monotonic()
    print(f"seed {asked.seed}: ./dev reliability --seed {asked.seed} repeats it", flush=True)
    with tempfile.TemporaryDirectory(
        prefix="guiju-reliability-", ignore_cleanup_errors=True
    ) as folder:
        os.chown(folder, owner().pw_uid, owner().pw_gid)
        rows = [row for name in asked.names for row in run(name, Path(folder), asked)]
    print(f"\n{table(rows)}\n\n{summary(rows)} in {time.monotonic() - begun:.0f} s")
    sys.exit(int(any(row.holds is False for row in rows)))


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="./dev reliability", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TESTS))
    parser.add_argument("--short", action="store_true", help="fewer rounds, under 90 s in all")
    parser.add_argument("--seed", type=int, help="what is random; a new one when not given")
    asked = parser.parse_args()
    unknown = sorted(set(asked.names) - set(TESTS))
    if unknown:
        parser.error(f"no such test: {', '.join(unknown)}; there are {', '.join(TESTS)}")
    asked.names = asked.names or list(TESTS)
    if asked.seed is None:  # CI judges a change, so it tries the same each time.
        asked.seed = 1 if os.environ.get("CI") else random.randrange(1_000_000)
    return asked


def go_into_own_namespaces() -> None:
    """Begin anew where mounts and processes are ours alone, if we may."""
    if os.geteuid() or disks.MARK in os.environ or not shutil.which("unshare"):
        return
    if subprocess.run([*disks.OWN, "true"], check=False, capture_output=True).returncode == 0:
        os.environ[disks.MARK] = "yes"
        os.execvp(disks.OWN[0], [*disks.OWN, sys.executable, "-m", "reliability", *sys.argv[1:]])


def run(name: str, folder: Path, asked: argparse.Namespace) -> list[Row]:
    """All rows of one test."""
    rows = []
    for kind in TESTS[name]:
        print(f"── {name}, {databases.KINDS[kind].name}", flush=True)
        if kind == "postgres" and binaries() is None:
            why = "PostgreSQL's server is not installed (Debian: postgresql)"
            rows.append(Row(name, "PostgreSQL", "", "", why, None))
            continue
        begun = time.monotonic()
        rows += alone(name, kind, folder, asked)
        print(f"   {time.monotonic() - begun:.0f} s", flush=True)
    return rows


def alone(name: str, kind: str, folder: Path, asked: argparse.Namespace) -> list[Row]:
    """Run a test on a database in a process of its own; its rows."""
    prepared = folder / kind
    if not prepared.exists():
        databases.own(prepared)
        databases.prepare(kind, prepared)
    home = folder / f"{name}-{kind}"
    databases.own(home)
    form = "short" if asked.short else "full"
    words = [name, kind, str(home), str(prepared / "disk"), str(asked.seed), form]
    child = subprocess.Popen(
        [sys.executable, "-m", "reliability.alone", *words],
        env=databases.environment(databases.KINDS[kind](home, prepared)),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        output, _ = child.communicate(timeout=LONGEST)
    except BaseException:
        child.terminate()
        child.wait()
        raise
    rows = [Row(**json.loads(line)) for line in output.splitlines() if line.startswith("{")]
    for row in rows:
        parts = (verdict(row), row.done, oneline(row.came))
        print("   " + ": ".join(each for each in parts if each), flush=True)
    if child.returncode:
        broken = f"the test itself broke down with {child.returncode}"
        rows.append(Row(name, databases.KINDS[kind].name, "", "", broken, holds=False))
        print(f"   {broken}", flush=True)
    else:
        shutil.rmtree(home, ignore_errors=True)
    return rows


def verdict(row: Row) -> str:
    """In one word."""
    return {True: "yes", False: "NO", None: "cannot"}[row.holds]


def table(rows: list[Row]) -> str:
    """All rows as Markdown."""
    lines = [
        f"| {row.test}, {row.database} | {row.done} | {row.must} | {oneline(row.came)} | "
        f"{verdict(row)} |"
        for row in rows
    ]
    head = "| test | what was done | must be | came out | holds? |"
    return "\n".join([head, "|---|---|---|---|---|", *lines])


def oneline(text: str) -> str:
    """A text that fits into a table, whatever somebody's error message looks like."""
    return " ".join(text.replace("|", "¦").split())


def summary(rows: list[Row]) -> str:
    """How many hold, do not, and could not be tried."""
    counts = [sum(row.holds is each for row in rows) for each in (True, False, None)]
    return f"{counts[0]} hold, {counts[1]} do not, {counts[2]} cannot be tried here,"


if __name__ == "__main__":
    main()
