"""Soundness of a chart's net: every kind of fault at once, each with a shortest path to it.

A chart has few markings as a rule; they are walked as a case runs (``paths.graph``), and all is
read off. Where they are too many for that, as with twenty parallel branches, ``proof`` decides
on the net made small; it may say "undecided", it never guesses.
"""

from collections import defaultdict
from dataclasses import dataclass

from guiju.kernel.net import END, Net, Transition
from guiju.kernel.paths import MARKINGS_MAX, Graph, graph
from guiju.kernel.petri import Bag, Ending, PetriNet, bag
from guiju.kernel.petri import Transition as PetriTransition
from guiju.kernel.proof import Answer, Fault, Judgement, judge
from guiju.kernel.statespace import Kind

FEW = 5_000  # markings; charts of sixty steps have some hundreds

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


def soundness(net: Net, walked: Graph | None = None) -> Verdict:
    """Decide whether a net is sound, and if not, find all that is wrong with it.

    ``walked`` are its markings, if somebody has walked them already.
    """
    known = walked or graph(net, FEW)
    if known.is_whole:
        return _of_graph(known)
    judgement = judge(petri_net(net), MARKINGS_MAX)
    if judgement.answer is Answer.SOUND and judgement.double is None:
        return Verdict()
    known = walked or graph(net, MARKINGS_MAX)
    return _of_graph(known) if known.is_whole else _of_judgement(net, judgement)


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


def _of_graph(walked: Graph) -> Verdict:
    def shown(marking: int | None, besides: int = 0) -> tuple[Path, int] | None:
        return None if marking is None else (walked.path_to(marking), marking & ~besides)

    transitions, double = walked.net.transitions, None
    if walked.doubling:
        marking, index = walked.doubling[0]
        move = transitions[index]
        double = (*walked.path_to(marking), move), move.doubles(marking)
    # Beyond a doubled token the walk does not go on, so "out of reach" would prove nothing.
    stuck = None if double else shown(_lost(walked))
    left_over = shown(
        next((each for each in walked.after if each & END and each != END), None), END
    )
    fired = {index for ways in walked.after.values() for index, _ in ways}
    fired |= {index for _, index in walked.doubling}
    dead = tuple(move for index, move in enumerate(transitions) if index not in fired)
    return Verdict(stuck, double, left_over, dead)


def _lost(walked: Graph) -> int | None:
    """The nearest marking from which no end can be reached."""
    before: dict[int, list[int]] = defaultdict(list)
    for marking, ways in walked.after.items():
        for _, then in ways:
            before[then].append(marking)
    saved = {marking for marking in walked.after if marking & END}
    todo = list(saved)
    while todo:
        more = [each for each in before[todo.pop()] if each not in saved]
        saved.update(more)
        todo += more
    return next((marking for marking in walked.after if marking not in saved), None)


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
