"""经办人当日应在有权办理这个环节的岗位上。

Evidence: on that day nobody in the directory says that this person holds, as A or as B, a post
which the chart lets choose that outcome, in an organ of the case's division or of one above it.
For the officer: the directory was updated late, an order to stand in is not entered, the log
names the person otherwise. B counts as holding although A may have been in office that day: the
log does not tell absences.
Source: detector H3; the same decision as ``organs.mandate`` makes before an act.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

# Spans are compared with the first and last day of each combination, which are few; single
# events are looked at only where no one span covers them all.
SQL = """
WITH official AS (
  SELECT DISTINCT a.power, a.step, a.outcome FROM allowed AS a
), place AS (
  SELECT DISTINCT r.division FROM reach AS r
), combination AS (
  SELECT e.power, e.step, e.outcome, e.post, e.person, e.division,
    min(e.day) AS since, max(e.day) AS until
  FROM event AS e WHERE e.person <> 0
  GROUP BY e.power, e.step, e.outcome, e.post, e.person, e.division
), asked AS (
  SELECT c.power, c.step, c.outcome, c.post, c.person, c.division, c.since, c.until,
    CASE WHEN p.division IS NULL THEN 0 ELSE c.division END AS place
  FROM combination AS c
  JOIN official AS o ON o.power = c.power AND o.step = c.step AND o.outcome = c.outcome
  LEFT JOIN place AS p ON p.division = c.division
), held AS (
  SELECT c.power, c.step, c.outcome, c.post, c.person, c.division, m.first_day, m.last_day
  FROM asked AS c
  JOIN allowed AS a ON a.power = c.power AND a.step = c.step AND a.outcome = c.outcome
    AND (c.post = 0 OR c.post = a.post)
  JOIN mandate AS m ON m.person = c.person AND m.post = a.post
  JOIN reach AS r ON r.organ = m.organ AND r.division = c.place
), doubtful AS (
  SELECT c.power, c.step, c.outcome, c.post, c.person, c.division
  FROM asked AS c
  LEFT JOIN held AS h ON h.power = c.power AND h.step = c.step AND h.outcome = c.outcome
    AND h.post = c.post AND h.person = c.person AND h.division = c.division
    AND h.first_day <= c.since AND h.last_day >= c.until
  WHERE h.power IS NULL
), known AS (
  SELECT DISTINCT m.person FROM mandate AS m
)
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, -1 AS other,
  e.post, e.person, CASE WHEN k.person IS NULL THEN 0 ELSE 1 END AS is_known
FROM event AS e
JOIN doubtful AS c ON c.power = e.power AND c.step = e.step AND c.outcome = e.outcome
  AND c.post = e.post AND c.person = e.person AND c.division = e.division
LEFT JOIN held AS h ON h.power = e.power AND h.step = e.step AND h.outcome = e.outcome
  AND h.post = e.post AND h.person = e.person AND h.division = e.division
  AND e.day BETWEEN h.first_day AND h.last_day
LEFT JOIN known AS k ON k.person = e.person
WHERE h.power IS NULL
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    who = seen.text("person") + (f"(以{seen.post()}的身份)" if seen["post"] else "")
    why = "当日不在有权办理的岗位上" if seen["is_known"] else "名册上没有这个人"
    return f"{seen.step}应由当日在岗的人办理;记录为{seen.date()}由{who}办理,{why}"


DETECTOR = Detector(
    id="H3",
    group=Group.WITHOUT_POWER,
    name="无岗用权",
    severity=Severity.RED,
    rule="oversight.mandate",
    counter="名册更新迟于任免,或者有书面的临时顶岗、委托;日志没有请假记录,B岗一律按在岗计",
    parts=(Part("岗位", SQL, words, needs=("person",), meets=(("person", "mandate.person"),)),),
)
