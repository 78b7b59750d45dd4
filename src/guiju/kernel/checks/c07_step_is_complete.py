"""机关办理的每个环节都写明时限和形成的文书,材料没有“其他材料”。

A step without a limit can take for ever, a step without a document leaves no trace, and a
catch-all among the materials lets anybody ask for anything.
Source: a city's rule on running power charts (each node names limit, office, people and
documents); 优化营商环境条例第三十五条.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.power import APPLICANT

ID = "C07"
CATCH_ALLS = ("其他材料", "其它材料", "等相关材料", "规定的其他")


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each step or material."""
    first = subject.power.steps[0]
    for step in subject.power.steps:
        if step.post == APPLICANT:
            continue
        if step.limit is None and step is not first:
            yield Finding(ID, f"“{step.name}”没有写明时限", (step.id,))
        if not step.documents:
            yield Finding(ID, f"“{step.name}”没有写明形成什么文书", (step.id,))
    for material in subject.power.materials:
        if any(word in material.name for word in CATCH_ALLS):
            yield Finding(ID, f"材料“{material.name}”是兜底条款")
