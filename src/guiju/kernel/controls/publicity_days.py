"""A publicity runs its full days before it may be closed; the first day is not counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class PublicityDays:
    """公示: posted on one day, closed at the earliest after so many full days."""

    kind: ClassVar[str] = "publicity_days"
    rule: Rule
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        return f"公示满{self.rule.number}日(公示当日不计)"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        posted = state.since[act.step].date()
        last = posted + timedelta(days=self.rule.number)
        if act.at.date() > last:
            return None
        return f"公示自{posted}起须满{self.rule.number}日,{last}届满后方可办理"

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        there = known if act.step in state.since else known - {"since"}
        refusal = self.refusal(act, state, names) if "since" in there else None
        return answer(refusal, there, "since")
