"""Whether the people there are can keep the separations of a power.

Every step of an organ needs somebody who holds its post as A, and so many more as its controls
ask for; an outcome of another post needs somebody who holds that. Whom ``distinct`` keeps apart
must be different people, wherever the one step can come before the other on some run. The answer
is one staffing of all steps at once, so that nobody is needed in two places whatever way a case
takes; or a smallest set of steps that cannot be staffed together. A search over sets of people,
the part with the fewest choices first.

B does not help: B acts only while A is away, and A who is kept out of a step is not away.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.net import compile_net
from guiju.kernel.paths import Graph, Watch, broken, graph, moves
from guiju.kernel.power import APPLICANT, LAW, Outcome, Power, Step
from guiju.kernel.program import asked
from guiju.kernel.unfold import unfold

People = frozenset[str]
NOBODY: People = frozenset()


@dataclass(frozen=True, slots=True)
class Staff:
    """Who holds which post in one place: as A, and in any rank."""

    first: Mapping[str, People]
    all: Mapping[str, People]


Part = tuple[str, str]  # a step, and the post that chooses some of its outcomes


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be staffed, by whom each part could be, and which must differ."""

    choices: Mapping[Part, tuple[People, ...]]
    apart: Mapping[Part, frozenset[Part]]  # part → parts whose people must be others; both ways


def posts_needed(power: Power) -> People:
    """The posts that somebody must hold for the power to run."""
    whole = unfold(power)
    return frozenset(
        post for step, parts in _parts(whole) for part in parts for post in _needs(step, part)
    )


def unstaffed(power: Power, staff: Staff) -> tuple[str, ...]:
    """Ids of steps that cannot be staffed together, as few as possible; empty: all can.

    They are ids of the unfolded power.
    """
    whole = unfold(power)
    choices = {
        part: tuple(_choices(_needs(step, part), part, staff))
        for step, parts in _parts(whole)
        for part in parts
    }
    task = _Task(choices, _apart(power))
    if _staffing(task, tuple(choices)) is not None:
        return ()
    core = tuple(choices)
    for part in choices:
        fewer = tuple(each for each in core if each != part)
        if _staffing(task, fewer) is None:
            core = fewer
    return tuple(dict.fromkeys(step for step, _ in core))


def _parts(whole: Power) -> Iterator[tuple[Step, tuple[Part, ...]]]:
    """The steps of officials, each with its own post and those that choose for it."""
    for step in whole.steps:
        posts = dict.fromkeys(_chooser(step, outcome) for outcome in step.outcomes)
        parts = tuple((step.id, post) for post in posts if post not in (APPLICANT, LAW))
        if parts:
            yield step, parts


def _chooser(step: Step, outcome: Outcome) -> str:
    return LAW if outcome.after else outcome.post or step.post


def _needs(step: Step, part: Part) -> dict[str, int]:
    """How many people of which post a part needs, whoever chooses included."""
    _, chooser = part
    if chooser != step.post:
        return {chooser: 1}
    needs = dict.fromkeys(step.several.posts if step.several else (step.post,), 1)
    for control in step.controls:
        if isinstance(control, PersonsMin):
            needs[control.post] = max(needs.get(control.post, 0), control.rule.value or 0)
    return needs


def _choices(needs: Mapping[str, int], part: Part, staff: Staff) -> Iterator[People]:
    """Sets of people who could do a part together, each with an A of its post."""
    groups = [
        [frozenset(chosen) for chosen in combinations(sorted(staff.all.get(post, NOBODY)), count)]
        for post, count in needs.items()
    ]
    first = staff.first.get(part[1], NOBODY)
    for chosen in product(*groups):
        people = NOBODY.union(*chosen)
        if people & first:
            yield people


def _apart(power: Power) -> dict[Part, frozenset[Part]]:
    whole, walked = unfold(power), graph(compile_net(power))
    parts = [(step, part) for step, own in _parts(whole) for part in own]
    apart: dict[Part, set[Part]] = defaultdict(set)
    for (step, part), (other, earlier) in product(parts, repeat=2):
        named = (c for c in step.controls if isinstance(c, Distinct) and other.id in c.steps)
        kept = {
            outcome.id
            for control in named
            for outcome in _chosen(step, part)
            if asked((control,), outcome)
        }
        did = {outcome.id for outcome in _chosen(other, earlier) if not outcome.aside}
        if step.id != other.id and kept and _comes_before(walked, other.id, did, step.id, kept):
            apart[part].add(earlier)
            apart[earlier].add(part)
    return {part: frozenset(others) for part, others in apart.items()}


def _chosen(step: Step, part: Part) -> Iterator[Outcome]:
    """The outcomes of a step that are a part's to choose."""
    return (outcome for outcome in step.outcomes if _chooser(step, outcome) == part[1])


def _comes_before(
    walked: Graph, earlier: str, did: Collection[str], later: str, kept: Collection[str]
) -> bool:
    owes = moves(walked.net, lambda move: move.step.id == earlier and move.outcome.id in did)
    bad = moves(walked.net, lambda move: move.step.id == later and move.outcome.id in kept)
    return broken(walked, Watch(bad=bad, owes=owes)) is not None


def _staffing(task: _Task, parts: tuple[Part, ...]) -> dict[Part, People] | None:
    """One staffing of these parts, or None when there is none."""
    if not parts:
        return {}
    rarest = min(parts, key=lambda part: len(task.choices[part]))
    rest = tuple(each for each in parts if each != rarest)
    others = task.apart.get(rarest, frozenset())
    for people in task.choices[rarest]:
        left = {
            part: tuple(c for c in task.choices[part] if not c & people)
            if part in others
            else task.choices[part]
            for part in rest
        }
        if all(left.values()):
            found = _staffing(_Task(left, task.apart), rest)
            if found is not None:
                return {rarest: people, **found}
    return None
