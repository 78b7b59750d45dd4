"""Everybody who takes part declares their relation to the case; who has one stays out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule

NO_RELATION = "无"
RELATIONS = (NO_RELATION, "是当事人、申请人或其近亲属", "有其他利害关系")
"""What a form offers; whatever else is declared is a relation too."""


@dataclass(frozen=True, slots=True)
class Recusal:
    """回避: the declaration is part of the act; whether it is true is for people to find."""

    kind: ClassVar[str] = "recusal"
    rule: Rule
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        return "经办和在场人员逐人声明有无利害关系,有关系的回避"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused; the declared relation itself is not repeated."""
        said = [each.relation.strip() for each in act.everyone()]
        related = sum(relation not in ("", NO_RELATION) for relation in said)
        silent = said.count("")
        if related:
            return f"有{related}人声明与本件有利害关系,应当回避"
        return f"有{silent}人没有声明有无利害关系" if silent else None

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        return answer(self.refusal(act, state, names), known, "present", "relation")
