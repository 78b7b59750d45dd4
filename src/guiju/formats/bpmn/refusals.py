"""Why a model, or a part of it, cannot be executed; it is kept and written all the same.

What is executed is what the law and its clerks need and what has one clear meaning; the
rest of the standard is answered with a reason. A model with refusals is neither judged nor
walked nor published.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from guiju.formats.bpmn.inclusive import SUBSETS_MAX, match
from guiju.formats.bpmn.model import Flow, Model, Node, Process, Scope
from guiju.formats.bpmn.names import EXECUTED, WORDS, Kind
from guiju.formats.bpmn.tree import Element


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason, with the line of the file and what would help."""

    process: str  # the id of the process; empty: the whole model
    line: int
    problem: str
    mend: str

    def __str__(self) -> str:
        return f"{self.problem}。{self.mend}"


def refusals(model: Model) -> tuple[Refusal, ...]:
    """All reasons why a model is not executed, process by process, in the order of the file."""
    found = []
    if not any(process.scope.nodes for process in model.processes):
        line = model.document.root.line
        found.append(Refusal("", line, "模型里没有画出任何流程", "画出至少一个流程"))
    for element in model.unknown:
        problem = f"不认识的元素“{element.tag}”"
        found.append(Refusal("", element.line, problem, "换成 BPMN 2.0 的元素"))
    for process in model.processes:
        found += [_refusal(process, *each) for each in _of_scope(model, process.scope, ())]
    return tuple(found)


def _refusal(process: Process, element: Element, problem: str, mend: str) -> Refusal:
    return Refusal(process.id, element.line, problem, mend)


Reason = tuple[Element, str, str]


def _of_scope(model: Model, scope: Scope, calls: tuple[str, ...]) -> Iterator[Reason]:
    for element in scope.doubled:
        yield element, f"编号“{element.get('id')}”重复", "每个编号只能用一次"
    for flow in scope.flows.values():
        yield from _of_flow(scope, flow)
    for node in scope.nodes.values():
        yield from _of_node(scope, node)
        yield from _of_call(model, node, calls)
        if node.inside is not None and node.kind is Kind.SUBPROCESS:
            yield from _of_inside(node, node.inside)
            yield from _of_scope(model, node.inside, calls)


def _of_flow(scope: Scope, flow: Flow) -> Iterator[Reason]:
    words = f"连线“{flow.name or flow.id}”"
    for end, id_ in (("起点", flow.source), ("终点", flow.target)):
        if id_ not in scope.nodes:
            problem = f"{words}的{end}“{id_}”不在同一层" if id_ else f"{words}没有{end}"
            yield flow.element, problem, "把连线两端接好"
    target = scope.nodes.get(flow.target)
    if target is not None and target.kind in (Kind.START, Kind.BOUNDARY):
        yield flow.element, f"{words}通向“{target.words}”", "开始事件和边界事件不能有入流"


def _of_node(scope: Scope, node: Node) -> Iterator[Reason]:
    if node.kind is Kind.OTHER:
        mend = "用排他、并行或包容网关,或普通子流程表达"
        yield node.element, f"不执行{WORDS[node.element.local]}“{node.name or node.id}”", mend
    elif node.element.local in EXECUTED:
        yield from _of_event(scope, node)
    elif node.element.get("isForCompensation") in ("true", "1"):
        yield node.element, f"不执行补偿活动“{node.words}”", "画成一般的环节"
    elif node.kind is Kind.EVENT_BASED:
        yield from _of_event_gateway(scope, node)
    else:
        yield from _of_choice(scope, node)


def _of_event(scope: Scope, node: Node) -> Iterator[Reason]:
    can = EXECUTED[node.element.local]
    kinds = set(node.triggers)
    if len(node.triggers) > 1:
        yield node.element, f"不执行多重事件“{node.words}”", "拆成几个事件"
    elif (kinds or {""}) - can:
        problem = f"不执行“{node.words}”"
        known = "、".join(sorted(each for each in can if each)) + ("或空" if "" in can else "")
        yield node.element, problem, f"{WORDS[node.element.local]}可用:{known}"
    host = scope.nodes.get(node.attached_to)
    activities = (Kind.TASK, Kind.SUBPROCESS, Kind.CALL)
    if node.kind is Kind.BOUNDARY and (host is None or host.kind not in activities):
        yield node.element, f"“{node.words}”没有附着在活动上", "拖到一个任务或子流程的边上"


def _of_event_gateway(scope: Scope, node: Node) -> Iterator[Reason]:
    if node.element.get("eventGatewayType") == "Parallel":
        yield node.element, f"不执行并行的“{node.words}”", "改为排他的事件网关"
    for flow in scope.out_of(node):
        target = scope.nodes.get(flow.target)
        if target is None:
            continue
        is_event = target.element.local in ("intermediateCatchEvent", "receiveTask")
        if not is_event or len(scope.into(target)) > 1 or scope.boundaries(target):
            problem = f"“{node.words}”之后的“{target.words}”不是只等它的事件"
            mend = "事件网关之后接消息或定时捕获事件,各只有一条入流,没有边界事件"
            yield target.element, problem, mend


def _of_choice(scope: Scope, node: Node) -> Iterator[Reason]:
    """Choices of so many subsets that nobody could walk them; inclusive joins without a split."""
    out = scope.out_of(node)
    is_choice = node.kind is Kind.INCLUSIVE or any(flow.is_conditional for flow in out)
    if is_choice and node.kind is not Kind.EXCLUSIVE and len(out) > SUBSETS_MAX:
        problem = f"“{node.words}”有{len(out)}条可同时选的出流,超过{SUBSETS_MAX}条"
        yield node.element, problem, "分成几个网关"
    if node.kind is Kind.INCLUSIVE and len(scope.into(node)) > 1 and match(scope, node) is None:
        problem = f"“{node.words}”汇合的分支不成一块,等谁说不清"
        mend = "让一个网关分出的各支,不进不出,恰在这里汇合;或改用并行、排他网关"
        yield node.element, problem, mend


def _of_inside(node: Node, inside: Scope) -> Iterator[Reason]:
    if node.element.get("triggeredByEvent") in ("true", "1"):
        yield node.element, f"不执行事件子流程“{node.words}”", "改用边界事件"
    for each in inside.nodes.values():
        if each.kind is Kind.START and each.triggers:
            yield each.element, f"子流程里的“{each.words}”有触发条件", "改为空的开始事件"


def _of_call(model: Model, node: Node, calls: tuple[str, ...]) -> Iterator[Reason]:
    called = next((p for p in model.processes if node.called and p.id == node.called), None)
    if node.kind is not Kind.CALL or called is None:
        return
    if called.id in calls:
        yield node.element, f"“{node.words}”循环调用流程“{called.id}”", "流程之间不能循环调用"
        return
    if any(_of_scope(model, called.scope, (*calls, called.id))):
        problem = f"“{node.words}”调用的流程“{called.name or called.id}”不能执行"
        yield node.element, problem, "先改正被调用的流程"
