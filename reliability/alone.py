"""One test on one database, in a process of its own: python -m reliability.alone NAME …

The process sets up Django and never opens the database itself, so that its forks are fresh. Its
last words on standard output are the rows of the table, as JSON.
"""

import json
import signal
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import django

from reliability.databases import KINDS
from reliability.run import Cannot, Row, Run


def main(name: str, *rest: str) -> None:
    """Prepare a database, or run a test and print its rows."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    django.setup()
    if name == "prepare":
        import_module("reliability.product").prepare()
        return
    kind, home, prepared, seed, form = rest
    database = KINDS[kind](Path(home), Path(prepared))
    run = Run(name, database, int(seed), form == "short")
    try:
        for row in import_module(f"reliability.{name}").run(run):
            print(json.dumps(asdict(row)), flush=True)
    except Cannot as error:
        row = Row(name, database.name, "", "", str(error), None)
        print(json.dumps(asdict(row)), flush=True)
    finally:
        database.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
