"""红色风险点必须有系统强制执行的防控措施,橙色风险点必须留痕。

A red point needs a control that does not only leave a paper: people present, separation,
or publicity. An orange point needs some enforced control. Words alone guard nothing.
Source: the report's risk charts (三色预警) and its example of the home visit.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.power import Grade

ID = "C04"
PAPER_ONLY = frozenset({"evidence", "reason_required", "one_notice"})


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each risk point that nothing enforces."""
    for step in subject.power.steps:
        if step.risk is None:
            continue
        kinds = {control.kind for control in step.controls}
        if step.risk.grade is Grade.HIGH and not kinds - PAPER_ONLY:
            message = f"“{step.name}”是红色风险点,却没有强制执行的防控措施"
            yield Finding(ID, f"{message}(人数、分离、公示等)", (step.id,))
        if step.risk.grade is Grade.MIDDLE and not kinds:
            yield Finding(ID, f"“{step.name}”是橙色风险点,却没有任何防控措施", (step.id,))
