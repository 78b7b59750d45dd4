"""``guiju draw POWER [-o FILE.svg] [--paper A4|A5]``: flow chart and risk chart of a power's file.

Writes FILE-flow.svg and FILE-risk.svg, and FILE-flow-narrow.svg and FILE-risk-narrow.svg
for phones. Without -o the files are named after the power's file, in the current folder.
With --paper, -o names a folder, and every page is a file of its own, such as
POWER-flow-A4-1.svg, with its size in millimetres.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand

from guiju.formats.packs import PackError, read_one
from guiju.kernel.draw import Paper, chart_svg, chart_svg_narrow, pages_svg
from guiju.kernel.power import Power
from guiju.site import clock

KINDS = (("flow", False), ("risk", True))


class Command(BaseCommand):
    """Draw one power."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The power's file, and where to write."""
        parser.add_argument("power", type=Path)
        parser.add_argument("-o", "--output", type=Path)
        parser.add_argument("--paper", choices=[each.name for each in Paper])

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
        if isinstance(options["paper"], str):
            folder = output if isinstance(output, Path) else Path()
            files = _pages(power, Paper[options["paper"]], folder / path.stem)
        else:
            stem = output.with_suffix("") if isinstance(output, Path) else Path(path.stem)
            files = _charts(power, stem)
        for file, svg in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(svg, encoding="utf-8")
            self.stdout.write(str(file))


def _charts(power: Power, stem: Path) -> Iterator[tuple[Path, str]]:
    """Both charts for screens."""
    for kind, risks in KINDS:
        for suffix, draw in (("", chart_svg), ("-narrow", chart_svg_narrow)):
            yield stem.with_name(f"{stem.name}-{kind}{suffix}.svg"), draw(power, risks=risks)


def _pages(power: Power, paper: Paper, stem: Path) -> Iterator[tuple[Path, str]]:
    """Both charts for print."""
    for kind, risks in KINDS:
        for number, svg in enumerate(pages_svg(power, paper, risks=risks), 1):
            yield stem.with_name(f"{stem.name}-{kind}-{paper.name}-{number}.svg"), svg
