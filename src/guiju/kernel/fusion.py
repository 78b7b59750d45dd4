"""Fusion of places that only silent moves lie between: a record cannot tell them apart.

Models that tools draw or discover are full of silent transitions, and each of them multiplies the
markings at which a case may be. Where a silent transition from one place to another is the only
way out of the first, or the only way into the second, the two are one place to whoever sees only
what is recorded (fusion of series places, T. Murata, Petri nets, Proc. IEEE 77, 1989).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from guiju.kernel.petri import Bag, PetriNet, Transition


def fused(net: PetriNet) -> PetriNet:
    """The same net to its records, with fewer silent moves (transitions without a label)."""
    kept = {place for ending in net.endings for place in (*ending.tokens, *ending.free)}
    kept.update(place for each in net.transitions for place in each.clear)
    while True:
        found = _fusible(net, kept)
        if found is None:
            return net
        net = _without(net, found)


def _fusible(net: PetriNet, kept: set[str]) -> Transition | None:
    """A silent transition between two places that are one to records."""
    taken = Counter(place for each in net.transitions for place in each.take)
    put = Counter(place for each in net.transitions for place in each.put)
    for each in net.transitions:
        if each.label or list(each.take.values()) != [1] or list(each.put.values()) != [1]:
            continue
        (first,), (second,) = each.take, each.put
        is_only = taken[first] == 1 or (put[second] == 1 and second not in net.initial)
        if first not in kept and (is_only or first == second):
            return each
    return None


def _without(net: PetriNet, gone: Transition) -> PetriNet:
    (first,), (second,) = gone.take, gone.put

    def moved(tokens: Bag) -> Bag:
        named = ((second if place == first else place, count) for place, count in tokens.items())
        return _added(named)

    return replace(
        net,
        places=tuple(place for place in net.places if place != first or first == second),
        initial=moved(net.initial),
        transitions=tuple(
            replace(each, take=moved(each.take), put=moved(each.put))
            for each in net.transitions
            if each is not gone
        ),
    )


def _added(tokens: Iterable[tuple[str, int]]) -> Bag:
    whole: Counter[str] = Counter()
    for place, count in tokens:
        whole[place] += count
    return dict(whole)
