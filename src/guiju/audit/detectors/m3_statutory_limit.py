"""办件应在法定时限内办结。

Evidence: the statutory limit has passed, with stops and extensions as the log tells them.
For the officer: a stop or an extension that was not entered, days that the calendar of the pack
does not know, a receipt dated too early.
Source: the law's limit, which is quoted; the light turns red.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.detectors.limits import LEFT_WHOLE, NO_CLOCK, overdue
from guiju.audit.finding import Group, Severity

SQL = LEFT_WHOLE.format(kind=3)


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"“{seen.power}”的法定时限{overdue(seen)}"


DETECTOR = Detector(
    id="M3",
    group=Group.LATE,
    name="超法定时限",
    severity=Severity.RED,
    rule="oversight.chart",
    counter="停止计时、依法延长没有录入,或者受理日期记早",
    parts=(
        Part(
            "法定时限",
            SQL,
            words,
            blind=NO_CLOCK.format(kind=3),
            unseen="件没有起算时限(尚未受理,或者日志不足以算出)",
        ),
    ),
)
