"""办理的环节,应在公布的流程图上。

Evidence: replay found a step or an outcome that the chart of the power does not have.
For the officer: a word of the other system that the mapping does not know, a version of the
chart other than the one in the pack, or an entry that is a note and no act.
Source: detector H2; an act outside the chart is the one that token replay misses by default.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.detectors.charts import NO_CHART, NO_CHART_WORDS
from guiju.audit.finding import Group, Severity

SQL = """
SELECT d.bucket, d.case, e.power, e.organ, e.step, e.day, d.row, -1 AS other, e.outcome
FROM deviation AS d
JOIN event AS e ON e.bucket = d.bucket AND e.row = d.row
WHERE d.code = 1
"""


def words(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    outcome = seen.text("outcome")
    did = f"{seen.step}({outcome})" if outcome else seen.step
    return f"应按“{seen.power}”流程图上的环节办理;记录为{seen.date()}办理了图上没有的{did}"


DETECTOR = Detector(
    id="H2",
    group=Group.WITHOUT_POWER,
    name="流程图外办理",
    severity=Severity.YELLOW,
    rule="oversight.chart",
    counter="对照文件没有译出这个环节,当时施行的是另一版流程图,或者这一条只是备注",
    parts=(Part("流程图", SQL, words, needs=("power",), blind=NO_CHART, unseen=NO_CHART_WORDS),),
)
