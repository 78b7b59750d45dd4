"""从任何一步出发,都能走到终点。

A case never gets into a position from which no end can be reached, be it a step that waits
for a branch that will not come (deadlock) or a circle without a way out (livelock).
Source: soundness of workflow nets, option to complete (van der Aalst 1998).
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject, ids, words

ID = "C01"


def check(subject: Subject) -> Iterator[Finding]:
    """A shortest path into the first position that cannot finish."""
    verdict, net = subject.verdict, subject.net
    if not verdict.is_decided:
        yield Finding(ID, "流程过大,在限定范围内没有得出结论")
    if verdict.stuck:
        path, marking = verdict.stuck
        names = {step.id: step.name for step in subject.power.steps}
        steps = net.waiting(marking)
        where = "、".join(f"“{names[step]}”" for step in steps)
        yield Finding(ID, f"办到{where}后再也走不到终点", steps, words(path), ids(path))
