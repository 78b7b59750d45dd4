"""不相容的环节,不应由同一个人办理。

Evidence: somebody takes part in a step who did, earlier in the same case, one of the steps that
the chart keeps apart from it. What was done beside a step's work (handing over, asking for an
opinion) does not count as doing it.
For the officer: the log names the account and not the person; somebody stood in by order.
Source: the control ``distinct``, whose rule is quoted; check P2.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

SQL = """
SELECT b.bucket, b.case, b.power, b.organ, b.step, b.day, b.row, min(a.row) AS other,
  b.person, x.other_step, x.rule
FROM participant AS b
JOIN apart AS x ON x.power = b.power AND x.step = b.step AND x.outcome = b.outcome
JOIN participant AS a ON a.bucket = b.bucket AND a.case = b.case AND a.person = b.person
  AND a.step = x.other_step AND a.n < b.n
LEFT JOIN chart_outcome AS o ON o.power = a.power AND o.step = a.step AND o.outcome = a.outcome
  AND o.is_aside = 1
WHERE b.person <> 0 AND o.power IS NULL
GROUP BY b.bucket, b.case, b.power, b.organ, b.step, b.day, b.row, b.person, x.other_step, x.rule
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return (
        f"{seen.step}应由没有办过{seen.named('other_step')}的人办理;"
        f"记录为{seen.date()}由办过的{seen.text('person')}参加办理"
    )


DETECTOR = Detector(
    id="L4",
    group=Group.AGAINST_PROCEDURE,
    name="不相容岗位不分离",
    severity=Severity.RED,
    rule="fl.accept-review-approve",
    counter="日志记的是共用账号而不是本人,或者有书面的顶岗安排",
    parts=(Part("分离", SQL, words, needs=("person",), key=("person", "other_step")),),
)
