"""每一类职权应有的环节,流程图都要有。

The stages that the responsibility list of a category asks for, by kind of step: a licence is
accepted, reviewed, decided and served; a penalty of the ordinary procedure is filed,
investigated, reviewed by law, told, discussed, decided, served. A chart of the summary
procedure has none of 立案, 调查, 法制审核, 听证, 集体讨论 and is asked for none of them.
Source: each row of ``templates.TEMPLATES`` names its article; 责任清单的通行体例 where there is
no law for the category.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject
from guiju.kernel.templates import TEMPLATES, Shape

ID = "C11"


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each stage that is not there."""
    kinds = {step.kind for step in subject.power.steps}
    for row in TEMPLATES:
        is_asked = row.shape is Shape.STAGE and row.applies(subject.power)
        if is_asked and not row.first.kinds & kinds:
            yield Finding(ID, row.words())
