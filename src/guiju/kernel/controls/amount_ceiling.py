"""A sum of money stays under what this post may decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule, yuan


@dataclass(frozen=True, slots=True)
class AmountCeiling:
    """金额上限: the rule sets it, in fen; above it another post decides."""

    kind: ClassVar[str] = "amount_ceiling"
    rule: Rule
    field: str  # a money field of the step
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        return f"金额不超过{yuan(self.rule.number)}"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        amount = act.facts.get(self.field, "")
        if not amount.isdecimal():
            return "没有写明金额"
        if int(amount) <= self.rule.number:
            return None
        return f"{self.words(names)},所填{yuan(int(amount))}超出权限"

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        return answer(self.refusal(act, state, names), known, "facts")
