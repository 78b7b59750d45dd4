"""At least so many people of a post take part, each of them a different person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class PersonsMin:
    """人数: the report's own example, nobody visits a household alone."""

    kind: ClassVar[str] = "persons_min"
    rule: Rule
    post: str
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        return f"{names.get(self.post, self.post)}不少于{self.rule.number}人在场"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        there = len(act.people(self.post))
        if there >= self.rule.number:
            return None
        return f"{self.words(names)},现有{there}人"

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        if len(act.people(self.post)) >= self.rule.number:
            return None  # enough are named, whoever else may not be
        return answer(self.refusal(act, state, names), known, "present")
