"""A process as a Petri net whose silent transitions are its routing.

A place stands for a flow on which a token may lie, or for an activity that is under way.
What leads to a node that does not wait shares one place. A transition is an activity, an
event, a decision (one flow of an exclusive gateway, one subset of an inclusive one), or
silent. R. Dijkman, M. Dumas and C. Ouyang, "Semantics and analysis of business process models
in BPMN" (2008), with these additions:

- A process is over when no token is left (the standard's implicit termination), so the net
  ends in the empty marking. An end event takes its token away; a terminate end, and an error
  that nothing catches, empty all places.
- A sub-process is over when none of its tokens is left, which no net can ask. So its inside
  is walked first: every set of ends with which it can be over becomes one transition. Where
  one such set is part of another, the net could not tell them apart, and none is made.
- A non-interrupting boundary event happens at most once each time its activity runs; a
  repeated activity is one step, and what is inside a repeated sub-process is done once: more
  would say no more about soundness.
- Conditions are not evaluated: whoever walks or judges the model may choose any way.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

from guiju.formats.bpmn.inclusive import Match, joins_of
from guiju.formats.bpmn.model import Flow, Model, Node, Process, Scope
from guiju.formats.bpmn.names import Kind
from guiju.formats.bpmn.tokens import TooLarge, finals
from guiju.kernel.petri import Bag, Ending, PetriNet, Transition, bag

BEGIN = "begin"


class Untranslatable(Exception):
    """A process for which no net can be made; the reason is in words."""


@dataclass(frozen=True, slots=True)
class Move:
    """What a transition is in the model."""

    node: Node
    flows: tuple[str, ...] = ()  # of a decision: the ids of the flows taken
    is_offered: bool = False  # a person, or what happens, chooses it; else it follows by itself


@dataclass(frozen=True, slots=True)
class Translated:
    """A process's net. What has a label is told to people."""

    net: PetriNet
    places: dict[str, str]  # place → where a token is that lies there, in words
    moves: dict[str, Move]  # by the name of the transition


@dataclass(slots=True)
class Level:
    """A process or sub-process being translated; its places begin with ``path``."""

    scope: Scope
    path: str = ""
    above: "Level | None" = None
    node: Node | None = None  # the sub-process itself, in ``above``
    ends: dict[str, None] = field(default_factory=dict)
    splits: dict[str, tuple[Node, Match]] = field(default_factory=dict)
    joins: dict[str, Match] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find which inclusive join belongs to which split."""
        self.splits = joins_of(self.scope)
        self.joins = {join.id: matched for join, matched in self.splits.values()}


@dataclass(frozen=True, slots=True)
class Way:
    """One way on from a node."""

    put: Bag
    flows: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A transition before all places are known."""

    node: Node
    take: Bag
    put: Bag
    flows: tuple[str, ...] = ()
    label: str = ""
    is_offered: bool = False
    clear: Iterable[str] = ()
    empties: str | None = None  # it clears all places that begin like this


def translate(model: Model, process: Process) -> Translated:
    """The net of a process without refusals. Raises Untranslatable."""
    builder = _Builder(model)
    builder.place(BEGIN, "开始之前")
    level = Level(process.scope)
    starts = builder.starts(level)
    for node, put in starts:
        label = node.words if len(starts) > 1 else ""
        builder.move(level, Draft(node, bag([BEGIN]), put, label=label, is_offered=bool(label)))
    builder.nodes(level)
    net = PetriNet(tuple(builder.places), tuple(builder.settled()), bag([BEGIN]), (Ending({}),))
    return Translated(net, builder.places, builder.known)


