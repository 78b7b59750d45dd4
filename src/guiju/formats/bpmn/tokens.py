"""A Petri net as a value, and the walk through its markings while each place holds one token.

A stand-in with the names and the shape of ``guiju.kernel.petri``, which is to take its place.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Bag = Mapping[str, int]
"""Tokens: place → how many; places without tokens are left out."""


@dataclass(frozen=True, slots=True)
class Transition:
    """Takes, clears, puts, in this order and at once."""

    name: str
    take: Bag
    put: Bag
    clear: frozenset[str] = frozenset()
    label: str = ""

    def is_enabled(self, marking: Bag) -> bool:
        """Whether all the tokens it takes are there."""
        return all(marking.get(place, 0) >= count for place, count in self.take.items())

    def fire(self, marking: Bag) -> dict[str, int]:
        """The marking after it."""
        after = {place: n - self.take.get(place, 0) for place, n in marking.items()}
        after = {place: n for place, n in after.items() if n and place not in self.clear}
        for place, count in self.put.items():
            after[place] = after.get(place, 0) + count
        return after


@dataclass(frozen=True, slots=True)
class Ending:
    """A way to end: exactly these tokens, and any number of tokens in the ``free`` places."""

    tokens: Bag
    free: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PetriNet:
    """A net with its first marking and the markings in which it may end."""

    places: tuple[str, ...]
    transitions: tuple[Transition, ...]
    initial: Bag
    endings: tuple[Ending, ...]


def bag(places: Iterable[str]) -> dict[str, int]:
    """One token for each name; a name that stands twice gives two."""
    tokens: dict[str, int] = {}
    for place in places:
        tokens[place] = tokens.get(place, 0) + 1
    return tokens


class TooLarge(Exception):
    """More markings than are walked."""


MARKINGS_MAX = 50_000


def finals(moves: list[Transition], starts: list[Bag], ends: frozenset[str]) -> list[Bag]:
    """All markings that are reached from one of ``starts`` and fill places of ``ends`` only."""
    todo = deque(dict(start) for start in starts)
    seen = {frozenset(each.items()) for each in todo}
    found: list[Bag] = []
    while todo:
        marking = todo.popleft()
        if marking and ends.issuperset(marking):
            found.append(marking)
        if any(count > 1 for count in marking.values()):
            continue  # a doubled token is found again, and told, in the whole net
        for move in moves:
            if move.is_enabled(marking):
                after = move.fire(marking)
                key = frozenset(after.items())
                if key not in seen:
                    seen.add(key)
                    todo.append(after)
        if len(seen) > MARKINGS_MAX:
            raise TooLarge
    return found


class Kind(StrEnum):
    """What can be wrong with a net."""

    DEADLOCK = "deadlock"
    LIVELOCK = "livelock"
    IMPROPER = "improper completion"
    DEAD = "dead activity"
    UNBOUNDED = "unbounded"
    DOUBLE = "double token"


class Answer(StrEnum):
    """The three answers."""

    SOUND = "sound"
    UNSOUND = "unsound"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a net, and a shortest path of its transitions that shows it."""

    kind: Kind
    path: tuple[Transition, ...] = ()
    marking: Bag | None = None
    dead: tuple[Transition, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer; ``double`` when the net is not one-safe."""

    answer: Answer
    faults: tuple[Fault, ...]
    double: Fault | None


Key = frozenset[tuple[str, int]]


def judge(net: PetriNet, markings_max: int = MARKINGS_MAX) -> Judgement:
    """Walk all markings up to a second token in a place; endings are the empty marking."""
    walk = _Walk(net)
    if not walk.is_whole(markings_max):
        return Judgement(Answer.UNDECIDED, (), walk.double)
    dead = tuple(each for each in net.transitions if each.name not in walk.fired)
    if walk.double is not None:
        return Judgement(Answer.SOUND, (), walk.double)
    lost = walk.lost()
    faults = [] if lost is None else [lost]
    if dead:
        faults.append(Fault(Kind.DEAD, dead=dead))
    return Judgement(Answer.UNSOUND if faults else Answer.SOUND, tuple(faults), None)


class _Walk:
    """A breadth first walk."""

    def __init__(self, net: PetriNet) -> None:
        self.net = net
        self.came: dict[Key, tuple[Key, Transition] | None] = {
            frozenset(net.initial.items()): None
        }
        self.before: dict[Key, list[Key]] = {}
        self.stops: list[Key] = []
        self.fired: set[str] = set()
        self.double: Fault | None = None

    def is_whole(self, markings_max: int) -> bool:
        todo = deque(self.came)
        while todo and len(self.came) <= markings_max:
            todo.extend(self.visit(todo.popleft()))
        return not todo

    def visit(self, key: Key) -> Iterable[Key]:
        marking, moved = dict(key), False
        for move in self.net.transitions:
            if not move.is_enabled(marking):
                continue
            moved = True
            self.fired.add(move.name)
            after = move.fire(marking)
            if any(count > 1 for count in after.values()):
                path = (*self.path(key), move)
                self.double = self.double or Fault(Kind.DOUBLE, path, after)
                continue
            there = frozenset(after.items())
            self.before.setdefault(there, []).append(key)
            if there not in self.came:
                self.came[there] = (key, move)
                yield there
        if not moved:
            self.stops.append(key)

    def path(self, key: Key) -> tuple[Transition, ...]:
        moves: list[Transition] = []
        step = self.came[key]
        while step is not None:
            key, move = step
            moves.append(move)
            step = self.came[key]
        return tuple(reversed(moves))

    def lost(self) -> Fault | None:
        """A marking in which nothing happens any more; else one from which no end is near."""
        stuck = next((key for key in self.stops if key), None)
        if stuck is not None:
            return Fault(Kind.DEADLOCK, self.path(stuck), dict(stuck))
        saved, todo = set(self.stops), list(self.stops)
        while todo:
            for key in self.before.get(todo.pop(), ()):
                if key not in saved:
                    saved.add(key)
                    todo.append(key)
        trap = next((key for key in self.came if key not in saved), None)
        return None if trap is None else Fault(Kind.LIVELOCK, self.path(trap), dict(trap))
