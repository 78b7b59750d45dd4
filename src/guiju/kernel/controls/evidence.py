"""Documents of the named kinds come with the act."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class Evidence:
    """凭证: a photo, a signed form, an opinion; stored by its hash."""

    kind: ClassVar[str] = "evidence"
    rule: Rule
    kinds: tuple[str, ...]
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        return f"须上传{'、'.join(self.kinds)}"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        missing = [kind for kind in self.kinds if kind not in act.evidence]
        return f"缺少{'、'.join(missing)}" if missing else None

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        return answer(self.refusal(act, state, names), known, "evidence")
