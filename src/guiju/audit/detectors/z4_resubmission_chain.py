"""同一申请人的同一事项,不应一再退回、一再重新申请。

Evidence: cases of one applicant and one power, each begun within so many days after the one
before had ended with a refusal or a withdrawal, so many times or more. One lead for a chain,
with the end of its first case and the beginning of the next as evidence.
For the officer: other facts each time, or the applicant's own choice. An agent who applies for
many has many cases of his own.
Source: detector Z3 of the design, 退件重报; both numbers are the pack's.
"""

from guiju.audit.detector import Detector, Part, Scope, Seen
from guiju.audit.finding import Group, Severity

SQL = """
WITH failing AS (
  SELECT k.power, k.applicant FROM kase AS k
  WHERE k.power <> 0 AND k.applicant <> 0 AND k.is_failure = 1
  GROUP BY k.power, k.applicant HAVING count(*) >= $times
), turn AS (
  SELECT k.bucket, k.case, k.power, k.organ, k.applicant, k.first_day, k.first_row,
    lag(k.ended_day) OVER (PARTITION BY k.power, k.applicant ORDER BY k.first_day, k.first_row)
      AS ended_before,
    lag(k.is_failure) OVER (PARTITION BY k.power, k.applicant ORDER BY k.first_day, k.first_row)
      AS failed_before,
    lag(k.ended_row) OVER (PARTITION BY k.power, k.applicant ORDER BY k.first_day, k.first_row)
      AS row_before
  FROM kase AS k
  JOIN failing AS b ON b.power = k.power AND b.applicant = k.applicant
), judged AS (
  SELECT t.bucket, t.case, t.power, t.organ, t.applicant, t.first_day, t.first_row, t.row_before,
    CASE WHEN t.failed_before = 1 AND t.ended_before >= 0
      AND t.first_day - t.ended_before BETWEEN 0 AND $days THEN 1 ELSE 0 END AS is_link
  FROM turn AS t
), chained AS (
  SELECT j.bucket, j.case, j.power, j.organ, j.applicant, j.first_day, j.first_row, j.row_before,
    j.is_link, sum(1 - j.is_link) OVER (
      PARTITION BY j.power, j.applicant ORDER BY j.first_day, j.first_row
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS chain
  FROM judged AS j
), link AS (
  SELECT c.bucket, c.case, c.power, c.organ, c.first_day, c.first_row, c.row_before,
    row_number() OVER (
      PARTITION BY c.power, c.applicant, c.chain ORDER BY c.first_day, c.first_row) AS nth,
    count(*) OVER (PARTITION BY c.power, c.applicant, c.chain) AS links
  FROM chained AS c
  WHERE c.is_link = 1
)
SELECT l.bucket, l.case, l.power, l.organ, 0 AS step, l.first_day AS day, l.row_before AS row,
  l.first_row AS other, l.links
FROM link AS l
WHERE l.nth = 1 AND l.links >= $times
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return (
        f"“{seen.power}”应一次说清、一次办成;记录为同一申请人自{seen.date()}起"
        f"在不予办理或者撤回后{seen.limits['days']}内重新申请,共{seen['links']}次"
    )


DETECTOR = Detector(
    id="Z4",
    group=Group.BUCK_PASSING,
    name="一再退回重报",
    severity=Severity.WARNING,
    rule="oversight.resubmission",
    counter="每次申请的事实不同,或者申请人自愿撤回;代办人替多人申请的也会这样",
    scope=Scope.STORE,
    parts=(Part("重报", SQL, words, needs=("applicant", "outcome")),),
    thresholds={
        "days": "oversight.resubmission",
        "times": "oversight.resubmission.times",
    },
)
