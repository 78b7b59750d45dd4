"""补正告知只有一次,而且有时限。

Every outcome that sends the applicant to bring more carries the control of one notice, and
its step a limit.
Source: 行政许可法第三十二条第一款第四项; 政府信息公开条例第三十条.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.controls.one_notice import OneNotice
from guiju.kernel.power import StepKind

ID = "C10"


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each outcome that could ask again and again."""
    kinds = {step.id: step.kind for step in subject.power.steps}
    for step in subject.power.steps:
        notices = [control for control in step.controls if isinstance(control, OneNotice)]
        for outcome in step.outcomes:
            if not any(kinds.get(target) is StepKind.SUPPLEMENT for target in outcome.to):
                continue
            if not any(not c.outcomes or outcome.id in c.outcomes for c in notices):
                message = f"“{step.name}”的出口“{outcome.name}”可以反复要求补正"
                yield Finding(ID, message, (step.id,))
            if step.limit is None:
                yield Finding(ID, f"“{step.name}”发补正告知没有时限", (step.id,))