class _Builder:
    """Places and transitions while a net is made."""

    def __init__(self, model: Model) -> None:
        self.processes = {process.id: process for process in model.processes}
        self.places: dict[str, str] = {}
        self.drafts: dict[str, Draft] = {}
        self.known: dict[str, Move] = {}

    def place(self, name: str, words: str) -> str:
        self.places.setdefault(name, words)
        return name

    def move(self, level: Level, draft: Draft) -> None:
        """Add a transition under a name of its own."""
        base = "+".join((level.path + draft.node.id, *draft.flows))
        name = next(each for each in _numbered(base) if each not in self.known)
        self.drafts[name] = draft
        self.known[name] = Move(draft.node, draft.flows, draft.is_offered)

    def settled(self, since: int = 0) -> Iterator[Transition]:
        """The transitions, now that all the places are known that some of them empty."""
        for name, draft in list(self.drafts.items())[since:]:
            clear = set(draft.clear)
            if draft.empties is not None:
                clear.update(place for place in self.places if place.startswith(draft.empties))
            yield Transition(name, draft.take, draft.put, frozenset(clear), draft.label)

    def at(self, level: Level, flow: Flow) -> str:
        """The place of a token on a flow."""
        source, target = level.scope.nodes[flow.source], level.scope.nodes[flow.target]
        if source.kind is Kind.EVENT_BASED:
            return self.place(f"{level.path}wait:{source.id}", f"等在“{source.words}”")
        waits = (Kind.PARALLEL, Kind.INCLUSIVE, Kind.END)
        name = f"flow:{flow.id}" if target.kind in waits else f"in:{target.id}"
        return self.place(level.path + name, f"等在“{target.words}”")

    def ins(self, level: Level, node: Node) -> list[Bag]:
        """What a node takes: each of these makes it happen."""
        flows = level.scope.into(node)
        if not flows:
            return [bag([self.place(f"{level.path}in:{node.id}", f"等在“{node.words}”")])]
        places = [self.at(level, flow) for flow in flows]
        joined = level.joins.get(node.id)
        is_either = joined is not None and joined.split.kind is Kind.EXCLUSIVE
        if node.kind is Kind.PARALLEL or (joined is not None and not is_either):
            return [bag(places)]
        return [bag([place]) for place in dict.fromkeys(places)]

    def ways(self, level: Level, node: Node) -> list[Way]:
        """How it goes on after a node."""
        flows = level.scope.out_of(node)
        if node.kind is Kind.EVENT_BASED and flows:
            return [Way(bag([self.at(level, flows[0])]))]
        is_activity = node.kind in (Kind.TASK, Kind.SUBPROCESS, Kind.CALL)
        is_choosing = is_activity and any(flow.is_conditional for flow in flows)
        if node.kind is Kind.EXCLUSIVE:
            chosen: list[tuple[Flow, ...]] = [(flow,) for flow in flows]
        elif node.kind is Kind.INCLUSIVE or is_choosing:
            chosen = _subsets(flows, node)
        else:
            return [Way(bag(self.at(level, flow) for flow in flows))]
        return [self.way(level, node, each, len(chosen) > 1) for each in chosen] or [Way({})]

    def way(self, level: Level, node: Node, chosen: tuple[Flow, ...], is_choice: bool) -> Way:
        """A way by these flows, and past the others to where they join."""
        places = [self.at(level, flow) for flow in chosen]
        if node.kind is Kind.INCLUSIVE and node.id in level.splits:
            entries = level.splits[node.id][1].entries
            past = set(entries.values()) - {entries[flow.id] for flow in chosen}
            places += [self.at(level, level.scope.flows[entry]) for entry in sorted(past)]
        words = (flow.name or level.scope.nodes[flow.target].words for flow in chosen)
        label = f"{node.words}:{'、'.join(words)}" if is_choice else ""
        return Way(bag(places), tuple(flow.id for flow in chosen) if is_choice else (), label)

    def starts(self, level: Level) -> list[tuple[Node, Bag]]:
        """How a process or a sub-process can begin."""
        nodes = list(level.scope.nodes.values())
        events = [node for node in nodes if node.kind is Kind.START]
        if level.above is not None:  # called: by nothing but the call
            events = [node for node in events if not node.triggers] or events
        if events:
            return [(node, self.ins(level, node)[0]) for node in events]
        first = [n for n in nodes if n.kind is not Kind.BOUNDARY and not level.scope.into(n)]
        if not first:
            return []
        return [(first[0], bag(p for node in first for p in self.ins(level, node)[0]))]

    def nodes(self, level: Level) -> None:
        """All nodes of a level."""
        for node in level.scope.nodes.values():
            match node.kind:
                case Kind.END:
                    self.end(level, node)
                case Kind.SUBPROCESS | Kind.CALL:
                    self.subprocess(level, node)
                case Kind.TASK:
                    self.task(level, node)
                case Kind.EVENT:
                    is_seen = bool(node.triggers)
                    self.plain(level, node, node.words if is_seen else "", is_offered=is_seen)
                case Kind.BOUNDARY:
                    pass  # comes with its activity
                case _:
                    self.plain(level, node, "", is_offered=False)

    def plain(self, level: Level, node: Node, label: str, *, is_offered: bool) -> None:
        """A node that happens at once."""
        ways = self.ways(level, node)
        for take in self.ins(level, node):
            for way in ways:
                self.move(
                    level,
                    Draft(
                        node,
                        take,
                        way.put,
                        flows=way.flows,
                        label=label or way.label,
                        is_offered=is_offered or bool(way.flows),
                    ),
                )

    def decided(self, level: Level, node: Node) -> Bag:
        """Where an activity puts its token when it is done; what it decides comes after."""
        ways = self.ways(level, node)
        if len(ways) == 1:
            return ways[0].put
        place = bag([self.place(f"{level.path}decide:{node.id}", f"“{node.words}”之后")])
        for way in ways:
            self.move(
                level,
                Draft(node, place, way.put, flows=way.flows, label=way.label, is_offered=True),
            )
        return place

    def task(self, level: Level, node: Node) -> None:
        if not level.scope.boundaries(node):
            put = self.decided(level, node)
            for take in self.ins(level, node):
                self.move(level, Draft(node, take, put, label=_label(node), is_offered=True))
            return
        path = f"{level.path}{node.id}/"
        active = self.place(f"{path}active", f"正在“{node.words}”")
        armed = self.armed(level, node, path).values()
        for take in self.ins(level, node):
            self.move(level, Draft(node, take, bag([active, *armed])))
        put = self.decided(level, node)
        self.move(
            level,
            Draft(node, bag([active]), put, label=_label(node), is_offered=True, clear=armed),
        )
        self.boundaries(level, node, active)

    def armed(self, level: Level, node: Node, path: str) -> dict[str, str]:
        """The non-interrupting events on a boundary → the place that lets each happen once."""
        return {
            event.id: self.place(f"{path}armed:{event.id}", f"“{event.words}”还没有发生")
            for event in level.scope.boundaries(node)
            if not event.is_interrupting and "错误" not in event.triggers
        }

    def boundaries(
        self, level: Level, node: Node, active: str, thrown: Iterable[str] = ()
    ) -> None:
        """The events on an activity's boundary, while it is under way."""
        path = f"{level.path}{node.id}/"
        armed = self.armed(level, node, path)
        for event in level.scope.boundaries(node):
            is_thrown = bool(thrown) and (not event.error or event.error in thrown)
            if "错误" in event.triggers and is_thrown:
                continue  # comes with the end that throws it
            take, put = bag([active]), self.ways(level, event)[0].put
            empties: str | None = path
            if event.id in armed:
                take, put = bag([active, armed[event.id]]), {**put, active: 1}
                empties = None
            self.move(
                level, Draft(event, take, put, label=event.words, is_offered=True, empties=empties)
            )

    def subprocess(self, level: Level, node: Node) -> None:
        called = self.processes.get(node.called) if node.kind is Kind.CALL else None
        scope = called.scope if called else node.inside
        if scope is None or not scope.nodes:
            self.task(level, node)
            return
        path = f"{level.path}{node.id}/"
        since = len(self.drafts)
        inside = Level(scope, path, level, node)
        self.nodes(inside)
        starts = self.starts(inside)
        overs = self.overs(inside, [put for _, put in starts], since)
        running = self.place(f"{path}running", f"正在“{node.words}”")
        armed = self.armed(level, node, path).values()
        self.boundaries(level, node, running, _thrown(scope))
        for take in self.ins(level, node):
            for start, put in starts:
                label = f"{_label(node)}:{start.words}" if len(starts) > 1 else ""
                filled = {**put, **bag([running, *armed])}
                self.move(level, Draft(node, take, filled, label=label, is_offered=bool(label)))
        after = self.decided(level, node)
        for over in overs:
            self.move(level, Draft(node, {**over, running: 1}, after, clear=armed))

    def overs(self, inside: Level, starts: list[Bag], since: int) -> list[Bag]:
        """With which ends a sub-process can be over."""
        assert inside.node is not None
        words = inside.node.words
        try:
            found = finals(list(self.settled(since)), starts, frozenset(inside.ends))
        except TooLarge:
            raise Untranslatable(f"子流程“{words}”的状态太多") from None
        for one in found:
            if any(other != one and one.items() <= other.items() for other in found):
                problem = f"子流程“{words}”有时多、有时少几个结束事件,何时算完说不清"
                raise Untranslatable(f"{problem};让各支先汇合,再到结束事件")
        return found

    def end(self, level: Level, node: Node) -> None:
        for take in self.ins(level, node):
            if "错误" in node.triggers:
                catcher, path, put = self.caught(level, node)
                words = f"{node.words} → {catcher.words}" if catcher else node.words
                self.move(level, Draft(node, take, put, label=words, empties=path))
                continue
            is_terminate = "终止" in node.triggers
            put = {}
            if level.above is not None:
                name = "done" if is_terminate else "+".join(take)
                ended = self.place(f"{level.path}end:{name}", f"“{node.words}”之后")
                level.ends[ended] = None
                put = bag([ended])
            empties = level.path if is_terminate else None
            self.move(level, Draft(node, take, put, label=node.words, empties=empties))

    def caught(self, level: Level, node: Node) -> tuple[Node | None, str, Bag]:
        """What catches an error, the path that it empties, and where it goes on."""
        at = level
        while at.above is not None and at.node is not None:
            for event in at.above.scope.boundaries(at.node):
                if "错误" in event.triggers and event.error in ("", node.error):
                    return event, at.path, self.ways(at.above, event)[0].put
            at = at.above
        return None, "", {}


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}#{number}"
        number += 1


def _label(node: Node) -> str:
    return f"{node.words}({node.repeats})" if node.repeats else node.words


def _thrown(scope: Scope) -> frozenset[str]:
    """The error codes that ends inside throw."""
    ends = (node for _, node in scope.everything() if node.kind is Kind.END)
    return frozenset(node.error for node in ends if "错误" in node.triggers)


def _subsets(flows: list[Flow], node: Node) -> list[tuple[Flow, ...]]:
    """The sets of flows that may be taken together.

    Flows without a condition, but for the default, are always taken, so that the default
    means that no other flow is.
    """
    if node.kind is Kind.INCLUSIVE:
        always, open_ = [], [f for f in flows if f.id != node.default]
    else:
        always = [f for f in flows if not f.is_conditional and f.id != node.default]
        open_ = [f for f in flows if f.is_conditional and f.id != node.default]
    sizes = range(0 if always else 1, len(open_) + 1)
    found = [(*always, *chosen) for size in sizes for chosen in combinations(open_, size)]
    by_default = [f for f in flows if f.id == node.default]
    return found + ([(*always, *by_default)] if by_default else [])
