"""A chart on a grid: every lane is a column, every node has a cell of its own.

Lanes stand in the order of ``power.posts``. A step stands below all that lead to it and
come before it in the chart; whatever leads back up is a loop. An end is drawn once for each
step that leads to it, beside that step: a line through half the chart to one common end
says no more and is hard to follow. Forks and joins are bars.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from guiju.kernel.drawing.ink import balanced, wrap
from guiju.kernel.drawing.words import (
    fork_words,
    joins_of,
    lines_of,
    post_name,
    several_words,
    way_name,
)
from guiju.kernel.power import End, Outcome, Power, Step

NODE_WIDTH = 112
NAME_SIZE = 14
LINE_HEIGHT = 18
FACT_SIZE = 11
FACT_LINE = 15
HEADER_HEIGHT = 22  # the row in a step's box for number, grade and limit


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a case has come, as ids of steps."""

    current: frozenset[str]
    done: frozenset[str]
    word: str = "当前环节"  # what the current ones are called


class Kind(Enum):
    """What a node stands for."""

    STEP = auto()
    END = auto()
    FORK = auto()
    JOIN = auto()


@dataclass(slots=True)
class Node:
    """A node in its cell."""

    key: str
    kind: Kind
    lane: int
    row: int  # known when it is put
    lines: tuple[str, ...]
    step: Step | None = None
    number: int = 0
    facts: tuple[str, ...] = ()  # below the name of a step: who signs it together
    is_refusal: bool = False

    @property
    def cell(self) -> tuple[int, int]:
        """Its lane and row."""
        return self.lane, self.row

    @property
    def height(self) -> float:
        """How high it is drawn."""
        match self.kind:
            case Kind.STEP:
                facts = FACT_LINE * len(self.facts)
                return HEADER_HEIGHT + LINE_HEIGHT * len(self.lines) + facts + 10
            case Kind.END:
                return LINE_HEIGHT * len(self.lines) + 12
        return 20


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from node to node; two outcomes with the same way share one."""

    source: str
    target: str
    label: str = ""
    outcomes: tuple[str, ...] = ()  # their ids; none on lines out of bars


@dataclass(slots=True)
class Plan:
    """Everything that is drawn, and where on the grid."""

    lanes: tuple[str, ...]
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    cells: dict[tuple[int, int], Node] = field(default_factory=dict)  # (lane, row) → node
    rows: int = 0  # how many there are

    def put(self, node: Node) -> None:
        """Put a node into its cell, which is free."""
        self.nodes[node.key] = self.cells[node.lane, node.row] = node
        self.rows = max(self.rows, node.row + 1)


def plan_of(power: Power) -> Plan:
    """Put a chart on the grid."""
    lanes = lane_posts(power)
    plan = Plan(tuple(post_name(power, post) for post in lanes), edges=tuple(edges_of(power)))
    into: dict[str, list[str]] = {}
    for edge in plan.edges:
        into.setdefault(edge.target, []).append(edge.source)
    for node in _nodes_of(power, lanes):
        _put(plan, into, node)
    ends = {end.id: end for end in power.ends}
    for edge in plan.edges:
        if edge.target not in plan.nodes:
            _put_end(plan, edge, ends[edge.target.rpartition(">")[2]])
    return plan


def lane_posts(power: Power) -> tuple[str, ...]:
    """The posts that own steps, in the official order; an unlisted applicant first."""
    owners = {step.post for step in power.steps}
    listed = [post.id for post in power.posts if post.id in owners]
    return (*sorted(owners.difference(listed)), *listed)


def edges_of(power: Power) -> Iterator[Edge]:
    """All lines, those of one step together, with forks and joins made visible."""
    heads = {s.id: join_key(s.id) if len(s.join) > 1 else s.id for s in power.steps}
    for step in power.steps:
        if len(step.join) > 1:
            yield Edge(join_key(step.id), step.id)
        ways: dict[str, list[Outcome]] = {}
        for outcome in lines_of(step):
            ways.setdefault(_way(step, outcome, heads), []).append(outcome)
        for target, shared in ways.items():
            ids = tuple(each.id for each in shared)
            yield Edge(step.id, target, way_name(step, shared), ids)
        for outcome in lines_of(step):
            if len(outcome.to) > 1:
                fork = fork_key(step.id, outcome.id)
                yield from (Edge(fork, heads[target]) for target in outcome.to)


def join_key(step: str) -> str:
    """The key of the bar above a step that waits for several."""
    return f"join>{step}"


def fork_key(step: str, outcome: str) -> str:
    """The key of the bar below an outcome that leads to several steps."""
    return f"fork>{step}>{outcome}"


def _way(step: Step, outcome: Outcome, heads: dict[str, str]) -> str:
    """The key of the node that an outcome leads to."""
    if len(outcome.to) > 1:
        return fork_key(step.id, outcome.id)
    target = outcome.to[0]
    return heads.get(target, f"{step.id}>{target}")


def _nodes_of(power: Power, lanes: tuple[str, ...]) -> Iterator[Node]:
    """The steps with their bars, in the order of the chart and not yet in their rows."""
    joins = joins_of(power)
    for number, step in enumerate(power.steps, 1):
        lane = lanes.index(step.post)
        if step.id in joins:
            words = "适用的都办完后" if joins[step.id] else "都办完后"
            yield Node(join_key(step.id), Kind.JOIN, lane, 0, (words,))
        lines = balanced(step.name, NAME_SIZE, NODE_WIDTH - 12)
        signers = several_words(power, step)
        facts = wrap(signers, FACT_SIZE, NODE_WIDTH - 12) if signers else ()
        yield Node(step.id, Kind.STEP, lane, 0, lines, step, number, facts)
        for outcome in lines_of(step):
            if len(outcome.to) > 1:
                key = fork_key(step.id, outcome.id)
                yield Node(key, Kind.FORK, lane, 0, (fork_words(outcome),))


def _put(plan: Plan, into: dict[str, list[str]], node: Node) -> None:
    """Put a node into the first free row of its lane below all that lead to it and stand."""
    above = [plan.nodes[source].row for source in into.get(node.key, ()) if source in plan.nodes]
    if not above:  # nothing leads here from above: go on where the chart is
        above = [plan.nodes[key].row for key in list(plan.nodes)[-1:]]
    node.row = max(above, default=-1) + 1
    while node.cell in plan.cells:
        node.row += 1
    plan.put(node)


def _put_end(plan: Plan, edge: Edge, end: End) -> None:
    """Put an end into the nearest free cell below its step, at best in the same lane."""
    source = plan.nodes[edge.source]
    lanes = sorted(range(len(plan.lanes)), key=lambda lane: (abs(lane - source.lane), -lane))
    cells = [(row, lane) for row in range(source.row + 1, plan.rows + 1) for lane in lanes[:4]]
    row, lane = next(each for each in cells if each[::-1] not in plan.cells)
    lines = balanced(end.name, NAME_SIZE - 1, NODE_WIDTH - 20)
    plan.put(Node(edge.target, Kind.END, lane, row, lines, is_refusal=end.is_refusal))
