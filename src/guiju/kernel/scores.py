"""Scores 百分制 of an organ's month: a formula that is published, and what it makes of the counts.

Whoever has the counts and the formula gets the same score: it is an exact fraction, rounded to a
hundredth of a point, halves up. Each card takes points off, as many cards for each hundred cases
handled; who handled fewer than a hundred is taken as if it were a hundred, so that one card of a
village does not weigh more than one of a city.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from guiju.kernel.rules import Certainty

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Deduction:
    """What one card of a level takes off, in hundredths of a point."""

    level: str
    points: int


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula 计分办法 as a policy publishes it; points in hundredths."""

    source: str
    certainty: Certainty
    deductions: tuple[Deduction, ...]
    base: int = 100 * HUNDRED
    floor: int = 0


def score(formula: Formula, cards: Mapping[str, int], handled: int) -> int:
    """The score of a month in hundredths of a point, from cards by level and cases handled.

    >>> from guiju.kernel.rules import Certainty
    >>> formula = Formula("", Certainty.SAMPLE, (Deduction("黄牌", 150),))
    >>> score(formula, {"黄牌": 1}, 20), score(formula, {"黄牌": 1}, 400)
    (9850, 9963)
    """
    lost = sum(each.points * cards.get(each.level, 0) for each in formula.deductions)
    exact = formula.base - Fraction(lost * HUNDRED, max(handled, HUNDRED))
    return max(formula.floor, int(exact + Fraction(1, 2)))


def words(hundredths: int) -> str:
    """A score as it is written: two digits behind the point.

    >>> words(9850)
    '98.50'
    """
    return f"{hundredths // HUNDRED}.{hundredths % HUNDRED:02}"
