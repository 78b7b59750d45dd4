"""``guiju convert IN OUT [--force]``: a power's file (TOML) as a BPMN model, or back.

Out: what BPMN can say is drawn, the rest stands in extension elements. Back: what was drawn
in another tool counts for steps, outcomes, lanes and names; the rules are those of the pack
in which OUT lies. Exit status 0: written, all fits. 1: written, but something no longer
fits and is told. 2: nothing was written.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from guiju.formats.bpmn.inward import from_bpmn
from guiju.formats.bpmn.outward import to_bpmn
from guiju.formats.packs import PackError, read_charts, read_one, read_rules
from guiju.formats.writing import NO_CHARTS, power_to_toml
from guiju.site import clock

KINDS = {".toml": "toml", ".bpmn": "bpmn", ".xml": "bpmn"}


class Command(BaseCommand):
    """Convert one power."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From where, to where."""
        parser.add_argument("source", type=Path, metavar="IN")
        parser.add_argument("target", type=Path, metavar="OUT")
        parser.add_argument("--force", action="store_true", help="write over an existing file")

    def handle(self, *args: object, source: Path, target: Path, **options: object) -> None:
        """Read, write, say what no longer fits."""
        kinds = KINDS.get(source.suffix), KINDS.get(target.suffix)
        if None in kinds or kinds[0] == kinds[1]:
            self._cannot("只能在 .toml 与 .bpmn 之间转换")
        if target.exists() and not options["force"]:
            self._cannot(f"{target} 已经存在。换一个文件名,或加 --force 覆盖")
        try:
            content, remarks = _converted(source, target)
        except PackError as error:
            self._cannot(str(error))
        except OSError:
            self._cannot(f"不能读 {source}")
        target.write_bytes(content)
        for remark in remarks:
            self.stdout.write(remark)
        self.stdout.write(str(target))
        sys.exit(1 if remarks else 0)

    def _cannot(self, problem: str) -> None:
        self.stderr.write(problem)
        sys.exit(2)


def _converted(source: Path, target: Path) -> tuple[bytes, tuple[str, ...]]:
    """The content of the new file, and what no longer fits. Raises PackError."""
    today = clock.now().date()
    if KINDS[source.suffix] == "toml":
        return to_bpmn(read_one(source.resolve(), today)), ()
    found = from_bpmn(source.read_bytes(), str(source))
    folder = target.resolve().parent.parent
    is_in_pack = (folder / "pack.toml").exists()
    rules = read_rules(folder, today) if is_in_pack else {}
    charts = read_charts(folder, today) if is_in_pack else NO_CHARTS
    return power_to_toml(found.power, rules, charts).encode(), found.remarks
