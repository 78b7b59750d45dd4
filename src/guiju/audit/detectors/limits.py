"""What the detectors of limits share: the SQL over ``clock``, and how lateness is told.

The rows of ``clock`` are found out elsewhere (``audit.deadlines``), with stops, extensions and
the calendar; a limit of the applicant's own step is nobody's delay.
"""

from guiju.audit.detector import Seen
from guiju.audit.events import UNTOLD

COLUMNS = """
SELECT c.bucket, c.case, k.power, k.organ, c.step,
  CASE WHEN c.end_day = -1 THEN {last} ELSE c.end_day END AS day, c.row, -1 AS other,
  c.start_day, c.end_day, c.due_day, c.left_days, t.is_working, t.rule
FROM clock AS c
JOIN kase AS k ON k.bucket = c.bucket AND k.case = c.case
LEFT JOIN term AS t ON t.power = k.power AND t.kind = c.kind AND t.step = {step}
"""
LEFT_STAGE = (
    COLUMNS.format(last="c.due_day", step="c.step")
    + """
LEFT JOIN chart_step AS s ON s.power = k.power AND s.step = c.step
WHERE c.kind = 1 AND c.left_days < 0
  AND coalesce(s.is_acceptance, 0) = {is_acceptance} AND coalesce(s.is_applicants, 0) = 0
"""
)
LEFT_WHOLE = (
    COLUMNS.format(last="c.due_day", step="0")
    + """
WHERE c.kind = {kind} AND c.left_days < 0
"""
)

NO_CLOCK = """
SELECT count(*) FROM kase AS k
LEFT JOIN (SELECT DISTINCT c.bucket, c.case FROM clock AS c WHERE c.kind = {kind}) AS x
  ON x.bucket = k.bucket AND x.case = k.case
WHERE x.case IS NULL
"""


def overdue(seen: Seen) -> str:
    """Since when, due when, ended when, in words."""
    due = f"{seen.date('due_day')}以前" if seen["due_day"] != UNTOLD else "期限内"
    end = "至今没有" if seen["end_day"] == UNTOLD else f"{seen.date('end_day')}才有结果"
    late = days(seen, -seen["left_days"])
    return f"自{seen.date('start_day')}起算,应在{due}办完;记录为{end},超过{late}"


def days(seen: Seen, number: int) -> str:
    """So many days of the unit that the limit counts."""
    return f"{number}个工作日" if seen["is_working"] else f"{number}日"
