"""Petri nets in general: places that hold any number of tokens, weights, resets, several endings.

A chart is a small, well-behaved net (``net``); what others publish is not. Here a net is a
value: a transition takes tokens, then empties the places of its cancellation region
(``clear``, the reset arcs of YAWL), then puts tokens. ``proof.judge`` decides whether such a
net is sound.

Terms as in W. van der Aalst and others, "Soundness of workflow nets: classification,
decidability, and analysis", Formal Aspects of Computing 23 (2011).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Bag = Mapping[str, int]
"""Tokens: place → how many; places without tokens are left out. A marking is one."""


class NetError(ValueError):
    """A net that means nothing: a name twice, an arc to nowhere, a negative weight."""


@dataclass(frozen=True, slots=True)
class Transition:
    """Takes, clears, puts, in this order and at once."""

    name: str
    take: Bag
    put: Bag
    clear: frozenset[str] = frozenset()  # the places it empties
    label: str = ""  # for people; two transitions may share one

    def is_enabled(self, marking: Bag) -> bool:
        """Whether all the tokens it takes are there."""
        return all(marking.get(place, 0) >= count for place, count in self.take.items())

    def fire(self, marking: Bag) -> dict[str, int]:
        """The marking after it; the slow and plain definition that the fast ones must meet."""
        after = {place: n - self.take.get(place, 0) for place, n in marking.items()}
        after = {place: n for place, n in after.items() if n and place not in self.clear}
        for place, count in self.put.items():
            after[place] = after.get(place, 0) + count
        return after


@dataclass(frozen=True, slots=True)
class Ending:
    """A way to end: exactly these tokens, and any number of tokens in the ``free`` places.

    A workflow net has one ending, one token in its sink. A net with implicit termination, as
    many modelling tools draw it, has one ending of no tokens whose free places are its sinks.
    """

    tokens: Bag
    free: frozenset[str] = frozenset()

    def holds(self, marking: Bag) -> bool:
        """Whether a marking is this ending."""
        bound = {place: n for place, n in marking.items() if n and place not in self.free}
        return bound == dict(self.tokens)

    def is_covered(self, marking: Bag) -> bool:
        """Whether its tokens are there, perhaps among others; never, where it asks for none."""
        has_all = all(marking.get(place, 0) >= n for place, n in self.tokens.items())
        return has_all and bool(self.tokens)


@dataclass(frozen=True, slots=True)
class PetriNet:
    """A net with its first marking and the markings in which it may end."""

    places: tuple[str, ...]
    transitions: tuple[Transition, ...]
    initial: Bag
    endings: tuple[Ending, ...]

    def __post_init__(self) -> None:
        """Refuse what means nothing."""
        names = [each.name for each in self.transitions]
        if len(set(self.places)) < len(self.places) or len(set(names)) < len(names):
            raise NetError("a name stands twice")
        bags = [self.initial, *(each.tokens for each in self.endings)]
        bags += [bag for each in self.transitions for bag in (each.take, each.put)]
        named = {place for bag in bags for place in bag}
        named.update(place for each in self.transitions for place in each.clear)
        named.update(place for each in self.endings for place in each.free)
        strange = named.difference(self.places)
        if strange:
            raise NetError(f"no such places: {', '.join(sorted(strange))}")
        if any(count < 1 for bag in bags for count in bag.values()):
            raise NetError("a number of tokens below one; leave the place out")
        if any(each.free.intersection(each.tokens) for each in self.endings):
            raise NetError("an ending both asks for tokens in a place and leaves it free")

    def sinks(self) -> tuple[str, ...]:
        """The places from which nothing is ever taken."""
        taken = {place for each in self.transitions for place in each.take}
        return tuple(place for place in self.places if place not in taken)


def bag(places: Iterable[str]) -> dict[str, int]:
    """One token for each name; a name that stands twice gives two.

    >>> bag(["a", "b", "a"])
    {'a': 2, 'b': 1}
    """
    tokens: dict[str, int] = {}
    for place in places:
        tokens[place] = tokens.get(place, 0) + 1
    return tokens
