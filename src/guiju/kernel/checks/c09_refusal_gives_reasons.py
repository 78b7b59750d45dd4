"""每一种不予办理,都要书面说明理由。

Every outcome that ends a case with a refusal demands reasons.
Source: 行政许可法第三十八条第二款; the same for other kinds of power.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.controls.reason_required import ReasonRequired

ID = "C09"


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each refusing outcome that demands no reasons."""
    refusals = {end.id for end in subject.power.ends if end.is_refusal}
    for step in subject.power.steps:
        asking = [control for control in step.controls if isinstance(control, ReasonRequired)]
        for outcome in step.outcomes:
            is_asked = any(not c.outcomes or outcome.id in c.outcomes for c in asking)
            if refusals.intersection(outcome.to) and not is_asked:
                message = f"“{step.name}”的出口“{outcome.name}”不予办理,却不要求说明理由"
                yield Finding(ID, message, (step.id,))
