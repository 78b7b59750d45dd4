"""Nobody who did one of the named steps takes part in this one (four eyes)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class Distinct:
    """分离: acceptor, reviewer and approver are different people."""

    kind: ClassVar[str] = "distinct"
    rule: Rule
    steps: tuple[str, ...]
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        steps = "".join(f"“{names.get(step, step)}”" for step in self.steps)
        return f"不得由{steps}环节的经办人员办理"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        people = act.people()
        both = [step for step in self.steps if people.intersection(state.doers.get(step, ()))]
        if not both:
            return None
        steps = "".join(f"“{names.get(step, step)}”" for step in both)
        return f"经办人已办理过{steps},不得再办理本环节"

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        # Whoever acted is always known; who else was present widens what can be found.
        return answer(self.refusal(act, state, names), known, "doers")
