"""``guiju draw POWER [-o FILE.svg]``: the flow chart and the risk chart of a power's file.

Writes FILE-flow.svg and FILE-risk.svg, and FILE-flow-narrow.svg and FILE-risk-narrow.svg
for phones. Without -o the files are named after the power's file, in the current folder.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from guiju.formats.packs import PackError, read_one
from guiju.kernel.draw import chart_svg, chart_svg_narrow
from guiju.site import clock


class Command(BaseCommand):
    """Draw one power."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The power's file, and where to write."""
        parser.add_argument("power", type=Path)
        parser.add_argument("-o", "--output", type=Path)

    def handle(self, *args: object, **options: object) -> None:
        """Draw both charts, wide and narrow."""
        path, output = options["power"], options["output"]
        assert isinstance(path, Path)
        path = path.resolve()
        try:
            power = read_one(path, clock.now().date())
        except PackError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        stem = output.with_suffix("") if isinstance(output, Path) else Path(path.stem)
        for kind, risks in (("flow", False), ("risk", True)):
            for suffix, draw in (("", chart_svg), ("-narrow", chart_svg_narrow)):
                file = stem.with_name(f"{stem.name}-{kind}{suffix}.svg")
                file.write_text(draw(power, risks=risks), encoding="utf-8")
                self.stdout.write(str(file))
