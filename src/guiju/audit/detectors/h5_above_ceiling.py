"""决定的金额,不应超过这个岗位可以决定的上限。

Evidence: an amount above the ceiling that the chart sets for that step.
For the officer: the amount was raised with a decision of the post above that the log does not
hold, or it is a sum of several decisions.
Source: the control ``amount_ceiling``; its rule is quoted.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity
from guiju.kernel.rules import yuan

SQL = """
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, -1 AS other,
  e.amount, c.fen, c.rule
FROM event AS e
JOIN ceiling AS c ON c.power = e.power AND c.step = e.step AND c.outcome = e.outcome
WHERE e.amount > c.fen
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    most, amount = yuan(seen["fen"]), yuan(seen["amount"])
    return f"{seen.step}应在{most}以内决定,超过的由上一级决定;记录为{seen.date()}决定{amount}"


DETECTOR = Detector(
    id="H5",
    group=Group.WITHOUT_POWER,
    name="超额用权",
    severity=Severity.RED,
    rule="oversight.mandate",
    counter="上一级已经另行批准而日志没有记,或者所记金额是几次决定之和",
    parts=(Part("金额上限", SQL, words, needs=("amount",)),),
)
