"""虽未超期,用时远多于同类的,应说明原因。

Evidence: among cases of the same power that ended alike, after as many events, the working days
from first event to end lie more than so many robust standard deviations above the median (1.4826
times the median absolute deviation, which is at least one day); cases past a limit are M2's and
M3's, and kinds of cases with too few peers are left out.
For the officer: stops are not taken off here; a hard case is no slow officer.
Source: the modified z-score of Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993);
factor and number of peers are the pack's.
"""

from guiju.audit.detector import Detector, Part, Scope, Seen
from guiju.audit.finding import Group, Severity

SQL = """
WITH spent AS (
  SELECT k.bucket, k.case, k.power, k.organ, k.first_row, k.ended_row, k.ended_day, k.is_late,
    k.ended_step, k.ended_outcome, k.ended_n, b.n - a.n AS days
  FROM kase AS k
  JOIN calendar AS a ON a.day = k.first_day
  JOIN calendar AS b ON b.day = k.ended_day
  WHERE k.power <> 0 AND k.ended_day >= 0
), middle AS (
  SELECT s.power, s.ended_step, s.ended_outcome, s.ended_n, median(s.days) AS days,
    count(*) AS peers
  FROM spent AS s
  GROUP BY s.power, s.ended_step, s.ended_outcome, s.ended_n HAVING count(*) >= $peers
), spread AS (
  SELECT s.power, s.ended_step, s.ended_outcome, s.ended_n, median(abs(s.days - m.days)) AS days
  FROM spent AS s
  JOIN middle AS m ON m.power = s.power AND m.ended_step = s.ended_step
    AND m.ended_outcome = s.ended_outcome AND m.ended_n = s.ended_n
  GROUP BY s.power, s.ended_step, s.ended_outcome, s.ended_n
)
SELECT s.bucket, s.case, s.power, s.organ, 0 AS step, s.ended_day AS day, s.first_row AS row,
  s.ended_row AS other, s.days, CAST(floor(m.days) AS BIGINT) AS usual, m.peers
FROM spent AS s
JOIN middle AS m ON m.power = s.power AND m.ended_step = s.ended_step
  AND m.ended_outcome = s.ended_outcome AND m.ended_n = s.ended_n
JOIN spread AS p ON p.power = s.power AND p.ended_step = s.ended_step
  AND p.ended_outcome = s.ended_outcome AND p.ended_n = s.ended_n
WHERE s.is_late = 0 AND s.days - m.days > $factor * 1.4826 * greatest(p.days, 1)
"""
FEW = """
WITH ended AS (
  SELECT k.power, count(*) AS peers FROM kase AS k
  WHERE k.power <> 0 AND k.ended_day >= 0
  GROUP BY k.power, k.ended_step, k.ended_outcome, k.ended_n HAVING count(*) < $peers
)
SELECT CAST(coalesce(sum(e.peers), 0) AS BIGINT) FROM ended AS e
"""


def words(seen: Seen) -> str:
    """What would be usual, and what the log tells."""
    return (
        f"“{seen.power}”同样结果的{seen['peers']}件的中位用时是{seen['usual']}个工作日;"
        f"记录为本件用了{seen['days']}个工作日,{seen.date()}办结"
    )


DETECTOR = Detector(
    id="M5",
    group=Group.LATE,
    name="用时异常",
    severity=Severity.WARNING,
    rule="oversight.outlier",
    counter="停止计时的日子没有扣除;案情复杂的办件本来就慢",
    scope=Scope.STORE,
    parts=(
        Part(
            "同类用时",
            SQL,
            words,
            needs=("outcome",),
            blind=FEW,
            unseen="件办结的,同类太少,不比较",
        ),
    ),
    thresholds={"factor": "oversight.outlier", "peers": "oversight.outlier.peers"},
)
