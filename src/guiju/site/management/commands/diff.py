"""``guiju diff OLD NEW``: what changes from one version of a power to the next, and for whom.

OLD and NEW are files of a power, each with the rules of the pack it lies in. Exit status 0:
nothing changes. 1: something does. 2: one of them cannot be read.
"""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path

from django.core.management.base import BaseCommand

from guiju.formats.packs import PackError, read_one
from guiju.kernel.changes import changes
from guiju.site import clock


class Command(BaseCommand):
    """Say what changes, before anybody publishes it."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to compare, and how to print it."""
        parser.add_argument("old", type=Path)
        parser.add_argument("new", type=Path)
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: object, old: Path, new: Path, **options: object) -> None:
        """Compare, print, and end with the status."""
        today = clock.now().date()
        try:
            found = changes(read_one(old.resolve(), today), read_one(new.resolve(), today))
        except PackError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        if options["json"]:
            lines = [asdict(each) for each in found]
            self.stdout.write(json.dumps(lines, ensure_ascii=False, indent=1))
        else:
            for each in found:
                self.stdout.write(str(each))
            note = "已经在办的件仍按旧版办完。" if found else "没有变化。"
            self.stdout.write(note)
        sys.exit(1 if found else 0)
