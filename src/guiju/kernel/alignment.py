"""Explanations 解释 of a case that deviates: the fewest changes that make it a run of its chart.

A least-cost alignment (Adriansyah, van Dongen, van der Aalst 2011): record and chart are walked
together; an event that only the record has, and an outcome that only the chart has, cost one
each, silent moves nothing. What is found is then said in the words of an office: an outcome
that stands in both, at different places, came out of order; an event too many that had happened
before was repeated; what only the chart has was skipped, or, at the end, is not finished.
What silence brought about costs nothing, but is told: whether its term had run out is for the
clock to say.

Events of the same time are a set: any order among them is tried before anybody is told that the
order was wrong. The search is breadth first by cost, in chart order, so that the same record
always gets the same explanation; it gives up beyond a number of nodes, and says so.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from guiju.kernel.behaviour import Activity, Behaviour, State
from guiju.kernel.replay import Code

NODES_MAX = 200_000


class Deviation(NamedTuple):
    """One change: at which event (its place in the record), which activity."""

    at: int  # for what was skipped: the event before which it is missing; the length: at the end
    code: Code
    activity: Activity


class _Node(NamedTuple):
    state: State
    group: int  # of events with the same time
    done: int  # the events of the group that have been taken, as bits


class _Came(NamedTuple):
    """How the search came to a node: from where, with which event and outcome, at which price."""

    node: _Node
    event: int  # -1: none
    skipped: Activity | None
    price: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """The least changes, in the order of the record; none of them: it is a run of the chart."""

    deviations: tuple[Deviation, ...]
    cost: int


def explain(
    behaviour: Behaviour,
    trace: Sequence[Activity],
    ties: Sequence[int] = (),
    *,
    is_whole: bool = True,
    nodes_max: int = NODES_MAX,
) -> Explanation | None:
    """The least changes that make a record a run of the chart; None beyond the budget.

    ``ties`` gives each event the number of its time, ascending; empty: all times differ.
    ``is_whole``: the case must be over at the end of the record, else it may still run.
    """
    return _Search(behaviour, trace, ties or range(len(trace)), is_whole).run(nodes_max)


class _Search:
    def __init__(
        self, behaviour: Behaviour, trace: Sequence[Activity], ties: Sequence[int], is_whole: bool
    ) -> None:
        self.behaviour, self.trace, self.is_whole = behaviour, trace, is_whole
        edges = [i for i in range(len(trace)) if i == 0 or ties[i] != ties[i - 1]]
        self.groups = [range(*pair) for pair in pairwise([*edges, len(trace)])]
        self.came: dict[_Node, tuple[int, _Came | None]] = {}

    def run(self, nodes_max: int) -> Explanation | None:
        """Settle all nodes of one cost before any of the next: most prices are never asked."""
        first = _Node(self.behaviour.start, 0, 0)
        self.came[first] = (0, None)
        settled: set[_Node] = set()
        cost, begun = 0, [first]
        while begun:
            layer: list[_Node] = []
            todo = deque(begun)
            while todo:
                node = todo.popleft()
                if node in settled:
                    continue
                settled.add(node)
                layer.append(node)
                if self._is_goal(node):
                    return Explanation(tuple(self._told(node)), cost)
                if len(settled) > nodes_max:
                    return None
                todo.extendleft(reversed(self._nearer(self._free(node), cost)))
            cost += 1
            begun = [after for node in layer for after in self._nearer(self._priced(node), cost)]
        return None

    def _nearer(self, steps: Iterable[tuple[_Node, _Came]], cost: int) -> list[_Node]:
        """Of what can follow, the nodes that nothing has led to as cheaply; now this has."""
        found = []
        for after, came in steps:
            known = self.came.get(after)
            if known is None or cost < known[0]:
                self.came[after] = (cost, came)
                found.append(after)
        return found

    def _is_goal(self, node: _Node) -> bool:
        is_read = node.group == len(self.groups)
        return is_read and (not self.is_whole or self.behaviour.may_end(node.state))

    def _free(self, node: _Node) -> Iterator[tuple[_Node, _Came]]:
        """What can follow a node for nothing: an act as the chart has it, or what silence does."""
        for event in self._left(node):
            after = self.behaviour.after(node.state, self.trace[event])
            if after:
                yield self._taken(node, event, after), _Came(node, event, None, 0)
        for activity, after in self.behaviour.onward(node.state):
            if activity in self.behaviour.lapses:
                yield _Node(after, node.group, node.done), _Came(node, -1, activity, 0)

    def _priced(self, node: _Node) -> Iterator[tuple[_Node, _Came]]:
        """What can follow at a price of one; what comes first is the better explanation.

        That a step was skipped says more than that the act after it should not have been.
        """
        left = self._left(node)
        alone = [(self._taken(node, e, node.state), _Came(node, e, None, 1)) for e in left]
        known = [self.trace[event] in self.behaviour.doing for event in left]
        yield from (each for each, is_known in zip(alone, known, strict=True) if not is_known)
        for activity, after in self.behaviour.onward(node.state):
            if activity not in self.behaviour.lapses:
                yield _Node(after, node.group, node.done), _Came(node, -1, activity, 1)
        yield from (each for each, is_known in zip(alone, known, strict=True) if is_known)

    def _left(self, node: _Node) -> list[int]:
        group = self.groups[node.group] if node.group < len(self.groups) else range(0)
        return [event for i, event in enumerate(group) if not node.done >> i & 1]

    def _taken(self, node: _Node, event: int, state: State) -> _Node:
        group = self.groups[node.group]
        done = node.done | 1 << (event - group.start)
        if done == (1 << len(group)) - 1:
            return _Node(state, node.group + 1, 0)
        return _Node(state, node.group, done)

    def _told(self, node: _Node) -> Iterator[Deviation]:
        """The changes on the way to a node, in the words of an office."""
        path: list[_Came] = []
        came = self.came[node][1]
        while came is not None:
            path.append(came)
            came = self.came[came.node][1]
        path.reverse()
        moved = self._moved(path)
        seen: set[Activity] = set()
        at = 0
        for i, each in enumerate(path):
            if each.event < 0:
                if each.skipped and i not in moved.values():
                    yield Deviation(at, self._missing(at, each.price), each.skipped)
                continue
            activity = self.trace[each.event]
            if each.price:
                code = Code.OUT_OF_ORDER if i in moved else self._surplus(activity, seen)
                yield Deviation(each.event, code, activity)
            at = max(at, each.event + 1)
            seen.add(activity)

    def _moved(self, path: list[_Came]) -> dict[int, int]:
        """Events too many that are missing elsewhere: their places on the path, and where."""
        missing = {i: e.skipped for i, e in enumerate(path) if e.skipped and e.price}
        moved: dict[int, int] = {}
        for i, each in enumerate(path):
            if each.event < 0 or not each.price:
                continue
            step, outcome = self.trace[each.event]
            for j, skipped in missing.items():
                if skipped[0] == step and outcome in ("", skipped[1]):
                    moved[i] = j
                    del missing[j]
                    break
        return moved

    def _missing(self, at: int, price: int) -> Code:
        if not price:
            return Code.BY_SILENCE
        return Code.SKIPPED if at < len(self.trace) else Code.UNFINISHED

    def _surplus(self, activity: Activity, seen: set[Activity]) -> Code:
        if activity not in self.behaviour.doing:
            return Code.NOT_IN_CHART
        return Code.REPEATED if activity in seen else Code.OUT_OF_ORDER
