"""What a check looks at, and what it finds 问题."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from guiju.kernel.controls import Control
from guiju.kernel.net import Net, Transition
from guiju.kernel.paths import Graph
from guiju.kernel.power import Outcome, Power, Step
from guiju.kernel.program import asked
from guiju.kernel.rules import Rule
from guiju.kernel.soundness import Verdict
from guiju.kernel.unfold import OPINION


@dataclass(frozen=True, slots=True)
class Subject:
    """A power with what is computed once for all checks."""

    power: Power
    net: Net
    verdict: Verdict
    on: date  # the day on which the power would be published
    graph: Graph  # the reachable markings
    rules: Mapping[str, Rule] = field(default_factory=dict)  # of the pack, where one is known

    @property
    def can_ask_paths(self) -> bool:
        """Whether the markings tell all runs: not when a token doubles or there are too many."""
        return self.graph.is_whole and self.verdict.is_decided and not self.verdict.double


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check finds wrong.

    ``path`` is a counter-example in words, ``moves`` the same as ids of step and outcome.
    """

    check: str
    message: str
    steps: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    moves: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        route = f";例如:{' → '.join(self.path)}" if self.path else ""
        return f"[{self.check}] {self.message}{route}"


def words(path: Iterable[Transition]) -> tuple[str, ...]:
    """A path of the net as a person would tell it."""
    return tuple(f"{move.step.name}({move.outcome.name})" for move in path)


def holds_for(control: Control, outcome: Outcome) -> bool:
    """Whether a control holds for an outcome of its step."""
    return bool(asked((control,), outcome))


def going_on(step: Step) -> tuple[Outcome, ...]:
    """The outcomes by which whoever does the step passes the case on.

    Not what another post may do there, what comes by silence, what takes the case back, or
    what asks for an opinion first.
    """
    return tuple(
        outcome
        for outcome in step.outcomes
        if outcome.to not in ((), (f"{step.id}{OPINION}",))
        and not outcome.cancels
        and outcome.after is None
        and outcome.post in ("", step.post)
    )


def ids(path: Iterable[Transition]) -> tuple[tuple[str, str], ...]:
    """A path of the net as ids of step and outcome, without what follows by itself."""
    return tuple((move.step.id, move.outcome.id) for move in path if not move.is_silent)
