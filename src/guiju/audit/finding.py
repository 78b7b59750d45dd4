"""A finding 疑点: a lead for people to follow, never a verdict.

It says what should have been and what the log tells, where (rows of the source), by which
rule, and what could explain it. Its id depends on nothing but the fact: the first 16 hex digits
of a SHA-256 over detector, power, case or organ, rows of evidence and a detail, so the same fact
has the same id whether the log came at once or day by day, whatever the dictionary's codes are.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

SEPARATOR = "\x1f"  # the unit separator of ASCII, which no id or name holds
ID_DIGITS = 16


class Severity(StrEnum):
    """What a finding suggests: a warning, a yellow card or a red one; people decide."""

    WARNING = "预警"
    YELLOW = "黄"
    RED = "红"


class Group(StrEnum):
    """The five ways to misuse power."""

    WITHOUT_POWER = "胡作为"
    AGAINST_PROCEDURE = "乱作为"
    INACTION = "不作为"
    BUCK_PASSING = "懒作为"
    LATE = "慢作为"


@dataclass(frozen=True, slots=True)
class Finding:
    """One lead. ``power`` is a code, ``organ`` an id; either may be "" where none is told."""

    id: str
    detector: str
    group: Group
    severity: Severity
    power: str
    case: str  # the case as its system names it; "" when the finding is about no one case
    organ: str
    rows: tuple[int, ...]  # rows of the source that show it, ascending
    day: date
    words: str  # what should have been, and what the log tells
    rule: str  # the citation
    counter: str  # what could explain it


def finding_id(
    detector: str, power: str, subject: str, rows: tuple[int, ...], detail: str = ""
) -> str:
    """The id of a finding about a case or an organ: 16 hex digits.

    >>> finding_id("L1", "000172001000", "A-1", (7, 3), "visit")
    'c2e94640685efbcd'
    """
    parts = (detector, power, subject, ",".join(map(str, sorted(rows))), detail)
    return sha256(SEPARATOR.join(parts).encode()).hexdigest()[:ID_DIGITS]
