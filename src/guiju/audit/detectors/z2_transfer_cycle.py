"""办件不应在几个人、几个机关之间来回转。

Evidence: somebody passes a case on or sends it back, the next one acts, and then the first has it
at the same step again, with two of these three acts being transfers: A to B to A without progress.
Going back to the applicant is not counted.
For the officer: the first transfer was a mistake that the second corrected, or somebody was away.
Source: detector Z2, 推诿.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

SQL = """
WITH moved AS (
  SELECT e.bucket, e.case, e.power, e.organ, e.step, e.person, e.n, e.row
  FROM event AS e
  JOIN chart_outcome AS o ON o.power = e.power AND o.step = e.step AND o.outcome = e.outcome
    AND o.is_transfer = 1
)
SELECT a.bucket, a.case, a.power, a.organ, a.step, c.day, a.row, c.row AS other,
  a.person, b.person AS second_person, b.organ AS second_organ,
  CASE WHEN a.person <> 0 AND a.person = c.person AND b.person NOT IN (0, a.person)
    THEN 1 ELSE 0 END AS is_person
FROM moved AS a
JOIN event AS b ON b.bucket = a.bucket AND b.case = a.case AND b.n = a.n + 1
JOIN event AS c
  ON c.bucket = a.bucket AND c.case = a.case AND c.n = a.n + 2 AND c.step = a.step
LEFT JOIN moved AS x ON x.bucket = b.bucket AND x.row = b.row
LEFT JOIN moved AS y ON y.bucket = c.bucket AND y.row = c.row
LEFT JOIN chart_step AS s ON s.power = b.power AND s.step = b.step
WHERE (x.row IS NOT NULL OR y.row IS NOT NULL) AND coalesce(s.is_applicants, 0) = 0 AND (
  (a.person <> 0 AND a.person = c.person AND b.person <> 0 AND b.person <> a.person)
  OR (a.organ <> 0 AND a.organ = c.organ AND b.organ <> 0 AND b.organ <> a.organ)
)
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    if seen["is_person"]:
        first, second = seen.text("person"), seen.text("second_person")
    else:
        first, second = seen.organ(), seen.organ("second_organ")
    return (
        f"{seen.step}应由承办的人办下去;"
        f"记录为{first}转给{second},{seen.date()}又回到{first},没有进展"
    )


DETECTOR = Detector(
    id="Z2",
    group=Group.BUCK_PASSING,
    name="来回转办",
    severity=Severity.WARNING,
    rule="oversight.chart",
    counter="先前转错而改正,或者有人请假、离岗",
    parts=(Part("转办", SQL, words, needs=("outcome", "person")),),
)
