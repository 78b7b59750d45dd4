"""The two peers: the same ten steps in viewflow and in SpiffWorkflow.

viewflow: a flow of ten human tasks; an act is assign, start and execute under the flow's lock,
as its views do. SpiffWorkflow: a BPMN process of ten manual tasks; an act loads the workflow
from JSON, completes the ready task, and writes JSON and a history row in one transaction.
"""

from typing import Any

from django.db import connection, transaction
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.base import Flow
from viewflow.workflow.models import Process, Task

STEPS = 10


def _flow() -> Any:
    nodes: dict[str, Any] = {"start": flow.StartHandle().Next(this.s1), "end": flow.End()}
    for i in range(1, STEPS + 1):
        after = getattr(this, f"s{i + 1}") if i < STEPS else this.end
        nodes[f"s{i}"] = flow.View(lambda request: None).Next(after)
    return type("Approval", (Flow,), {"process_class": Process, **nodes, "__module__": __name__})


Approval = _flow()


def viewflow_start() -> int:
    """A new viewflow process; its primary key."""
    process = Approval.start.run()
    return int(process.pk)


def viewflow_act(pk: int, user: Any) -> None:
    """Complete the open task of a process."""
    with transaction.atomic(), Approval.lock(pk):
        task = Task.objects.get(process_id=pk, finished__isnull=True, flow_task_type="HUMAN")
        with task.activation() as activation:
            activation.assign(user)
            activation.start(None)
            activation.execute()


def _bpmn() -> bytes:
    tasks = "".join(f'<bpmn:manualTask id="s{i}" name="s{i}"/>' for i in range(1, STEPS + 1))
    names = ["start", *(f"s{i}" for i in range(1, STEPS + 1)), "end"]
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{i}" sourceRef="{a}" targetRef="{b}"/>'
        for i, (a, b) in enumerate(zip(names, names[1:], strict=False))
    )
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d">'
        '<bpmn:process id="approval" isExecutable="true"><bpmn:startEvent id="start"/>'
        f'{tasks}<bpmn:endEvent id="end"/>{flows}</bpmn:process></bpmn:definitions>'
    ).encode()


def _spec() -> Any:
    parser = BpmnParser()
    parser.add_bpmn_str(_bpmn())
    return parser.get_spec("approval")


SPEC = _spec()
SERIALIZER = BpmnWorkflowSerializer()


def spiff_prepare() -> None:
    """The two tables that hold SpiffWorkflow's state and history."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS spiff (id TEXT PRIMARY KEY, state TEXT)")
        cursor.execute("CREATE TABLE IF NOT EXISTS spiff_log (id TEXT, n INT, at TEXT)")


def spiff_start(id_: str) -> str:
    """A new SpiffWorkflow case; its id."""
    workflow = BpmnWorkflow(SPEC)
    workflow.do_engine_steps()
    with connection.cursor() as cursor:
        state = SERIALIZER.serialize_json(workflow)
        cursor.execute("INSERT INTO spiff VALUES (%s, %s)", (id_, state))
    return id_


def spiff_act(id_: str) -> None:
    """Complete the ready task of a case."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT state FROM spiff WHERE id = %s" + lock, (id_,))
        workflow = SERIALIZER.deserialize_json(cursor.fetchone()[0])
        task = workflow.get_tasks(state=TaskState.READY, manual=True)[0]
        task.run()
        workflow.do_engine_steps()
        state = SERIALIZER.serialize_json(workflow)
        cursor.execute("UPDATE spiff SET state = %s WHERE id = %s", (state, id_))
        cursor.execute("INSERT INTO spiff_log VALUES (%s, 1, '2026')", (id_,))
