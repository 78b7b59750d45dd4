"""Soundness of a chart's net: every kind of fault at once, each with a shortest path to it.

``proof`` decides whether the net is sound and one-safe, which a chart must be. Only if it is
not, its markings are walked as a case runs, not beyond a second token in a place and not
beyond an end, so that whoever drew the chart sees all that is wrong with it.

The walk stops at ``MARKINGS_MAX`` markings and then says "undecided": it never guesses.
"""

from dataclasses import dataclass

from guiju.kernel.net import END, Net, Transition
from guiju.kernel.petri import Bag, Ending, PetriNet, bag
from guiju.kernel.petri import Transition as PetriTransition
from guiju.kernel.proof import Answer, Fault, Judgement, judge
from guiju.kernel.statespace import Kind, Space, walk_one_safe

MARKINGS_MAX = 200_000  # a second or two; charts of sixty steps have a few thousand

Path = tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; all empty and decided: the net is sound."""

    stuck: tuple[Path, int] | None = None  # a path after which the end is out of reach
    double: tuple[Path, int] | None = None  # a path whose last transition doubles a token
    left_over: tuple[Path, int] | None = None  # a path that ends with tokens left behind
    dead: tuple[Transition, ...] = ()  # transitions that can never happen
    is_decided: bool = True  # if not, something may be wrong beside what was found

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found and nothing can be."""
        return self.is_decided and not (self.stuck or self.double or self.left_over or self.dead)


def soundness(net: Net) -> Verdict:
    """Decide whether a net is sound, and if not, find all that is wrong with it."""
    petri = petri_net(net)
    judgement = judge(petri, MARKINGS_MAX)
    if judgement.answer is Answer.SOUND and judgement.double is None:
        return Verdict()
    space = walk_one_safe(petri, MARKINGS_MAX)
    return _of_space(net, space) if space.is_whole else _of_judgement(net, judgement)


def petri_net(net: Net) -> PetriNet:
    """A chart's net as any other; its places are named by their bits, 0 being the end."""
    return PetriNet(
        tuple(str(bit) for bit in range(len(net.places))),
        tuple(
            PetriTransition(
                str(number),
                _tokens(move.take),
                _tokens(move.put),
                frozenset(_tokens(move.clear)),
                f"{move.step.name}({move.outcome.name})",
            )
            for number, move in enumerate(net.transitions)
        ),
        _tokens(net.initial),
        (Ending(_tokens(END)),),
    )


def _tokens(marking: int) -> dict[str, int]:
    return bag(str(bit) for bit in range(marking.bit_length()) if marking >> bit & 1)


def _bits(places: Bag, least: int = 1) -> int:
    return sum(1 << int(place) for place, count in places.items() if count >= least)


def _of_space(net: Net, space: Space) -> Verdict:
    def path(numbers: tuple[int, ...]) -> Path:
        return tuple(net.transitions[number] for number in numbers)

    def shown(number: int | None, besides: int = 0) -> tuple[Path, int] | None:
        if number is None:
            return None
        return path(space.path(number)), space.markings[number] & ~besides

    double = None if space.double is None else (path(space.double[0]), space.double[1])
    # Beyond a doubled token the walk does not go on, so "out of reach" would prove nothing.
    stuck = None if double else shown(space.lost((*space.ends, *space.improper)))
    left_over = shown(next(iter(space.improper), None), END)
    dead = (move for number, move in enumerate(net.transitions) if number not in space.fired)
    return Verdict(stuck, double, left_over, tuple(dead))


def _of_judgement(net: Net, judgement: Judgement) -> Verdict:
    """What was found on the small net, where the markings of the whole one are too many."""
    faults = {each.kind: each for each in judgement.faults}

    def shown(fault: Fault | None, besides: int = 0, least: int = 1) -> tuple[Path, int] | None:
        if fault is None or fault.marking is None:
            return None
        path = tuple(net.transitions[int(move.name)] for move in fault.path)
        return path, _bits(fault.marking, least) & ~besides

    return Verdict(
        shown(faults.get(Kind.DEADLOCK) or faults.get(Kind.LIVELOCK)),
        shown(judgement.double, least=2),
        shown(faults.get(Kind.IMPROPER), END),
        is_decided=False,
    )
