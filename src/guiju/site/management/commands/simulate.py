"""``guiju simulate OUT --pack DIR [--cases N] [--misconduct SHARE] [--seed N]``

Invents a city's year: OUT/events.parquet is the log of its cases, OUT/truth.csv the misconduct in
it, OUT/packs the packs with the invented staff. The same arguments give the same files.

    guiju simulate out --pack CITY
    guiju oversee out/events.parquet --charts out/packs/CITY --on LAST --truth out/truth.csv
"""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from guiju.formats.packs import PackError, read_pack, stack
from guiju.simulation.writing import write_log, write_packs, write_truth
from guiju.simulation.year import Plan, Year

REPORTED = 232_000  # cases in the eight months of the report on the six powers


class Command(BaseCommand):
    """Invent a city's year."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, from which pack, how much."""
        parser.add_argument("out", type=Path)
        parser.add_argument("--pack", type=Path, required=True, help="the folder of a pack")
        parser.add_argument(
            "--from", dest="first", type=date.fromisoformat, default=date(2026, 1, 1)
        )
        parser.add_argument(
            "--to", dest="last", type=date.fromisoformat, default=date(2026, 8, 31)
        )
        parser.add_argument("--cases", type=int, default=REPORTED)
        parser.add_argument("--misconduct", type=float, default=0.02, help="share of the cases")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: object, **options: Any) -> None:
        """Write the folder."""
        out, source = options["out"], options["pack"].resolve()
        if out.exists() and any(out.iterdir()):
            self.stderr.write(f"{out} 里已经有东西,换一个空文件夹")
            sys.exit(2)
        plan = Plan(*(options[name] for name in ("first", "last", "cases", "misconduct", "seed")))
        try:
            year = Year(read_pack(source, plan.last), plan)
        except PackError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        out.mkdir(parents=True, exist_ok=True)
        count = write_log(out / "events.parquet", year.cases(), self._progress)
        write_truth(out / "truth.csv", year.truth)
        below = [each for each in stack(source) if each != source]
        own = write_packs(out / "packs", source, below, year.city.pack)
        self.stdout.write(f"{plan.cases}件,{count}条记录,{len(year.truth)}处违规,写在{out}")
        self.stdout.write(
            f"guiju oversee {out / 'events.parquet'} --charts {own} --on {plan.last}"
            f" --truth {out / 'truth.csv'}"
        )

    def _progress(self, done: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{done}件 ", ending="")
            self.stderr.flush()
