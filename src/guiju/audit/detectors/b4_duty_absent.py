"""责任清单上定期要做的事,每期都应做。

Evidence: a whole month, quarter or year within the log in which the organ did not once do the
step of its duty. Duties of organs that the log never names cannot be checked.
For the officer: done on paper, done a few days outside of the period, or nothing was there to do.
Source: the duty's own basis, from ``duties.toml``; detector B3 of the design.
"""

from guiju.audit.detector import Detector, Part, Scope, Seen
from guiju.audit.finding import Group, Severity

SQL = """
WITH met AS (
  SELECT x.duty, x.first_day
  FROM expected AS x
  JOIN done AS d ON d.power = x.power AND d.organ = x.organ
    AND d.day BETWEEN x.first_day AND x.last_day AND (x.step = 0 OR x.step = d.step)
  GROUP BY x.duty, x.first_day
)
SELECT -1 AS bucket, -1 AS "case", x.power, x.organ, x.step, x.last_day AS day, -1 AS row,
  -1 AS other, x.duty, x.first_day, x.rule
FROM expected AS x
JOIN (SELECT DISTINCT d.organ FROM done AS d) AS o ON o.organ = x.organ
LEFT JOIN met AS m ON m.duty = x.duty AND m.first_day = x.first_day
WHERE m.duty IS NULL
"""
ELSEWHERE = """
SELECT count(*) FROM expected AS x
LEFT JOIN (SELECT DISTINCT d.organ FROM done AS d) AS o ON o.organ = x.organ
WHERE o.organ IS NULL
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    span = f"{seen.date('first_day')}至{seen.date()}"
    return f"{seen.organ()}应在{span}办理“{seen.duty}”;记录为这一期没有办理记录"


DETECTOR = Detector(
    id="B4",
    group=Group.INACTION,
    name="责任事项未履行",
    severity=Severity.YELLOW,
    rule="oversight.list",
    counter="在线下办理、在前后几日办理,或者当期没有可办的事",
    scope=Scope.STORE,
    parts=(
        Part(
            "责任事项",
            SQL,
            words,
            needs=("organ",),
            tables=("expected",),
            key=("duty", "first_day"),
            blind=ELSEWHERE,
            unseen="期责任事项,日志没有这些机关的记录",
        ),
    ),
)
