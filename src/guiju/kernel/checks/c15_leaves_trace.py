"""调查、听证、集体讨论、法制审核、公示、送达、支付、用印,都要留下凭证。

Every step of these kinds asks for documents (``evidence``), and each of its outcomes for a
document or for reasons. A document that a step merely names proves nothing; one that comes with
the act is stored by its hash.
Source: 行政处罚法第四十七条(全过程记录); for other powers 行政执法全过程记录制度
(国办发〔2018〕118号), told by other texts.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject, going_on, holds_for
from guiju.kernel.controls.evidence import Evidence
from guiju.kernel.controls.reason_required import ReasonRequired
from guiju.kernel.power import APPLICANT, StepKind

ID = "C15"
K = StepKind
TRACED = frozenset({K.INVESTIGATE, K.HEARING, K.MEETING, K.LEGAL_REVIEW, K.EXPERT})
TRACED |= frozenset({K.PUBLICITY, K.DELIVER, K.PAY, K.SEAL})


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each step, or outcome, of which nothing would be left."""
    for step in subject.power.steps:
        if step.kind not in TRACED or step.post == APPLICANT:
            continue
        papers = [c for c in step.controls if isinstance(c, Evidence | ReasonRequired)]
        bare = [o for o in going_on(step) if not any(holds_for(c, o) for c in papers)]
        if not any(isinstance(control, Evidence) for control in papers):
            yield Finding(ID, f"“{step.name}”不要求上传任何凭证", (step.id,))
        elif bare:
            names = "、".join(outcome.name for outcome in bare)
            yield Finding(ID, f"“{step.name}”的出口“{names}”不留凭证和理由", (step.id,))
