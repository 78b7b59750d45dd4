"""时限在走,不应长期无人办理。

Evidence: while the promised or the statutory clock ran, more working days than the pack allows
went by between two events of a case, or since its last one; days on which the clock was stopped
are taken off.
For the officer: work that leaves no event (a visit being prepared, an expert's opinion), a stop
that was not entered, a step that has that long a limit of its own.
Source: detector B2; the number of days is the pack's.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

SQL = """
WITH gap AS (
  SELECT e.bucket, e.case, e.power, e.organ, e.step, e.row, e.day AS since, e.next_row,
    CASE WHEN e.next_day = -1 THEN $today ELSE e.next_day END AS until
  FROM event AS e
), far AS (
  SELECT g.bucket, g.case, g.power, g.organ, g.step, g.row, g.next_row, g.since, g.until,
    b.n - a.n AS days
  FROM gap AS g
  JOIN calendar AS a ON a.day = g.since
  JOIN calendar AS b ON b.day = g.until
  WHERE g.until - g.since > $silence AND b.n - a.n > $silence
), running AS (
  SELECT DISTINCT f.bucket, f.case, f.power, f.organ, f.step, f.row, f.next_row, f.since,
    f.until, f.days
  FROM far AS f
  JOIN clock AS c ON c.bucket = f.bucket AND c.case = f.case AND c.kind >= 2
    AND c.start_day <= f.since AND (c.end_day = -1 OR c.end_day >= f.until)
), stopped AS (
  SELECT r.bucket, r.row, sum(CASE
    WHEN s.days_applied >= 0 AND s.days_applied < b.n - a.n THEN s.days_applied
    ELSE b.n - a.n END) AS days
  FROM running AS r
  JOIN stop AS s ON s.bucket = r.bucket AND s.case = r.case
    AND s.since_day <= r.until AND (s.until_day = -1 OR s.until_day > r.since)
  JOIN calendar AS a ON a.day = greatest(s.since_day - 1, r.since)
  JOIN calendar AS b
    ON b.day = CASE WHEN s.until_day = -1 THEN r.until ELSE least(s.until_day, r.until) END
  GROUP BY r.bucket, r.row
)
SELECT r.bucket, r.case, r.power, r.organ, r.step, r.since AS day, r.row, r.next_row AS other,
  r.until, r.days - coalesce(s.days, 0) AS days
FROM running AS r
LEFT JOIN stopped AS s ON s.bucket = r.bucket AND s.row = r.row
WHERE r.days - coalesce(s.days, 0) > $silence
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    until = f"到{seen.date('until')}" if seen["other"] != -1 else f"至{seen.date('until')}仍"
    return (
        f"时限在走,{seen.limits['silence']}内应有办理;记录为{seen.date()}{seen.step}之后"
        f"{until}{seen['days']}个工作日没有任何记录(停止计时的日子已扣除)"
    )


DETECTOR = Detector(
    id="B2",
    group=Group.INACTION,
    name="时限内久拖不办",
    severity=Severity.WARNING,
    rule="oversight.silence",
    counter="正在办理而没有产生记录(核查、专家意见等),或者停止计时没有录入",
    parts=(Part("静默", SQL, words),),
    thresholds={"silence": "oversight.silence"},
)
