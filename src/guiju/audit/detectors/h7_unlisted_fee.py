"""收的费,应是公布的标准。

Evidence: a fee above the one that the guide of the power names. Where the guide's words leave
room (a fee by size, exceptions), it cannot be checked.
For the officer: a fee of another body that was only passed on, a deposit, an entry in another
unit. Less than the fee is no lead: it may have been waived.
Source: 行政许可法第五十八条 (rule xk.fee); the guide's own basis is quoted; check M2.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity
from guiju.kernel.rules import yuan

SQL = """
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, -1 AS other,
  e.fee, f.fen, f.rule
FROM event AS e
JOIN fee AS f ON f.power = e.power
WHERE e.fee > f.fen
"""
UNKNOWN = """
SELECT count(*) FROM event AS e LEFT JOIN fee AS f ON f.power = e.power
WHERE e.fee > 0 AND f.power IS NULL
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    standard = yuan(seen["fen"]) if seen["fen"] else "不收费"
    return f"收费应为公布的标准({standard});记录为{seen.date()}在{seen.step}收{yuan(seen['fee'])}"


DETECTOR = Detector(
    id="H7",
    group=Group.WITHOUT_POWER,
    name="清单外收费",
    severity=Severity.RED,
    rule="xk.fee",
    counter="代收的其他费用、押金,录入的单位有误,或者当时施行的是另一版收费标准",
    parts=(
        Part(
            "收费标准",
            SQL,
            words,
            needs=("fee",),
            blind=UNKNOWN,
            unseen="条收费的记录,办事指南没有写明唯一的标准",
        ),
    ),
)
