"""A power as a BPMN model: what BPMN can say is drawn, all else stands in extension elements.

    power            a pool and its process          chart          a process that is called
    post             a lane, in the order of posts   step           a task in its post's lane
    outcomes         flows out of an exclusive gateway, or the one flow of the task
    several targets  a parallel gateway; with ``choose`` an inclusive one
    join             a parallel or inclusive gateway before the task
    after            a timer on the task's boundary
    several          a task of many instances        call           a call activity
    end              an end event; a terminate end where what leads there cancels

``inward`` reads it back; ``tests/formats/test_bpmn_of_powers.py`` holds that the two are the
identity. BPMN has no words for an ``anytime`` outcome and for taking back what a step had led
to: they are in the extensions alone, and other tools will not act on them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from guiju.formats.bpmn.diagram import draw
from guiju.formats.bpmn.extension import PREFIX, write_value
from guiju.formats.bpmn.identity import xml_id
from guiju.formats.bpmn.layout import Line, Spot
from guiju.formats.bpmn.names import BPMN, BPMNDI, DC, DI, OURS, XSI
from guiju.formats.bpmn.tree import Document, Element, indent, serialize
from guiju.kernel.fit import ChartError
from guiju.kernel.net import compile_net
from guiju.kernel.power import APPLICANT, LAW, Chart, Outcome, Power, Step, StepKind
from guiju.kernel.rules import Unit

SPACES = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, PREFIX: OURS, "xsi": XSI}
SENT = (StepKind.INFORM, StepKind.DELIVER)  # steps that send something out
DRAWN_OF_STEP = frozenset(("id", "name", "post", "outcomes", "call"))
DRAWN_OF_OUTCOME = frozenset(("id", "name", "to"))
DRAWN_OF_POWER = frozenset(("name", "steps", "ends", "charts"))
NAMES = {APPLICANT: "申请人", LAW: "法律规定"}


def to_bpmn(power: Power) -> bytes:
    """A power as a BPMN 2.0 file that other tools can show and edit."""
    spaces = {f"xmlns:{prefix}": space for prefix, space in SPACES.items()}
    head = {"id": "definitions", "targetNamespace": OURS, "exporter": "Guiju"}
    root = Element("bpmn:definitions", {**spaces, **head}, [], SPACES)
    pool = root.add("bpmn:collaboration", {"id": "collaboration"})
    pool.add("bpmn:participant", {"id": "pool", "name": power.name, "processRef": "power"})
    joins = _inclusive_joins(power)
    names = {post.id: post.name for post in power.posts}
    own = _Writer(root, "power", power.name, "", names, joins)
    write_value(own.extend(own.process, "power"), power, DRAWN_OF_POWER)
    charts = []
    own.chart(power)
    for chart in power.charts:
        prefix = xml_id(chart.id) + "."
        called = _Writer(root, xml_id("chart", chart.id), chart.name, prefix, names, joins)
        called.extend(called.process, "chart")
        called.chart(chart)
        charts.append(called)
    draw(root, "collaboration", own.shapes, "pool")
    for called in charts:
        draw(root, called.process.get("id"), called.shapes)
    indent(root)
    return serialize(Document(root))


def _inclusive_joins(power: Power) -> frozenset[str]:
    """The steps, by the end of their ids, where branches come together of which some apply."""
    try:
        moves = compile_net(power).transitions
    except ChartError:
        return frozenset()
    return frozenset(route.joins.rsplit(".")[-1] for move in moves for route in move.routes)


@dataclass(slots=True)
class Shapes:
    """What is to be drawn of one process."""

    lanes: list[str] = field(default_factory=list)  # XML ids, from top to bottom
    spots: list[Spot] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


class _Writer:
    """One process being written."""

    def __init__(
        self,
        root: Element,
        id_: str,
        name: str,
        prefix: str,
        posts: dict[str, str],
        inclusive: frozenset[str],
    ) -> None:  # fmt: skip
        self.process = root.add("bpmn:process", {"id": id_, "name": name, "isExecutable": "true"})
        self.prefix, self.posts, self.inclusive = prefix, posts, inclusive
        self.shapes = Shapes()
        self.lane = 0  # of the step that is being written

    def id(self, *parts: str) -> str:
        return self.prefix + xml_id(*parts)

    def extend(self, element: Element, tag: str) -> Element:
        """A new extension element of ours."""
        own = Element(f"{PREFIX}:{tag}", {}, [], SPACES)
        outer = Element("bpmn:extensionElements", {}, [own], SPACES)
        element.children.insert(0, outer)
        return own

    def chart(self, chart: Power | Chart) -> None:
        """The lanes, nodes and flows of a chart."""
        owners = _owners(chart, self.posts)
        self.lanes(chart, owners)
        self.steps = {step.id: step for step in chart.steps}
        self.ways = list(_ways(chart))
        start = self.node("startEvent", self.id("start"), "", "event")
        for step in chart.steps:
            self.lane = owners.index(step.post)
            self.step(step)
        cancelled = {to for step in chart.steps for o in step.outcomes if o.cancels for to in o.to}
        for end in chart.ends:
            leading = [step for step, _, target in self.ways if target == end.id]
            self.lane = owners.index(leading[-1].post) if leading else 0
            event = self.node("endEvent", self.id("end", end.id), end.name, "event")
            write_value(self.extend(event, "end"), end, frozenset(("id", "name")))
            if end.id in cancelled:
                event.add("bpmn:terminateEventDefinition")
        self.flow(self.id("begin"), "", start.get("id"), self.id("step", chart.steps[0].id))
        for step in chart.steps:
            self.flows(step)

    def lanes(self, chart: Power | Chart, owners: list[str]) -> None:
        lane_set = self.process.add("bpmn:laneSet", {"id": self.id("lanes")})
        self.lane_elements = []
        for post in owners:
            name = self.posts.get(post) or NAMES.get(post, post)
            lane = lane_set.add("bpmn:lane", {"id": self.id("post", post), "name": name})
            self.lane_elements.append(lane)
            self.shapes.lanes.append(lane.get("id"))

    def node(self, tag: str, id_: str, name: str, size: str, on: str = "") -> Element:
        element = self.process.add(f"bpmn:{tag}", {"id": id_, **({"name": name} if name else {})})
        reference = self.lane_elements[self.lane].add("bpmn:flowNodeRef")
        reference.children = [id_]
        self.shapes.spots.append(Spot(id_, size, self.lane, on))
        return element

    def flow(self, id_: str, name: str, source: str, target: str) -> Element:
        ends = {"sourceRef": source, "targetRef": target}
        named = {"name": name} if name else {}
        self.shapes.lines.append(Line(id_, source, target))
        return self.process.add("bpmn:sequenceFlow", {"id": id_, **named, **ends})

    def step(self, step: Step) -> None:
        """The nodes of a step, from left to right."""
        if len(step.join) > 1:
            self.joining(step)
        task = self.task(step)
        for outcome in step.outcomes:
            if outcome.after is not None:
                self.timer(task, step, outcome)
        chosen = [outcome for outcome in step.outcomes if outcome.after is None]
        if len(chosen) > 1:
            self.node("exclusiveGateway", self.id("decide", step.id), "", "gateway")
        for outcome in step.outcomes:
            if len(outcome.to) > 1:
                kind = "inclusive" if outcome.choose else "parallel"
                id_ = self.id("split", step.id, outcome.id)
                self.node(f"{kind}Gateway", id_, "", "gateway")

    def joining(self, step: Step) -> None:
        """The gateways before a step that waits; a branch that comes in twice merges first."""
        for branch in step.join:
            if self.entries(step, branch) > 1:
                id_ = self.id("merge", step.id, branch)
                self.node("exclusiveGateway", id_, "", "gateway")
        kind = "inclusive" if step.id in self.inclusive else "parallel"
        self.node(f"{kind}Gateway", self.id("join", step.id), "", "gateway")

    def task(self, step: Step) -> Element:
        tag = "sendTask" if step.kind in SENT else "userTask"
        task = self.node(
            "callActivity" if step.call else tag, self.id("step", step.id), step.name, "task"
        )
        if step.call:
            task.attributes["calledElement"] = xml_id("chart", step.call)
        write_value(self.extend(task, "step"), step, DRAWN_OF_STEP)
        if step.several is not None:
            many = task.add("bpmn:multiInstanceLoopCharacteristics")
            count = many.add("bpmn:loopCardinality", {"xsi:type": "bpmn:tFormalExpression"})
            count.children = [str(len(step.several.posts))]
        return task

    def timer(self, task: Element, step: Step, outcome: Outcome) -> None:
        rule, host = outcome.after, task.get("id")
        assert rule is not None
        event = self.node(
            "boundaryEvent", self.id("timer", step.id, outcome.id), outcome.name, "event", host
        )
        event.attributes["attachedToRef"] = host
        definition = event.add("bpmn:timerEventDefinition")
        if rule.value is not None and rule.unit in (Unit.WORKING_DAY, Unit.NATURAL_DAY):
            duration = definition.add("bpmn:timeDuration", {"xsi:type": "bpmn:tFormalExpression"})
            duration.children = [f"P{rule.value}D"]  # working days only our extension can say

    def flows(self, step: Step) -> None:
        """The flows of a step, in the order of its outcomes."""
        task = self.id("step", step.id)
        if len(step.join) > 1:
            join = self.id("join", step.id)
            for branch in step.join:
                if self.entries(step, branch) > 1:
                    merge = self.id("merge", step.id, branch)
                    self.flow(self.id("merged", step.id, branch), "", merge, join)
            self.flow(self.id("joined", step.id), "", join, task)
        chosen = [outcome for outcome in step.outcomes if outcome.after is None]
        if len(chosen) > 1:
            decide = self.id("decide", step.id)
            self.flow(self.id("decided", step.id), "", task, decide)
        for outcome in step.outcomes:
            source = task if len(chosen) < 2 else self.id("decide", step.id)
            if outcome.after is not None:
                source = self.id("timer", step.id, outcome.id)
            self.outcome(step, outcome, source)

    def outcome(self, step: Step, outcome: Outcome, source: str) -> None:
        split = self.id("split", step.id, outcome.id)
        targets = [self.entry(step, outcome, target) for target in outcome.to]
        target = split if len(targets) > 1 else (targets or [self.id("step", step.id)])[0]
        id_ = self.id("outcome", step.id, outcome.id)
        flow = self.flow(id_, outcome.name, source, target)
        own = self.extend(flow, "outcome")
        write_value(own, outcome, DRAWN_OF_OUTCOME)
        if not outcome.to:
            own.attributes["stays"] = "true"
        for each, entry in zip(outcome.to, targets, strict=True) if len(targets) > 1 else ():
            self.flow(self.id("to", step.id, outcome.id, each), "", split, entry)

    def entry(self, step: Step, outcome: Outcome, target: str) -> str:
        """Where a flow comes in that leads from a step to a step or an end."""
        then = self.steps.get(target)
        if then is None:
            return self.id("end", target)
        if len(then.join) < 2 or step.id not in then.join or outcome.cancels:
            return self.id("step", target)
        if self.entries(then, step.id) > 1:
            return self.id("merge", target, step.id)
        return self.id("join", target)

    def entries(self, step: Step, branch: str) -> int:
        """How many outcomes of a branch lead to where it joins."""
        return sum(
            source.id == branch and target == step.id and not outcome.cancels
            for source, outcome, target in self.ways
        )


def _owners(chart: Power | Chart, posts: dict[str, str]) -> list[str]:
    """The posts that own steps, in the official order; an unlisted applicant first."""
    owners = {step.post: None for step in chart.steps}
    listed = [post for post in posts if post in owners]
    return [*(each for each in owners if each not in listed), *listed]


def _ways(chart: Power | Chart) -> Iterator[tuple[Step, Outcome, str]]:
    for step in chart.steps:
        for outcome in step.outcomes:
            yield from ((step, outcome, target) for target in outcome.to)
