"""同一环节不会同时来两次,办结时不留没办完的分支。

Two tokens at one step mean that the same thing would be done twice; a token left behind at
the end means that a branch was forgotten.
Source: one-safe nets and proper completion (van der Aalst 1998).
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject, ids, words

ID = "C03"


def check(subject: Subject) -> Iterator[Finding]:
    """A shortest path to a doubled token, and one to an end that leaves a branch open."""
    names = {step.id: step.name for step in subject.power.steps}
    for found, problem in (
        (subject.verdict.double, "会同时来两次"),
        (subject.verdict.left_over, "还没办完,案件就已经办结"),
    ):
        if found:
            path, marking = found
            steps = subject.net.waiting(marking)
            where = "、".join(f"“{names[step]}”" for step in steps) or "终点"
            yield Finding(ID, f"{where}{problem}", steps, words(path), ids(path))
