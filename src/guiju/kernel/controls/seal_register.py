"""The number under which the seal's use is entered in the register."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class SealRegister:
    """用印登记: no seal without an entry."""

    kind: ClassVar[str] = "seal_register"
    rule: Rule
    field: str  # the form field with the entry's number
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        return "须写明用印登记簿的编号"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        return None if act.facts.get(self.field, "").strip() else "没有写明用印登记簿的编号"

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        return answer(self.refusal(act, state, names), known, "facts")
