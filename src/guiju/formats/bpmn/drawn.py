"""A process as it is drawn, read as steps with outcomes: gateways are followed, not kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from guiju.formats.bpmn.identity import our_id
from guiju.formats.bpmn.model import Flow, Node, Scope
from guiju.formats.bpmn.names import Kind

ACTIVITIES = (Kind.TASK, Kind.CALL, Kind.SUBPROCESS)
DECISIONS_MAX = 9  # one after another; more is a circle
SPLITS = (Kind.PARALLEL, Kind.INCLUSIVE)


@dataclass(frozen=True, slots=True)
class Way:
    """One outcome of an activity: the flow that stands for it, and where it leads."""

    flow: Flow
    name: str
    to: tuple[str, ...]
    is_choice: bool  # of several targets those that apply
    is_timed: bool


class Drawn:
    """What is drawn of one process; ``names`` gives our ids for activities and ends."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.order = {id_: number for number, id_ in enumerate(scope.flows)}
        self.names: dict[str, str] = {}
        self.remarks: list[str] = []

    def activities(self) -> list[Node]:
        """All activities, the one that is started with first, else in the order of the file."""
        found = [node for node in self.scope.nodes.values() if node.kind in ACTIVITIES]
        for node in found:
            if node.kind is Kind.SUBPROCESS:
                self.remarks.append(f"子流程“{node.words}”里画的不会成为环节")
        starts = [node for node in self.scope.nodes.values() if node.kind is Kind.START]
        first = [
            n for start in starts for flow in self.scope.out_of(start) for n in self._next(flow)
        ]
        if len(first) != 1:
            self.remarks.append("要有一个开始事件,通向一个环节")
        return sorted(found, key=lambda node: node not in first)

    def ends(self) -> list[Node]:
        """All end events, in the order of the file."""
        return [node for node in self.scope.nodes.values() if node.kind is Kind.END]

    def _next(self, flow: Flow) -> Iterator[Node]:
        node = self.scope.nodes.get(flow.target)
        if node is not None:
            yield node

    def ways(self, node: Node) -> list[Way]:
        """The outcomes of an activity, in the order of their flows."""
        found = list(self._chosen(node))
        for event in self.scope.boundaries(node):
            if event.triggers != ("定时",):
                self.remarks.append(f"“{event.words}”不是逾期,不会成为出口")
                continue
            for flow in self.scope.out_of(event):
                found += self._expanded(
                    flow, _name(flow) or event.element.get("name"), is_timed=True
                )
        return sorted(found, key=lambda way: self.order[way.flow.id])

    def _chosen(self, node: Node) -> Iterator[Way]:
        flows = self.scope.out_of(node)
        if len(flows) > 1:  # several flows out of a task are parallel
            to = tuple(each for flow in flows for each in self._targets(flow, ()))
            yield Way(flows[0], _name(flows[0]) or "办结", to, is_choice=False, is_timed=False)
            return
        for flow in flows:
            yield from self._expanded(flow, _name(flow), is_timed=False)

    def _expanded(self, flow: Flow, name: str, *, is_timed: bool, depth: int = 0) -> Iterator[Way]:
        """The outcomes that a flow leads to, through one decision after another."""
        target = self.scope.nodes.get(flow.target)
        flows = self.scope.out_of(target) if target else []
        is_decision = target is not None and target.kind is Kind.EXCLUSIVE
        is_named = any(our_id("outcome", each.id) for each in flows)
        if is_decision and (len(flows) > 1 or is_named) and depth < DECISIONS_MAX:
            for each in flows:
                named = "·".join(filter(None, (name, _name(each))))
                yield from self._expanded(each, named, is_timed=is_timed, depth=depth + 1)
            return
        to = self._targets(flow, ())
        is_choice = target is not None and target.kind is Kind.INCLUSIVE
        yield Way(flow, name or "办结", tuple(to), is_choice, is_timed)

    def _targets(self, flow: Flow, seen: tuple[str, ...]) -> list[str]:
        """The steps and ends that a flow leads to, in the order drawn."""
        node = self.scope.nodes.get(flow.target)
        if node is None or node.id in seen:
            self.remarks.append(f"连线“{flow.name or flow.id}”没有通向环节或结束事件")
            return []
        if node.id in self.names:
            return [self.names[node.id]]
        flows = self.scope.out_of(node)
        if node.kind is Kind.EXCLUSIVE and len(flows) > 1:
            self.remarks.append(f"并行之后的“{node.words}”要先有环节,再作判断")
        elif node.kind not in (*SPLITS, Kind.EXCLUSIVE):
            self.remarks.append(f"职权里没有“{node.words}”这样的事件,只沿连线看过去")
        if not flows:
            self.remarks.append(f"“{node.words}”之后没有环节或结束事件")
        return [one for each in flows for one in self._targets(each, (*seen, node.id))]

    def join(self, node: Node) -> list[str]:
        """The steps that an activity waits for, in the order of the flows that come in."""
        entries: dict[str, None] = {}
        for flow in self.scope.into(node):
            gateway = self.scope.nodes.get(flow.source)
            into = self.scope.into(gateway) if gateway else []
            if gateway is None or gateway.kind not in SPLITS or len(into) < 2:
                continue
            for each in into:
                sources = self._sources(each, frozenset())
                if len(sources) > 1:
                    self.remarks.append(f"“{node.words}”等待的一支先由几个环节合并,会当作都要等")
                entries |= dict.fromkeys(sources)
        return list(entries)

    def _sources(self, flow: Flow, seen: frozenset[str]) -> list[str]:
        """The steps from which a flow comes, through gateways."""
        node = self.scope.nodes.get(flow.source)
        if node is None or node.id in seen:
            return []
        if node.kind is Kind.BOUNDARY:
            node = self.scope.nodes.get(node.attached_to, node)
        if node.kind in ACTIVITIES:
            return [self.names[node.id]]
        flows = self.scope.into(node)
        found = [one for each in flows for one in self._sources(each, seen | {node.id})]
        return list(dict.fromkeys(found))


def _name(flow: Flow) -> str:
    """The name as it was written, with its spaces."""
    return flow.element.get("name")
