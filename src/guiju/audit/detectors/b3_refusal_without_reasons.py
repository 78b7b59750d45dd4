"""不予办理的,应书面说明理由。

Evidence: an outcome that ends the case with a refusal, of which the log says that no reasons
were given. Where it does not say, nothing is found.
For the officer: the reasons stand in the decision itself, which the log does not hold.
Source: 行政许可法第三十八条第二款; the control ``reason_required``, whose rule is quoted.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

SQL = """
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, -1 AS other, c.rule
FROM event AS e
JOIN reasons AS c ON c.power = e.power AND c.step = e.step AND c.outcome = e.outcome
WHERE e.reason = 0 AND c.is_refusal = 1
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"不予办理的应书面说明理由;记录为{seen.date()}在{seen.step}不予办理,没有理由"


DETECTOR = Detector(
    id="B3",
    group=Group.INACTION,
    name="不予办理不说理由",
    severity=Severity.YELLOW,
    rule="xk.reasons",
    counter="理由写在决定书里,没有录入日志",
    parts=(Part("理由", SQL, words, needs=("outcome", "reason")),),
)
