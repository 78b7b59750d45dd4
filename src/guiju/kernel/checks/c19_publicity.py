"""决定前的公示要满天数,有异议的在决定前有处理的去处。

For every step of kind 公示 from which a decision can follow: an outcome that cannot lead back to
this publicity before a decision carries ``publicity_days``; and there is another outcome, for
objections, that leads to a step and not to an end. What is shown after the decision is
announcement, not publicity, and is exempt.
Source: 最低生活保障审核确认办法第十九条; 行政许可法第三十六条、第四十七条 for the interested;
for other powers 公示 is a local practice that this check holds to its own words.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject, going_on, holds_for
from guiju.kernel.controls.publicity_days import PublicityDays
from guiju.kernel.power import Outcome, Power, Step, StepKind

ID = "C19"


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each outcome that ends a publicity early, or for objections unheard."""
    power = subject.power
    steps = {step.id: step for step in power.steps}
    for step in power.steps:
        if step.kind is not StepKind.PUBLICITY or not _decisions(power, step, steps):
            continue
        days = [control for control in step.controls if isinstance(control, PublicityDays)]
        full = [o for o in going_on(step) if any(holds_for(c, o) for c in days)]
        for outcome in going_on(step):
            if outcome not in full and not _returns(outcome, step, steps):
                message = f"“{step.name}”的出口“{outcome.name}”不等公示期满就往下办"
                yield Finding(ID, message, (step.id,))
        if not any(o not in full and set(o.to) & steps.keys() for o in going_on(step)):
            yield Finding(ID, f"“{step.name}”有异议时没有处理的去处", (step.id,))


def _decisions(power: Power, step: Step, steps: dict[str, Step]) -> bool:
    reached = _reached([to for o in step.outcomes for to in o.to], steps, StepKind.DECIDE)
    return any(each.kind is StepKind.DECIDE for each in power.steps if each.id in reached)


def _returns(outcome: Outcome, step: Step, steps: dict[str, Step]) -> bool:
    """Whether the same publicity can come again before any decision."""
    return step.id in _reached(list(outcome.to), steps, StepKind.DECIDE)


def _reached(todo: list[str], steps: dict[str, Step], beyond: StepKind) -> set[str]:
    """The steps that can follow, none of them behind one of kind ``beyond``."""
    seen: set[str] = set()
    while todo:
        id_ = todo.pop()
        if id_ in steps and id_ not in seen:
            seen.add(id_)
            if steps[id_].kind is not beyond:
                todo += [to for outcome in steps[id_].outcomes for to in outcome.to]
    return seen
