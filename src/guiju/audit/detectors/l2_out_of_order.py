"""环节应按流程图的次序办理,不应颠倒、重复。

Evidence: replay found a step before its turn, or once more after it was done.
For the officer: two events with the same time, whose order nobody knows; entry after the fact;
a repetition that another decision asked for.
Source: the published chart; detector L2.
"""

from guiju.audit.detector import Detector, Part, Seen
from guiju.audit.detectors.charts import NO_CHART, NO_CHART_WORDS
from guiju.audit.finding import Group, Severity

SQL = """
SELECT d.bucket, d.case, e.power, e.organ, e.step, e.day, d.row, -1 AS other
FROM deviation AS d
JOIN event AS e ON e.bucket = d.bucket AND e.row = d.row
WHERE d.code = {code}
"""
EARLY, AGAIN = SQL.format(code=3), SQL.format(code=4)


def early(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"{seen.step}应在轮到它时办理;记录为{seen.date()}办理时,流程图还不到或者已过这个环节"


def again(seen: Seen) -> str:
    """What should have been, and what the log tells."""
    return f"{seen.step}应办一次;记录为{seen.date()}又办了一次,流程图没有回到这里"


DETECTOR = Detector(
    id="L2",
    group=Group.AGAINST_PROCEDURE,
    name="次序颠倒",
    severity=Severity.YELLOW,
    rule="oversight.chart",
    counter="同一时刻的几条记录先后不明,事后补录,依另一决定重办,或者当时施行的是另一版流程图",
    parts=(
        Part("次序", EARLY, early, needs=("power",), blind=NO_CHART, unseen=NO_CHART_WORDS),
        Part("重复", AGAIN, again, needs=("power",), blind=NO_CHART, unseen=NO_CHART_WORDS),
    ),
)
