"""每个环节、每个出口都有可能办到。

A step or outcome that no case can ever reach is a mistake or a show-piece.
Source: soundness of workflow nets, no dead transitions (van der Aalst 1998).
"""

from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject

ID = "C02"


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each outcome that can never be taken."""
    if not subject.verdict.is_decided or subject.verdict.double:
        return  # the walk did not go on everywhere, so "never" would prove nothing
    for move in subject.verdict.dead:
        message = f"“{move.step.name}”的出口“{move.outcome.name}”永远办不到"
        yield Finding(ID, message, (move.step.id,))
