"""并联的分支在同一个起点分开、已经开始计时,汇合时一个不少。

Branches that run side by side begin at one outcome, and the clock runs by then, so that none can
be kept waiting outside it. A step that joins waits for two branches at least; that it waits for
all of them is proven by C01 and C03. Where silence lets a branch pass, the rule that says so
must not be doubtful, as no national law knows it for licences.
Source: 浙江省保障“最多跑一次”改革规定第五条(并联审批), elsewhere by analogy.
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject, ids, words
from guiju.kernel.paths import Watch, broken, moves
from guiju.kernel.power import ClockEffect, Outcome, Step
from guiju.kernel.rules import Certainty

ID = "C18"
STARTS = frozenset({ClockEffect.START, ClockEffect.ARRIVED, ClockEffect.RESTART})


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each join of one, each doubtful silence, and one late start."""
    joined = {branch for step in subject.power.steps for branch in step.join}
    for step in subject.power.steps:
        if len(set(step.join)) == 1:
            yield Finding(ID, f"“{step.name}”写了汇合,却只等一个分支", (step.id,))
        if step.id in joined:
            yield from _silences(step)
    if subject.can_ask_paths:
        yield from _late(subject)


def _silences(step: Step) -> Iterator[Finding]:
    for outcome in step.outcomes:
        if outcome.after is not None and outcome.after.certainty is Certainty.DOUBTFUL:
            message = f"“{step.name}”超时默认的依据存疑({outcome.after.source})"
            yield Finding(ID, message, (step.id,))


def _late(subject: Subject) -> Iterator[Finding]:
    started = moves(subject.net, lambda m: m.outcome.clock in STARTS)
    split = moves(subject.net, lambda m: len(m.outcome.to) > 1 and _is_own(m.outcome, m.step))
    run = broken(subject.graph, Watch(bad=split, settles=started, is_owed=True))
    if run is not None:
        message = f"“{run[-1].step.name}”分开办理时还没有开始计时"
        yield Finding(ID, message, (run[-1].step.id,), words(run), ids(run))


def _is_own(outcome: Outcome, step: Step) -> bool:
    return any(outcome is each for each in step.outcomes)
