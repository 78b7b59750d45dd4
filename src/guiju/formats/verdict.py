"""What is said of a net that came from a file: the answer, and each fault in the file's own words.

Undecided is said with what was tried. Nothing here knows the format: whoever reads one tells
what its places and transitions are called, and where they stand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from guiju.kernel.petri import Bag, PetriNet, Transition
from guiju.kernel.proof import Answer, Effort, Fault, judge
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
    """The answer about one process or net; without an id, about the whole file."""

    process: str
    name: str
    answer: Answered
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """What the parts of a net are called in its file; a move without a label is not told."""

    places: Mapping[str, str]
    move: Callable[[Transition], str]
    line: Callable[[Transition], int] = lambda _: 0


def judged(net: PetriNet, names: Names) -> tuple[Answered, tuple[Finding, ...]]:
    """The answer about a net, with all that is wrong."""
    judgement = judge(net)
    faults = [*judgement.faults, *([judgement.double] if judgement.double else [])]
    findings = tuple(_finding(net, fault, names) for fault in faults)
    if findings:
        return Answered.UNSOUND, findings
    if judgement.answer is Answer.UNDECIDED:
        return Answered.UNDECIDED, (Finding("undecided", _tried(judgement.effort)),)
    return Answered.SOUND, ()


def _tried(effort: Effort) -> str:
    return (
        f"没有定论:{effort.places}个库所、{effort.transitions}个变迁,化简为{effort.small_places}个、"
        f"{effort.small_transitions}个,走过{effort.markings:,}个状态(最多走{effort.markings_max:,}个)"
    )


def _finding(net: PetriNet, fault: Fault, names: Names) -> Finding:
    moves = fault.path or fault.dead
    path = tuple(move.label for move in fault.path if move.label)
    line = names.line(moves[-1]) if moves else 0
    if fault.kind is Kind.DEAD:
        dead = list(dict.fromkeys(map(names.move, fault.dead)))
        told = "、".join(f"“{name}”" for name in dead[:NAMES_MAX])
        return Finding(
            fault.kind, f"{told}{'等' if len(dead) > NAMES_MAX else ''}永远不会发生", (), line
        )
    marking = fault.marking or {}
    match fault.kind:
        case Kind.DOUBLE:
            doubled = {place: n for place, n in marking.items() if n > 1}
            message = f"会同时发生两次:{_where(doubled, names)}"
        case Kind.UNBOUNDED:
            message = f"会越积越多,没有尽头:{_where(_grown(net, fault), names)}"
        case Kind.LIVELOCK:
            message = "从此再也到不了结束,只会循环"
        case Kind.IMPROPER:
            message = f"已经结束,却还有没办完的:{_where(marking, names)}"
        case _:
            message = f"卡住,再也到不了结束:{_where(marking, names)}"
    return Finding(fault.kind, message, path, line)


def _grown(net: PetriNet, fault: Fault) -> Bag:
    """Where the last marking of a path holds more than an earlier one, all of which it holds."""
    marking = dict(net.initial)
    earlier = []
    for move in fault.path:
        earlier.append(marking)
        marking = move.fire(marking)
    for each in reversed(earlier):
        if each != marking and all(marking.get(place, 0) >= n for place, n in each.items()):
            return {place: n for place, n in marking.items() if n > each.get(place, 0)}
    return {}


def _where(marking: Bag, names: Names) -> str:
    words = dict.fromkeys(names.places[place] for place in marking)
    return ",".join(list(words)[:NAMES_MAX])
