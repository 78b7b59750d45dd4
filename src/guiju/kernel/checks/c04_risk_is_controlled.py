"""红色风险点的每个出口都有系统强制执行的防控措施,橙色风险点必须留痕,黄色风险点至少写明措施。

A red point needs, on every outcome by which the case goes on, a control that does not only
leave a paper: people present, separation, publicity, a ceiling, a draw. An orange point needs
some control; a yellow one a control or a measure in words. Words alone guard nothing, so they
are enough only there.
Source: the report's risk charts (三色预警) and its example of the home visit.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject, going_on, holds_for
from guiju.kernel.power import Grade, Step

ID = "C04"
PAPER_ONLY = frozenset({"evidence", "reason_required", "one_notice", "seal_register"})


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each risk point that nothing enforces."""
    for step in subject.power.steps:
        if step.risk is None:
            continue
        if step.risk.grade is Grade.HIGH:
            yield from _red(step)
        elif step.risk.grade is Grade.MIDDLE and not step.controls:
            yield Finding(ID, f"“{step.name}”是橙色风险点,却没有任何防控措施", (step.id,))
        elif not step.controls and not step.risk.measures:
            yield Finding(ID, f"“{step.name}”是黄色风险点,却连措施也没有写", (step.id,))


def _red(step: Step) -> Iterator[Finding]:
    enforced = [control for control in step.controls if control.kind not in PAPER_ONLY]
    bare = [o for o in going_on(step) if not any(holds_for(c, o) for c in enforced)]
    if not enforced and step.several is None:
        message = f"“{step.name}”是红色风险点,却没有强制执行的防控措施"
        yield Finding(ID, f"{message}(人数、分离、公示等)", (step.id,))
    elif bare and step.several is None:
        names = "、".join(outcome.name for outcome in bare)
        message = f"“{step.name}”是红色风险点,出口“{names}”却没有强制执行的防控措施"
        yield Finding(ID, message, (step.id,))
