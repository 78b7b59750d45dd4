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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.net import compile_net
from guiju.kernel.paths import Graph, following, graph
from guiju.kernel.power import APPLICANT, LAW, Outcome, Power, Step
from guiju.kernel.program import asked

People = frozenset[str]
NOBODY: People = frozenset()


@dataclass(frozen=True, slots=True)
class Staff:
    """Who holds which post in one place: as A, and in any rank."""

    first: Mapping[str, People]
    all: Mapping[str, People]


Part = tuple[str, str]  # a step, and the post that chooses some of its outcomes


@dataclass(frozen=True, slots=True)
class Duties:
    """What is to be staffed: how many of which post each part needs, and which must differ.

    Steps are those of the unfolded power.
    """

    needs: Mapping[Part, Mapping[str, int]]
    apart: Mapping[Part, frozenset[Part]]  # part → parts whose people must be others; both ways
    names: Mapping[str, str]  # of the steps

    @property
    def posts(self) -> People:
        """The posts that somebody must hold for the power to run."""
        return frozenset(post for needs in self.needs.values() for post in needs)


def duties(power: Power) -> Duties:
    """The duties of a power. Raises ChartError where its parts do not fit together."""
    net = compile_net(power)
    parts = {part: step for step in net.power.steps for part in _parts(step)}
    needs = {part: _needs(step, part) for part, step in parts.items()}
    names = {step.id: step.name for step in net.power.steps}
    return Duties(needs, _apart(graph(net), parts), names)


def unstaffed(all_: Duties, staff: Staff) -> tuple[str, ...]:
    """Ids of steps that cannot be staffed together, as few as possible; empty: all can."""
    choices = {part: tuple(_choices(needs, part, staff)) for part, needs in all_.needs.items()}
    if _staffing(all_, choices) is not None:
        return ()
    core = choices
    for part in choices:
        fewer = {each: core[each] for each in core if each != part}
        if _staffing(all_, fewer) is None:
            core = fewer
    return tuple(dict.fromkeys(step for step, _ in core))


def _parts(step: Step) -> Iterator[Part]:
    """The parts of a step that officials do: its own post's, and those of posts beside it."""
    for post in dict.fromkeys(_chooser(step, outcome) for outcome in step.outcomes):
        if post not in (APPLICANT, LAW):
            yield step.id, post


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


def _apart(walked: Graph, parts: Mapping[Part, Step]) -> dict[Part, frozenset[Part]]:
    """Whom ``distinct`` keeps apart; what was done beside a step's work is no doing of it."""
    moves = {(m.step.id, m.outcome.id): i for i, m in enumerate(walked.net.transitions)}
    apart: dict[Part, set[Part]] = defaultdict(set)
    for earlier, step in parts.items():
        kept_out = {
            part: frozenset(moves[part[0], o.id] for o in _keeping_out(each, part, step.id))
            for part, each in parts.items()
            if part[0] != step.id
        }
        if any(kept_out.values()):
            did = (moves[step.id, o.id] for o in _chosen(step, earlier) if not o.aside)
            later = following(walked, frozenset(did))
            for part, kept in kept_out.items():
                if later & kept:
                    apart[part].add(earlier)
                    apart[earlier].add(part)
    return {part: frozenset(others) for part, others in apart.items()}


def _keeping_out(step: Step, part: Part, earlier: str) -> list[Outcome]:
    """The outcomes that nobody may choose who did the earlier step."""
    controls = tuple(c for c in step.controls if isinstance(c, Distinct) and earlier in c.steps)
    return [each for each in _chosen(step, part) if asked(controls, each)]


def _chosen(step: Step, part: Part) -> Iterator[Outcome]:
    """The outcomes of a step that are a part's to choose."""
    return (outcome for outcome in step.outcomes if _chooser(step, outcome) == part[1])


def _staffing(
    all_: Duties, choices: Mapping[Part, tuple[People, ...]]
) -> dict[Part, People] | None:
    """One staffing of these parts, or None when there is none."""
    if not choices:
        return {}
    rarest = min(choices, key=lambda part: len(choices[part]))
    others = all_.apart.get(rarest, frozenset())
    for people in choices[rarest]:
        left = {
            part: tuple(each for each in sets if not each & people) if part in others else sets
            for part, sets in choices.items()
            if part != rarest
        }
        if all(left.values()):
            found = _staffing(all_, left)
            if found is not None:
                return {rarest: people, **found}
    return None
