"""Whether the people there are can keep the separations of a power.

Every step of an organ needs somebody who holds its post as A, and so many more as its controls
ask for; whom ``distinct`` keeps apart must be different people, wherever the one step can come
before the other on some run. The answer is one staffing of all steps at once, so that nobody is
needed in two places whatever way a case takes; or a smallest set of steps that cannot be staffed
together. A search over sets of people, the step with the fewest choices first.

B does not help: B acts only while A is away, and A who is kept out of a step is not away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.net import compile_net
from guiju.kernel.paths import Graph, Watch, broken, graph, moves
from guiju.kernel.power import APPLICANT, LAW, Power, Step

People = frozenset[str]
NOBODY: People = frozenset()


@dataclass(frozen=True, slots=True)
class Staff:
    """Who holds which post in one place: as A, and in any rank."""

    first: Mapping[str, People]
    all: Mapping[str, People]


@dataclass(frozen=True, slots=True)
class _Task:
    """The steps to be staffed, by whom each could be, and which must differ."""

    choices: Mapping[str, tuple[People, ...]]
    apart: Mapping[str, People]  # step → steps whose people must be others; both ways


def posts_of(power: Power) -> People:
    """The posts that somebody must hold for the power to run."""
    own = (post for step in power.steps for post in _needs(step))
    return frozenset(own) - {APPLICANT, LAW}


def unstaffed(power: Power, staff: Staff) -> tuple[str, ...]:
    """Ids of steps that cannot be staffed together, as few as possible; empty: all can."""
    steps = [step for step in power.steps if step.post not in (APPLICANT, LAW)]
    choices = {step.id: tuple(_choices(step, staff)) for step in steps}
    task = _Task(choices, _apart(power))
    if _staffing(task, tuple(choices)) is not None:
        return ()
    core = tuple(choices)
    for id_ in choices:
        fewer = tuple(each for each in core if each != id_)
        if _staffing(task, fewer) is None:
            core = fewer
    return core


def _needs(step: Step) -> dict[str, int]:
    """How many people of which post a step needs, its doer included."""
    needs = dict.fromkeys(step.several.posts if step.several else (step.post,), 1)
    for control in step.controls:
        if isinstance(control, PersonsMin):
            needs[control.post] = max(needs.get(control.post, 0), control.rule.value or 0)
    return needs


def _choices(step: Step, staff: Staff) -> Iterator[People]:
    """Sets of people who could do a step together, each with an A of its post."""
    groups = [
        [frozenset(chosen) for chosen in combinations(sorted(staff.all.get(post, NOBODY)), count)]
        for post, count in _needs(step).items()
    ]
    first = staff.first.get(step.post, NOBODY)
    for chosen in product(*groups):
        people = NOBODY.union(*chosen)
        if people & first:
            yield people


def _apart(power: Power) -> dict[str, People]:
    walked = graph(compile_net(power))
    apart: dict[str, set[str]] = {step.id: set() for step in power.steps}
    for step in power.steps:
        for control in step.controls:
            for other in control.steps if isinstance(control, Distinct) else ():
                if other != step.id and _comes_before(walked, other, step.id):
                    apart[step.id].add(other)
                    apart[other].add(step.id)
    return {id_: frozenset(others) for id_, others in apart.items()}


def _comes_before(walked: Graph, earlier: str, later: str) -> bool:
    owes = moves(walked.net, lambda move: move.step.id == earlier)
    bad = moves(walked.net, lambda move: move.step.id == later)
    return broken(walked, Watch(bad=bad, owes=owes)) is not None


def _staffing(task: _Task, steps: tuple[str, ...]) -> dict[str, People] | None:
    """One staffing of these steps, or None when there is none."""
    if not steps:
        return {}
    rarest = min(steps, key=lambda id_: len(task.choices[id_]))
    rest = tuple(each for each in steps if each != rarest)
    for people in task.choices[rarest]:
        left = {
            id_: tuple(c for c in task.choices[id_] if not c & people)
            if id_ in task.apart[rarest]
            else task.choices[id_]
            for id_ in rest
        }
        if all(left.values()):
            found = _staffing(_Task(left, task.apart), rest)
            if found is not None:
                return {rarest: people, **found}
    return None
