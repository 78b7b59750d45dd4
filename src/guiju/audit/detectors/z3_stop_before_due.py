"""临近到期才停止计时、延长的,应有此时才出现的理由。

Evidence: a stop or an extension on one of the last working days before the promised limit would
have been over. The days left are those of the limit before it: what this stop and later ones
excluded, or the extension added, is taken off again.
For the officer: it is lawful when its reason came up then and it was granted before the limit
had passed. A limit that is shifted by both is seen as farther off than it was.
Source: detector Z4 of the design; the number of days is the pack's.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

STOPPED = """
WITH spent AS (
  SELECT s.bucket, s.case, s.row, s.since_day, CASE
    WHEN s.until_day = -1 THEN s.days_applied
    WHEN s.days_applied >= 0 AND s.days_applied < b.n - a.n THEN s.days_applied
    ELSE b.n - a.n END AS days
  FROM stop AS s
  JOIN calendar AS a ON a.day = s.since_day - 1
  LEFT JOIN calendar AS b ON b.day = s.until_day
), later AS (
  SELECT x.bucket, x.case, x.row, x.since_day, sum(x.days) OVER (
    PARTITION BY x.bucket, x.case ORDER BY x.since_day DESC, x.row DESC
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS days
  FROM spent AS x
)
SELECT l.bucket, l.case, e.power, e.organ, e.step, l.since_day AS day, l.row, -1 AS other,
  o.clock_rule AS rule, CAST(d.n - t.n - l.days AS BIGINT) AS days_left
FROM later AS l
JOIN clock AS c ON c.bucket = l.bucket AND c.case = l.case AND c.kind = 2
JOIN calendar AS d ON d.day = c.due_day
JOIN calendar AS t ON t.day = l.since_day
JOIN event AS e ON e.bucket = l.bucket AND e.row = l.row
LEFT JOIN chart_outcome AS o ON o.power = e.power AND o.step = e.step AND o.outcome = e.outcome
WHERE d.n - t.n - l.days BETWEEN 0 AND $before
"""
EXTENDED = """
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, -1 AS other, o.clock_rule AS rule,
  d.n - t.n - CASE WHEN o.extend_is_working = 1 THEN o.extend_days ELSE 0 END AS days_left
FROM extension AS x
JOIN event AS e ON e.bucket = x.bucket AND e.row = x.row
JOIN chart_outcome AS o ON o.power = e.power AND o.step = e.step AND o.outcome = e.outcome
JOIN clock AS c ON c.bucket = e.bucket AND c.case = e.case AND c.kind = 2
JOIN calendar AS d
  ON d.day = c.due_day - CASE WHEN o.extend_is_working = 1 THEN 0 ELSE o.extend_days END
JOIN calendar AS t ON t.day = e.day
WHERE x.flaw = 0
  AND d.n - t.n - CASE WHEN o.extend_is_working = 1 THEN o.extend_days ELSE 0 END
    BETWEEN 0 AND $before
"""


def stopped(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"应在承诺时限内办完;记录为{seen.date()}离到期只剩{seen['days_left']}个工作日时停止计时"


def extended(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"应在承诺时限内办完;记录为{seen.date()}离到期只剩{seen['days_left']}个工作日时延长期限"


DETECTOR = Detector(
    id="Z3",
    group=Group.BUCK_PASSING,
    name="临期停表",
    severity=Severity.WARNING,
    rule="xk.stop.written",
    counter="停止、延长的理由确在此时出现,期满前已经批准,并已书面告知申请人",
    parts=(Part("停止计时", STOPPED, stopped), Part("延长", EXTENDED, extended)),
    thresholds={"before": "oversight.stop.before"},
)
