"""Whether a model is sound, each of its processes for itself, told in its own words.

A process is sound when it can be over from wherever it gets to, every part of it can happen,
and no part is under way twice at once. The messages between pools are not played: each pool
is judged as if what it waits for could come.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from guiju.formats.bpmn.inward import holds_power
from guiju.formats.bpmn.model import Model, Process
from guiju.formats.bpmn.refusals import Refusal, refusals
from guiju.formats.bpmn.translation import Move, Translated, Untranslatable, translate
from guiju.kernel.petri import Bag, Transition
from guiju.kernel.proof import Answer, Fault, judge
from guiju.kernel.statespace import Kind

NAMES_MAX = 5  # of parts that are named in one finding


class Answered(StrEnum):
    """What is answered about a process."""

    SOUND = "sound"
    UNSOUND = "unsound"
    UNDECIDED = "undecided"
    NOT_EXECUTABLE = "not executable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong: its kind, a sentence, and the way to it in the names of the model."""

    kind: str
    message: str
    path: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one process; without an id, about the whole file."""

    process: str
    name: str
    answer: Answered
    findings: tuple[Finding, ...] = ()


def verdicts(model: Model) -> tuple[Verdict, ...]:
    """An answer for every process of a file that has something drawn in it."""
    refused = refusals(model)
    whole = tuple(map(_refused, (each for each in refused if not each.process)))
    found = [Verdict("", "", Answered.NOT_EXECUTABLE, whole)] if whole else []
    for process in model.processes:
        own = tuple(map(_refused, (each for each in refused if each.process == process.id)))
        if own:
            found.append(Verdict(process.id, process.name, Answered.NOT_EXECUTABLE, own))
        elif process.scope.nodes:
            found.append(_judged(model, process))
    return tuple(found)


def publication_refusals(model: Model) -> tuple[str, ...]:
    """Why a model is not published as a power; empty: it may be read as one."""
    problem = "模型不是由职权导出的,缺少依据、时限和防控措施,不能公布"
    return (*(() if holds_power(model) else (problem,)), *map(str, refusals(model)))


def _refused(refusal: Refusal) -> Finding:
    return Finding("not executable", str(refusal), line=refusal.line)


def _judged(model: Model, process: Process) -> Verdict:
    try:
        translated = translate(model, process)
    except Untranslatable as error:
        finding = Finding("undecided", str(error), line=process.scope.element.line)
        return Verdict(process.id, process.name, Answered.UNDECIDED, (finding,))
    judgement = judge(translated.net)
    faults = [*judgement.faults, *([judgement.double] if judgement.double else [])]
    findings = tuple(_finding(translated, fault) for fault in faults)
    if findings:
        return Verdict(process.id, process.name, Answered.UNSOUND, findings)
    if judgement.answer is Answer.UNDECIDED:
        findings = (Finding("undecided", "状态太多,没有走完", line=process.scope.element.line),)
        return Verdict(process.id, process.name, Answered.UNDECIDED, findings)
    return Verdict(process.id, process.name, Answered.SOUND)


def _finding(translated: Translated, fault: Fault) -> Finding:
    path = _path(fault.path)
    line = _line(fault.path or fault.dead, translated.moves)
    if fault.kind is Kind.DEAD:
        nodes = {translated.moves[each.name].node.words: None for each in fault.dead}
        names = "、".join(f"“{name}”" for name in list(nodes)[:NAMES_MAX])
        rest = "等" if len(nodes) > NAMES_MAX else ""
        return Finding(fault.kind, f"{names}{rest}永远不会发生", (), line)
    doubled = {place: n for place, n in (fault.marking or {}).items() if n > 1}
    match fault.kind:
        case Kind.DOUBLE:
            message = f"会同时发生两次:{_where(doubled, translated)}"
        case Kind.UNBOUNDED:
            message = f"会越积越多,没有尽头:{_where(_grown(fault, translated), translated)}"
        case Kind.LIVELOCK:
            message = "从此再也到不了结束,只会循环"
        case _:
            message = f"卡住,再也到不了结束:{_where(fault.marking or {}, translated)}"
    return Finding(fault.kind, message, path, line)


def _grown(fault: Fault, translated: Translated) -> Bag:
    """Where the last marking of a path holds more than an earlier one, all of which it holds."""
    marking = dict(translated.net.initial)
    earlier = []
    for move in fault.path:
        earlier.append(marking)
        marking = move.fire(marking)
    for each in reversed(earlier):
        if each != marking and all(marking.get(place, 0) >= n for place, n in each.items()):
            return {place: n for place, n in marking.items() if n > each.get(place, 0)}
    return {}


def _where(marking: Bag, translated: Translated) -> str:
    words = dict.fromkeys(translated.places[place] for place in marking)
    return ",".join(list(words)[:NAMES_MAX])


def _path(moves: tuple[Transition, ...]) -> tuple[str, ...]:
    return tuple(move.label for move in moves if move.label)


def _line(moves: tuple[Transition, ...], known: Mapping[str, Move]) -> int:
    return known[moves[-1].name].node.element.line if moves else 0
