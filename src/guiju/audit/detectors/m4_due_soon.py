"""快到期的办件,应抓紧办。

Evidence: as of the day of looking the promised clock runs and has no more days left than the
reminder of the power; a clock that is stopped that day is not counted.
For the officer: nothing has gone wrong yet; this is a reminder, not a lead to misconduct.
Source: three days before, as the report on the six powers has it; the number is the power's
reminder.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.detectors.limits import days
from guiju.audit.finding import Group, Severity

SQL = """
SELECT c.bucket, c.case, k.power, k.organ, c.step, $today AS day, c.row, -1 AS other,
  c.due_day, c.left_days, t.is_working, t.rule
FROM clock AS c
JOIN kase AS k ON k.bucket = c.bucket AND k.case = c.case
LEFT JOIN term AS t ON t.power = k.power AND t.kind = c.kind
JOIN reminder AS r ON r.power = k.power
LEFT JOIN (
  SELECT DISTINCT s.bucket, s.case
  FROM stop AS s
  JOIN calendar AS a ON a.day = s.since_day - 1
  JOIN calendar AS b ON b.day = $today
  WHERE s.until_day = -1 AND (s.days_applied = -1 OR b.n - a.n <= s.days_applied)
) AS x ON x.bucket = c.bucket AND x.case = c.case
WHERE c.kind = 2 AND c.end_day = -1 AND c.left_days BETWEEN 0 AND r.days AND x.case IS NULL
"""


def words(seen: Seen) -> str:
    """What should be, and what the log tells."""
    due = f"应在{seen.date('due_day')}以前办结"
    return f"“{seen.power}”{due};到{seen.date()}还没有办结,只剩{days(seen, seen['left_days'])}"


DETECTOR = Detector(
    id="M4",
    group=Group.LATE,
    name="即将到期",
    severity=Severity.WARNING,
    rule="oversight.chart",
    counter="尚未超期,只是提醒;或者已经办结而没有录入",
    parts=(Part("到期提醒", SQL, words),),
)
