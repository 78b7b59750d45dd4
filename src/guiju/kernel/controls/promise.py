"""The applicant's written promise stands in for what is not there yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class Promise:
    """承诺: materials that follow (容缺受理), or conditions that are checked later (告知承诺).

    The rule's number is the term: to bring what is owed, or to check what was promised.
    """

    kind: ClassVar[str] = "promise"
    rule: Rule
    document: str = "承诺书"
    owed: str = ""  # 容缺: the field that lists the materials which follow; empty: 告知承诺
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        if self.owed:
            return f"须有申请人签字的{self.document},写明缺哪些材料,{self.rule.amount}内补齐"
        return f"须有申请人签字的{self.document},决定后{self.rule.amount}内核查"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        if self.document not in act.evidence:
            return f"缺少{self.document}"
        if self.owed and not act.facts.get(self.owed):
            return "没有写明缺哪些材料"
        return None

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        needs = ("evidence", "facts") if self.owed else ("evidence",)
        return answer(self.refusal(act, state, names), known, *needs)
