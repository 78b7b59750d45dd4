"""A supplement notice is given so many times at most (once), and lists all that is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class OneNotice:
    """一次告清: everything that is missing is told in one go."""

    kind: ClassVar[str] = "one_notice"
    rule: Rule
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        return f"补正告知以{self.rule.number}次为限,须一次列全所缺材料"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        given = state.counts.get(f"{act.step}.{act.outcome}", 0)
        if given >= self.rule.number:
            return f"补正告知只能发{self.rule.number}次,此前已发{given}次"
        if not any(item.strip() for item in act.items):
            return "补正告知没有列出所缺材料"
        return None

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        return answer(self.refusal(act, state, names), known, "counts", "items")
