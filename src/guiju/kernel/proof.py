"""Whether a net is sound: an answer for any net, with a shortest counter-example.

A net is sound when an ending can be reached from every marking that it can get into (option
to complete), when the tokens of an ending never come with others left behind (proper
completion), and when every transition can happen (W. van der Aalst and others, 2011). Whether
it is one-safe as well, no place ever holding two tokens, is told beside that: charts must
be, nets of others need not.

The net is first made small (``reduction``), then its markings are walked (``statespace``).
When a fault is found, the net as it was given is walked until the fault shows there too,
which gives a path that is shortest because the walk is breadth first. Only where that net is
too large is the path one of the small net, told in the transitions of the whole one, and then
``is_shortest`` is false.

``undecided`` is an honest answer: too many markings, or resets, with which soundness cannot
be decided in general. ``benchmarks/soundness.py`` holds the answers against published ones.
"""

from dataclasses import dataclass
from enum import StrEnum

from guiju.kernel.growth import shortest_growth
from guiju.kernel.petri import Bag, PetriNet, Transition
from guiju.kernel.reduction import Reduced, reduced, unreduced
from guiju.kernel.statespace import Kind, Space, walk

MARKINGS_MAX = 200_000  # a second or two
PATH_MARKINGS_MAX = 50_000  # of the whole net, looking for a shortest path
STEPS_MAX = 10_000  # of a path that was found on the small net


class Answer(StrEnum):
    """The three answers."""

    SOUND = "sound"
    UNSOUND = "unsound"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a net, and the shortest path of its transitions that shows it."""

    kind: Kind
    path: tuple[Transition, ...] = ()
    marking: Bag | None = None  # where the path leads; None where there is no path to tell
    dead: tuple[Transition, ...] = ()
    is_shortest: bool = True  # proven; if not, the path is right, but a shorter one may exist


@dataclass(frozen=True, slots=True)
class Effort:
    """What was tried, and how far it came."""

    places: int
    transitions: int
    small_places: int
    small_transitions: int
    markings: int  # of the small net, that were seen
    markings_max: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer; faults of soundness in the order of ``Kind``."""

    answer: Answer
    faults: tuple[Fault, ...]
    double: Fault | None  # the net is not one-safe
    is_whole: bool  # every fault is known; if not, the markings were too many for that
    effort: Effort

    @property
    def kinds(self) -> frozenset[Kind]:
        """All that was found, a doubled token included."""
        found = {fault.kind for fault in self.faults}
        return frozenset(found if self.double is None else {*found, Kind.DOUBLE})


def judge(
    net: PetriNet, markings_max: int = MARKINGS_MAX, *, is_reducing: bool = True
) -> Judgement:
    """Decide whether a net is sound; ``is_reducing=False`` is there to test the reduction."""
    small = reduced(net) if is_reducing else unreduced(net)
    space = walk(small.net, markings_max)
    sizes = len(net.places), len(net.transitions)
    small_sizes = len(small.net.places), len(small.net.transitions)
    effort = Effort(*sizes, *small_sizes, len(space.markings), markings_max)
    alive = small.alive(space.fired)
    kinds = _kinds(space, is_dead=alive.bit_count() < len(net.transitions))
    faults = _faults(net, small, space, kinds - {Kind.DEAD}) if kinds - {Kind.DEAD} else {}
    if Kind.DEAD in kinds:
        dead = (each for number, each in enumerate(net.transitions) if not alive >> number & 1)
        faults[Kind.DEAD] = Fault(Kind.DEAD, dead=tuple(dead))
    is_decided = space.is_whole or space.growth is not None
    unsound = tuple(faults[kind] for kind in Kind if kind in faults and kind is not Kind.DOUBLE)
    answer = Answer.UNSOUND if unsound else Answer.SOUND if is_decided else Answer.UNDECIDED
    return Judgement(answer, unsound, faults.get(Kind.DOUBLE), is_decided, effort)


def _kinds(space: Space, *, is_dead: bool) -> frozenset[Kind]:
    """What is wrong with a net; of an unbounded one, no more is told than that."""
    if space.growth is not None:
        return frozenset({Kind.UNBOUNDED})
    kinds = {kind for kind in Kind if space.shows(kind)}
    if space.is_whole and is_dead:
        kinds.add(Kind.DEAD)
    if space.is_whole and space.trap() is not None:
        kinds.add(Kind.LIVELOCK)
    return frozenset(kinds)


def _faults(
    net: PetriNet, small: Reduced, space: Space, kinds: frozenset[Kind]
) -> dict[Kind, Fault]:
    """Each kind with its path: on the whole net where that can be walked so far."""
    faults: dict[Kind, Fault] = {}
    shown = _shown(space)
    for kind in sorted(kinds):
        if kind is Kind.DEADLOCK and small.keeps_steps and space.is_whole:
            cheapest = space.cheapest(small.steps, space.deadlocks)
            faults[kind] = _fault(net, kind, small.path(cheapest, STEPS_MAX), is_shortest=True)
            continue
        whole = walk(net, PATH_MARKINGS_MAX, None if kind is Kind.LIVELOCK else kind)
        if whole.growth is not None:  # no more is told of an unbounded net
            growth, is_shortest = shortest_growth(whole, PATH_MARKINGS_MAX)
            return {Kind.UNBOUNDED: _fault(net, Kind.UNBOUNDED, growth, is_shortest=is_shortest)}
        in_whole = _shown(whole).get(kind)
        path = small.path(shown[kind], STEPS_MAX) if in_whole is None else in_whole
        faults[kind] = _fault(net, kind, path, is_shortest=in_whole is not None)
    return faults


def _fault(net: PetriNet, kind: Kind, path: tuple[int, ...] | None, *, is_shortest: bool) -> Fault:
    """A fault with its path walked to its end; a path that is too long is not told."""
    if path is None:
        return Fault(kind, is_shortest=False)
    moves = tuple(net.transitions[number] for number in path)
    marking = net.initial
    for move in moves:
        marking = move.fire(marking)
    return Fault(kind, moves, marking, is_shortest=is_shortest)


def _shown(space: Space) -> dict[Kind, tuple[int, ...]]:
    """The kinds that a walk shows, each with a path."""
    paths = {}
    for kind, numbers in ((Kind.DEADLOCK, space.deadlocks), (Kind.IMPROPER, space.improper)):
        if numbers:
            paths[kind] = space.path(numbers[0])
    if space.double is not None:
        paths[Kind.DOUBLE] = space.double[0]
    if space.growth is not None:
        paths[Kind.UNBOUNDED] = space.path(space.growth)
    trap = space.trap() if space.is_whole else None
    if trap is not None:
        paths[Kind.LIVELOCK] = space.path(trap)
    return paths
