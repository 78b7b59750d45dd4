"""Soundness of a chart's net, by walking its whole state space.

A net is sound when from every reachable marking the end can be reached, the end is reached
with no token left behind, every transition can happen, and no place ever holds two tokens
(van der Aalst 1998; here for one-safe nets, which is what a chart must be). The first
violation of each kind is reported with a shortest path to it, because the walk is breadth
first.

The walk stops at ``MARKINGS_MAX`` markings and then says "undecided": it never guesses.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from guiju.kernel.net import END, Net, Transition

MARKINGS_MAX = 200_000  # about a second; charts of sixty steps have a few thousand

Path = tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the walk found; all empty and decided: the net is sound."""

    stuck: tuple[Path, int] | None = None  # a path after which the end is out of reach
    double: tuple[Path, int] | None = None  # a path whose last transition doubles a token
    left_over: tuple[Path, int] | None = None  # a path that ends with tokens left behind
    dead: tuple[Transition, ...] = ()  # transitions that can never happen
    is_decided: bool = True

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found and the whole space was walked."""
        return self.is_decided and not (self.stuck or self.double or self.left_over or self.dead)


@dataclass(slots=True)
class _Walk:
    """What the walk has seen so far; a marking comes into ``came`` in order of distance."""

    came: dict[int, tuple[int, Transition] | None]  # marking → where from, by what
    before: dict[int, list[int]] = field(default_factory=dict)
    fired: set[int] = field(default_factory=set)
    finals: list[int] = field(default_factory=list)
    double: tuple[Path, int] | None = None


def soundness(net: Net) -> Verdict:
    """Decide whether a net is sound."""
    walk = _Walk({net.initial: None})
    queue = deque([net.initial])
    while queue:
        if len(walk.came) > MARKINGS_MAX:
            return Verdict(is_decided=False)
        queue.extend(_after(walk, net, queue.popleft()))
    dead = tuple(move for index, move in enumerate(net.transitions) if index not in walk.fired)
    lost = _first_lost(walk)
    # Beyond a doubled token the walk does not go on, so "out of reach" would prove nothing.
    stuck = None if lost is None or walk.double else (_path(walk.came, lost), lost)
    odd = next((marking for marking in walk.finals if marking != END), None)
    left_over = None if odd is None else (_path(walk.came, odd), odd & ~END)
    return Verdict(stuck, walk.double, left_over, dead)


def _after(walk: _Walk, net: Net, marking: int) -> Iterator[int]:
    """The markings first seen from this one; what is learnt on the way is noted."""
    if marking & END:
        walk.finals.append(marking)
        return
    for index, move in enumerate(net.transitions):
        if not move.is_enabled(marking):
            continue
        walk.fired.add(index)
        doubled = move.doubles(marking)
        if doubled:
            walk.double = walk.double or ((*_path(walk.came, marking), move), doubled)
            continue
        after = move.fire(marking)
        walk.before.setdefault(after, []).append(marking)
        if after not in walk.came:
            walk.came[after] = (marking, move)
            yield after


def _first_lost(walk: _Walk) -> int | None:
    """The first marking, in order of distance, from which no end can be reached."""
    saved, todo = set(walk.finals), list(walk.finals)
    while todo:
        for marking in walk.before.get(todo.pop(), ()):
            if marking not in saved:
                saved.add(marking)
                todo.append(marking)
    return next((marking for marking in walk.came if marking not in saved), None)


def _path(came: dict[int, tuple[int, Transition] | None], marking: int) -> Path:
    moves: list[Transition] = []
    step = came[marking]
    while step is not None:
        marking, move = step
        moves.append(move)
        step = came[marking]
    return tuple(reversed(moves))
