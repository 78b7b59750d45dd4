"""集体讨论要有几个人在场,一个人开不成会。

Every step of kind 集体讨论 carries, for each outcome, ``collective`` (quorum, principal last,
dissent recorded) or ``persons_min`` that together ask for more than one person, or several posts
sign it together.
Source: 行政处罚法第五十七条第二款, 重大行政决策程序暂行条例第三十条, 村民委员会组织法第三十条.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject, going_on, holds_for
from guiju.kernel.controls.collective import Collective
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.power import Outcome, Step, StepKind

ID = "C14"


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each meeting of one."""
    for step in subject.power.steps:
        if step.kind is not StepKind.MEETING or step.several is not None:
            continue
        alone = [outcome.name for outcome in going_on(step) if not _is_collective(step, outcome)]
        if alone:
            message = f"“{step.name}”是集体讨论,出口“{'、'.join(alone)}”却不要求几个人在场"
            yield Finding(ID, message, (step.id,))


def _is_collective(step: Step, outcome: Outcome) -> bool:
    own, others = 1, 0
    for control in step.controls:
        if not holds_for(control, outcome):
            continue
        if isinstance(control, Collective):
            return True
        if isinstance(control, PersonsMin) and control.post == step.post:
            own = max(own, control.rule.value or 0)
        elif isinstance(control, PersonsMin):
            others += control.rule.value or 0
    return own + others > 1
