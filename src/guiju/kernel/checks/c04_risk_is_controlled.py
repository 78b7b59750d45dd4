"""机关办理的环节都查找风险点;红色的系统强制防控,橙色的必须留痕,黄色的至少写明措施。

A red point needs, on every outcome by which the case goes on, a control that does not only
leave a paper: people present, separation, publicity, a ceiling, a draw. An orange point needs
some control; a yellow one a control or a measure in words. Words alone guard nothing, so they
are enough only there. Steps that register or close need no risk point; those that inquire,
review, decide, pay, seal or execute are orange at least. The risk of an opinion 加签 is told at
the step that asks for it; that somebody else gives it guards nothing more.
Source: the report's risk charts (三色预警) and its example of the home visit; the grades as in
a city's rule (高 money, procurement, projects; 中 approvals and inspections; 低 little power).
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject, going_on, holds_for
from guiju.kernel.controls import Control
from guiju.kernel.power import APPLICANT, Grade, Step, StepKind
from guiju.kernel.unfold import ANOTHER, is_opinion

ID = "C04"
PAPER_ONLY = frozenset({"evidence", "reason_required", "one_notice", "seal_register", "promise"})
K = StepKind
HARMLESS = frozenset({K.APPLY, K.REGISTER, K.SUPPLEMENT, K.CLOSE})
POWERFUL = frozenset({K.INVESTIGATE, K.EXPERT, K.REVIEW, K.LEGAL_REVIEW, K.HEARING, K.MEETING})
POWERFUL |= frozenset({K.DECIDE, K.PAY, K.SEAL, K.EXECUTE})


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each risk point that nothing enforces."""
    for step in subject.power.steps:
        yield from _unlisted(step)
        if step.risk is None:
            continue
        own = [control for control in step.controls if control.rule != ANOTHER]
        if step.risk.grade is Grade.HIGH:
            yield from _red(step, own)
        elif step.risk.grade is Grade.MIDDLE and not own:
            yield Finding(ID, f"“{step.name}”是橙色风险点,却没有任何防控措施", (step.id,))
        elif not own and not step.risk.measures:
            yield Finding(ID, f"“{step.name}”是黄色风险点,却连措施也没有写", (step.id,))


def _unlisted(step: Step) -> Iterator[Finding]:
    if step.post == APPLICANT or step.kind in HARMLESS or is_opinion(step):
        return
    if step.risk is None:
        yield Finding(ID, f"“{step.name}”没有查找风险点", (step.id,))
    elif step.risk.grade is Grade.LOW and step.kind in POWERFUL:
        yield Finding(ID, f"“{step.name}”是{step.kind}环节,风险至少是橙色", (step.id,))


def _red(step: Step, own: list[Control]) -> Iterator[Finding]:
    enforced = [control for control in own if control.kind not in PAPER_ONLY]
    bare = [o for o in going_on(step) if not any(holds_for(c, o) for c in enforced)]
    if not enforced and step.several is None:
        message = f"“{step.name}”是红色风险点,却没有强制执行的防控措施"
        yield Finding(ID, f"{message}(人数、分离、公示等)", (step.id,))
    elif bare and step.several is None:
        names = "、".join(outcome.name for outcome in bare)
        message = f"“{step.name}”是红色风险点,出口“{names}”却没有强制执行的防控措施"
        yield Finding(ID, message, (step.id,))
