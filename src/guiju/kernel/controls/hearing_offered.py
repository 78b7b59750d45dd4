"""The party was told of the right to a hearing before, at a step of this case.

That the days to ask for one are over cannot be told from a state; the chart gives the step that
waits its limit, and the document of service shows the day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class HearingOffered:
    """告知听证权利: nobody decides before it was told."""

    kind: ClassVar[str] = "hearing_offered"
    rule: Rule
    step: str
    results: tuple[str, ...]  # the outcomes of that step that tell it
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        return f"须先在“{names.get(self.step, self.step)}”告知听证权利"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        told = any(state.counts.get(f"{self.step}.{result}", 0) for result in self.results)
        return None if told else f"“{names.get(self.step, self.step)}”还没有告知听证权利"

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        return answer(self.refusal(act, state, names), known, "counts")
