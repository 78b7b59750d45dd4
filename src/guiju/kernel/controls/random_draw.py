"""People drawn by lot: who takes part is who the pool and the seed say, and the record is there.

The pool is a form field with the ids of all who could be drawn, with 、 between; the seed a text
that was fixed before the pool was known, such as a published lottery result or a commitment
opened later. Whoever has the smallest SHA-256 of "seed|id" is drawn first, so that anybody can
draw again. That the seed was fixed beforehand is for the document to show.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from guiju.kernel.acts import Act, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule


def drawn(pool: Iterable[str], seed: str, number: int) -> tuple[str, ...]:
    """So many of a pool, in the order of the draw; who stands in it twice is in it once.

    >>> drawn(["甲", "乙", "丙"], "20260907", 2)
    ('甲', '乙')
    """
    keys = {sha256(f"{seed}|{id_}".encode()).digest(): id_ for id_ in pool}
    return tuple(keys[key] for key in sorted(keys)[:number])


@dataclass(frozen=True, slots=True)
class RandomDraw:
    """随机抽取: no hand chooses who visits, reviews or judges."""

    kind: ClassVar[str] = "random_draw"
    rule: Rule
    post: str
    pool: str  # a form field
    seed: str  # a form field
    evidence: str = "抽取记录"  # the kind of document that shows the draw
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        return f"{names.get(self.post, self.post)}随机抽取,须上传{self.evidence}"

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        pool = [id_.strip() for id_ in act.facts.get(self.pool, "").split("、") if id_.strip()]
        seed, there = act.facts.get(self.seed, "").strip(), act.people(self.post)
        if self.evidence not in act.evidence:
            return f"缺少{self.evidence}"
        if not seed or not pool or not there:
            return "没有写明备选人员、抽取的种子或者抽中的人"
        if there != frozenset(drawn(pool, seed, len(there))):
            return "在场人员不是按备选名单和种子抽中的人"
        return None

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        return answer(self.refusal(act, state, names), known, "present", "facts", "evidence")
