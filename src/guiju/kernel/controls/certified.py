"""Everybody of a post who takes part has shown an enforcement certificate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class Certified:
    """执法证件: shown, and its number noted, by each who enforces."""

    kind: ClassVar[str] = "certified"
    rule: Rule
    post: str
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        return f"{names.get(self.post, self.post)}须出示执法证件并记下证号"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        there = act.everyone(self.post)
        without = [each for each in there if not each.certificate.strip()]
        if not there:
            return f"没有{names.get(self.post, self.post)}在场"
        return f"{self.words(names)},有{len(without)}人没有" if without else None

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        return answer(self.refusal(act, state, names), known, "present", "certificate")
