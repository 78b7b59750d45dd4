"""A body decides together: quorum, principal last, reasons against the majority, dissent noted.

``quorum`` and ``majority`` are exact fractions with the sign that the law's words ask for:
">1/2" is more than half (超过, 过半数), ">=2/3" at least two thirds (以上); so many of n are
floor(n f) + 1 and ceil(n f), as the test vectors of bodies have it. A quorum is taken of all
members of the body, whose number a form field tells; a majority of those present. Without
``majority`` the principal decides after the discussion (重大行政决策程序暂行条例第三十条).
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from guiju.kernel.acts import Act, Person, State
from guiju.kernel.controls.replay import ALL, Known, Replay, answer
from guiju.kernel.rules import Rule

YES, NO, ABSTAINED = VOTES = ("赞成", "反对", "弃权")


def fraction(text: str) -> Fraction | None:
    """A fraction between 0 and 1, after > or >=, as a chart writes it; None when it is none.

    >>> fraction(">=2/3"), fraction("2/3"), fraction(">2/0"), fraction(">3")
    (Fraction(2, 3), None, None, None)
    """
    if not text.startswith(">"):
        return None
    try:
        value = Fraction(text.removeprefix(">").removeprefix("="))
    except (ValueError, ZeroDivisionError):
        return None
    return value if 0 < value <= 1 else None


def needed(members: int, part: str) -> int:
    """How many of so many members a fraction asks for.

    >>> needed(45, ">=2/3"), needed(40, ">1/2")
    (30, 21)
    """
    value = fraction(part)
    assert value is not None
    exact = members * value
    return exact.__ceil__() if part.startswith(">=") else exact.__floor__() + 1


def _in_words(part: str, of: str = "") -> str:
    return part.replace(">=", f"不少于{of}").replace(">", f"超过{of}")


@dataclass(frozen=True, slots=True)
class Collective:
    """集体决定: who was there, in which order they spoke, how they voted."""

    kind: ClassVar[str] = "collective"
    rule: Rule
    post: str  # the members of the body
    members: str  # a number field of the step: how many members the body has
    quorum: str = ">1/2"  # of all members
    majority: str = ""  # of those present, to approve; empty: the principal decides
    principal: str = ""  # a post, of whoever speaks last; empty: nobody special
    outcomes: tuple[str, ...] = ()

    def words(self, names: Mapping[str, str]) -> str:
        """What is asked for."""
        whole = _in_words(self.quorum, "全体的")
        told = [f"{names.get(self.post, self.post)}到会{whole}"]
        if self.majority:
            told.append(f"到会人员{_in_words(self.majority)}赞成")
        if self.principal:
            told.append(f"{names.get(self.principal, self.principal)}最后发表意见")
        return ",".join((*told, "不同意见如实记录"))

    def refusal(self, act: Act, state: State, names: Mapping[str, str]) -> str | None:
        """Why the act is refused."""
        return ";".join(self._problems(act, names)) or None

    def violation(
        self, act: Act, state: State, names: Mapping[str, str], known: Known = ALL
    ) -> Replay:
        """Whether it held, told from the record."""
        parts = ["present", "facts", "vote", "opinion"] + ["order"] * bool(self.principal)
        return answer(self.refusal(act, state, names), known, *parts)

    def _body(self, act: Act) -> list[Person]:
        """Who sits in the body: members, and the principal, each once."""
        posts = {self.post, self.principal} - {""}
        return [each for each in act.everyone() if each.post in posts]

    def _problems(self, act: Act, names: Mapping[str, str]) -> Iterator[str]:
        body, said = self._body(act), act.facts.get(self.members, "")
        if fraction(self.quorum) is None or not said.isdecimal() or int(said) < max(1, len(body)):
            yield "没有如实写明应到人数"
            return
        need = needed(int(said), self.quorum)
        if len(body) < need:
            yield f"应到{said}人,到会{len(body)}人,不足{need}人"
        unclear = sum(each.vote not in VOTES for each in body)
        if unclear:
            yield f"有{unclear}人没有表态"
            return
        yield from self._votes(body)
        if self.principal:
            yield from self._last(body, names.get(self.principal, self.principal))

    def _votes(self, body: list[Person]) -> Iterator[str]:
        votes = Counter(each.vote for each in body)
        if self.majority and votes[YES] < needed(len(body), self.majority):
            yield f"到会{len(body)}人,赞成{votes[YES]}人,不足以通过"
        most = _majority(votes)
        silent = sum(
            bool(most) and each.vote not in (most, ABSTAINED) and not each.opinion.strip()
            for each in body
        )
        if silent:
            yield f"有{silent}人与多数意见不一致,却没有记下意见和理由"

    def _last(self, body: list[Person], name: str) -> Iterator[str]:
        orders = [each.order for each in body]
        heads = [each for each in body if each.post == self.principal]
        if len(heads) != 1:
            yield f"{name}没有到会" if not heads else f"{name}不止一人"
        elif min(orders) < 1 or len(set(orders)) < len(orders):
            yield "没有逐人记下发言的先后"
        elif heads[0].order < max(orders):
            yield f"{name}没有最后发表意见"


def _majority(votes: Counter[str]) -> str:
    """The vote of more than half of those who voted; "" when there is none."""
    total = sum(votes.values())
    return next((vote for vote, count in votes.items() if 2 * count > total), "")
