"""``guiju check PATH… [--json]``: prove packs, power files or BPMN models.

A PATH is a pack's folder or the file of one power. The file finds the rules of the pack it
lies in, and its calendar, so that its examples are run as well. Of a BPMN model each process
is judged for itself, and the power too if it came from one. Exit status 0: all hold. 1:
something was found. 2: something cannot be read, executed or decided.

Its module is called ``prove`` because Django has a command ``check`` of its own, for the
settings: ``python -m django check --deploy``.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand

from guiju.formats.bpmn.inward import holds_power, recovered
from guiju.formats.bpmn.model import read_model_file
from guiju.formats.bpmn.proof import Answered, verdicts
from guiju.formats.packs import PackError, read_calendar, read_one, read_pack
from guiju.kernel.checks import findings
from guiju.kernel.examples import failures
from guiju.kernel.power import Power
from guiju.kernel.terms import Calendar
from guiju.site import clock

MODELS = (".bpmn", ".xml")
WORDS = {
    Answered.UNSOUND: "不可靠",
    Answered.UNDECIDED: "未定",
    Answered.NOT_EXECUTABLE: "不能执行",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding of the command's output; ``path`` is a counter-example in words."""

    file: str
    check: str
    message: str
    steps: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    line: int = 0
    mend: str = ""
    verdict: str = ""  # of a BPMN model's process: sound, unsound, undecided, not executable

    @property
    def status(self) -> int:
        """What it makes the command exit with: 0 holds, 1 finds, 2 cannot."""
        return {"sound": 0, "undecided": 2, "not executable": 2}.get(self.verdict, 1)


class Command(BaseCommand):
    """Prove powers before anybody relies on them."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to prove, and how to print it."""
        parser.add_argument("paths", nargs="+", type=Path)
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: object, paths: list[Path], **options: object) -> None:
        """Prove every path, say what was found."""
        today = clock.now().date()
        found: list[Line] = []
        is_unreadable = False
        for path in paths:
            try:
                is_model = path.suffix in MODELS
                lines = _model_lines(path, today) if is_model else _lines(path.resolve(), today)
                found += list(lines)
            except PackError as error:
                is_unreadable = True
                found.append(
                    Line(error.file, "读取", error.problem, line=error.line, mend=error.mend)
                )
        if options["json"]:
            rows = [asdict(line) for line in found]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
        else:
            self._tell(found, len(paths))
        status = max((line.status for line in found), default=0)
        if status or is_unreadable:
            sys.exit(2 if is_unreadable else status)

    def _tell(self, found: list[Line], count: int) -> None:
        for line in found:
            place = f"{line.file}:{line.line}" if line.line else line.file
            self.stdout.write(f"{place}: [{line.check}] {line.message} {line.mend}".rstrip())
            if line.path:
                self.stdout.write(f"    例如:{' → '.join(line.path)}")
        if not found:
            self.stdout.write(f"检查了 {count} 处,没有发现问题")


def _model_lines(path: Path, today: date) -> Iterator[Line]:
    """What is answered about each process of a BPMN model. Raises PackError."""
    file, model = str(path), read_model_file(path)
    if model.message_flows:
        count = model.message_flows
        note = f"{count}条消息流不参与证明,每个池分别证明"
        yield Line(file, "模型", note, verdict=Answered.SOUND)
    for each in verdicts(model):
        name = each.name or each.process
        if each.answer is Answered.SOUND:
            yield Line(file, "模型", f"{name}:可靠,总能走到结束", verdict=each.answer)
        for finding in each.findings:
            message = f"{name}:{finding.message}" if name else finding.message
            yield Line(
                file, WORDS[each.answer], message, (), finding.path, finding.line,
                verdict=each.answer,
            )  # fmt: skip
    if holds_power(model):
        found = recovered(model)
        yield from (Line(file, "扩展信息", remark) for remark in found.remarks)
        yield from _findings(file, found.power, None, today)


def _lines(path: Path, today: date) -> Iterator[Line]:
    """Everything found at a path. Raises PackError."""
    folder = path if path.is_dir() else path.parent.parent
    if not (folder / "pack.toml").exists():
        yield from _findings(str(path), read_one(path, today), None, today)
        return
    calendar = read_calendar(folder)
    files = sorted((folder / "powers").glob("*.toml")) if path.is_dir() else [path]
    if path.is_dir():
        read_pack(path, today)  # the rest of the pack is read too
    for file in files:
        yield from _findings(str(file), read_one(file, today), calendar, today)


def _findings(file: str, power: Power, calendar: Calendar | None, today: date) -> Iterator[Line]:
    for each in findings(power, today):
        message = f"{power.name}:{each.message}"
        yield Line(file, each.check, message, each.steps, each.path)
    for failure in failures(power, calendar) if calendar else ():
        yield Line(file, "示例", failure)
