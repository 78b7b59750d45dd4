"""核查、检查、取证、强制不能一个人去。

In licences, penalties and inspections every step of kind 调查, in coercion every step of kind
执行, needs more than one person of the post that does it, whatever comes out. In payments not
every 调查 is a visit (data are compared, too), so there no run may end well whose inquiries
were all made by one person.
Source: 行政许可法第三十四条第三款, 行政处罚法第四十二条第一款, 行政强制法第十八条第二项;
检查 and 给付: 最低生活保障审核确认办法第十六条 and the report's own example, elsewhere by analogy.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject, going_on, holds_for, words
from guiju.kernel.controls.persons_min import PersonsMin
from guiju.kernel.law import Category
from guiju.kernel.paths import Watch, broken, moves
from guiju.kernel.power import APPLICANT, Step, StepKind
from guiju.kernel.templates import GOOD

ID = "C13"
NOT_ALONE = {
    Category.LICENCE: StepKind.INVESTIGATE,
    Category.PENALTY: StepKind.INVESTIGATE,
    Category.INSPECTION: StepKind.INVESTIGATE,
    Category.COERCION: StepKind.EXECUTE,
}


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each step that one person could do."""
    power = subject.power
    kind = NOT_ALONE.get(power.category)
    for step in power.steps:
        if step.kind is kind and step.post != APPLICANT and _is_alone(step):
            yield Finding(ID, f"“{step.name}”一个人就能办", (step.id,))
    if power.category is Category.PAYMENT and subject.can_ask_paths:
        yield from _payment(subject)


def _is_alone(step: Step) -> bool:
    """Whether some outcome asks for one person of the step's own post only."""
    many = [
        control
        for control in step.controls
        if isinstance(control, PersonsMin)
        and control.post == step.post
        and (control.rule.value or 0) > 1
    ]
    return not all(any(holds_for(c, outcome) for c in many) for outcome in going_on(step))


def _payment(subject: Subject) -> Iterator[Finding]:
    visits = moves(subject.net, lambda m: m.step.kind is StepKind.INVESTIGATE)
    joint = moves(
        subject.net, lambda m: m.step.kind is StepKind.INVESTIGATE and not _is_alone(m.step)
    )
    good = GOOD.moves(subject.power, subject.net)
    run = broken(subject.graph, Watch(bad=good, owes=visits, without=joint))
    if run is not None:
        yield Finding(ID, "从调查到办成,可能都是一个人查的", (run[-1].step.id,), words(run))
