"""集体讨论时,主要负责人应最后发表意见。

Evidence: the principal's place in the order of speaking is before somebody else's of the body.
For the officer: the order noted is that of sitting or of entry, or the principal only opened the
meeting. Where the principal's place is not told nothing is said.
Source: 重大行政决策程序暂行条例第三十条 (末位表态); the control ``collective``, whose rule is
quoted; check P3.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

SQL = """
SELECT p.bucket, p.case, p.power, p.organ, p.step, p.day, p.row, -1 AS other, c.post, c.rule,
  max(p.ord) AS last_order, max(CASE WHEN p.post = c.post THEN p.ord ELSE 0 END) AS own_order
FROM participant AS p
JOIN principal AS c ON c.power = p.power AND c.step = p.step AND c.outcome = p.outcome
  AND (p.post = c.post OR p.post = c.member)
WHERE p.ord > 0
GROUP BY p.bucket, p.case, p.power, p.organ, p.step, p.day, p.row, c.post, c.rule
HAVING max(CASE WHEN p.post = c.post THEN p.ord ELSE 0 END) BETWEEN 1 AND max(p.ord) - 1
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return (
        f"{seen.step}应由{seen.post()}最后发表意见;记录为{seen.date()}"
        f"第{seen['own_order']}个发言,其后还有人发言(共排到第{seen['last_order']})"
    )


DETECTOR = Detector(
    id="L5",
    group=Group.AGAINST_PROCEDURE,
    name="主要负责人未末位表态",
    severity=Severity.YELLOW,
    rule="oversight.chart",
    counter="所记的是座次或者录入次序,或者开场主持不算发表意见",
    parts=(Part("发言次序", SQL, words, needs=("present", "order")),),
)
