"""``guiju score TABLE.csv --formula FORMULA.json``: count the published scores again.

Both files are what the page of scores gives to everybody; no database is asked.

Exit status: 0 all agree, 1 some differ, 2 cannot.
"""

import csv
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from guiju.formats.reader import Misfit, read
from guiju.kernel.lights import Level
from guiju.kernel.scores import Formula, score, words


class Command(BaseCommand):
    """Count scores again from open data."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The table and the formula."""
        parser.add_argument("table", type=Path)
        parser.add_argument("--formula", type=Path, required=True)

    def handle(self, *args: object, **options: Any) -> None:
        """Print each organ with its score as counted, and where the table says otherwise."""
        try:
            formula = read(Formula, json.loads(options["formula"].read_text("utf-8"))["formula"])
            text = options["table"].read_text("utf-8-sig")
            rows = list(csv.DictReader(text.splitlines()))
            counted = [self._counted(formula, row) for row in rows]
        except (OSError, ValueError, KeyError, Misfit) as error:
            self.stderr.write(f"读不懂:{error}")
            sys.exit(2)
        differs = 0
        for row, anew in zip(rows, counted, strict=True):
            is_same = row["得分"] == anew
            differs += not is_same
            note = "" if is_same else f",公布的是 {row['得分']}"
            self.stdout.write(f"{row['机关']} {row['月份']} {anew}{note}")
        self.stdout.write(f"{differs}个与公布的不同" if differs else "都与公布的相同")
        sys.exit(1 if differs else 0)

    def _counted(self, formula: Formula, row: dict[str, str]) -> str:
        cards = {level.value: int(row[level.value]) for level in Level}
        return words(score(formula, cards, int(row["办结"])))
