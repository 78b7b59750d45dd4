"""``guiju check PATH… [--json] [--svg DIR]``: prove packs, power files, BPMN or PNML models.

A PATH is a pack's folder or the file of one power. The file finds the rules of the pack it
lies in, and its calendar, so that its examples are run as well. Of a BPMN model each process
is judged for itself, and the power too if it came from one; a PNML file holds one net. Exit
status 0: all hold. 1: something was found. 2: something cannot be read, executed or decided.
With --svg, what is found in a chart is drawn on it, the counter-example in red, one file each.

Its module is called ``prove`` because Django has a command ``check`` of its own, for the
settings: ``python -m django check --deploy``.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand

from guiju.formats.bpmn.inward import holds_power, recovered
from guiju.formats.bpmn.model import read_model_file
from guiju.formats.bpmn.proof import verdicts
from guiju.formats.packs import PackError, read_calendar, read_one, read_pack, read_rules
from guiju.formats.pnml import PnmlError, net_verdict, read_pnml
from guiju.formats.staffing import staffing_findings
from guiju.formats.verdict import Answered, Verdict
from guiju.kernel.checks import NO_RULES, findings
from guiju.kernel.checks.finding import Finding
from guiju.kernel.draw import CounterExample, chart_svg
from guiju.kernel.examples import failures
from guiju.kernel.power import Power
from guiju.kernel.rules import Rule
from guiju.kernel.terms import Calendar
from guiju.site import clock

MODELS = (".bpmn", ".xml")
NETS = (".pnml",)
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
    svg: str = ""
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
        parser.add_argument("--svg", type=Path, help="a folder for drawings of what is found")

    def handle(
        self, *args: object, paths: list[Path], svg: Path | None = None, **options: object
    ) -> None:
        """Prove every path, say what was found."""
        today = clock.now().date()
        if svg:
            svg.mkdir(parents=True, exist_ok=True)
        found: list[Line] = []
        is_unreadable = False
        for path in paths:
            try:
                found += list(_reader(path)(path.resolve(), today, svg))
            except (PackError, PnmlError) as error:
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
            if line.svg:
                self.stdout.write(f"    图:{line.svg}")
        if not found:
            self.stdout.write(f"检查了 {count} 处,没有发现问题")


def _reader(path: Path) -> Callable[[Path, date, Path | None], Iterator[Line]]:
    if path.suffix in NETS:
        return _net_lines
    return _model_lines if path.suffix in MODELS else _lines


def _model_lines(path: Path, today: date, svg: Path | None) -> Iterator[Line]:
    """What is answered about each process of a BPMN model. Raises PackError."""
    file, model = str(path), read_model_file(path)
    if model.message_flows:
        count = model.message_flows
        note = f"{count}条消息流不参与证明,每个池分别证明"
        yield Line(file, "模型", note, verdict=Answered.SOUND)
    for each in verdicts(model):
        yield from _verdict_lines(file, each)
    if holds_power(model):
        found = recovered(model)
        yield from (Line(file, "扩展信息", remark) for remark in found.remarks)
        yield from _findings(file, found.power, today, NO_RULES, svg)


def _net_lines(path: Path, today: date, svg: Path | None) -> Iterator[Line]:
    """What is answered about a net. Raises PnmlError."""
    yield from _verdict_lines(str(path), net_verdict(read_pnml(path)))


def _verdict_lines(file: str, each: Verdict) -> Iterator[Line]:
    name = each.name or each.process
    if each.answer is Answered.SOUND:
        yield Line(file, "模型", f"{name}:可靠,总能走到结束", verdict=each.answer)
    for finding in each.findings:
        message = f"{name}:{finding.message}" if name else finding.message
        yield Line(
            file, WORDS[each.answer], message, (), finding.path, finding.line, verdict=each.answer
        )


def _lines(path: Path, today: date, svg: Path | None) -> Iterator[Line]:
    """Everything found at a path. Raises PackError."""
    folder = path if path.is_dir() else path.parent.parent
    if not (folder / "pack.toml").exists():
        yield from _findings(str(path), read_one(path, today), today, NO_RULES, svg)
        return
    if not path.is_dir():
        rules, calendar = read_rules(folder, today), read_calendar(folder)
        power = read_one(path, today)
        yield from _findings(str(path), power, today, rules, svg)
        yield from _examples(str(path), power, calendar)
        return
    pack = read_pack(path, today)
    files = sorted((folder / "powers").glob("*.toml"))
    for file, power in zip(files, pack.powers, strict=True):
        yield from _findings(str(file), power, today, pack.rules, svg)
        yield from _examples(str(file), power, pack.calendar)
        for each in staffing_findings(pack, power, today):
            yield Line(str(file), each.check, f"{power.name}:{each.message}", each.steps)


def _examples(file: str, power: Power, calendar: Calendar) -> Iterator[Line]:
    for failure in failures(power, calendar):
        yield Line(file, "示例", failure)


def _findings(
    file: str, power: Power, today: date, rules: Mapping[str, Rule], svg: Path | None
) -> Iterator[Line]:
    for number, each in enumerate(findings(power, today, rules), 1):
        message = f"{power.name}:{each.message}"
        picture = ""
        if svg and (each.steps or each.path):
            picture = str(svg / f"{Path(file).stem}-{number}-{each.check}.svg")
            Path(picture).write_text(_drawing(power, each), encoding="utf-8")
        yield Line(file, each.check, message, each.steps, each.path, svg=picture)


def _drawing(power: Power, found: Finding) -> str:
    """The chart with what was found on it; a path of names alone is told in words."""
    message = f"[{found.check}] {found.message}" if found.moves else str(found)
    return chart_svg(power, risks=False, path=CounterExample(message, found.moves, found.steps))
