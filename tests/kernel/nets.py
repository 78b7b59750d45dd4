"""Nets for tests and benchmarks: random ones, parallel branches, and those of a published set."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

from guiju.kernel.petri import Ending, PetriNet, Transition, bag


def random_net(random: Random) -> PetriNet:
    """Half of them wild, half a sound net of rows, choices, loops and forks with a few changes."""
    net = _wild(random) if random.random() < 0.5 else _built(random)
    endings = net.endings
    if random.random() < 0.25:
        endings = tuple(_ending(random, net.places) for _ in range(random.randint(1, 3)))
    return PetriNet(net.places, net.transitions, net.initial, endings)


def _wild(random: Random) -> PetriNet:
    places = tuple(f"p{i}" for i in range(random.randint(2, 7)))
    weights = [1, 1, 1, 2] if random.random() < 0.2 else [1]
    resets = random.random() < 0.25

    def some(least: int, most: int) -> dict[str, int]:
        chosen = random.sample(places, min(len(places), random.randint(least, most)))
        return {place: random.choice(weights) for place in chosen}

    transitions = tuple(
        Transition(
            f"t{i}",
            some(0 if random.random() < 0.03 else 1, 2),
            some(0 if random.random() < 0.1 else 1, 2),
            frozenset(some(1, 3)) if resets and random.random() < 0.4 else frozenset(),
        )
        for i in range(random.randint(1, 9))
    )
    initial = some(1, 2) if random.random() < 0.2 else {"p0": 1}
    return PetriNet(places, transitions, initial, (Ending({places[-1]: 1}),))


def _ending(random: Random, places: tuple[str, ...]) -> Ending:
    free = frozenset(place for place in places if random.random() < 0.2)
    rest = sorted(set(places) - free)
    tokens = random.sample(rest, min(len(rest), random.choice([0, 1, 1, 1, 2])))
    return Ending(bag(tokens), free)


class _Builder:
    """A sound workflow net, grown from one place to one place by blocks."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.places = ["i", "o"]
        self.moves: list[tuple[dict[str, int], dict[str, int], set[str]]] = []
        self.regions: list[list[str]] = []  # the places within each fork

    def place(self) -> str:
        self.places.append(f"p{len(self.places)}")
        return self.places[-1]

    def block(self, first: str, last: str, depth: int) -> None:
        shape = self.random.choice(["step", "row", "choice", "loop", "fork", "fork"])
        if not depth:
            shape = "step"
        if shape == "row":
            between = self.place()
            self.block(first, between, depth - 1)
            self.block(between, last, depth - 1)
        elif shape == "choice":
            for _ in range(self.random.randint(2, 3)):
                self.block(first, last, depth - 1)
        elif shape == "loop":
            back = self.place()
            self.block(first, back, depth - 1)
            self.moves.append(({back: 1}, {last: 1}, set()))
            self.block(back, first, depth - 1) if self.random.random() < 0.3 else None
        elif shape == "fork":
            begin = len(self.places)
            branches = [(self.place(), self.place()) for _ in range(self.random.randint(2, 3))]
            self.moves.append(({first: 1}, bag(a for a, _ in branches), set()))
            for a, b in branches:
                self.block(a, b, depth - 1)
            self.moves.append((bag(b for _, b in branches), {last: 1}, set()))
            self.regions.append(self.places[begin:])
        else:
            self.moves.append(({first: 1}, {last: 1}, set()))


def _built(random: Random) -> PetriNet:
    builder = _Builder(random)
    builder.block("i", "o", random.randint(1, 3))
    places, moves = builder.places, builder.moves
    if builder.regions and random.random() < 0.3:  # back out of all branches at once
        region = random.choice(builder.regions)
        back = random.choice([place for place in places if place != "o"])
        moves.append(({random.choice(region): 1}, {back: 1}, set(region)))
    for _ in range(random.choice([0, 1, 1, 2, 3])):
        take, put, clear = random.choice(moves)
        change = random.randrange(6)
        if change < 2:
            (take, put)[change].setdefault(random.choice(places), 1)
        elif change < 4 and len((take, put)[change - 2]) > 1:
            (take, put)[change - 2].popitem()
        elif change == 4:
            moves.append(({random.choice(places): 1}, {random.choice(places): 1}, set()))
        elif random.random() < 0.3:
            clear.add(random.choice(places))
    transitions = tuple(
        Transition(f"t{i}", take, put, frozenset(clear))
        for i, (take, put, clear) in enumerate(moves)
    )
    return PetriNet(tuple(places), transitions, {"i": 1}, (Ending({"o": 1}),))


def parallel(branches: int) -> PetriNet:
    """One fork, so many branches of two steps each, one join."""
    names = [f"{i:02}" for i in range(branches)]
    places = ("i", "o", *(f"{each}{part}" for each in names for part in "abc"))
    transitions = [Transition("fork", {"i": 1}, bag(f"{each}a" for each in names))]
    for each in names:
        transitions.append(Transition(f"{each}1", {f"{each}a": 1}, {f"{each}b": 1}))
        transitions.append(Transition(f"{each}2", {f"{each}b": 1}, {f"{each}c": 1}))
    transitions.append(Transition("join", bag(f"{each}c" for each in names), {"o": 1}))
    return PetriNet(places, tuple(transitions), {"i": 1}, (Ending({"o": 1}),))


def published(data: Path) -> Iterator[tuple[str, PetriNet, bool]]:
    """Industrial nets with their published verdict (D. Fahland and others, 2011).

    They end when only sinks are marked, and "sound" there means one-safe, too.
    """
    with gzip.open(data / "soundness" / "ibm-dev.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            transitions = tuple(
                Transition(each["name"], bag(each["in"]), bag(each["out"]))
                for each in row["transitions"]
            )
            ending = Ending({}, frozenset(row["finals"]))
            places = tuple(row["places"])
            yield (
                row["name"],
                PetriNet(places, transitions, row["initial"], (ending,)),
                row["sound"],
            )
