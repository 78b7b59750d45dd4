"""Fusion leaves alone what a record can tell."""

import itertools

from guiju.kernel.behaviour import behaviour_of_net
from guiju.kernel.fusion import fused
from guiju.kernel.petri import Ending, PetriNet, Transition, bag
from guiju.kernel.replay import replay


def net(*moves: str, first: str = "i", last: str = "o") -> PetriNet:
    """Transitions as ``label:take>put``, places by single letters."""
    parts = [each.replace(">", ":").split(":") for each in moves]
    places = sorted({place for _, take, put in parts for place in take + put})
    transitions = (
        Transition(f"t{i}", bag(take), bag(put), label=label)
        for i, (label, take, put) in enumerate(parts)
    )
    return PetriNet(tuple(places), tuple(transitions), bag(first), (Ending(bag(last)),))


def language(of: PetriNet, length: int = 4) -> set[str]:
    """All words up to a length that the net accepts, without fusion: by firing."""
    labels = sorted({each.label for each in of.transitions} - {""})
    words = (w for n in range(length + 1) for w in itertools.product(labels, repeat=n))
    return {"".join(word) for word in words if accepts(of, word)}


def accepts(of: PetriNet, word: tuple[str, ...]) -> bool:
    todo, seen = [(tuple(sorted(of.initial.items())), 0)], set()
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        marking, read = dict(node[0]), node[1]
        if read == len(word) and of.endings[0].holds(marking):
            return True
        for each in of.transitions:
            if each.is_enabled(marking) and each.label in ("", *word[read : read + 1]):
                after = {k: v for k, v in each.fire(marking).items() if v}
                todo.append((tuple(sorted(after.items())), read + bool(each.label)))
    return False


NETS = {
    "a chain": net("a:i>p", ":p>q", "b:q>o"),
    "a choice made in silence": net(":i>p", ":i>q", "a:p>o", "b:q>o"),
    "a loop back in silence": net("a:i>p", ":p>i", "b:p>o"),
    "branches": net(":i>pq", "a:p>r", "b:q>s", ":r>t", ":s>u", ":tu>o"),
    "an end that could be left": net("a:i>o", ":o>p", "b:p>o"),
    "a silent way to the end": net("a:i>p", ":p>o", "b:p>p"),
}


def test_no_record_tells_the_difference() -> None:
    for name, whole in NETS.items():
        expected = language(whole)
        assert language(fused(whole)) == expected, name
        behaviour = behaviour_of_net(whole)
        letters = sorted({each.label for each in whole.transitions} - {""})
        for n in range(5):
            for word in itertools.product(letters, repeat=n):
                fits = replay(behaviour, [(letter, "") for letter in word]).fits
                assert fits == ("".join(word) in expected), (name, word)


def test_a_chain_becomes_shorter() -> None:
    assert len(fused(NETS["a chain"]).transitions) == 2
