"""补正应一次告清,不应分几次要。

Evidence: one more notice to supplement than the rule allows, in the same case at the same step.
For the officer: the applicant changed the application in between, or a notice was corrected.
Source: 行政许可法第三十二条 (rule xk.notice.once and the like); the control ``one_notice``,
whose rule is quoted; check T2.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

SQL = """
WITH given AS (
  SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, t.times, t.rule,
    row_number() OVER (PARTITION BY e.bucket, e.case, e.step, e.outcome ORDER BY e.n) AS nth,
    min(e.row) OVER (PARTITION BY e.bucket, e.case, e.step, e.outcome) AS other
  FROM event AS e
  JOIN notice AS t ON t.power = e.power AND t.step = e.step AND t.outcome = e.outcome
)
SELECT g.bucket, g.case, g.power, g.organ, g.step, g.day, g.row, g.other, g.times, g.rule, g.nth
FROM given AS g
WHERE g.nth > g.times
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return (
        f"补正应告知{seen['times']}次,一次列全;"
        f"记录为{seen.date()}在{seen.step}第{seen['nth']}次告知补正"
    )


DETECTOR = Detector(
    id="Z1",
    group=Group.BUCK_PASSING,
    name="多次要求补正",
    severity=Severity.YELLOW,
    rule="xk.notice.once",
    counter="申请人没有补齐前一次告知的内容,其间变更了申请,或者是对前一告知的更正",
    parts=(Part("一次告清", SQL, words, needs=("outcome",)),),
)
