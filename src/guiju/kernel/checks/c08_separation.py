"""决定的人,不是受理、调查、审查的人。

Every deciding step carries a control that keeps out whoever did a step of acceptance,
investigation or review that can lead to it.
Source: 一审一核, 审核与审批分离 of the report; 行政许可法第四十八条(听证主持人与审查人员分开)
and 行政处罚法第五十七条、第五十八条 for its kinds of separation.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.controls.distinct import Distinct
from guiju.kernel.power import Power, StepKind

ID = "C08"
BEFORE = frozenset({StepKind.ACCEPT, StepKind.INVESTIGATE, StepKind.REVIEW})


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each deciding step that lets an earlier hand in."""
    power = subject.power
    steps = {step.id: step for step in power.steps}
    for step in power.steps:
        if step.kind is not StepKind.DECIDE:
            continue
        kept_out = {
            earlier
            for control in step.controls
            if isinstance(control, Distinct) and not control.outcomes
            for earlier in control.steps
        }
        missing = [
            steps[id_].name
            for id_ in _earlier(power, step.id)
            if steps[id_].kind in BEFORE and id_ not in kept_out
        ]
        if missing:
            message = f"“{step.name}”没有与{'、'.join(missing)}分离"
            yield Finding(ID, message, (step.id,))


def _earlier(power: Power, target: str) -> list[str]:
    """The steps from which ``target`` can be reached without passing it, in chart order."""
    found = {target}
    while True:
        more = {
            step.id
            for step in power.steps
            if step.id not in found and any(found & set(o.to) for o in step.outcomes)
        }
        if not more:
            return [step.id for step in power.steps if step.id in found - {target}]
        found |= more
