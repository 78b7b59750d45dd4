"""A typed view over a BPMN file; the XML tree stays the storage, so nothing is lost.

Tools differ: with or without prefixes, with or without ``incoming`` and ``outgoing``, ids or
ends of flows left out. Whatever can be understood is understood; what cannot is kept and
told. Nothing is dropped in silence: ``Model.unknown`` lists the elements of the standard's
namespace that stand where it has no such thing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from guiju.formats.bpmn.names import BESIDE, BPMN, DEFINITIONS, KINDS, WORDS, Kind
from guiju.formats.bpmn.tree import Document, Element, parse
from guiju.formats.packs import PackError

LOOPS = ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics")


@dataclass(slots=True, eq=False)
class Node:
    """A flow node: an event, an activity or a gateway."""

    id: str
    name: str
    kind: Kind
    element: Element
    triggers: tuple[str, ...] = ()  # the words for its event definitions
    default: str = ""  # the id of its default flow
    attached_to: str = ""
    is_interrupting: bool = True
    error: str = ""  # the code that it throws or catches; empty: any
    repeats: str = ""  # 循环 | 逐个 | 同时, the loop marker
    called: str = ""  # the id of the process that a call activity calls
    inside: "Scope | None" = None

    @property
    def words(self) -> str:
        """How people find it in the drawing."""
        kind = "".join(self.triggers) + WORDS.get(self.element.local, "任务")
        if self.name:
            return self.name if kind == "任务" else f"{self.name}({kind})"
        return f"未命名的{kind} {self.id}"


@dataclass(slots=True, eq=False)
class Flow:
    """A sequence flow; an end that is not given is empty."""

    id: str
    name: str
    source: str
    target: str
    is_conditional: bool
    element: Element


@dataclass(slots=True, eq=False)
class Lane:
    """A lane 泳道, with those nested in it."""

    id: str
    name: str
    nodes: tuple[str, ...]
    lanes: tuple["Lane", ...]
    element: Element


@dataclass(slots=True, eq=False)
class Scope:
    """What is inside a process or a sub-process."""

    element: Element
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    doubled: list[Element] = field(default_factory=list)  # an id that was there before

    def into(self, node: Node) -> list[Flow]:
        """The flows that lead to a node, in the order of the file."""
        return [flow for flow in self.flows.values() if flow.target == node.id]

    def out_of(self, node: Node) -> list[Flow]:
        """The flows that lead from a node, in the order of the file."""
        return [flow for flow in self.flows.values() if flow.source == node.id]

    def boundaries(self, node: Node) -> list[Node]:
        """The events on the boundary of an activity."""
        return [each for each in self.nodes.values() if each.attached_to == node.id]

    def everything(self) -> Iterator[tuple["Scope", Node]]:
        """All nodes, those inside sub-processes too, with where they stand."""
        for node in self.nodes.values():
            yield self, node
            if node.inside is not None:
                yield from node.inside.everything()


@dataclass(slots=True, eq=False)
class Process:
    """A process, as one pool shows it."""

    id: str
    name: str  # the pool's, else its own
    scope: Scope
    lanes: tuple[Lane, ...]

    def lane_of(self, node: str) -> Lane | None:
        """The innermost lane that lists a node."""
        found, lanes = None, self.lanes
        while lanes:
            inner = next((lane for lane in lanes if _lists(lane, node)), None)
            found, lanes = inner or found, inner.lanes if inner else ()
        return found


@dataclass(slots=True, eq=False)
class Model:
    """A file, understood as far as possible."""

    file: str
    document: Document
    processes: tuple[Process, ...]
    message_flows: int
    unknown: tuple[Element, ...]  # in the standard's namespace, but no part of the standard


def read_model_file(path: Path) -> Model:
    """Read a BPMN file from disk. Raises PackError."""
    try:
        return read_model(path.read_bytes(), str(path))
    except OSError:
        raise PackError(str(path), 1, "", "没有这个文件,或不能读", "检查路径") from None


def read_model(content: bytes, file: str = "模型") -> Model:
    """Read a BPMN file. Raises PackError when it is no XML, or no BPMN 2.0."""
    document = parse(content, file)
    root = document.root
    if root.local != "definitions" or root.space != BPMN:
        problem = f"根元素是“{root.tag}”,不是 BPMN 2.0 的 definitions"
        raise PackError(file, root.line, root.tag, problem, "导出为 BPMN 2.0(.bpmn)")
    pools = {
        _bare(each.get("processRef")): each.get("name")
        for each in root.below()
        if each.space == BPMN and each.local == "participant" and each.get("processRef")
    }
    reader = _Reader(_error_codes(root))
    processes = tuple(
        Process(
            each.get("id") or f"process@{each.line}",
            pools.get(each.get("id")) or each.get("name"),
            reader.scope(each),
            _lanes(each),
        )
        for each in root.elements(BPMN, "process")
    )
    flows = [e for e in root.below() if e.space == BPMN and e.local == "messageFlow"]
    return Model(file, document, processes, len(flows), tuple(reader.unknown))


class _Reader:
    """Scopes being read, and what was not understood on the way."""

    def __init__(self, codes: dict[str, str]) -> None:
        self.codes = codes
        self.unknown: list[Element] = []
        self.unnamed = 0

    def id_of(self, element: Element) -> str:
        """The id of an element; where it has none, one that no tool writes."""
        self.unnamed += 1
        return element.get("id") or f"{element.local}@{self.unnamed}"

    def scope(self, element: Element) -> Scope:
        scope = Scope(element)
        for each in element.elements(BPMN):
            if each.local in KINDS:
                node = self.node(each)
                if node.id in scope.nodes:
                    scope.doubled.append(each)
                scope.nodes.setdefault(node.id, node)
            elif each.local == "sequenceFlow":
                flow = self.flow(each)
                if flow.id in scope.flows:
                    scope.doubled.append(each)
                scope.flows.setdefault(flow.id, flow)
            elif each.local not in BESIDE:
                self.unknown.append(each)
        _mend_flows(scope)
        return scope

    def node(self, element: Element) -> Node:
        kind = KINDS[element.local]
        definitions = [each for each in element.elements(BPMN) if each.local in DEFINITIONS]
        error = next((each.get("errorRef") for each in definitions if each.get("errorRef")), "")
        is_scope = kind is Kind.SUBPROCESS or element.local in ("transaction", "adHocSubProcess")
        return Node(
            id=self.id_of(element),
            name=" ".join(element.get("name").split()),
            kind=kind,
            element=element,
            triggers=tuple(DEFINITIONS[each.local] for each in definitions),
            default=_bare(element.get("default")),
            attached_to=_bare(element.get("attachedToRef")) if kind is Kind.BOUNDARY else "",
            is_interrupting=element.get("cancelActivity", "true") not in ("false", "0"),
            error=self.codes.get(_bare(error), _bare(error)),
            repeats=_repeats(element),
            called=_bare(element.get("calledElement")),
            inside=self.scope(element) if is_scope else None,
        )

    def flow(self, element: Element) -> Flow:
        return Flow(
            id=self.id_of(element),
            name=" ".join(element.get("name").split()),
            source=_bare(element.get("sourceRef")),
            target=_bare(element.get("targetRef")),
            is_conditional=any(element.elements(BPMN, "conditionExpression")),
            element=element,
        )


def _bare(name: str) -> str:
    """A qualified name without its prefix, as references to ids may have one."""
    return name.strip().rpartition(":")[2]


def _error_codes(root: Element) -> dict[str, str]:
    errors = root.elements(BPMN, "error")
    return {each.get("id"): each.get("errorCode") or each.get("id") for each in errors}


def _repeats(element: Element) -> str:
    for each in element.elements(BPMN, *LOOPS):
        if each.local == "standardLoopCharacteristics":
            return "循环"
        return "逐个" if each.get("isSequential") in ("true", "1") else "同时"
    return ""


def _mend_flows(scope: Scope) -> None:
    """Ends of flows that only the nodes' ``incoming`` and ``outgoing`` tell."""
    for node in scope.nodes.values():
        for each in node.element.elements(BPMN, "incoming", "outgoing"):
            flow = scope.flows.get(_bare(each.text))
            if flow is not None and each.local == "incoming":
                flow.target = flow.target or node.id
            elif flow is not None:
                flow.source = flow.source or node.id


def _lanes(element: Element) -> tuple[Lane, ...]:
    """The lanes of all lane sets directly inside."""
    sets = element.elements(BPMN, "laneSet", "childLaneSet")
    return tuple(
        Lane(
            lane.get("id") or f"lane@{lane.line}",
            lane.get("name"),
            tuple(_bare(each.text) for each in lane.elements(BPMN, "flowNodeRef")),
            _lanes(lane),
            lane,
        )
        for lane_set in sets
        for lane in lane_set.elements(BPMN, "lane")
    )


def _lists(lane: Lane, node: str) -> bool:
    return node in lane.nodes or any(_lists(each, node) for each in lane.lanes)
