"""The act gives its reasons in writing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class ReasonRequired:
    """说明理由: whoever refuses says why."""

    kind: ClassVar[str] = "reason_required"
    rule: Rule
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        return "须书面说明理由"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        return None if act.reason.strip() else "没有写明理由"

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        return answer(self.refusal(act, state, names), known, "reason")
