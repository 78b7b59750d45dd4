"""Rules 规则: every number that a law, an ordinance or a city sets, with its source.

A rule is dated data from a pack. Code names what a rule is for, never its number; whatever
shows a number shows its source, and how certain the source is, with it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Unit(StrEnum):
    """What a rule counts. Money is counted in fen 分, never in fractions of a yuan."""

    WORKING_DAY = "工作日"
    NATURAL_DAY = "自然日"
    YEAR = "年"
    PERSON = "人"
    TIME = "次"
    COPY = "份"
    FEN = "分"
    ITEM = "项"
    FOLD = "倍"


class Certainty(StrEnum):
    """How far a number can be trusted; all but the first are marked wherever they are shown."""

    LAW = "法条原文"  # the text of the law itself was read
    RESTATED = "转述"  # another text says that the law says so
    LOCAL = "地方做法"  # a local rule from elsewhere, adopted here
    SAMPLE = "样例设定"  # set by this pack, as a city would set it
    DOUBTFUL = "存疑"  # not confirmed

    @property
    def is_firm(self) -> bool:
        """Whether the number may stand without a mark beside it."""
        return self is Certainty.LAW


@dataclass(frozen=True, slots=True)
class Rule:
    """One norm 规则 and, where it sets one, its number."""

    id: str
    name: str
    source: str  # law and article, as a person would cite it
    certainty: Certainty
    value: int | None = None
    unit: Unit | None = None
    quote: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the rule is in force on ``day`` (both ends included)."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    @property
    def is_days(self) -> bool:
        """Whether the rule sets a term."""
        return self.unit in (Unit.WORKING_DAY, Unit.NATURAL_DAY)

    @property
    def number(self) -> int:
        """The rule's number; asking a norm without a number is a bug of the caller."""
        assert self.value is not None, f"rule {self.id} sets no number"
        return self.value

    @property
    def mark(self) -> str:
        """The sign beside a number, where there is no room to say how certain it is."""
        return "" if self.value is None or self.certainty.is_firm else "※"

    @property
    def amount(self) -> str:
        """The number with its unit; money in yuan."""
        if self.unit is Unit.FEN:
            return yuan(self.number)
        return f"{self.value}{'个' if self.unit is Unit.WORKING_DAY else ''}{self.unit}"

    def words(self) -> str:
        """The number with its unit, and a mark when it is not the text of the law itself."""
        amount = self.amount
        return amount if self.certainty.is_firm else f"{amount}({self.certainty})"

    def citation(self) -> str:
        """The source in 《》-free words, marked when uncertain: what a refusal quotes."""
        return self.source if self.certainty.is_firm else f"{self.source}({self.certainty})"


def yuan(fen: int) -> str:
    """A sum of money in words, as in 2,500元 or 0.05元."""
    whole, rest = divmod(fen, 100)
    return f"{whole:,}.{rest:02}元" if rest else f"{whole:,}元"
