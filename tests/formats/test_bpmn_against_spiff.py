"""The same random charts, walked by the same chance here and in SpiffWorkflow.

At every point both must offer the same. GUIJU_CHARTS says how many charts, for more than the
suite takes: ``GUIJU_CHARTS=1500 ./dev test -s tests/formats/test_bpmn_against_spiff.py``.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from io import BytesIO

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from tests.formats.charts_in_bpmn import RandomChart

from guiju.formats.bpmn.model import read_model
from guiju.formats.bpmn.refusals import refusals
from guiju.formats.bpmn.translation import translate
from guiju.formats.bpmn.walk import Case

CHARTS = int(os.environ.get("GUIJU_CHARTS", "300"))
STEPS_MAX = 25
DECIDING = ("ExclusiveGateway", "InclusiveGateway")


class Spiff:
    """A case in SpiffWorkflow, offering what ours offers: tasks, and decisions."""

    def __init__(self, content: bytes) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.parse(BytesIO(content)))
        self.taken: set[str] = set()  # the flows that the conditions find true
        engine = PythonScriptEngine(TaskDataEnvironment({"taken": self.taken}))
        self.workflow = BpmnWorkflow(parser.get_spec("p"), script_engine=engine)
        self.settle()

    def settle(self) -> None:
        """Run all that follows by itself."""
        while True:
            ready = [task for task in self.ready() if not self.is_offered(task)]
            if not ready:
                return
            ready[0].run()

    def ready(self) -> list[Task]:
        return self.workflow.get_tasks(state=TaskState.READY)

    def is_offered(self, task: Task) -> bool:
        return task.task_spec.manual or self.is_decision(task)

    def is_decision(self, task: Task) -> bool:
        is_kind = type(task.task_spec).__name__ in DECIDING
        return is_kind and len(task.task_spec.outputs) > 1

    def offers(self) -> Counter[str]:
        return Counter(task.task_spec.name for task in self.ready() if self.is_offered(task))

    def choose(self, node: str, flows: tuple[str, ...]) -> None:
        task = next(task for task in self.ready() if task.task_spec.name == node)
        self.taken.clear()
        self.taken.update(flows)
        task.run()
        self.settle()


def walked(seed: int) -> Iterator[tuple[Counter[str], Counter[str]]]:
    """What both offer at each point of a random walk."""
    chart = RandomChart(seed)
    model = read_model(chart.content)
    assert refusals(model) == ()
    ours = Case(translate(model, model.processes[0]))
    theirs = Spiff(chart.content)
    chance = random.Random(seed)
    for _ in range(STEPS_MAX):
        offers = ours.offers()
        nodes = {offer.move.node.id for offer in offers}
        yield Counter(nodes), theirs.offers()
        if not offers:
            break
        offer = chance.choice(offers)
        ours.choose(offer)
        theirs.choose(offer.move.node.id, offer.move.flows)
    if ours.is_over:
        assert theirs.workflow.is_completed(), seed


def test_both_offer_the_same_at_every_point_of_random_walks() -> None:
    points = 0
    for seed in range(CHARTS):
        for ours, theirs in walked(seed):
            assert ours == theirs, f"seed {seed}"
            points += 1

    assert points > 5 * CHARTS, "the walks are too short to say anything"
    print(f"{CHARTS} charts, {points} points: the same offers in both")
