"""办件应在承诺时限内办结。

Evidence: the promised limit has passed, with stops and extensions as the log tells them.
For the officer: a stop or an extension that was not entered, days that the calendar of the pack
does not know, a receipt dated too early.
Source: the promise of the guide, which is quoted; the light turns yellow.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.detectors.limits import LEFT_WHOLE, NO_CLOCK, overdue
from guiju.audit.finding import Group, Severity

SQL = LEFT_WHOLE.format(kind=2)


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"“{seen.power}”的承诺时限{overdue(seen)}"


DETECTOR = Detector(
    id="M2",
    group=Group.LATE,
    name="超承诺时限",
    severity=Severity.YELLOW,
    rule="oversight.chart",
    counter="停止计时、延长没有录入,或者受理日期记早",
    parts=(
        Part(
            "承诺时限",
            SQL,
            words,
            blind=NO_CLOCK.format(kind=2),
            unseen="件没有起算时限(尚未受理,或者日志不足以算出)",
        ),
    ),
)
