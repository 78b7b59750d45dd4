"""Soundness of a chart's net, by walking its whole state space.

A net is sound when from every reachable marking the end can be reached, the end is reached
with no token left behind, every transition can happen, and no place ever holds two tokens
(van der Aalst 1998; here for one-safe nets, which is what a chart must be). The first
violation of each kind is reported with a shortest path to it, because the walk is breadth
first.

The walk stops at ``MARKINGS_MAX`` markings and then says "undecided": it never guesses.
"""

from collections import deque
from dataclasses import dataclass

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


def soundness(net: Net) -> Verdict:
    """Decide whether a net is sound."""
    came: dict[int, tuple[int, Transition] | None] = {net.initial: None}
    before: dict[int, list[int]] = {}
    queue = deque([net.initial])
    fired: set[int] = set()
    double = left_over = None
    finals: list[int] = []
    while queue:
        if len(came) > MARKINGS_MAX:
            return Verdict(is_decided=False)
        marking = queue.popleft()
        if marking & END:
            finals.append(marking)
            if marking != END and left_over is None:
                left_over = (_path(came, marking), marking & ~END)
            continue
        for index, move in enumerate(net.transitions):
            if not move.is_enabled(marking):
                continue
            fired.add(index)
            doubled = move.doubles(marking)
            if doubled:
                double = double or ((*_path(came, marking), move), doubled)
                continue
            after = move.fire(marking)
            before.setdefault(after, []).append(marking)
            if after not in came:
                came[after] = (marking, move)
                queue.append(after)
    dead = tuple(move for index, move in enumerate(net.transitions) if index not in fired)
    lost = _first_lost(came, before, finals)
    stuck = None if lost is None or double else (_path(came, lost), lost)
    return Verdict(stuck, double, left_over, dead)


def _first_lost(
    came: dict[int, tuple[int, Transition] | None], before: dict[int, list[int]], finals: list[int]
) -> int | None:
    """The first marking, in order of distance, from which no end can be reached."""
    saved, todo = set(finals), list(finals)
    while todo:
        for marking in before.get(todo.pop(), ()):
            if marking not in saved:
                saved.add(marking)
                todo.append(marking)
    return next((marking for marking in came if marking not in saved), None)


def _path(came: dict[int, tuple[int, Transition] | None], marking: int) -> Path:
    moves: list[Transition] = []
    step = came[marking]
    while step is not None:
        marking, move = step
        moves.append(move)
        step = came[marking]
    return tuple(reversed(moves))
