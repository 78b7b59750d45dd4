"""The shortest path that shows a net to be unbounded.

The walk of ``statespace`` looks back along one path to each marking, and stops at the first
that has grown. Another path may show growth earlier; this looks from every marking in order
of distance for the nearest one that has grown beyond it.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from guiju.kernel.statespace import Code, Move, Space, TooNarrow, code_of

Path = tuple[int, ...]


def shortest_growth(space: Space, markings_max: int) -> tuple[Path, bool]:
    """The path, and whether it is proven that none is shorter."""
    width = space.code.width
    while True:
        try:
            return _shortest(space, _repeatable(code_of(space.code.net, width)), markings_max)
        except TooNarrow:
            width *= 2


def _shortest(space: Space, code: Code, left: int) -> tuple[Path, bool]:
    assert space.growth is not None
    best, distance = space.path(space.growth), [0]

    @cache  # many origins lead to the same markings
    def moves(marking: int) -> list[Move]:
        return code.moves(marking, code.ready(marking, code.rows))

    for number, marking in enumerate(space.markings):
        if number:
            distance.append(distance[space.parent[number]] + 1)
        steps_max = len(best) - 1 - distance[number]
        if steps_max < 1:
            return best, True
        is_same = code.width == space.code.width
        origin = marking if is_same else code.pack(space.code.unpack(marking))
        found, seen = _nearest(code, moves, origin, steps_max, left)
        left -= seen
        if left < 0:
            return best, False
        if found is not None:
            best = (*space.path(number), *found)
    return best, True


def _repeatable(code: Code) -> Code:
    """Only the transitions that could be part of what is repeated.

    What a repeated path takes it also puts, so a transition is out if it takes from a place
    where no other that is still in puts anything.
    """
    moves, rows = code.net.transitions, code.rows
    while True:
        put = {place for row in rows for place in moves[row[0]].put}
        kept = tuple(row for row in rows if put.issuperset(moves[row[0]].take))
        if len(kept) == len(rows):
            return replace(code, rows=rows)
        rows = kept


def _nearest(
    code: Code, moves: Callable[[int], list[Move]], origin: int, steps_max: int, left: int
) -> tuple[Path | None, int]:
    """A shortest path to a marking that has grown beyond this one; how many were looked at.

    What was emptied on the way counts: what lies there is no growth that can be repeated.
    """
    bits = code.width * len(code.net.places)  # above these, a state holds what was emptied
    full = (1 << bits) - 1
    came = {origin: -1}  # a state and what happened there, in one integer
    count = len(code.touched)
    ring = [origin]
    covers, clears = code.covers, code.clears
    for _ in range(steps_max):
        outer = []
        for state in ring:
            cleared = state >> bits
            for move, after, _doubled in moves(state & full):
                then = after | (cleared | clears[move]) << bits
                if then in came:
                    continue
                came[then] = state * count + move
                if after > origin and covers(after, origin) and (after - origin) & ~(then >> bits):
                    return _path(came, then, count), len(came)
                outer.append(then)
                if len(came) > left:
                    return None, len(came)
        ring = outer
    return None, len(came)


def _path(came: dict[int, int], state: int, count: int) -> Path:
    path: list[int] = []
    while (way := came[state]) >= 0:
        state, move = divmod(way, count)
        path.append(move)
    return tuple(reversed(path))
