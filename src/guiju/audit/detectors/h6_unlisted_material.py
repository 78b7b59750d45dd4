"""要的材料,应在公布的办事指南上。

Evidence: a material that an official step names and the guide of the power does not.
For the officer: the same material in other words, a part of a listed one, or a correction of
what was brought. Names are compared letter by letter.
Source: 优化营商环境条例 (rule ys.no-other); check M1.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.finding import Group, Severity

SQL = """
SELECT e.bucket, e.case, e.power, e.organ, e.step, e.day, e.row, -1 AS other, i.item
FROM item AS i
JOIN event AS e ON e.bucket = i.bucket AND e.row = i.row
JOIN (SELECT DISTINCT g.power FROM material AS g) AS k ON k.power = e.power
JOIN chart_step AS s ON s.power = e.power AND s.step = e.step
LEFT JOIN material AS m ON m.power = e.power AND m.item = i.item
WHERE s.is_applicants = 0 AND i.item <> 0 AND m.item IS NULL
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    item = f"“{seen.text('item')}”"
    return f"应只要办事指南列明的材料;记录为{seen.date()}在{seen.step}要{item},指南上没有"


DETECTOR = Detector(
    id="H6",
    group=Group.WITHOUT_POWER,
    name="清单外要材料",
    severity=Severity.YELLOW,
    rule="ys.no-other",
    counter="同一份材料写法不同,或者写的是所列材料中要改正的内容;名称逐字比对",
    parts=(Part("办事指南", SQL, words, needs=("items",), key=("item",)),),
)
