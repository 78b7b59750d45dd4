"""The legality review was passed before, at a step of this case.

A review that was passed and then overtaken by a new investigation still counts here, as a state
does not keep the order of what happened; that no way leads around a new review is proven on the
chart (C12).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class LegalityReview:
    """法制审核: without it, or when it was not passed, no decision is made."""

    kind: ClassVar[str] = "legality_review"
    rule: Rule
    step: str
    results: tuple[str, ...]  # the outcomes of that step that pass
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        return f"须先通过“{names.get(self.step, self.step)}”"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        passed = any(state.counts.get(f"{self.step}.{result}", 0) for result in self.results)
        return None if passed else f"“{names.get(self.step, self.step)}”没有通过,不得办理"

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        return answer(self.refusal(act, state, names), known, "counts")
