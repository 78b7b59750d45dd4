"""A model that came from a power, perhaps edited in another tool, as a power again.

What is drawn is the truth for steps, outcomes, lanes, ends, joins and all names; our extension
elements say the rest. What no longer fits together is told as a remark: a step drawn elsewhere
has no kind, a control names a step that is gone. A file without our extensions is no power and
is refused: it has no legal basis, no limits, no controls.
"""

import re
from dataclasses import dataclass
from typing import Any

from guiju.formats.bpmn.drawn import Drawn
from guiju.formats.bpmn.extension import read_value
from guiju.formats.bpmn.identity import new_id, our_id
from guiju.formats.bpmn.model import Model, Node, Process, read_model
from guiju.formats.bpmn.names import BPMN, OURS, Kind
from guiju.formats.bpmn.tree import Element
from guiju.formats.packs import PackError
from guiju.formats.reader import Misfit, read
from guiju.kernel.fit import ChartError, misfits
from guiju.kernel.net import compile_net
from guiju.kernel.power import APPLICANT, LAW, End, Outcome, Power, Step, StepKind

IN_PLACE = re.compile(r"(steps|charts|anytime|examples)\[\d+\]\..*|limits\..*")
"""The ids that the reader gives to rules written in place; they say where, so they move."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """The power, and what no longer fits; without remarks it is as good as its own file."""

    power: Power
    remarks: tuple[str, ...]


def holds_power(model: Model) -> bool:
    """Whether a model came from a power."""
    return _whole(model) is not None


def _whole(model: Model) -> Process | None:
    return next((each for each in model.processes if _own(each.scope.element, "power")), None)


def from_bpmn(content: bytes, file: str = "模型") -> Recovered:
    """Read a power from a model. Raises PackError where there is none in it."""
    return recovered(read_model(content, file))


def recovered(model: Model) -> Recovered:
    """The power in a model. Raises PackError where there is none."""
    whole, file = _whole(model), model.file
    if whole is None:
        problem = "模型里没有职权的扩展信息"
        mend = "只有由职权导出的模型能变回职权;依据、时限和防控措施要另行写明"
        raise PackError(file, model.document.root.line, "", problem, mend)
    reader = _Reader(model)
    data = reader.power(whole)
    try:
        power = read(Power, _moved(data))
    except Misfit as error:
        line = whole.scope.element.line
        raise PackError(file, line, error.where, error.problem, error.mend) from None
    return Recovered(power, (*reader.remarks, *_misfits(power)))


def _misfits(power: Power) -> list[str]:
    found = [f"{error.problem}。{error.mend}" for error in misfits(power)]
    if not found:
        try:
            compile_net(power)
        except ChartError as error:
            found.append(f"{error.problem}。{error.mend}")
    steps = {step.id: {o.id for o in step.outcomes} for step in power.steps}
    anytime = {each.outcome.id for each in power.anytime}
    for example in power.examples:
        for act in (*example.given, example.when):
            step = re.split("[.~]", act.step)[0]
            is_whole = step != act.step or step not in steps  # of a chart that is called
            known = steps.get(step, set()) | anytime
            if step not in steps or not (
                is_whole or act.outcome in known or _is_aside(act.outcome)
            ):
                found.append(f"例子“{example.name}”提到的“{act.step}:{act.outcome}”不在图上")
    return found


def _is_aside(outcome: str) -> bool:
    return outcome in ("ask_opinion", "give_opinion", "hand_over")


def _own(element: Element, tag: str) -> Element | None:
    """Our extension element of this name."""
    for outer in element.elements(BPMN, "extensionElements"):
        return next(outer.elements(OURS, tag), None)
    return None


def _moved(data: Any) -> Any:
    """The data with rules that were written in place left to be named after their new place."""
    if isinstance(data, list):
        return [_moved(each) for each in data]
    if not isinstance(data, dict):
        return data
    id_ = data.get("id")
    if "certainty" in data and id_ == data.get("name") and IN_PLACE.fullmatch(str(id_)):
        data = {key: value for key, value in data.items() if key not in ("id", "name")}
    return {key: _moved(value) for key, value in data.items()}


class _Reader:
    """Processes being read as charts, and what was odd on the way."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.remarks: list[str] = []
        self.posts: dict[str, str] = {}  # id → name, as the lanes say

    def power(self, whole: Process) -> dict[str, Any]:
        own = _own(whole.scope.element, "power")
        assert own is not None
        data: dict[str, Any] = read_value(Power, own)
        data["name"] = whole.name
        data |= self.chart(whole)
        called = [each for each in self.model.processes if _own(each.scope.element, "chart")]
        charts = []
        for process in called:
            id_ = our_id("chart", process.id)
            name = process.scope.element.get("name")
            charts.append({"id": id_, "name": name, **self.chart(process)})
        if charts:
            data["charts"] = charts
        data["posts"] = self.listed_posts(whole, data.get("posts", []))
        return data

    def listed_posts(self, whole: Process, before: list[Any]) -> list[Any]:
        """The posts in the order of the lanes; those without a lane where they stood before."""
        drawn = [_post(lane.id) for lane in whole.lanes]
        if not all({"id", "name"} <= set(post) for post in before):
            return before  # the reader says what is missing
        known = {post["id"]: post for post in before}
        posts = {
            id_: {**post, "name": self.posts.get(id_, post["name"])} for id_, post in known.items()
        }
        added = {
            id_: {"id": id_, "name": name}
            for id_, name in self.posts.items()
            if id_ not in known and id_ not in (APPLICANT, LAW)
        }
        posts |= added
        order = [id_ for id_ in drawn if id_ in posts]
        if [id_ for id_ in posts if id_ in order] == order:
            return list(posts.values())
        rest = [id_ for id_ in posts if id_ not in order]
        return [posts[id_] for id_ in (*order, *rest)]

    def chart(self, process: Process) -> dict[str, Any]:
        """The steps and ends of a process."""
        drawn = Drawn(process.scope)
        for lane in process.lanes:
            self.posts.setdefault(_post(lane.id), lane.name)
        nodes = drawn.activities()
        for node in nodes:
            drawn.names[node.id] = our_id("step", node.id) or new_id(node.id, drawn.names.values())
        for node in drawn.ends():
            drawn.names[node.id] = our_id("end", node.id) or new_id(node.id, drawn.names.values())
        steps = [self.step(process, drawn, node) for node in nodes]
        ends = []
        for node in drawn.ends():
            own = _own(node.element, "end")
            data = read_value(End, own) if own is not None else {}
            ends.append({**data, "id": drawn.names[node.id], "name": _name(node)})
        self.remarks += drawn.remarks
        return {"steps": steps, "ends": ends}

    def step(self, process: Process, drawn: Drawn, node: Node) -> dict[str, Any]:
        own = _own(node.element, "step")
        data: dict[str, Any] = read_value(Step, own) if own is not None else {}
        id_ = drawn.names[node.id]
        if own is None:
            kind = StepKind.DELIVER if node.element.local == "sendTask" else StepKind.REVIEW
            data["kind"] = kind.value
            self.remarks.append(
                f"环节“{node.words}”是在别处画的,没有种类和时限,暂作“{kind}”,请补写"
            )
        lane = process.lane_of(node.id)
        if lane is None:
            self.remarks.append(f"环节“{node.words}”不在任何泳道里,请写明岗位")
        post = _post(lane.id) if lane else APPLICANT
        data |= {"id": id_, "name": _name(node), "post": post}
        if node.kind is Kind.CALL:
            data["call"] = our_id("chart", node.called) or node.called
        data["join"] = self.join(drawn, node, data.get("join", []))
        data["outcomes"] = self.outcomes(drawn, node)
        return data

    def join(self, drawn: Drawn, node: Node, before: list[str]) -> list[str]:
        """The steps that are waited for; in the order in which they were, if they are the same."""
        entries = drawn.join(node)
        if sorted(entries) == sorted(before) or (not entries and len(before) < 2):
            return before
        return entries

    def outcomes(self, drawn: Drawn, node: Node) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for way in drawn.ways(node):
            own = _own(way.flow.element, "outcome")
            data: dict[str, Any] = read_value(Outcome, own) if own is not None else {}
            data["id"] = our_id("outcome", way.flow.id) or new_id(
                way.flow.id, [each["id"] for each in found]
            )
            data["name"] = way.name
            if own is None:
                self.remarks.append(
                    f"环节“{node.words}”的出口“{way.name}”是在别处画的,没有计时和告知,请补写"
                )
            if way.is_timed != ("after" in data):
                problem = "没有写明逾期规则" if way.is_timed else "有逾期规则却不再画在定时事件上"
                self.remarks.append(f"环节“{node.words}”的出口“{way.name}”{problem}")
            is_staying = bool(data.pop("stays", "")) and way.to == (drawn.names[node.id],)
            data["to"] = [] if is_staying else list(way.to)
            if len(data["to"]) > 1:
                data["choose"] = way.is_choice
            found.append(data)
        return found


def _post(lane: str) -> str:
    return our_id("post", lane) or new_id(lane, ())


def _name(node: Node) -> str:
    return node.element.get("name") or node.id
