"""What a check looks at, and what it finds 问题."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from guiju.kernel.net import Net, Transition
from guiju.kernel.power import Power
from guiju.kernel.soundness import Verdict


@dataclass(frozen=True, slots=True)
class Subject:
    """A power with what is computed once for all checks."""

    power: Power
    net: Net
    verdict: Verdict
    on: date  # the day on which the power would be published


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


def ids(path: Iterable[Transition]) -> tuple[tuple[str, str], ...]:
    """A path of the net as ids of step and outcome."""
    return tuple((move.step.id, move.outcome.id) for move in path)
