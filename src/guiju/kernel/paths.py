"""Rules about order on a net: one question, answered by a shortest run that breaks the rule.

A watch 旁观 goes along with a run and is owed something or not. Some moves make it owed, some
settle that; a bad move while it is owed, or that itself makes it owed, breaks the rule. The
five shapes of rule in use are

    B only after A          owed from the start, A settles, B is bad
    after A always B        A makes owed, B settles, an end is bad
    A on every way          owed from the start, A settles, an end is bad
    A never                 owed from the start, A is bad
    B again after C         C makes owed, A settles, B is bad

and "never with" is any of them on the net without some moves. These are the response and
precedence patterns of Dwyer, Avrunin and Corbett (1999), decided on the reachable markings by
walking pairs of a marking and what is owed, breadth first, so that the run is a shortest one.
Held by ``tests/kernel/test_paths.py`` against runs enumerated one by one.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from guiju.kernel.net import END, Net, Transition

MARKINGS_MAX = 200_000

Moves = frozenset[int]
"""Transitions of one net, by their place in ``Net.transitions``."""
NONE: Moves = frozenset()


@dataclass(frozen=True, slots=True)
class Graph:
    """The markings that a case can get into, nearest first: from each, which moves lead where.

    A case is over at an end, whatever is left behind. Beyond a second token in a place nothing
    is said of it.
    """

    net: Net
    after: Mapping[int, tuple[tuple[int, int], ...]]
    came: Mapping[int, tuple[int, int] | None]  # from where, by which move; None: the first one
    doubling: tuple[tuple[int, int], ...]  # markings, and the moves that would double a token
    is_whole: bool  # False: there are more than were asked for

    def path_to(self, marking: int) -> tuple[Transition, ...]:
        """A shortest run that leads to a marking."""
        run: list[Transition] = []
        step = self.came[marking]
        while step is not None:
            marking, index = step
            run.append(self.net.transitions[index])
            step = self.came[marking]
        return tuple(reversed(run))


@dataclass(frozen=True, slots=True)
class Watch:
    """What is owed, since when, and what may not happen while it is."""

    bad: Moves
    settles: Moves = NONE
    owes: Moves = NONE
    is_owed: bool = False  # from the start
    without: Moves = NONE  # moves that are taken out of the net first


def graph(net: Net, markings_max: int = MARKINGS_MAX) -> Graph:
    """Walk a net once, for any number of questions."""
    after: dict[int, tuple[tuple[int, int], ...]] = {}
    came: dict[int, tuple[int, int] | None] = {net.initial: None}
    doubling: list[tuple[int, int]] = []
    todo = deque([net.initial])
    while todo:
        if len(came) > markings_max:
            return Graph(net, after, came, tuple(doubling), False)
        marking = todo.popleft()
        ways = []
        for index, move in enumerate(() if marking & END else net.transitions):
            if not move.is_enabled(marking):
                continue
            if move.doubles(marking):
                doubling.append((marking, index))
                continue
            then = move.fire(marking)
            ways.append((index, then))
            if then not in came:
                came[then] = marking, index
                todo.append(then)
        after[marking] = tuple(ways)
    return Graph(net, after, came, tuple(doubling), True)


def moves(net: Net, is_meant: Callable[[Transition], bool]) -> Moves:
    """The moves of a net that are meant."""
    return frozenset(i for i, move in enumerate(net.transitions) if is_meant(move))


def following(walked: Graph, earlier: Moves) -> Moves:
    """The moves that some run has after one of the earlier ones."""
    came = (way for ways in walked.after.values() for way in ways)
    todo = [marking for index, marking in came if index in earlier]
    seen, found = set(todo), set[int]()
    while todo:
        for index, marking in walked.after.get(todo.pop(), ()):
            found.add(index)
            if marking not in seen:
                seen.add(marking)
                todo.append(marking)
    return frozenset(found)


def broken(walked: Graph, watch: Watch) -> tuple[Transition, ...] | None:
    """A shortest run that breaks the rule; None when no run does."""
    first = (walked.net.initial, watch.is_owed)
    came: dict[tuple[int, bool], tuple[tuple[int, bool], int] | None] = {first: None}
    todo = deque([first])
    while todo:
        place = todo.popleft()
        for index, marking in walked.after.get(place[0], ()):
            if index in watch.without:
                continue
            then = (marking, _owed(watch, index, place[1]))
            if then[1] and index in watch.bad:
                return (*_run(walked.net, came, place), walked.net.transitions[index])
            if then not in came:
                came[then] = (place, index)
                todo.append(then)
    return None


def _owed(watch: Watch, index: int, before: bool) -> bool:
    return index not in watch.settles and (before or index in watch.owes)


def _run(
    net: Net,
    came: Mapping[tuple[int, bool], tuple[tuple[int, bool], int] | None],
    place: tuple[int, bool],
) -> tuple[Transition, ...]:
    run: list[Transition] = []
    step = came[place]
    while step is not None:
        place, index = step
        run.append(net.transitions[index])
        step = came[place]
    return tuple(reversed(run))
