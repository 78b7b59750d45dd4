"""机关办理的每个环节都写明时限和形成的文书。

A step without a limit can take for ever, a step without a document leaves no trace.
Source: a city's rule on running power charts (each node names limit, office, people and
documents).
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.power import APPLICANT

ID = "C07"


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each step."""
    first = subject.power.steps[0]
    for step in subject.power.steps:
        if step.post == APPLICANT:
            continue
        if step.limit is None and step is not first:
            yield Finding(ID, f"“{step.name}”没有写明时限", (step.id,))
        if not step.documents:
            yield Finding(ID, f"“{step.name}”没有写明形成什么文书", (step.id,))
